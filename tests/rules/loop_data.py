"""Examples for the rule loop-data."""

TOLD = True

RIGHT = [
    """
<dataObject id="o"/><userTask id="t"><multiInstanceLoopCharacteristics><loopDataInputRef>o</loopDataInputRef>
</multiInstanceLoopCharacteristics></userTask>
""",
]

WRONG = [
    """
▶<userTask id="t"><multiInstanceLoopCharacteristics><loopDataInputRef>names</loopDataInputRef>
<loopDataOutputRef>votes</loopDataOutputRef></multiInstanceLoopCharacteristics></userTask>
""",
]
