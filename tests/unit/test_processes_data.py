"""The shipped data: every item is there, its figures add up, and each diagram says the same as the files."""

import ast
import operator
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import combinations, pairwise, product
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine.catalogue import Catalogue, Offering, load_catalogue, load_demo_accounts
from engine.diagram.lint import lint

PROCESSES = Path(__file__).parents[2] / "processes"
BUNDLES = {
    "B01": {"ENT_REG", "SEAL", "INVOICE", "SOCINS", "MEDINS_ENT", "HPF_ENT", "BANK_APPT"},
    "B02": {
        "LIC_CHECK", "FOOD", "SIGN", "FIRECHK", "HEALTHCERT", "ENT_REG", "TOBACCO", "EIA_REG", "DRAIN",
    },
    "B03": {
        "ENT_REG", "EIA_REG", "FIREDES", "FIREACC", "FIRECHK", "PUBHEALTH", "SPECTRADE", "FOOD", "SIGN", "HEALTHCERT",
        "INVOICE",
    },
    "B05": {"FOOD", "LIQUOR", "DRUG", "MEDDEV2", "TOBACCO"},
    "B06": {
        "SCH_PREP", "FIREDES", "FIREACC", "NURS_HYG", "SCH_LIC", "NPO_REG", "FOOD", "WATER_HYG", "HEALTHCERT",
    },
    "B07": {
        "PRJ_FILE", "SITEPLAN", "LANDPERMIT", "EIA_FORM", "WATERCONS", "ENERGY", "PRELIM", "DRAWREV", "CIVDEF",
        "LIGHTNING", "FIREDES", "PLANPERMIT", "CONTRACT_REC", "QS_SUPERV", "CONSTPERMIT",
    },
    "B08": {"SITESEL", "LANDPRE", "EIA_REPORT", "WATERCONS", "FOREST", "APPROVE"},
    "B10": {"FIREACC", "CIVDEF_ACC", "COMP_PLAN", "ARCHIVE", "LIGHT_ACC", "COMP_REC", "REALTY_FIRST"},
    "B11": {
        "PIPE_PLAN", "TRAFFIC", "DIG", "GREEN", "TREE", "WATERCONN", "GASCONN", "HEATCONN", "POWERCONN",
    },
    "B12": {"TAX_CLEAR", "DEREG", "DEREG_CUSTOMS", "DEREG_SOC", "DEREG_BANK", "DEREG_SEAL"},
    "B13": {"BIRTHCERT", "VACCERT", "BIRTHREG", "HUKOU_NEW", "MEDINS_NB", "SSCARD_NB", "BIRTHFEE"},
    "B16": {"HOUSETAX", "REALTY_TR", "TR_POWER", "TR_WATER", "TR_GAS"},
}  # fmt: skip
CODES = sorted({*BUNDLES}.union(*BUNDLES.values()))
SPACES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "bl": "urn:binglian:bpmn:1",
}
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge,
}  # fmt: skip


@cache
def shipped() -> Catalogue:
    """The catalogue in ``processes/``."""
    return load_catalogue(PROCESSES)


@dataclass(frozen=True)
class Flow:
    """A sequence flow; ``condition`` is empty when there is none."""

    id: str
    source: str
    target: str
    condition: str


@dataclass(frozen=True)
class Diagram:
    """The graph of a ``process.bpmn``: kinds of the nodes, flows, default flows of gateways."""

    root: Any
    kinds: Mapping[str, str]
    flows: tuple[Flow, ...]
    defaults: Mapping[str, str]

    @property
    def start(self) -> str:
        return next(node for node, kind in self.kinds.items() if kind == "startEvent")

    def chosen(self, node: str, values: Mapping[str, object]) -> list[Flow]:
        """The flows a token that leaves ``node`` takes."""
        leaving = [flow for flow in self.flows if flow.source == node]
        if self.kinds[node] != "exclusiveGateway" or len(leaving) == 1:
            return leaving
        holding = [flow for flow in leaving if flow.condition and holds(flow.condition, values)]
        return holding[:1] or [flow for flow in leaving if flow.id == self.defaults[node]]


def holds(condition: str, values: Mapping[str, object]) -> bool:
    """Evaluates ``field operator literal``, the only kind of condition the shipped diagrams use."""
    field, sign, literal = condition.split()
    return COMPARE[sign](values[field], ast.literal_eval(literal))


