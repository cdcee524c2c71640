"""Examples for the rule empty-scope."""

RIGHT = [
    """
<startEvent id="s"/><endEvent id="e"/>«s > e»
""",
]

WRONG = [
    """
<startEvent id="s"/><endEvent id="e"/>«s > u > e»
▶<subProcess id="u"/>
""",
    """
▶<process id="p" isExecutable="true"><documentation>nothing yet</documentation></process>
""",
]
