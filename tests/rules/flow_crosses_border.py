"""Examples for the rule flow-crosses-border."""

RIGHT = [
    """
<startEvent id="s"/><subProcess id="u"><startEvent id="s2"/><userTask id="t2"/><endEvent id="e2"/>«s2 > t2 > e2»
</subProcess><endEvent id="e"/>«s > u > e»
""",
]

WRONG = [
    """
<startEvent id="s"/><subProcess id="u"><startEvent id="s2"/><userTask id="t2"/><endEvent id="e2"/>«s2 > t2 > e2»
</subProcess><endEvent id="e"/>«s > u > e»
▶<sequenceFlow id="f" sourceRef="s" targetRef="t2"/>
""",
    """
<startEvent id="s"/><endEvent id="e"/><userTask id="t"/>«s > u > t»
<subProcess id="u"><startEvent id="s2"/><endEvent id="e2"/>«s2 > e2»
▶<sequenceFlow id="f" sourceRef="t" targetRef="e"/>
</subProcess>
""",
    """
<process id="p" isExecutable="true"><startEvent id="s"/><endEvent id="e"/>
<callActivity id="c" calledElement="q"/>«s > c > e»
▶<sequenceFlow id="f" sourceRef="c" targetRef="e2"/>
</process>
<process id="q"><startEvent id="s2"/><endEvent id="e2"/>«s2 > e2»</process>
""",
]
