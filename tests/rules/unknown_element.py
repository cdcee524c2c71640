"""Examples for the rule unknown-element."""

RIGHT = [
    """
<collaboration id="together"><participant id="x" processRef="p"/><participant id="y"/>
<messageFlow id="f" sourceRef="y" targetRef="x"/></collaboration>
<process id="p" isExecutable="true"><userTask id="t"/></process>
""",
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e»
<dataObject id="o"/><dataObjectReference id="r" dataObjectRef="o"/>
<textAnnotation id="n"/><group id="g"/><association id="a" sourceRef="t" targetRef="n"/>
""",
]

WRONG = [
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e»
▶<dataStoreReference id="d"/>
""",
    """
<correlationProperty id="key"><correlationPropertyRetrievalExpression messageRef="msg"><messagePath/>
</correlationPropertyRetrievalExpression></correlationProperty>

<process id="p" isExecutable="true"><startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e»
▶<correlationSubscription id="c" correlationKeyRef="key"/>
</process>
""",
    """
<process id="p" isExecutable="true"><startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e»</process>
▶<choreography id="c"><participant id="x"/><participant id="y"/></choreography>
""",
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e»
▶<callChoreography id="c" initiatingParticipantRef="x"><participantRef>x</participantRef></callChoreography>
""",
]
