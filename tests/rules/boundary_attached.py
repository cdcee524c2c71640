"""Examples for the rule boundary-attached."""

RIGHT = [
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e; b > e»
<boundaryEvent id="b" attachedToRef="t"><timerEventDefinition><timeDuration>P1D</timeDuration>
</timerEventDefinition></boundaryEvent>
""",
]

WRONG = [
    """
<startEvent id="s"/><endEvent id="e"/><parallelGateway id="g"/>«s > g > e; b > e»
▶<boundaryEvent id="b" attachedToRef="g"><timerEventDefinition><timeDuration>P1D</timeDuration>
</timerEventDefinition></boundaryEvent>
""",
    """

<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e; b > e»
▶<boundaryEvent id="b" attachedToRef="u"><timerEventDefinition><timeDuration>P1D</timeDuration>
</timerEventDefinition></boundaryEvent>
<subProcess id="u" triggeredByEvent="true"><startEvent id="s2"><messageEventDefinition messageRef="msg"/>
</startEvent><endEvent id="e2"/>«s2 > e2»</subProcess>
""",
]
