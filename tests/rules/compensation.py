"""Examples for the rule compensation."""

RIGHT = [
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/><boundaryEvent id="b" attachedToRef="t">
<compensateEventDefinition/></boundaryEvent><userTask id="undo" isForCompensation="true"/>
«s > t > e»<association id="a" sourceRef="b" targetRef="undo"/>
""",
]

WRONG = [
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e»
▶<boundaryEvent id="b" attachedToRef="t"><compensateEventDefinition/></boundaryEvent>
""",
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/><boundaryEvent id="b" attachedToRef="t">
<compensateEventDefinition/></boundaryEvent><association id="a" sourceRef="b" targetRef="undo"/>«s > t > e; undo > e»
▶<userTask id="undo" isForCompensation="true"/>
""",
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/><userTask id="undo" isForCompensation="true"/>
<association id="a" sourceRef="b" targetRef="undo"/>«s > t > e; b > e»
▶<boundaryEvent id="b" attachedToRef="t"><compensateEventDefinition/></boundaryEvent>
""",
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e»
▶<userTask id="undo" isForCompensation="true"/>
""",
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/><userTask id="undo" isForCompensation="true"/>
<association id="a" sourceRef="b" targetRef="undo"/><userTask id="undo2" isForCompensation="true"/>
<association id="a2" sourceRef="b" targetRef="undo2"/>«s > t > e»
▶<boundaryEvent id="b" attachedToRef="t"><compensateEventDefinition/></boundaryEvent>
""",
    """
<startEvent id="s"/><subProcess id="h"><userTask id="t"/></subProcess><endEvent id="e"/>«s > h > x > e»
▶<intermediateThrowEvent id="x"><compensateEventDefinition activityRef="t"/></intermediateThrowEvent>
""",
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e»
<subProcess id="h" triggeredByEvent="true"><endEvent id="e1"/>«s1 > e1»
▶<startEvent id="s1"><compensateEventDefinition/></startEvent>
</subProcess>
""",
]
