"""Examples for the rule conditional-event."""

RIGHT = [
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»<intermediateCatchEvent id="x"><conditionalEventDefinition>
<condition>n == 1</condition></conditionalEventDefinition></intermediateCatchEvent>
""",
]

WRONG = [
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
▶<intermediateCatchEvent id="x"><conditionalEventDefinition/></intermediateCatchEvent>
""",
]
