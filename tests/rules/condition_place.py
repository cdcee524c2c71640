"""Examples for the rule condition-place."""

RIGHT = [
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/><inclusiveGateway id="g" default="g-e"/>
«s > g > e; t > e»<sequenceFlow id="f" sourceRef="g" targetRef="t">
<conditionExpression xsi:type="tFormalExpression">n</conditionExpression></sequenceFlow>
""",
]

WRONG = [
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e»
▶<sequenceFlow id="f" sourceRef="s" targetRef="t">
<conditionExpression xsi:type="tFormalExpression">n</conditionExpression></sequenceFlow>
""",
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/><parallelGateway id="g"/>«s > g > e; t > e»
▶<sequenceFlow id="f" sourceRef="g" targetRef="t">
<conditionExpression xsi:type="tFormalExpression">n</conditionExpression></sequenceFlow>
""",
]
