"""Examples for the rule event-sub-process."""

RIGHT = [
    """

<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e»
<subProcess id="u" triggeredByEvent="true"><startEvent id="s2"><messageEventDefinition messageRef="msg"/>
</startEvent><endEvent id="e2"/>«s2 > e2»</subProcess>
""",
]

WRONG = [
    """

<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e; t > u»
▶<subProcess id="u" triggeredByEvent="true">
<startEvent id="s2"><messageEventDefinition messageRef="msg"/></startEvent><endEvent id="e2"/>«s2 > e2»</subProcess>
""",
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e»
▶<subProcess id="u" triggeredByEvent="true">
<userTask id="t2"/></subProcess>
""",
    """

<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e»
▶<subProcess id="u" triggeredByEvent="true">
<startEvent id="s2"><messageEventDefinition messageRef="msg"/></startEvent><startEvent id="s3">
<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></startEvent><endEvent id="e2"/>
«s2 > e2; s3 > e2»</subProcess>
""",
]
