"""Examples for the rule one-none-start."""

RIGHT = [
    """
<startEvent id="s"/><startEvent id="s2"><messageEventDefinition messageRef="msg"/></startEvent>
<endEvent id="e"/>«s > e; s2 > e»
""",
]

WRONG = [
    """
<startEvent id="s"/><endEvent id="e"/>«s > e; s2 > e»
▶<startEvent id="s2"/>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > u > e»
<subProcess id="u"><startEvent id="s3"/><endEvent id="e2"/>«s2 > e2; s3 > e2»
▶<startEvent id="s2"/>
</subProcess>
""",
]
