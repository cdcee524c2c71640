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
<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></userTask>
«s > t > e»
""",
    """
<startEvent id="s"/><endEvent id="e"/>
▶<userTask id="t" startQuantity="2"><extensionElements><bl:step act="review" department="d" role="r"/>
</extensionElements></userTask>
«s > t > e»
""",
    """
<startEvent id="s"/><endEvent id="e"/>
▶<dataObject id="o"/>
«s > e»
""",
    """
<startEvent id="s"/><endEvent id="e"/>
▶<callActivity id="t" calledElement="p"/>
«s > t > e»
""",
]
