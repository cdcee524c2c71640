"""Examples for the rule service-implementation."""

RIGHT = [
    """
<serviceTask id="t" implementation="pay"/>
""",
    """
<serviceTask id="t" camunda:topic="pay" camunda:type="external"/>
""",
    """
<serviceTask id="t"><extensionElements><zeebe:taskDefinition type="pay"/></extensionElements></serviceTask>
""",
]

WRONG = [
    """
▶<serviceTask id="t"/>
""",
    """
▶<serviceTask id="t" implementation="##unspecified"/>
""",
]
