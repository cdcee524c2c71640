"""Examples for the rule gateway-direction."""

RIGHT = [
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/><parallelGateway id="g" gatewayDirection="Diverging"/>
«s > g > t > e; g > e»
""",
]

WRONG = [
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > g > t > e; g > e»
▶<parallelGateway id="g" gatewayDirection="Converging"/>
""",
]
