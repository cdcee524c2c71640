"""Examples for the rule parallel-multiple."""

RIGHT = [
    """

<endEvent id="e"/>«s > e»<startEvent id="s" parallelMultiple="true"><messageEventDefinition messageRef="msg"/>
<signalEventDefinition signalRef="sig"/></startEvent>
""",
]

WRONG = [
    """

▶<startEvent id="s" parallelMultiple="true"><messageEventDefinition messageRef="msg"/></startEvent>
<endEvent id="e"/>«s > e»
""",
]
