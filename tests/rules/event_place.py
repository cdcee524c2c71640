"""Examples for the rule event-place."""

RIGHT = [
    """

<startEvent id="s"><signalEventDefinition signalRef="sig"/></startEvent><userTask id="t"/>
<boundaryEvent id="b" attachedToRef="t"><escalationEventDefinition escalationRef="esc"/></boundaryEvent>
<intermediateThrowEvent id="x"><messageEventDefinition messageRef="msg"/></intermediateThrowEvent>
<endEvent id="e"><terminateEventDefinition/></endEvent>«s > t > x > e; b > e»
""",
    """

<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e»<subProcess id="u" triggeredByEvent="true">
<endEvent id="e2"/>«s2 > e2»
<startEvent id="s2"><errorEventDefinition errorRef="err"/></startEvent></subProcess>
""",
]

WRONG = [
    """

▶<startEvent id="s"><errorEventDefinition errorRef="err"/></startEvent>
<endEvent id="e"/>«s > e»
""",
    """

<startEvent id="s"/><endEvent id="e"/>«s > u > e»<subProcess id="u"><endEvent id="e2"/>«s2 > e2»
▶<startEvent id="s2"><messageEventDefinition messageRef="msg"/></startEvent>
</subProcess>
""",
    """

<startEvent id="s"/><endEvent id="e"/><userTask id="t"/>«s > t > e»<subProcess id="u" triggeredByEvent="true">
<endEvent id="e2"/>«s2 > e2»
▶<startEvent id="s2"/>
</subProcess>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
▶<intermediateCatchEvent id="x"/>
""",
    """

<startEvent id="s"/><endEvent id="e"/>«s > x > e»
▶<intermediateThrowEvent id="x"><errorEventDefinition errorRef="err"/></intermediateThrowEvent>
""",
    """
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>«s > t > e; b > e»
▶<boundaryEvent id="b" attachedToRef="t"/>
""",
    """
<startEvent id="s"/>«s > e»
▶<endEvent id="e"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></endEvent>
""",
    """

<startEvent id="s"/><endEvent id="e"/>«s > x; y > e»<intermediateCatchEvent id="y">
<linkEventDefinition name="L"/></intermediateCatchEvent>
▶<intermediateThrowEvent id="x"><linkEventDefinition name="L"/><signalEventDefinition signalRef="sig"/>
</intermediateThrowEvent>
""",
]
