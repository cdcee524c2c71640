"""Examples for the rule complex-gateway."""

RIGHT = [
    """
<startEvent id="s"/><complexGateway id="g"/><complexGateway id="j">
<activationCondition>activationCount &gt;= 1</activationCondition></complexGateway><endEvent id="e"/>
<userTask id="t"/>«s > g > t > j > e; g > j»
""",
]

WRONG = [
    """
<startEvent id="s"/><parallelGateway id="g"/><endEvent id="e"/><userTask id="t"/>«s > g > t > j > e; g > j»
▶<complexGateway id="j"/>
""",
]
