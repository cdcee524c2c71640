"""Examples for the rule not-in-product."""

PRODUCT = True

RIGHT = [
    """
<startEvent id="s"/><endEvent id="e"/><userTask id="t"><extensionElements>
<bl:step act="review" department="d" role="r"/></extensionElements></userTask>
<intermediateThrowEvent id="x"/>
«s > t > x > e»
""",
]

WRONG = [
    """
<startEvent id="s"/><endEvent id="e"/>
▶<task id="t"/>
«s > t > e»
""",
    """
<startEvent id="s"/><endEvent id="e"/>
▶<serviceTask id="t" implementation="register"/>
«s > t > e»
""",
    """
▶<startEvent id="s"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></startEvent>
<endEvent id="e"/>«s > e»
""",
    """
<startEvent id="s"/><endEvent id="e"/>
<manualTask id="t"><extensionElements><bl:step act="review" department="d" role="r"/></extensionElements></manualTask>
▶<boundaryEvent id="b" attachedToRef="t"><messageEventDefinition messageRef="msg"/></boundaryEvent>
«s > t > e; b > e»
""",
    """
<startEvent id="s"/><endEvent id="e"/>
▶<userTask id="t"><extensionElements><bl:step act="review" department="d" role="r"/></extensionElements>
<multiInstanceLoopCharacteristics behavior="One" oneBehaviorEventRef="done"><loopCardinality>2</loopCardinality>
</multiInstanceLoopCharacteristics></userTask><boundaryEvent id="b" attachedToRef="t">
<escalationEventDefinition id="done" escalationRef="esc"/></boundaryEvent>
«s > t > e; b > e»
""",
    """
<startEvent id="s"/><endEvent id="e"/>
▶<adHocSubProcess id="t" ordering="Sequential"><userTask id="u"><extensionElements>
<bl:step act="review" department="d" role="r"/></extensionElements></userTask></adHocSubProcess>
«s > t > e»
""",
    """
<startEvent id="s"/><endEvent id="e"/>
▶<transaction id="t"><standardLoopCharacteristics loopMaximum="2"/>
<startEvent id="s1"/><endEvent id="e1"/>«s1 > e1»</transaction>
«s > t > e»
""",
    """
<startEvent id="s"/><endEvent id="e"/>
▶<receiveTask id="t" messageRef="msg"/>
«s > t > e»
""",
]
