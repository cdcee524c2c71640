"""Server-side drawing of BPMN diagrams: what is drawn, how states show, and that no file can break it."""

from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.diagram.svg import LOOKS, SVG_CSS, ElementState, draw
from engine.diagram.svg_text import fit, measure, wrap
from engine.errors import BadInput, DiagramError
from tests.work import counted

SVG = "{http://www.w3.org/2000/svg}"
_SPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
)

TASKS = ["task", "userTask", "serviceTask", "scriptTask", "manualTask", "sendTask", "receiveTask"]
TASKS += ["businessRuleTask", "callActivity"]
SUB_PROCESSES = ["subProcess", "transaction", "adHocSubProcess"]
EVENTS = ["startEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "endEvent"]
DEFINITIONS = ["message", "timer", "error", "escalation", "cancel", "compensate"]
DEFINITIONS += ["conditional", "link", "signal", "terminate"]
GATEWAYS = ["exclusive", "parallel", "inclusive", "complex", "eventBased"]
DATA = ["dataObject", "dataObjectReference", "dataInput", "dataOutput", "dataStoreReference", "message"]
COLLABORATION = ["participant", "lane", "conversation", "subConversation", "callConversation"]
CHOREOGRAPHY = ["choreographyTask", "subChoreography", "callChoreography"]
OTHERS = [*DATA, *COLLABORATION, *CHOREOGRAPHY, "group", "textAnnotation"]


@dataclass
class Sheet:
    """Writes a BPMN file with its DI, element by element."""

    elements: list[str] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)

    def element(self, identity: str, kind: str, name: str = "", inside: str = "", more: str = "") -> "Sheet":
        self.elements.append(f"<{kind} id={quoteattr(identity)} name={quoteattr(name)} {more}>{inside}</{kind}>")
        return self

    def shape(self, identity: str, at: str = "0 0 100 80", more: str = "", label: str = "") -> "Sheet":
        inside = f"<bpmndi:BPMNLabel>{_bounds(label)}</bpmndi:BPMNLabel>" if label else ""
        start = f"<bpmndi:BPMNShape bpmnElement={quoteattr(identity)} {more}>"
        self.drawn.append(f"{start}{_bounds(at)}{inside}</bpmndi:BPMNShape>")
        return self

    def edge(self, identity: str, points: str, more: str = "") -> "Sheet":
        waypoints = ""
        for point in points.split():
            x, _, y = point.partition(",")
            waypoints += f'<di:waypoint x="{x}" y="{y}"/>'
        self.drawn.append(f"<bpmndi:BPMNEdge bpmnElement={quoteattr(identity)} {more}>{waypoints}</bpmndi:BPMNEdge>")
        return self

    def root(self) -> etree._Element:
        plane = f'<bpmndi:BPMNPlane bpmnElement="P">{"".join(self.drawn)}</bpmndi:BPMNPlane>'
        return etree.fromstring(
            f'<definitions {_SPACES} id="D">'
            f'<process id="P" name="施工许可">{"".join(self.elements)}</process>'
            f"<bpmndi:BPMNDiagram>{plane}</bpmndi:BPMNDiagram></definitions>"
        )


def _bounds(numbers: str) -> str:
    x, y, width, height = numbers.split(" ")
    return f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/>'


def one(kind: str, inside: str = "", more: str = "", flags: str = "") -> str:
    """The markup of the single element ``X`` of this kind."""
    return draw(Sheet().element("X", kind, "名称", inside, more).shape("X", more=flags).root())


def line(kind: str, inside: str = "", more: str = "", source: str = "userTask") -> str:
    """The markup of the single edge ``F`` from task A to task B."""
    sheet = Sheet().element("A", source, more='default="none"').element("B", "userTask")
    sheet.element("F", kind, "", inside, f'sourceRef="A" targetRef="B" {more}')
    return draw(sheet.shape("A").shape("B", "200 0 100 80").edge("F", "100,40 200,40").root())


def parsed(svg: str) -> etree._Element:
    return etree.fromstring(svg.encode())


def group(svg: str, identity: str) -> etree._Element:
    """The one group drawn for an element."""
    found = [g for g in parsed(svg).iter(f"{SVG}g") if g.get("data-element-id") == identity]
    assert len(found) == 1
    return found[0]


