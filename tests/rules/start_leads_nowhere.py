"""Examples for the rule start-leads-nowhere."""

RIGHT = [
    """
<startEvent id="s"/><endEvent id="e"/>«s > e»
""",
]

WRONG = [
    """
▶<startEvent id="s"/>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > u > e»
<subProcess id="u">
▶<startEvent id="s2"/>
</subProcess>
""",
]
