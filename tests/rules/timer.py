"""Examples for the rule timer."""

RIGHT = [
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
<intermediateCatchEvent id="x"><timerEventDefinition><timeDuration>P3D</timeDuration></timerEventDefinition>
</intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
<intermediateCatchEvent id="x"><timerEventDefinition><timeDuration>wait</timeDuration></timerEventDefinition>
</intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
<intermediateCatchEvent id="x"><timerEventDefinition><timeDuration>"PT" + str(hours) + "H"</timeDuration>
</timerEventDefinition></intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
<intermediateCatchEvent id="x"><timerEventDefinition><timeDate>"2026-03-01T09:00:00"</timeDate>
</timerEventDefinition></intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
<intermediateCatchEvent id="x"><timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition>
</intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
<intermediateCatchEvent id="x"><timerEventDefinition><timeDuration>workdays(0.5)</timeDuration></timerEventDefinition>
</intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
<intermediateCatchEvent id="x"><timerEventDefinition><timeDuration>office(PT4H30M)</timeDuration>
</timerEventDefinition></intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
<intermediateCatchEvent id="x"><timerEventDefinition><timeCycle>R3/workdays(2)</timeCycle></timerEventDefinition>
</intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
<intermediateCatchEvent id="x"><timerEventDefinition><timeDuration>"workdays(" + str(days) + ")"</timeDuration>
</timerEventDefinition></intermediateCatchEvent>
""",
]

WRONG = [
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
▶<intermediateCatchEvent id="x"><timerEventDefinition><timeDuration>workdays(days)</timeDuration>
</timerEventDefinition></intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
▶<intermediateCatchEvent id="x"><timerEventDefinition><timeDuration>workday(3)</timeDuration>
</timerEventDefinition></intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
▶<intermediateCatchEvent id="x"><timerEventDefinition><timeDuration>office(P1D)</timeDuration>
</timerEventDefinition></intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
▶<intermediateCatchEvent id="x"><timerEventDefinition><timeDuration>"workdays(-1)"</timeDuration>
</timerEventDefinition></intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
▶<intermediateCatchEvent id="x"><timerEventDefinition><timeCycle>R/workdays(0)</timeCycle>
</timerEventDefinition></intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
▶<intermediateCatchEvent id="x"><timerEventDefinition><timeDuration>-PT1S</timeDuration></timerEventDefinition>
</intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
▶<intermediateCatchEvent id="x"><timerEventDefinition><timeDuration>P99999999Y</timeDuration>
</timerEventDefinition></intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
▶<intermediateCatchEvent id="x"><timerEventDefinition><timeDate>"2026-02-30T25:61:00"</timeDate>
</timerEventDefinition></intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
▶<intermediateCatchEvent id="x"><timerEventDefinition><timeDate>2026-W99-9</timeDate></timerEventDefinition>
</intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
▶<intermediateCatchEvent id="x"><timerEventDefinition><timeCycle>0 0/5 * * * ?</timeCycle>
</timerEventDefinition></intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
▶<intermediateCatchEvent id="x"><timerEventDefinition><timeCycle>@daily</timeCycle></timerEventDefinition>
</intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
▶<intermediateCatchEvent id="x"><timerEventDefinition><timeDuration>soon()</timeDuration></timerEventDefinition>
</intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
▶<intermediateCatchEvent id="x"><timerEventDefinition><timeDuration>5</timeDuration></timerEventDefinition>
</intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
▶<intermediateCatchEvent id="x"><timerEventDefinition><timeDate></timeDate></timerEventDefinition>
</intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
▶<intermediateCatchEvent id="x"><timerEventDefinition/></intermediateCatchEvent>
""",
    """
<startEvent id="s"/><endEvent id="e"/>«s > x > e»
▶<intermediateCatchEvent id="x"><timerEventDefinition><timeDate>2026-03-01</timeDate>
<timeDuration>P1D</timeDuration></timerEventDefinition></intermediateCatchEvent>
""",
]