@cache
def diagram_of(code: str) -> Diagram:
    root: Any = etree.fromstring(shipped().offering(code).diagram)
    process = root.find("bpmn:process", SPACES)
    nodes = {node.get("id"): node for node in process if node.tag is not etree.Comment and node.get("id")}
    kinds = {name: etree.QName(node).localname for name, node in nodes.items()}
    flows = [
        Flow(
            name,
            node.get("sourceRef"),
            node.get("targetRef"),
            node.findtext("bpmn:conditionExpression", "", SPACES),
        )
        for name, node in nodes.items()
        if kinds[name] == "sequenceFlow"
    ]
    defaults = {name: node.get("default") for name, node in nodes.items() if node.get("default")}
    kinds = {name: kind for name, kind in kinds.items() if kind not in {"sequenceFlow", "laneSet"}}
    return Diagram(root, kinds, tuple(flows), defaults)


def answers(offering: Offering) -> list[dict[str, object]]:
    """Every combination of answers to the questions the bundle's conditions ask."""
    choices: dict[str, tuple[object, ...]] = {}
    for condition in offering.conditions:
        value = condition.value
        choices[condition.field] = (value, value + 1) if isinstance(value, Decimal) else (True, False)
    return [dict(zip(choices, combination, strict=True)) for combination in product(*choices.values())]


def closure(pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """All pairs that follow from ``pairs`` by going on."""
    later: dict[str, set[str]] = {}
    for earlier, after in pairs:
        later.setdefault(earlier, set()).add(after)
    found: set[tuple[str, str]] = set()
    for begin in later:
        stack = [*later[begin]]
        while stack:
            node = stack.pop()
            if (begin, node) not in found:
                found.add((begin, node))
                stack.extend(later.get(node, ()))
    return found


def order_in_files(offering: Offering, values: Mapping[str, object]) -> set[tuple[str, str]]:
    """Which step must come before which, as item.toml says it for these answers."""
    items = [offering.item(code) for code in offering.applicable_items(values)]
    pairs = {(before, step.id) for item in items for step in item.steps for before in step.after}
    pairs |= {(before, step.id) for step in offering.own_steps for before in step.after}
    applicable = {item.code for item in items}
    for edge in offering.precedence:
        if {edge.from_, edge.to} <= applicable:
            pairs |= {(last, edge.to_step) for last in offering.item(edge.from_).last_steps}
    opening = [step.id for step in offering.own_steps if not step.after]
    pairs |= {(step.id, own) for item in items for step in item.steps for own in opening}
    return closure(pairs)


def order_in_diagram(code: str, values: Mapping[str, object]) -> set[tuple[str, str]]:
    """The same as the diagram says it: which task lies on every way to which."""
    diagram = diagram_of(code)
    seen, stack, pairs = {diagram.start}, [diagram.start], set()
    while stack:
        for flow in diagram.chosen(stack.pop(), values):
            pairs.add((flow.source, flow.target))
            if flow.target not in seen:
                seen.add(flow.target)
                stack.append(flow.target)
    tasks = {node for node, kind in diagram.kinds.items() if kind == "userTask"}
    return {(a, b) for a, b in closure(pairs) if a in tasks and b in tasks}


def play(diagram: Diagram, values: Mapping[str, object], chance: random.Random) -> list[str]:
    """Lets tokens run in a random order until nothing moves; returns the tasks done and the tokens left."""
    tokens = Counter({flow.id: 1 for flow in diagram.chosen(diagram.start, values)})
    into: dict[str, list[str]] = {}
    for flow in diagram.flows:
        into.setdefault(flow.target, []).append(flow.id)
    done: list[str] = []
    while True:
        ready = [node for node, flows in into.items() if _enabled(diagram.kinds[node], flows, tokens)]
        if not ready:
            return done + [f"left on {flow}" for flow in tokens.elements()]
        node = chance.choice(sorted(ready))
        waiting = [flow for flow in into[node] if tokens[flow]]
        tokens.subtract(waiting if diagram.kinds[node] == "parallelGateway" else waiting[:1])
        tokens.update(flow.id for flow in diagram.chosen(node, values))
        done += [node] if diagram.kinds[node] in {"userTask", "endEvent"} else []


def _enabled(kind: str, flows: list[str], tokens: Counter[str]) -> bool:
    return (all if kind == "parallelGateway" else any)(tokens[flow] > 0 for flow in flows)


def test_every_item_of_the_bundles_and_every_bundle_has_a_folder() -> None:
    assert sorted(shipped().offerings) == CODES
    for code, items in BUNDLES.items():
        assert {item.code for item in shipped().offering(code).items} == items


def test_the_bundles_decide_as_agreed() -> None:
    policies = {code: shipped().offering(code).join_policy for code in BUNDLES}
    assert policies == {**dict.fromkeys(BUNDLES, "separate"), "B02": "lead_decides"}
    assert {code: shipped().offering(code).lead_department for code in BUNDLES} == {
        "B01": "market", "B02": "market", "B03": "window", "B05": "market", "B06": "education", "B07": "development",
        "B08": "development", "B10": "housing", "B11": "planning", "B12": "market", "B13": "health", "B16": "realty",
    }  # fmt: skip


@pytest.mark.parametrize("code", sorted(shipped().items))
def test_the_limits_of_the_steps_add_up_to_the_promised_limit(code: str) -> None:
    item = shipped().items[code]
    assert item.promised is not None
    on_the_clock = [step for step in item.steps if not step.special_procedure]
    assert {step.unit for step in on_the_clock} == {item.promised.unit}
    assert sum(step.limit for step in on_the_clock) == item.promised.value


@pytest.mark.parametrize("code", sorted(shipped().items))
def test_nothing_takes_longer_than_the_law_allows(code: str) -> None:
    item = shipped().items[code]
    if item.statutory is not None and item.promised is not None:
        # Days are compared with working days by due date only, which the calendar does.
        units_differ = item.statutory.unit != item.promised.unit
        assert units_differ or item.promised.value <= item.statutory.value


@pytest.mark.parametrize("code", CODES)
def test_delivery_takes_at_most_ten_working_days_and_is_the_single_windows(code: str) -> None:
    (step,) = (step for step in shipped().offering(code).own_steps if step.act == "deliver")
    assert (step.id, step.limit, step.unit) == (f"{code}.deliver", Decimal(10), "working_days")
    assert (step.department, step.role) == ("window", "window_clerk")


def test_the_decisive_step_is_the_decision_or_else_the_last_one_that_judges() -> None:
    decisive = {item.code: next(s.id for s in item.steps if s.decisive) for item in shipped().items.values()}
    assert decisive["SIGN"] == "SIGN.decide"
    assert decisive["FOOD"] == "FOOD.review"
    assert decisive["TOBACCO"] == "TOBACCO.decide"
    assert decisive["LIC_CHECK"] == "LIC_CHECK.review"
    for item in shipped().items.values():
        decisions = [step.id for step in item.steps if step.act == "decide"]
        assert not decisions or decisive[item.code] in decisions


@pytest.mark.parametrize("code", CODES)
def test_a_form_asks_at_most_twelve_things_and_explains_each(code: str) -> None:
    fields = shipped().offering(code).fields
    assert 0 < len(fields) <= 12
    for field in fields:
        assert field.help_zh != field.label_zh
        assert field.help_en != field.label_en
    personal = {field.name for field in fields if field.personal}
    asked = {field.name for field in fields}
    known = {"applicant_name", "id_number", "credit_code", "phone", "address", "mother_id", "child_name"}
    assert asked & known <= personal


@pytest.mark.parametrize("code", CODES)
def test_a_routing_field_is_one_that_something_really_asks_for(code: str) -> None:
    offering = shipped().offering(code)
    used = {condition.field for condition in offering.conditions}
    for item in offering.items:
        used |= {m.required_when.field for m in item.materials if m.required_when is not None}
    assert {field.name for field in offering.fields if field.routing} == used - offering.known_values.keys()


def test_only_sources_that_are_cited_are_listed() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in PROCESSES.glob("*/item.toml"))
    assert [source for source in shipped().sources if source not in text] == []


