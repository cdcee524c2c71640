"""Examples for the rule always-interrupting."""

RIGHT = [
    """

<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e; b > e; c > e»
<boundaryEvent id="b" attachedToRef="t" cancelActivity="true"><errorEventDefinition errorRef="err"/></boundaryEvent>
<boundaryEvent id="c" attachedToRef="t" cancelActivity="false"><escalationEventDefinition escalationRef="esc"/>
</boundaryEvent>
""",
]

WRONG = [
    """

<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e; b > e»
▶<boundaryEvent id="b" attachedToRef="t" cancelActivity="false"><errorEventDefinition errorRef="err"/></boundaryEvent>
""",
    """

<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e»<subProcess id="u" triggeredByEvent="true">
<endEvent id="e2"/>«s2 > e2»
▶<startEvent id="s2" isInterrupting="0"><errorEventDefinition errorRef="err"/></startEvent>
</subProcess>
""",
]
