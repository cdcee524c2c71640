"""Examples for the rule ad-hoc."""

RIGHT = [
    """
<adHocSubProcess id="h" ordering="Sequential"><userTask id="t"/></adHocSubProcess>
""",
]

WRONG = [
    """
<adHocSubProcess id="h"><userTask id="t"/>«s > t»
▶<startEvent id="s"/>
</adHocSubProcess>
""",
    """
▶<adHocSubProcess id="h"><intermediateThrowEvent id="x"/></adHocSubProcess>
""",
]