@pytest.mark.parametrize("code", CODES)
def test_a_diagram_has_no_finding_of_the_linter(code: str) -> None:
    assert lint(shipped().offering(code).diagram, f"{code}/process.bpmn") == []


@pytest.mark.parametrize("code", CODES)
def test_every_step_is_one_user_task_with_the_same_facts(code: str) -> None:
    offering = shipped().offering(code)
    root = diagram_of(code).root
    assert [e.get("code") for e in root.iterfind(".//bl:offering", SPACES)] == [code]
    assert root.find("bpmn:process", SPACES).get("id") == code
    tasks = root.findall(".//bpmn:userTask", SPACES)
    assert sorted(task.get("id") for task in tasks) == sorted(offering.steps)
    for task in tasks:
        step = offering.steps[task.get("id")]
        (said,) = task.iterfind("bpmn:extensionElements/bl:step", SPACES)
        facts = {
            "item": step.item, "act": step.act, "department": step.department, "role": step.role,
            "limit": str(step.limit), "unit": step.unit,
        }  # fmt: skip
        assert {"item": ""} | dict(said.attrib) == facts | ({"decisive": "true"} if step.decisive else {})
        for name, codes in (("needs", step.needs), ("yields", step.yields)):
            refs = [e.get("ref") for e in task.iterfind(f"bpmn:extensionElements/bl:{name}", SPACES)]
            assert refs == list(codes)
        owner = offering.item(step.item).short_zh if step.item else offering.short_zh
        assert task.get("name") in {f"{owner} · {step.name_zh}", *([] if step.item else [step.name_zh])}


