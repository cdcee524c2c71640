"""Examples for the rule expression."""

RIGHT = [
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/><sequenceFlow id="f" sourceRef="t" targetRef="e">
<conditionExpression xsi:type="tFormalExpression">n &gt; 1 and ok</conditionExpression></sequenceFlow>«s > t; t > e»
""",
]

WRONG = [
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t; t > e»
▶<sequenceFlow id="f" sourceRef="t" targetRef="e">
<conditionExpression xsi:type="tFormalExpression">__import__('os')</conditionExpression></sequenceFlow>
""",
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t; t > e»
▶<sequenceFlow id="f" sourceRef="t" targetRef="e"><conditionExpression xsi:type="tFormalExpression">
</conditionExpression></sequenceFlow>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
▶<intermediateCatchEvent id="x"><conditionalEventDefinition><condition>n =</condition>
</conditionalEventDefinition></intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > t > e»
▶<userTask id="t"><standardLoopCharacteristics><loopCondition>a.b</loopCondition></standardLoopCharacteristics>
</userTask>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > t > e»
▶<userTask id="t"><multiInstanceLoopCharacteristics><loopCardinality>n ** 2</loopCardinality>
<completionCondition>lambda: 1</completionCondition></multiInstanceLoopCharacteristics></userTask>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > h > e»
▶<adHocSubProcess id="h"><userTask id="t"/><completionCondition>open('f')</completionCondition></adHocSubProcess>
""",
]
