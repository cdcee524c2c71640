"""Examples for the rule instance-decision."""

PRODUCT = True

_STEP = '<extensionElements><bl:step act="review" department="d" role="r"/></extensionElements>'
_SEVERAL = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>{}</multiInstanceLoopCharacteristics>"
_IF = (
    '<sequenceFlow id="{0}" sourceRef="{1}" targetRef="{2}"><conditionExpression xsi:type="tFormalExpression">'
    'decision["t"] == "disagree"</conditionExpression></sequenceFlow>'
)
_INSIDE = (
    '<startEvent id="s1"/><endEvent id="e1"/><endEvent id="e2"/><exclusiveGateway id="g" default="g-e1"/>'
    f'<userTask id="t">{_STEP}</userTask>«s1 > t > g > e1»'
)

RIGHT = [
    f"""
<startEvent id="s"/><endEvent id="e"/>
<subProcess id="h">{_SEVERAL.format("")}{_INSIDE}{_IF.format("no", "g", "e2")}</subProcess>
«s > h > e»
""",
    f"""
<startEvent id="s"/><endEvent id="e"/><dataObject id="votes"/>
<userTask id="t">{_STEP}{
        _SEVERAL.format(
            '<loopDataOutputRef>votes</loopDataOutputRef><outputDataItem id="vote"/><completionCondition>'
            'count_of(votes, "agree") &gt;= 2</completionCondition>'
        )
    }</userTask>
«s > t > e»
""",
]

WRONG = [
    f"""
<startEvent id="s"/><endEvent id="e"/><endEvent id="e2"/><exclusiveGateway id="g" default="g-e"/>
<userTask id="t">{_STEP}{_SEVERAL.format("")}</userTask>
▶{_IF.format("no", "g", "e2")}
«s > t > g > e»
""",
    f"""
<startEvent id="s"/><endEvent id="e"/>
▶<userTask id="t">{_STEP}{
        _SEVERAL.format('<completionCondition>decision["t"] == "agree"</completionCondition>')
    }</userTask>
«s > t > e»
""",
    f"""
<startEvent id="s"/><endEvent id="e"/>
<subProcess id="h">{_SEVERAL.format("")}{_INSIDE}{_IF.format("no", "g", "e2")}</subProcess>
▶<scriptTask id="n"><script>said = decision["t"]</script></scriptTask>
«s > h > n > e»
""",
]