def words(node: etree._Element) -> str:
    """Everything written in the picture (not the titles), without line breaks."""
    return "".join(span.text or "" for span in node.iter(f"{SVG}text", f"{SVG}tspan"))


def small_case(states: dict[str, ElementState] | None = None) -> str:
    sheet = Sheet().element("S", "startEvent", "收件").element("T", "userTask", "现场核查")
    sheet.element("G", "exclusiveGateway", "通过？").element(
        "F", "sequenceFlow", "是", "", 'sourceRef="T" targetRef="G"'
    )
    sheet.shape("S", "0 22 36 36").shape("T", "100 0 100 80").shape("G", "250 15 50 50").edge("F", "200,40 250,40")
    return draw(sheet.root(), states or {})


# --- what is drawn


@pytest.mark.parametrize("kind", TASKS + SUB_PROCESSES + EVENTS + [f"{name}Gateway" for name in GATEWAYS] + OTHERS)
def test_every_kind_of_element_is_drawn_under_its_id(kind: str) -> None:
    drawn = group(one(kind), "X")

    assert drawn.get("data-element-type") == kind
    assert (drawn.get("class") or "").startswith("bpmn-")
    assert len(list(drawn.iter(f"{SVG}rect", f"{SVG}path", f"{SVG}ellipse"))) > 0


@pytest.mark.parametrize(
    "kind",
    [
        "sequenceFlow",
        "messageFlow",
        "association",
        "dataInputAssociation",
        "dataOutputAssociation",
        "conversationLink",
    ],
)
def test_every_kind_of_line_is_drawn_under_its_id(kind: str) -> None:
    drawn = group(line(kind), "F")

    assert drawn.get("data-element-type") == kind
    assert drawn.find(f"{SVG}path") is not None


def test_task_types_are_told_apart_by_their_icons() -> None:
    assert len({one(kind).replace(kind, "") for kind in TASKS}) == len(TASKS)


def test_a_receive_task_that_creates_the_case_has_its_own_icon() -> None:
    assert one("receiveTask", more='instantiate="true"') != one("receiveTask")


@pytest.mark.parametrize("kind", ["startEvent", "intermediateThrowEvent"])
def test_event_definitions_are_told_apart(kind: str) -> None:
    pictures = {one(kind, f"<{name}EventDefinition/>") for name in DEFINITIONS}
    several = "<messageEventDefinition/><timerEventDefinition/>"
    pictures |= {one(kind), one(kind, several), one(kind, several, 'parallelMultiple="true"')}

    assert len(pictures) == len(DEFINITIONS) + 3


def test_an_event_definition_may_stand_at_the_root_and_be_referred_to() -> None:
    sheet = Sheet().element("X", "startEvent", "", "<eventDefinitionRef>E</eventDefinitionRef>").shape("X")
    sheet.element("E", "signalEventDefinition")

    assert draw(sheet.root()) == draw(
        Sheet().element("X", "startEvent", "", "<signalEventDefinition/>").shape("X").root()
    )


def test_thrown_events_are_filled_and_caught_ones_are_open() -> None:
    thrown = one("intermediateThrowEvent", "<signalEventDefinition/>")
    caught = one("intermediateCatchEvent", "<signalEventDefinition/>")

    assert 'fill="currentColor"' in thrown
    assert 'fill="currentColor"' not in caught


def test_rings_tell_start_intermediate_and_end_events_apart() -> None:
    double = [kind for kind in EVENTS if one(kind).count("<ellipse") == 2]

    assert double == ["intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"]
    assert 'stroke-width="3.6"' in one("endEvent")


@pytest.mark.parametrize(("kind", "attribute"), [("boundaryEvent", "cancelActivity"), ("startEvent", "isInterrupting")])
def test_events_that_do_not_interrupt_have_dashed_rings(kind: str, attribute: str) -> None:
    assert "stroke-dasharray" in one(kind, more=f'{attribute}="false"')
    assert "stroke-dasharray" not in one(kind, more=f'{attribute}="true"')


def test_gateways_are_told_apart_by_their_marks() -> None:
    pictures = {one(f"{name}Gateway").replace(name, "") for name in GATEWAYS}
    pictures.add(one("eventBasedGateway", more='instantiate="true"').replace("eventBased", ""))
    parallel = 'instantiate="true" eventGatewayType="Parallel"'
    pictures.add(one("eventBasedGateway", more=parallel).replace("eventBased", ""))

    assert len(pictures) == len(GATEWAYS) + 2


