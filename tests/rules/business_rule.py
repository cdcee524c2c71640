"""Examples for the rule business-rule."""

RIGHT = [
    """
=== a.bpmn
<businessRuleTask id="t"><extensionElements><bl:decision ref="rate"/></extensionElements></businessRuleTask>
=== a.dmn
rate
""",
    """
<businessRuleTask id="t" implementation="rules"/>
""",
]

WRONG = [
    """
▶<businessRuleTask id="t"/>
""",
    """
=== a.bpmn
▶<businessRuleTask id="t" camunda:decisionRef="rates"/>
=== a.dmn
rate
""",
    """
<process id="p" isExecutable="true"><callActivity id="c" calledElement="g"/></process>
▶<globalBusinessRuleTask id="g"/>
""",
]
