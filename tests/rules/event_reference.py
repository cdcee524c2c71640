"""Examples for the rule event-reference."""

RIGHT = [
    """

<startEvent id="s"><messageEventDefinition messageRef="msg"/></startEvent><endEvent id="e"/>«s > e»
""",
    """
<timerEventDefinition id="daily"><timeCycle>R/P1D</timeCycle></timerEventDefinition>
<process id="p" isExecutable="true"><startEvent id="s"><eventDefinitionRef>daily</eventDefinitionRef>
</startEvent><endEvent id="e"/>«s > e»</process>
""",
]

WRONG = [
    """

▶<startEvent id="s"><messageEventDefinition messageRef="nobody"/></startEvent>
<endEvent id="e"/>«s > e»
""",
    """

<startEvent id="s"/><endEvent id="e"/>«s > x > e»
▶<intermediateThrowEvent id="x"><signalEventDefinition signalRef="m"/></intermediateThrowEvent>
""",
    """

<startEvent id="s"/><endEvent id="e"/>«s > x > e»
▶<intermediateThrowEvent id="x"><compensateEventDefinition activityRef="e"/></intermediateThrowEvent>
""",
    """

<startEvent id="s"/><endEvent id="e"/>«s > t > e»
▶<receiveTask id="t" messageRef="g"/>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
▶<intermediateThrowEvent id="x"><eventDefinitionRef>t</eventDefinitionRef></intermediateThrowEvent>
""",
]