def test_the_cross_of_an_exclusive_gateway_can_be_switched_off_by_the_file() -> None:
    plain = one("exclusiveGateway", flags='isMarkerVisible="false"')

    assert len(one("exclusiveGateway")) > len(plain)


@pytest.mark.parametrize(
    "inside", ["<standardLoopCharacteristics/>", "<multiInstanceLoopCharacteristics/>",
               '<multiInstanceLoopCharacteristics isSequential="true"/>']
)  # fmt: skip
def test_repeated_activities_carry_a_marker(inside: str) -> None:
    assert one("userTask", inside).count("<path") > one("userTask").count("<path")


def test_markers_of_compensation_ad_hoc_and_calls_are_drawn() -> None:
    assert one("userTask", more='isForCompensation="true"').count("<path") > one("userTask").count("<path")
    assert one("adHocSubProcess").count("<path") > one("subProcess").count("<path")
    assert 'stroke-width="4"' in one("callActivity")
    assert 'stroke-width="4"' not in one("userTask")


def test_a_transaction_has_a_double_and_an_event_sub_process_a_dotted_border() -> None:
    assert one("transaction").count("<rect") == one("subProcess").count("<rect") + 1
    assert "stroke-dasharray" in one("subProcess", more='triggeredByEvent="true"')


def test_a_closed_sub_process_has_the_plus_and_hides_what_the_plane_holds_of_its_inside() -> None:
    inside = '<userTask id="T" name="内部"/><sequenceFlow id="F" sourceRef="T" targetRef="T"/>'
    closed = Sheet().element("X", "subProcess", "审查", inside)
    closed.shape("X", more='isExpanded="false"').shape("T", "10 10 50 40").edge("F", "0,0 10,10")
    opened = Sheet().element("X", "subProcess", "审查", inside)
    opened.shape("X").shape("T", "10 10 50 40").edge("F", "0,0 10,10")

    assert 'data-element-id="T"' not in draw(closed.root())
    assert 'data-element-id="F"' not in draw(closed.root())
    assert 'data-element-id="T"' in draw(opened.root())


def test_containers_lie_under_flows_and_flows_under_nodes_whatever_the_order_of_the_file() -> None:
    sheet = Sheet().element("B", "boundaryEvent").element("T", "userTask").element("L", "lane")
    sheet.element("F", "sequenceFlow").element("X", "subProcess").element("P1", "participant")
    sheet.shape("B").shape("T").shape("X", more='isExpanded="true"').edge("F", "0,0 10,10").shape("L").shape("P1")
    order = [g.get("data-element-id") for g in parsed(draw(sheet.root())) if g.tag == f"{SVG}g"]

    assert order == ["P1", "L", "X", "F", "T", "B"]


def test_flows_from_a_task_show_whether_they_are_default_or_conditional() -> None:
    condition = "<conditionExpression>x</conditionExpression>"
    plain, conditional = line("sequenceFlow"), line("sequenceFlow", condition)

    assert conditional.count("<path") == plain.count("<path") + 1
    sheet = Sheet().element("A", "userTask", more='default="F"').element("F", "sequenceFlow", more='sourceRef="A"')
    default = draw(sheet.edge("F", "100,40 200,40").root())
    assert default.count("<path") == 3  # line, arrowhead, slash


def test_a_condition_behind_a_gateway_has_no_diamond() -> None:
    condition = "<conditionExpression>x</conditionExpression>"

    assert line("sequenceFlow", condition, source="exclusiveGateway") == line("sequenceFlow", source="exclusiveGateway")


def test_message_flows_are_dashed_and_may_show_their_message() -> None:
    sheet = Sheet().element("M", "messageFlow")
    plain = draw(sheet.edge("M", "0,0 0,100").root())
    shown = draw(Sheet().element("M", "messageFlow").edge("M", "0,0 0,100", 'messageVisibleKind="initiating"').root())

    assert "stroke-dasharray" in plain
    assert shown.count("<path") == plain.count("<path") + 2


@pytest.mark.parametrize(("direction", "heads"), [("None", 0), ("One", 1), ("Both", 2)])
def test_associations_have_as_many_arrowheads_as_they_say(direction: str, heads: int) -> None:
    drawn = group(line("association", more=f'associationDirection="{direction}"'), "F")

    assert len(drawn.findall(f"{SVG}path")) == 1 + heads


