"""Examples for the rule gateway-flows."""

RIGHT = [
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/><exclusiveGateway id="g"/>«s > g > t > e»
""",
    """
<startEvent id="s"/><parallelGateway id="g"/><userTask id="a"/><userTask id="b"/><parallelGateway id="j"/>
«s > g > a > j; g > b > j»
""",
]

WRONG = [
    """
<startEvent id="s"/>«s > g»
▶<exclusiveGateway id="g"/>
""",
]
