"""Examples for the rule link-source."""

RIGHT = [
    """
<startEvent id="s"/><endEvent id="e"/><intermediateThrowEvent id="x"><linkEventDefinition name="L"/>
</intermediateThrowEvent><intermediateCatchEvent id="y"><linkEventDefinition name="L"/></intermediateCatchEvent>
«s > x; y > e»
""",
]

WRONG = [
    """
▶<intermediateCatchEvent id="y"><linkEventDefinition name="L"/></intermediateCatchEvent>
<userTask id="t"/>«y > t»<userTask id="first"/>
""",
]
