"""Examples for the rule decisive-in-loop."""

PRODUCT = True

_STEP = '<extensionElements><bl:step act="decide" department="d" role="r" decisive="true"/></extensionElements>'
_REVIEW = '<extensionElements><bl:step act="review" department="d" role="r"/></extensionElements>'
_DELIVER = '<extensionElements><bl:step act="deliver" department="d" role="r"/></extensionElements>'
_BACK = (
    '<sequenceFlow id="back" sourceRef="g" targetRef="m"><conditionExpression xsi:type="tFormalExpression">x'
    "</conditionExpression></sequenceFlow>"
)
_AGAIN = _BACK.replace("back", "back2").replace('"g"', '"g2"').replace('"m"', '"m2"')

RIGHT = [
    f"""
<startEvent id="s"/><endEvent id="e"/><exclusiveGateway id="m"/><exclusiveGateway id="g" default="g-d"/>
<userTask id="t">{_REVIEW}</userTask><userTask id="d">{_STEP}</userTask>
«s > m > t > g > d > e»{_BACK}
""",
    f"""
<startEvent id="s"/><endEvent id="e"/><exclusiveGateway id="m"/><exclusiveGateway id="g" default="g-d"/>
<userTask id="t">{_REVIEW}</userTask><userTask id="d">{_STEP}</userTask>
<exclusiveGateway id="m2"/><exclusiveGateway id="g2" default="g2-e"/><userTask id="t2">{_REVIEW}</userTask>
«s > m > t > g > d > m2 > t2 > g2 > e»{_BACK}{_AGAIN}
""",
    f"""
<process id="p" isExecutable="true"><startEvent id="s"/><endEvent id="e"/>
<callActivity id="c" calledElement="q"/>«s > c > e»</process>
<process id="q"><startEvent id="s1"/><endEvent id="e1"/><userTask id="d">{_STEP}</userTask>«s1 > d > e1»</process>
""",
]

WRONG = [
    f"""
<startEvent id="s"/><endEvent id="e"/><exclusiveGateway id="m"/><exclusiveGateway id="g" default="g-e"/>
▶<userTask id="d">{_STEP}</userTask>
«s > m > d > g > e»{_BACK}
""",
    f"""
<startEvent id="s"/><endEvent id="e"/>
▶<userTask id="d">{_STEP}<standardLoopCharacteristics loopMaximum="2"/></userTask>
«s > d > e»
""",
    f"""
<startEvent id="s"/><endEvent id="e"/>
<subProcess id="h"><standardLoopCharacteristics loopMaximum="2"/><startEvent id="s1"/><endEvent id="e1"/>
▶<userTask id="d">{_STEP}</userTask>
«s1 > d > e1»</subProcess>«s > h > e»
""",
    f"""
<startEvent id="s"/><endEvent id="e"/>
▶<userTask id="d">{_DELIVER}<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>
</multiInstanceLoopCharacteristics></userTask>
«s > d > e»
""",
    f"""
<startEvent id="s"/><endEvent id="e"/>
<adHocSubProcess id="h">
▶<userTask id="d">{_STEP}</userTask><completionCondition>x</completionCondition></adHocSubProcess>«s > h > e»
""",
    f"""
<process id="p" isExecutable="true"><startEvent id="s"/><endEvent id="e"/>
<callActivity id="c" calledElement="q"/><callActivity id="c2" calledElement="q"/>«s > c > c2 > e»</process>
<process id="q"><startEvent id="s1"/><endEvent id="e1"/>
▶<userTask id="d">{_STEP}</userTask>«s1 > d > e1»</process>
""",
    f"""
<process id="p" isExecutable="true"><startEvent id="s"/><endEvent id="e"/>
▶<callActivity id="c" calledElement="q"><standardLoopCharacteristics loopMaximum="2"/></callActivity>
«s > c > e»</process>
<globalUserTask id="q">{_STEP}</globalUserTask>
""",
]
