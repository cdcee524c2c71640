"""Examples for the rule event-based-gateway."""

RIGHT = [
    """
<startEvent id="s"/><eventBasedGateway id="g"/><intermediateCatchEvent id="a">
<messageEventDefinition messageRef="msg"/></intermediateCatchEvent><intermediateCatchEvent id="b">
<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></intermediateCatchEvent>
<endEvent id="e"/>«s > g > a > e; g > b > e»
""",
    """
<eventBasedGateway id="g" instantiate="true" eventGatewayType="Parallel"/><intermediateCatchEvent id="a">
<messageEventDefinition messageRef="msg"/></intermediateCatchEvent><intermediateCatchEvent id="b">
<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></intermediateCatchEvent>
<endEvent id="e"/>«g > a > e; g > b > e»
""",
]

WRONG = [
    """

<startEvent id="s"/><intermediateCatchEvent id="a"><messageEventDefinition messageRef="msg"/>
</intermediateCatchEvent><endEvent id="e"/>«s > g > a > e»
▶<eventBasedGateway id="g"/>
""",
    """

<startEvent id="s"/><eventBasedGateway id="g"/><intermediateCatchEvent id="a">
<messageEventDefinition messageRef="msg"/></intermediateCatchEvent><endEvent id="e"/>«s > g > a > e; g > t > e»
▶<userTask id="t"/>
""",
    """

<startEvent id="s"/><intermediateCatchEvent id="a"><messageEventDefinition messageRef="msg"/>
</intermediateCatchEvent><endEvent id="e"/>«s > g > a > e; g > t > e»<receiveTask id="t" messageRef="msg"/>
▶<eventBasedGateway id="g"/>
""",
    """

<startEvent id="s"/><eventBasedGateway id="g"/><intermediateCatchEvent id="b"><timerEventDefinition>
<timeDuration>P1D</timeDuration></timerEventDefinition></intermediateCatchEvent><endEvent id="e"/>
«s > g > t > e; g > b > e; x > e»<boundaryEvent id="x" attachedToRef="t"><timerEventDefinition>
<timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>
▶<receiveTask id="t" messageRef="msg"/>
""",
    """

<startEvent id="s"/><eventBasedGateway id="g"/><intermediateCatchEvent id="b"><timerEventDefinition>
<timeDuration>P1D</timeDuration></timerEventDefinition></intermediateCatchEvent><endEvent id="e"/>
<userTask id="t"/>«s > g > a > e; g > b > e; e0 > a»<intermediateThrowEvent id="e0"/>«s > e0; s > t»
▶<intermediateCatchEvent id="a"><messageEventDefinition messageRef="msg"/></intermediateCatchEvent>
""",
    """

<startEvent id="s"/><intermediateCatchEvent id="a"><messageEventDefinition messageRef="msg"/>
</intermediateCatchEvent><intermediateCatchEvent id="b"><timerEventDefinition><timeDuration>P1D</timeDuration>
</timerEventDefinition></intermediateCatchEvent><endEvent id="e"/>«s > g > a > e; g > b > e»
▶<eventBasedGateway id="g" eventGatewayType="Parallel"/>
""",
    """

<startEvent id="s"/><intermediateCatchEvent id="a"><messageEventDefinition messageRef="msg"/>
</intermediateCatchEvent><intermediateCatchEvent id="b"><timerEventDefinition><timeDuration>P1D</timeDuration>
</timerEventDefinition></intermediateCatchEvent><endEvent id="e"/>«s > g > a > e; g > b > e»
▶<eventBasedGateway id="g" instantiate="true"/>
""",
]
