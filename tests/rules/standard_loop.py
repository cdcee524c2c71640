"""Examples for the rule standard-loop."""

RIGHT = [
    """
<userTask id="t"><standardLoopCharacteristics loopMaximum="3"/></userTask>
""",
    """
<userTask id="t"><standardLoopCharacteristics testBefore="true"><loopCondition>n &lt; 3</loopCondition>
</standardLoopCharacteristics></userTask>
""",
]

WRONG = [
    """
▶<userTask id="t"><standardLoopCharacteristics/></userTask>
""",
    """
▶<userTask id="t"><standardLoopCharacteristics loopMaximum="-1"><loopCondition>n</loopCondition>
</standardLoopCharacteristics></userTask>
""",
    """
▶<userTask id="t"><standardLoopCharacteristics loopMaximum="x"/></userTask>
""",
]