def test_corners_of_flows_are_rounded_and_repeated_points_do_no_harm() -> None:
    sheet = Sheet().element("F", "sequenceFlow")
    route = group(draw(sheet.edge("F", "0,0 50,0 50,0 50,60").root()), "F").find(f"{SVG}path")

    assert route is not None
    assert (route.get("d") or "").count("Q") == 1


def test_flows_drawn_to_the_middle_of_a_shape_end_at_its_border() -> None:
    sheet = Sheet().element("A", "userTask").element("B", "endEvent")
    sheet.element("F", "sequenceFlow", more='sourceRef="A" targetRef="B"')
    sheet.shape("A", "0 0 100 80").shape("B", "200 22 36 36").edge("F", "50,40 218,40")
    head = group(draw(sheet.root()), "F").findall(f"{SVG}path")[1]

    assert (head.get("transform") or "").startswith("translate(200 40)")


def test_pools_and_lanes_read_upwards_unless_they_stand_upright() -> None:
    for kind, more in (("participant", 'processRef="P"'), ("lane", "")):
        assert "rotate(-90)" in one(kind, more=more, flags='isHorizontal="true"')
        assert "rotate(-90)" not in one(kind, more=more, flags='isHorizontal="false"')


def test_notes_groups_and_data_show_the_text_bpmn_keeps_elsewhere() -> None:
    note = one("textAnnotation", "<text>二十日内决定</text>")
    sheet = Sheet().element("X", "group", more='categoryValueRef="V"').shape("X")
    sheet.elements.append('<category><categoryValue id="V" value="法定时限"/></category>')

    assert words(group(note, "X")) == "二十日内决定"
    assert words(group(draw(sheet.root()), "X")) == "法定时限"
    assert "[已核验]" in words(group(one("dataObjectReference", '<dataState name="已核验"/>'), "X"))


def test_collections_and_multiple_participants_have_three_bars() -> None:
    sheet = Sheet().element("X", "dataObjectReference", more='dataObjectRef="O"').shape("X")
    single = draw(sheet.element("O", "dataObject").root())
    several = draw(
        Sheet().element("X", "dataObjectReference", more='dataObjectRef="O"').shape("X")
        .element("O", "dataObject", more='isCollection="true"').root()
    )  # fmt: skip

    assert several.count("<path") == single.count("<path") + 1
    assert one("participant", "<participantMultiplicity/>").count("<path") == 1


# --- labels


def test_labels_stand_where_the_file_puts_them() -> None:
    sheet = Sheet().element("X", "startEvent", "收件").shape("X", "0 0 36 36", label="300 400 40 14")
    span = next(group(draw(sheet.root()), "X").iter(f"{SVG}tspan"))

    assert span.get("x") == "320"
    assert 400 < float(span.get("y") or 0) < 420


def test_a_label_without_a_place_keeps_off_the_flows_of_its_element() -> None:
    def label_y(points: str) -> float:
        sheet = Sheet().element("G", "exclusiveGateway", "通过？").element("T", "task")
        sheet.element("F", "sequenceFlow", more='sourceRef="G" targetRef="T"')
        sheet.shape("G", "100 100 50 50").edge("F", points)
        return float(next(group(draw(sheet.root()), "G").iter(f"{SVG}tspan")).get("y") or 0)

    assert label_y("150,125 300,125") > 150  # below the gateway
    assert label_y("125,150 125,300") < 100  # above it: a flow leaves below


@pytest.mark.parametrize(
    "name",
    [
        "食品经营许可现场核查意见书出具",
        "Review the construction drawings",
        "消防 fire safety 审查",
        "超" * 40,
        "w" * 60,
    ],
)
def test_names_are_broken_to_the_width_of_their_task(name: str) -> None:
    sheet = Sheet().element("X", "userTask", name).shape("X")
    lines = list(group(draw(sheet.root()), "X").iter(f"{SVG}tspan"))

    assert len(lines) >= 2
    assert all(measure(each.text or "", 10) <= 90.01 for each in lines)