@pytest.mark.parametrize("code", CODES)
def test_the_conditions_of_the_flows_are_those_of_the_files(code: str) -> None:
    offering, diagram = shipped().offering(code), diagram_of(code)
    in_diagram = {flow.target: flow.condition for flow in diagram.flows if flow.condition}
    expected = {c.item: f"{c.field} {c.operator} {c.value}" for c in offering.conditions}
    assert {offering.item_of(step): condition for step, condition in in_diagram.items()} == expected
    assert {offering.item(item).first_steps[0] for item in expected} <= in_diagram.keys()


@pytest.mark.parametrize("code", CODES)
def test_a_diagram_admits_every_order_the_precedence_allows_and_no_other(code: str) -> None:
    offering = shipped().offering(code)
    for values in answers(offering):
        assert order_in_diagram(code, values) == order_in_files(offering, values), values


@pytest.mark.parametrize("code", CODES)
def test_in_any_order_the_steps_that_apply_are_done_once_and_one_token_ends(code: str) -> None:
    offering, diagram, chance = shipped().offering(code), diagram_of(code), random.Random(code)
    for values in answers(offering):
        applicable = offering.applicable_items(values)
        expected = [step.id for step in offering.steps.values() if not step.item or step.item in applicable]
        for _ in range(3):
            done = play(diagram, values, chance)
            assert sorted(done) == sorted([*expected, "case-end"])
            assert done[-1] == "case-end"


@pytest.mark.parametrize("code", CODES)
def test_every_element_is_drawn_and_nothing_lies_on_anything_else(code: str) -> None:
    diagram = diagram_of(code)
    shapes = {
        shape.get("bpmnElement"): shape.find("dc:Bounds", SPACES)
        for shape in diagram.root.iterfind(".//bpmndi:BPMNShape", SPACES)
    }
    lanes = {lane.get("id"): shapes.pop(lane.get("id")) for lane in diagram.root.iterfind(".//bpmn:lane", SPACES)}
    edges = {edge.get("bpmnElement") for edge in diagram.root.iterfind(".//bpmndi:BPMNEdge", SPACES)}
    assert shapes.keys() == diagram.kinds.keys()
    assert edges == {flow.id for flow in diagram.flows}
    for one, other in combinations([_box(bounds) for bounds in lanes.values()], 2):
        assert not _overlap(one, other)
    boxes = {name: _box(bounds) for name, bounds in shapes.items()}
    labels = [_box(b) for b in diagram.root.iterfind(".//bpmndi:BPMNLabel/dc:Bounds", SPACES)]
    for one, other in combinations([*boxes.values(), *labels], 2):
        assert not _overlap(one, other)


def _box(bounds: Any) -> tuple[float, float, float, float]:
    x, y, width, height = (float(bounds.get(name)) for name in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize("code", CODES)
def test_lines_run_straight_along_the_axes_and_end_where_they_should(code: str) -> None:
    diagram = diagram_of(code)
    boxes = {
        shape.get("bpmnElement"): _box(shape.find("dc:Bounds", SPACES))
        for shape in diagram.root.iterfind(".//bpmndi:BPMNShape", SPACES)
    }
    flows = {flow.id: flow for flow in diagram.flows}
    for edge in diagram.root.iterfind(".//bpmndi:BPMNEdge", SPACES):
        points = [(float(p.get("x")), float(p.get("y"))) for p in edge.iterfind("di:waypoint", SPACES)]
        for (x1, y1), (x2, y2) in pairwise(points):
            assert x1 == x2 or y1 == y2
        flow = flows[edge.get("bpmnElement")]
        for (x, y), node in ((points[0], flow.source), (points[-1], flow.target)):
            left, top, right, bottom = boxes[node]
            assert (x in (left, right) and y == (top + bottom) / 2) or (y in (top, bottom) and x == (left + right) / 2)


def test_in_each_department_one_person_can_do_all_its_steps_and_another_is_above_them() -> None:
    accounts = load_demo_accounts(PROCESSES, shipped())
    needed: dict[str, set[str]] = {}
    for offering in shipped().offerings.values():
        for step in offering.steps.values():
            needed.setdefault(step.department, set()).add(step.role)
    able = Counter(a.department for a in accounts if needed.get(a.department, {""}) <= set(a.roles))
    assert {"market", "fire", "window"} <= {department for department, people in able.items() if people >= 2}
    assert able.keys() == needed.keys()
    heads = {account.department for account in accounts if "section_head" in account.roles}
    assert heads == needed.keys()
    assert [a.username for a in accounts if "supervisor" in a.roles] == ["super1"]
    assert len({account.name for account in accounts}) == len(accounts)


def test_every_department_and_role_is_used() -> None:
    accounts = load_demo_accounts(PROCESSES, shipped())
    assert {account.department for account in accounts} == shipped().departments.keys()
    assert {role for account in accounts for role in account.roles} == shipped().roles.keys()
