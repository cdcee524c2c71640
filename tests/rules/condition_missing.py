"""Examples for the rule condition-missing."""

RIGHT = [
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/><exclusiveGateway id="g" default="g-e"/>
«s > g > e; t > e»<sequenceFlow id="f" sourceRef="g" targetRef="t">
<conditionExpression xsi:type="tFormalExpression">n</conditionExpression></sequenceFlow>
""",
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/><exclusiveGateway id="g"/>«s > g > t > e»
""",
]

WRONG = [
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/><exclusiveGateway id="g"/>«s > g; t > e»
<sequenceFlow id="f" sourceRef="g" targetRef="t">
<conditionExpression xsi:type="tFormalExpression">n</conditionExpression></sequenceFlow>
▶<sequenceFlow id="h" sourceRef="g" targetRef="e"/>
""",
]
