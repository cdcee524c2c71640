"""Examples for the rule flow-end."""

RIGHT = [
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e»
""",
]

WRONG = [
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e»
▶<sequenceFlow id="f" sourceRef="t" targetRef="nowhere"/>
""",
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e»
▶<sequenceFlow id="f" sourceRef="t" targetRef="p"/>
""",
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e»<dataObject id="o"/>
▶<sequenceFlow id="f" sourceRef="o" targetRef="e"/>
▶<sequenceFlow id="h" targetRef="e"/>
""",
]
