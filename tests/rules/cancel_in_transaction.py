"""Examples for the rule cancel-in-transaction."""

RIGHT = [
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e; b > e»
<transaction id="x"><startEvent id="s2"/><endEvent id="e2"><cancelEventDefinition/></endEvent>«s2 > e2»</transaction>
<boundaryEvent id="b" attachedToRef="x"><cancelEventDefinition/></boundaryEvent>
""",
]

WRONG = [
    """
<startEvent id="s"/>«s > e»
▶<endEvent id="e"><cancelEventDefinition/></endEvent>
""",
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e; b > e»
▶<boundaryEvent id="b" attachedToRef="t"><cancelEventDefinition/></boundaryEvent>
""",
]
