"""Examples for the rule joint-visit."""

PRODUCT = True

_JOINT = (
    '<extensionElements><bl:step act="site" department="d" role="r"/><bl:covers ref="A.site"/>'
    '<bl:covers ref="B.site"/></extensionElements>'
)
_OTHER = '<extensionElements><bl:step act="site" department="d" role="r"/></extensionElements>'

RIGHT = [
    f"""
<startEvent id="s"/><endEvent id="e"/><userTask id="v">{_JOINT}</userTask><userTask id="C.site">{_OTHER}</userTask>
«s > v > C.site > e»
""",
]

_HELD = [
    _JOINT.replace("B.site", "A.site"),
    _JOINT.replace(' ref="B.site"', ""),
    _JOINT + '<standardLoopCharacteristics loopMaximum="2"/>',
    _JOINT.replace("<bl:covers", '<bl:approvers mode="any"/><bl:covers', 1),
]

WRONG = [
    f"""
<startEvent id="s"/><endEvent id="e"/><userTask id="B.site">{_OTHER}</userTask>
▶<userTask id="v">{_JOINT}</userTask>
«s > B.site > v > e»
""",
    """
<startEvent id="s"/><endEvent id="e"/>
▶<scriptTask id="v"><extensionElements><bl:covers ref="A.site"/></extensionElements><script>x = 1</script></scriptTask>
«s > v > e»
""",
    *(f'<startEvent id="s"/><endEvent id="e"/>\n▶<userTask id="v">{held}</userTask>\n«s > v > e»' for held in _HELD),
]
