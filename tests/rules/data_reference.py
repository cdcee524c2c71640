"""Examples for the rule data-reference."""

RIGHT = [
    """
<dataObject id="o"/><dataObjectReference id="r" dataObjectRef="o"/>
<userTask id="t"><ioSpecification><dataInput id="i"/><inputSet id="x"><dataInputRefs>i</dataInputRefs>
</inputSet><outputSet id="y"/></ioSpecification>
<dataInputAssociation id="a"><sourceRef>r</sourceRef><targetRef>i</targetRef></dataInputAssociation></userTask>
""",
]

WRONG = [
    """
<userTask id="t"/>
▶<dataObjectReference id="r" dataObjectRef="o"/>
""",
    """
▶<userTask id="t"><ioSpecification><dataInput id="i"/><inputSet id="x"><dataInputRefs>i</dataInputRefs>
</inputSet><outputSet id="y"/></ioSpecification>
<dataInputAssociation id="a"><sourceRef>nothing</sourceRef><targetRef>i</targetRef></dataInputAssociation></userTask>
""",
    """
▶<userTask id="t"><ioSpecification><dataInput id="i"/><inputSet id="x"><dataInputRefs>t</dataInputRefs>
</inputSet><outputSet id="y"/></ioSpecification></userTask>
""",
]
