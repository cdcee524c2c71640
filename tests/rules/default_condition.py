"""Examples for the rule default-condition."""

RIGHT = [
    """
<startEvent id="s"/><endEvent id="e"/><userTask id="t" default="t-e"/>«s > t > e»
""",
]

WRONG = [
    """
<startEvent id="s"/><endEvent id="e"/><userTask id="t" default="f"/>«s > t»
▶<sequenceFlow id="f" sourceRef="t" targetRef="e">
<conditionExpression xsi:type="tFormalExpression">n</conditionExpression></sequenceFlow>
""",
]
