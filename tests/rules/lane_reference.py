"""Examples for the rule lane-reference."""

RIGHT = [
    """
<laneSet id="l"><lane id="one"><flowNodeRef>t</flowNodeRef></lane></laneSet><userTask id="t"/>
""",
]

WRONG = [
    """
<laneSet id="l">
▶<lane id="one"><flowNodeRef>nobody</flowNodeRef></lane>
</laneSet><userTask id="t"/>
""",
]
