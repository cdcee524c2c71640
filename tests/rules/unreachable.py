"""Examples for the rule unreachable."""

RIGHT = [
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e»
""",
    """
<userTask id="t"/><endEvent id="e"/>«t > e»
""",
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/><boundaryEvent id="b" attachedToRef="t">
<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>
<userTask id="late"/>«s > t > e; b > late > e»
""",
    """
<adHocSubProcess id="h"><userTask id="t"/><userTask id="t2"/></adHocSubProcess>
""",
    """
<process id="p" isExecutable="true"><receiveTask id="t" instantiate="true" messageRef="msg"/></process>
""",
]

WRONG = [
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e; lost > e»
▶<userTask id="lost"/>
""",
    """
▶<userTask id="a"/>
▶<userTask id="b"/>
«a > b > a»
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > e»
▶<endEvent id="e2"/>
""",
]
