"""Examples for the rule dead-end."""

PRODUCT = True

RIGHT = [
    """
<startEvent id="s"/><endEvent id="e"/><intermediateThrowEvent id="x"/>«s > x > e»
""",
]

WRONG = [
    """
<startEvent id="s"/><endEvent id="e"/>
<parallelGateway id="g"/>
▶<intermediateThrowEvent id="x"/>
«s > g > x; g > e»
""",
]
