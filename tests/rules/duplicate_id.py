"""Examples for the rule duplicate-id."""

RIGHT = [
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e»
""",
]

WRONG = [
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e»
▶<dataObject id="t"/>
""",
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e»
▶<sequenceFlow id="t" sourceRef="s" targetRef="e"/>
""",
]