def test_a_name_too_long_for_its_box_is_cut_and_stays_whole_in_the_title() -> None:
    name = "市场监督管理局对经营场所布局与设备设施进行现场核查" * 4
    drawn = group(draw(Sheet().element("X", "userTask", name).shape("X").root()), "X")

    assert words(drawn).endswith("…")
    assert drawn.findtext(f"{SVG}title") == name


def test_chinese_punctuation_never_starts_a_line_and_lines_keep_all_characters() -> None:
    text = "受理，审核；现场核查（含照片）、出证：办结。"
    for width in range(36, 200, 7):
        lines = wrap(text, width, 12)
        assert "".join(lines) == text
        assert not any(each[0] in "，；）、：。" for each in lines)


def test_names_break_between_phrases_rather_than_inside_a_word() -> None:
    assert fit("企业设立登记 · 受理", 90, 40).lines == ("企业设立登记", "受理")
    assert fit("出具不予许可决定", 90, 40).lines == ("出具不予", "许可决定")


@given(st.text(max_size=80), st.floats(min_value=1, max_value=300))
def test_wrapping_any_text_ends_and_loses_nothing_but_space(text: str, width: float) -> None:
    visible = "".join("".join(wrap(text, 10_000, 12)).split())

    assert "".join("".join(wrap(text, width, 12)).split()) == visible


# --- states


@pytest.mark.parametrize("kind", [kind for kind in LOOKS if not kind.startswith("heat")])
def test_a_state_gives_class_glyph_and_title(kind: str) -> None:
    svg = small_case({"T": ElementState(kind, "3 日", "住建局 张三")})
    drawn = group(svg, "T")
    pill = drawn.find(f"{SVG}g[@class='d-badge']")

    assert (drawn.get("class") or "").split() == ["bpmn-task", f"s-{kind}"]
    assert drawn.findtext(f"{SVG}title") == "现场核查 · 住建局 张三"
    assert pill is not None
    assert words(pill) == "3 日"
    assert pill.get("data-glyph", "") == LOOKS[kind].glyph


def test_glyphs_alone_tell_all_states_but_the_future_apart() -> None:
    glyphs = [look.glyph for kind, look in LOOKS.items() if not kind.startswith("heat") and kind != "future"]

    assert len(set(glyphs)) == len(glyphs)
    assert "" not in glyphs


@pytest.mark.parametrize("identity", ["S", "T", "G"])
def test_events_tasks_and_gateways_all_carry_the_glyph(identity: str) -> None:
    assert 'data-glyph="✓"' in etree.tostring(
        group(small_case({identity: ElementState("done")}), identity), encoding="unicode"
    )


def test_flows_take_states_and_those_taken_are_drawn_over_the_others() -> None:
    sheet = Sheet()
    for name in ("F1", "F2", "F3"):
        sheet.element(name, "sequenceFlow").edge(name, "0,0 90,0")
    svg = draw(sheet.root(), {"F1": ElementState("done", "已走"), "F3": ElementState("future")})
    order = [g.get("data-element-id") for g in parsed(svg) if g.tag == f"{SVG}g"]

    assert order == ["F2", "F3", "F1"]
    assert words(group(svg, "F1")) == "已走"


def test_states_of_elements_not_in_the_file_are_ignored() -> None:
    assert small_case({"nowhere": ElementState("done")}) == small_case()


def test_a_heat_map_has_five_levels_with_their_figures() -> None:
    svg = small_case({"T": ElementState("heat5", "11.2 日")})

    assert "s-heat5" in (group(svg, "T").get("class") or "")
    assert "11.2 日" in words(group(svg, "T"))


def test_an_unknown_state_is_refused_in_words() -> None:
    with pytest.raises(BadInput, match=r"diagram\.state_kind"):
        ElementState("finished")


# --- the document


def test_the_picture_is_named_for_assistive_technology() -> None:
    root = parsed(draw(Sheet().element("X", "task").shape("X").root(), title="进度", description="两个部门在办"))

    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert root.findtext(f"{SVG}title") == "进度"
    assert root.findtext(f"{SVG}desc") == "两个部门在办"
    assert parsed(small_case()).findtext(f"{SVG}title") == "施工许可"


def test_the_view_box_holds_everything_with_a_margin_of_20() -> None:
    sheet = Sheet().element("X", "task").shape("X", "-30 50 100 80")

    assert parsed(draw(sheet.root())).get("viewBox") == "-50 30 140 120"


