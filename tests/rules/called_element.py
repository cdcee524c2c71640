"""Examples for the rule called-element."""

RIGHT = [
    """
=== a.bpmn
<startEvent id="s"/><callActivity id="c" calledElement="q"/>«s > c»
=== b.bpmn
<process id="q" isExecutable="false"><userTask id="t"/></process>
""",
    """
<process id="p" isExecutable="true"><callActivity id="c" calledElement="g"/></process><globalUserTask id="g"/>
""",
    """
<process id="p" isExecutable="true"><callActivity id="c"><extensionElements><zeebe:calledElement processId="g"/>
</extensionElements></callActivity></process><globalManualTask id="g"/>
""",
]

WRONG = [
    """
▶<callActivity id="c"/>
""",
    """
▶<callActivity id="c" calledElement="nobody"/>
""",
    """
<process id="p" isExecutable="true">
▶<callActivity id="c" calledElement="q"/>
</process><process id="q"><startEvent id="s"><messageEventDefinition messageRef="msg"/></startEvent>
<endEvent id="e"/>«s > e»</process>
""",
]
