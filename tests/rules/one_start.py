"""Examples for the rule one-start."""

PRODUCT = True

RIGHT = [
    """
<startEvent id="s"/><endEvent id="e"/>«s > e»
""",
]

WRONG = [
    """
▶<process id="p" isExecutable="true">
<startEvent id="s"/><startEvent id="s2"/><endEvent id="e"/>«s > e; s2 > e»
</process>
""",
]
