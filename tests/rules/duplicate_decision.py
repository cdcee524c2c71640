"""Examples for the rule duplicate-decision."""

RIGHT = [
    """
=== a.bpmn
<startEvent id="s"/><endEvent id="e"/>«s > e»
=== a.dmn
one
=== b.dmn
two
""",
]

WRONG = [
    """
=== a.bpmn
<startEvent id="s"/><endEvent id="e"/>«s > e»
=== a.dmn
one
=== b.dmn
▶one
""",
]
