"""Examples for the rule duplicate-process."""

RIGHT = [
    """
=== a.bpmn
<startEvent id="s"/><endEvent id="e"/>«s > e»
=== b.bpmn
<process id="q"><startEvent id="s"/><endEvent id="e"/>«s > e»</process>
""",
]

WRONG = [
    """
=== a.bpmn
<startEvent id="s"/><endEvent id="e"/>«s > e»
=== b.bpmn
▶<process id="p"><startEvent id="s"/><endEvent id="e"/>«s > e»</process>
""",
    """
=== a.bpmn
<startEvent id="s"/><endEvent id="e"/>«s > e»
=== b.bpmn

▶<globalTask id="p"/><process id="q"/>
""",
]
