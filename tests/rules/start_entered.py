"""Examples for the rule start-entered."""

RIGHT = [
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e»
""",
]

WRONG = [
    """
▶<startEvent id="s"/>
<userTask id="t"/><endEvent id="e"/>«s > t > e; t > s»
""",
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e; b > e; t > b»
▶<boundaryEvent id="b" attachedToRef="t"><timerEventDefinition><timeDuration>P1D</timeDuration>
</timerEventDefinition></boundaryEvent>
""",
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/><intermediateThrowEvent id="x">
<linkEventDefinition name="L"/></intermediateThrowEvent>
▶<intermediateCatchEvent id="y"><linkEventDefinition name="L"/></intermediateCatchEvent>
«s > t > x; t > y > e»
""",
]
