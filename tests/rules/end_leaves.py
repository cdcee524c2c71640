"""Examples for the rule end-leaves."""

RIGHT = [
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e»
""",
]

WRONG = [
    """
<startEvent id="s"/><userTask id="t"/>«s > t > e > t»
▶<endEvent id="e"/>
""",
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > x > e; y > e»<intermediateCatchEvent id="y">
<linkEventDefinition name="L"/></intermediateCatchEvent>
▶<intermediateThrowEvent id="x"><linkEventDefinition name="L"/></intermediateThrowEvent>
""",
]
