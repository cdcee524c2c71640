"""Examples for the rule default-flow."""

RIGHT = [
    """
<startEvent id="s"/><endEvent id="e"/><userTask id="t" default="t-e"/>«s > t > e»
""",
]

WRONG = [
    """
<startEvent id="s"/><endEvent id="e"/>«s > t > e»
▶<userTask id="t" default="s-t"/>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > g > e»
▶<parallelGateway id="g" default="g-e"/>
""",
]
