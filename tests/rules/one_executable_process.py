"""Examples for the rule one-executable-process."""

RIGHT = [
    """
<startEvent id="s"/><endEvent id="e"/>«s > e»
""",
    """
<process id="p" isExecutable="1"><startEvent id="s"/><endEvent id="e"/>«s > e»</process>
<process id="q" isExecutable="0"/>
""",
]

WRONG = [
    """
=== a.bpmn
<process id="p" isExecutable="true"><startEvent id="s"/><endEvent id="e"/>«s > e»</process>
=== b.bpmn

▶<process id="q" isExecutable="true"><startEvent id="s"/><endEvent id="e"/>«s > e»</process>
""",
]