def test_a_page_needs_no_exception_from_its_content_security_policy() -> None:
    svg = small_case({"T": ElementState("active", "1", "在办")})

    assert not [node for node in parsed(svg).iter() if node.get("style") or node.get("id") or node.get("href")]
    assert "<style" not in svg and "<script" not in svg and "url(" not in svg


def test_a_file_of_its_own_brings_stylesheet_and_background() -> None:
    root = parsed(draw(Sheet().element("X", "task").shape("X").root(), standalone=True))

    assert root.findtext(f"{SVG}style") == SVG_CSS
    ground = root.find(f"{SVG}rect[@class='d-ground']")
    assert ground is not None
    assert ground.get("width") == "140"


def test_the_stylesheet_knows_every_state_in_light_dark_and_print() -> None:
    for kind, look in LOOKS.items():
        assert f".bpmn-svg .s-{kind}{{color:light-dark({look.line.light},{look.line.dark})" in SVG_CSS
    assert "@media print" in SVG_CSS
    assert SVG_CSS.count("{") == SVG_CSS.count("}")


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one_colour: str, other: str) -> float:
    low, high = sorted((_luminance(one_colour), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("kind", LOOKS)
def test_text_and_outline_of_every_state_can_be_read_on_light_and_dark(kind: str) -> None:
    look = LOOKS[kind]

    assert _contrast("#17202b", look.inside.light) >= 4.5
    assert _contrast("#e6ebf2", look.inside.dark) >= 4.5
    assert _contrast(look.line.light, look.inside.light) >= 3
    assert _contrast(look.line.dark, look.inside.dark) >= 3
    assert _contrast("#fff", look.line.light) >= 4.5  # the badge
    assert _contrast("#12161c", look.line.dark) >= 4.5


def test_the_same_input_gives_the_same_text() -> None:
    states = {"T": ElementState("overdue", "5", "<b>"), "F": ElementState("done")}

    assert small_case(states) == small_case(states)


def test_three_hundred_tasks_are_all_drawn_at_once() -> None:
    sheet, states = Sheet(), {}
    for i in range(300):
        x, y = i % 20 * 150, i // 20 * 120
        sheet.element(f"T{i}", "userTask", f"第 {i} 个部门核查环节（现场）").shape(f"T{i}", f"{x} {y} 100 80")
        sheet.element(f"F{i}", "sequenceFlow", "是", "", f'sourceRef="T{i}" targetRef="T{i + 1}"')
        sheet.edge(f"F{i}", f"{x + 100},{y + 40} {x + 120},{y + 60} {x + 150},{y + 60}")
        states[f"T{i}"] = ElementState("active", "3")
    root = sheet.root()
    with counted() as work:
        svg = draw(root, states)

    drawn = {g.get("data-element-id") for g in parsed(svg).iter(f"{SVG}g")}
    assert {f"T{i}" for i in range(300)} | {f"F{i}" for i in range(300)} <= drawn
    assert work.calls < 500_000


# --- odd and hostile files

HOSTILE = "<script>alert(1)</script>&amp;\"'\u202e\u0085\ufeff]]>"


def test_hostile_words_are_escaped_everywhere() -> None:
    sheet = Sheet().element(HOSTILE, "userTask", HOSTILE).shape(HOSTILE)
    sheet.element("E", "startEvent", HOSTILE).shape("E").element("F", "sequenceFlow", HOSTILE).edge("F", "0,0 9,9")
    state = ElementState("active", HOSTILE + "\x00\x1b\ud800", HOSTILE + "\x07\ufffe")
    svg = draw(sheet.root(), {HOSTILE: state, "F": state}, title=HOSTILE, description=HOSTILE + "\x00")

    assert group(svg, HOSTILE).get("data-element-id") == HOSTILE
    assert "<script" not in svg
    assert "\u202e" not in (group(svg, HOSTILE).findtext(f"{SVG}title") or "")
    assert svg.encode("utf-8")


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=150)
def test_whatever_the_words_are_the_output_is_well_formed(name: str, badge: str, tooltip: str) -> None:
    root = Sheet().element("X", "userTask").shape("X").element("E", "endEvent").shape("E").root()
    for element in root.iter("{*}userTask", "{*}endEvent"):
        # What XML itself cannot hold cannot come from a file either.
        element.set("name", "".join(c for c in name if c.isprintable() or c in "\t\n\r"))
    states = {key: ElementState("waiting", badge, tooltip) for key in ("X", "E")}

    assert parsed(draw(root, states, title=name, description=tooltip, standalone=True)).tag == f"{SVG}svg"


_NUMBERS = st.one_of(
    st.sampled_from(
        ["", "NaN", "inf", "-Infinity", "1e309", "1e300", "-1", "0", "abc", "1_0", "12px", "٣", "99999999"]
    ),
    st.floats(allow_nan=True, allow_infinity=True).map(repr),
    st.integers(-2000, 2000).map(str),
)


@given(
    st.sampled_from(TASKS + SUB_PROCESSES + EVENTS + OTHERS + ["exclusiveGateway"]),
    st.tuples(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS),
    st.lists(st.tuples(_NUMBERS, _NUMBERS), max_size=4),
)
@settings(max_examples=300)
def test_odd_numbers_are_left_out_and_nothing_else_is(
    kind: str, bounds: tuple[str, str, str, str], points: list[tuple[str, str]]
) -> None:
    sheet = Sheet().element("good", "task").shape("good").element("X", kind, "名称")
    sheet.shape("X", " ".join(part or "NaN" for part in bounds), label=" ".join(part or "x" for part in bounds))
    sheet.element("F", "sequenceFlow", "是", more='sourceRef="X" targetRef="good"')
    sheet.edge("F", " ".join(f"{x},{y}" for x, y in points))
    svg = draw(sheet.root(), {"X": ElementState("done"), "F": ElementState("done", "x")})

    assert group(svg, "good") is not None
    assert "nan" not in svg.lower() and "inf" not in svg.lower().replace("infinity", "inf")


@pytest.mark.parametrize(
    "drawn",
    [
        "",
        "<bpmndi:BPMNDiagram/>",
        '<bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="P"/></bpmndi:BPMNDiagram>',
        '<bpmndi:BPMNPlane><bpmndi:BPMNShape bpmnElement="T"/></bpmndi:BPMNPlane>',
    ],
)
def test_a_file_with_nothing_to_draw_says_so(drawn: str) -> None:
    root = etree.fromstring(
        f'<definitions {_SPACES} id="D"><process id="P"><task id="T"/></process>{drawn}</definitions>'
    )

    with pytest.raises(DiagramError, match=r"diagram\.nothing_to_draw") as caught:
        draw(root)
    assert "可画" in caught.value.message_zh


def test_shapes_of_unknown_or_shapeless_elements_are_left_out() -> None:
    sheet = Sheet().element("T", "task").element("F", "sequenceFlow")
    sheet.shape("T").shape("nobody").shape("F").shape("P").edge("T", "0,0 9,9").edge("F", "5,5").edge("gone", "0,0 9,9")
    drawn = [g.get("data-element-id") for g in parsed(draw(sheet.root())) if g.tag == f"{SVG}g"]

    assert drawn == ["T"]


def test_only_the_first_plane_that_can_be_drawn_is_drawn() -> None:
    sheet = Sheet().element("T", "task").element("U", "task")
    plane = "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram><bpmndi:BPMNDiagram><bpmndi:BPMNPlane>"
    sheet.shape("gone").drawn.append(plane)
    sheet.shape("T").drawn.append(plane)
    svg = draw(sheet.shape("U").root())

    assert group(svg, "T") is not None
    assert 'data-element-id="U"' not in svg


def test_references_with_a_namespace_prefix_comments_and_foreign_elements_are_understood() -> None:
    sheet = Sheet().element("T", "task", "受理", "<!-- c --><?pi x?><x:task xmlns:x='urn:x' id='Y'/>")
    sheet.drawn.append("<!-- c --><?pi x?>")
    svg = draw(sheet.shape("tns:T").shape("Y").root())

    assert group(svg, "T") is not None
    assert 'data-element-id="Y"' not in svg


def test_deeply_nested_sub_processes_are_drawn() -> None:
    depth = 100
    inside = "".join(f'<subProcess id="S{i}" name="第{i}层">' for i in range(depth)) + "</subProcess>" * depth
    sheet = Sheet(elements=[inside])
    for i in range(depth):
        sheet.shape(f"S{i}", f"{i} {i} {2000 - 2 * i} {1000 - 2 * i}")
    svg = draw(sheet.root())

    assert svg.count("data-element-id") == depth
