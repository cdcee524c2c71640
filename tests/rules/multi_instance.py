"""Examples for the rule multi-instance."""

RIGHT = [
    """
<userTask id="t"><multiInstanceLoopCharacteristics><loopCardinality>0</loopCardinality>
</multiInstanceLoopCharacteristics></userTask>
""",
    """
<userTask id="t"><multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>
</multiInstanceLoopCharacteristics></userTask>
""",
    """
<userTask id="t"><multiInstanceLoopCharacteristics><loopCardinality>n + 1</loopCardinality>
</multiInstanceLoopCharacteristics></userTask>
""",
    """
<dataObject id="o"/><userTask id="t"><multiInstanceLoopCharacteristics><loopDataInputRef>o</loopDataInputRef>
</multiInstanceLoopCharacteristics></userTask>
""",
    """
<userTask id="t">
<multiInstanceLoopCharacteristics camunda:collection="${names}" camunda:elementVariable="name"/></userTask>
""",
    """
<userTask id="t"><multiInstanceLoopCharacteristics><extensionElements>
<zeebe:loopCharacteristics inputCollection="=names"/></extensionElements></multiInstanceLoopCharacteristics>
</userTask>
""",
    """
<signalEventDefinition id="d" signalRef="sig"/><process id="p" isExecutable="true">
<userTask id="t"><multiInstanceLoopCharacteristics behavior="One" oneBehaviorEventRef="d">
<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></userTask></process>
""",
]

WRONG = [
    """
▶<userTask id="t"><multiInstanceLoopCharacteristics><loopCardinality>1.5</loopCardinality>
</multiInstanceLoopCharacteristics></userTask>
""",
    """
▶<userTask id="t"><multiInstanceLoopCharacteristics><loopCardinality>-1</loopCardinality>
</multiInstanceLoopCharacteristics></userTask>
""",
    """
▶<userTask id="t"><multiInstanceLoopCharacteristics><loopCardinality>"a"</loopCardinality>
</multiInstanceLoopCharacteristics></userTask>
""",
    """
▶<userTask id="t"><multiInstanceLoopCharacteristics><loopCardinality>True</loopCardinality>
</multiInstanceLoopCharacteristics></userTask>
""",
    """
▶<userTask id="t"><multiInstanceLoopCharacteristics/></userTask>
""",
    """
▶<userTask id="t"><multiInstanceLoopCharacteristics><loopDataInputRef>p</loopDataInputRef>
</multiInstanceLoopCharacteristics></userTask>
""",
    """
▶<userTask id="t"><multiInstanceLoopCharacteristics behavior="None" noneBehaviorEventRef="p">
<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></userTask>
""",
    """
▶<userTask id="t"><multiInstanceLoopCharacteristics behavior="Complex"><loopCardinality>2</loopCardinality>
</multiInstanceLoopCharacteristics></userTask>
""",
]
