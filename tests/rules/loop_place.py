"""Examples for the rule loop-place."""

RIGHT = [
    """
<userTask id="t"><standardLoopCharacteristics loopMaximum="3"/></userTask>
""",
]

WRONG = [
    """
<startEvent id="s"/><endEvent id="e"/>«s > g > e»
▶<parallelGateway id="g"><standardLoopCharacteristics loopMaximum="3"/></parallelGateway>
""",
    """
▶<userTask id="t"><standardLoopCharacteristics loopMaximum="3"/><multiInstanceLoopCharacteristics>
<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></userTask>
""",
]
