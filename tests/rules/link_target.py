"""Examples for the rule link-target."""

RIGHT = [
    """
<startEvent id="s"/><endEvent id="e"/><parallelGateway id="g"/><intermediateThrowEvent id="x">
<linkEventDefinition name="L"/></intermediateThrowEvent><intermediateThrowEvent id="x2">
<linkEventDefinition name="L"/></intermediateThrowEvent><intermediateCatchEvent id="y">
<linkEventDefinition name="L"/></intermediateCatchEvent>«s > g > x; g > x2; y > e»
""",
]

WRONG = [
    """
<startEvent id="s"/>«s > x»
▶<intermediateThrowEvent id="x"><linkEventDefinition name="L"/></intermediateThrowEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x; y > e; y2 > e»
▶<intermediateThrowEvent id="x"><linkEventDefinition name="L"/></intermediateThrowEvent>
<intermediateCatchEvent id="y"><linkEventDefinition name="L"/></intermediateCatchEvent>
<intermediateCatchEvent id="y2"><linkEventDefinition name="L"/></intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > u > e»<subProcess id="u"><startEvent id="s2"/><endEvent id="e2"/>
«s2 > x; y2 > e2»
▶<intermediateThrowEvent id="x"><linkEventDefinition name="L"/></intermediateThrowEvent>
<intermediateThrowEvent id="x2"><linkEventDefinition name="K"/></intermediateThrowEvent>
<intermediateCatchEvent id="y2"><linkEventDefinition name="K"/></intermediateCatchEvent>«s2 > x2»
</subProcess>
""",
]
