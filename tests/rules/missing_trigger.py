"""Examples for the rule missing-trigger."""

RIGHT = [
    """

<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e; b > e; c > e»
<boundaryEvent id="b" attachedToRef="t"><errorEventDefinition/></boundaryEvent>
<boundaryEvent id="c" attachedToRef="t"><escalationEventDefinition/></boundaryEvent>
""",
]

WRONG = [
    """
▶<startEvent id="s"><messageEventDefinition/></startEvent>
<endEvent id="e"/>«s > e»
""",
    """
<startEvent id="s"/>«s > x > e»
▶<intermediateCatchEvent id="x"><signalEventDefinition/></intermediateCatchEvent>
▶<endEvent id="e"><errorEventDefinition/></endEvent>
""",
    """
<startEvent id="s"/>«s > e»
▶<endEvent id="e"><escalationEventDefinition/></endEvent>
""",
]
