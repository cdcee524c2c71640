"""Examples for the rule some-end."""

PRODUCT = True

RIGHT = [
    """
<startEvent id="s"/><endEvent id="e"/>«s > e»
""",
]

WRONG = [
    """
▶<process id="p" isExecutable="true">
<startEvent id="s"/><intermediateThrowEvent id="x"><linkEventDefinition name="L"/></intermediateThrowEvent>
<intermediateCatchEvent id="y"><linkEventDefinition name="L"/></intermediateCatchEvent>
<parallelGateway id="g"/>
«s > g > x; y > g»
</process>
""",
]
