"""Examples for the rule quantity."""

RIGHT = [
    """
<userTask id="t" startQuantity="1" completionQuantity="3"/>
""",
]

WRONG = [
    """
▶<userTask id="t" startQuantity="0"/>
""",
    """
▶<userTask id="t" completionQuantity="-2"/>
""",
    """
▶<userTask id="t" completionQuantity="many"/>
""",
]
