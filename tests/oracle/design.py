"""What a bundle says, read from its files without the engine: steps, items, order, rules, limits, the diagram."""

import re
import tomllib
from ast import literal_eval
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from operator import eq, ge, gt, le, lt, ne
from pathlib import Path
from typing import Any

from lxml import etree

Span = tuple[Decimal, str]
Values = Mapping[str, Any]
ACCEPT, ISSUE, LEAD, DELIVER = "accept", "issue", "lead_decide", "deliver"
_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_SIGNS: Mapping[str, Callable[[Any, Any], Any]] = {"==": eq, "!=": ne, ">": gt, ">=": ge, "<": lt, "<=": le}


@dataclass(frozen=True)
class Step:
    """A step of an item, or (``item`` empty) of the bundle itself."""

    id: str
    item: str
    department: str
    role: str
    act: str
    limit: Span
    decisive: bool
    yields: tuple[str, ...]
    needs: tuple[str, ...]
    silence: str
    rule: Mapping[str, Any] | None

    @property
    def places(self) -> list[Mapping[str, Any]]:
        """Its seats as designed, each with department, role and turn."""
        rule = self.rule or {"rule": "all_sign", "seats": [{}]}
        flat = [seat for seat in rule["seats"] for _ in range(seat.get("times", 1))]
        ordered = rule["rule"] == "in_order"
        own = {"department": self.department, "role": self.role}
        return [{**own, "order": turn if ordered else 1, **seat} for turn, seat in enumerate(flat, start=1)]


@dataclass(frozen=True)
class Item:
    """A service item: who decides it, its limits, its results, the materials the applicant brings."""

    code: str
    department: str
    promised: Span | None
    statutory: Span | None
    results: tuple[str, ...]
    materials: tuple[Mapping[str, Any], ...]
    visit: str = ""
    """The clocks a site visit stops by a local rule."""
    route: Mapping[str, Any] | None = None
    """Its commitment route."""


@dataclass(frozen=True)
class Flow:
    """An arrow of the diagram."""

    source: str
    target: str
    condition: str
    default: bool


@dataclass(frozen=True)
class Design:
    """A bundle in one version."""

    code: str
    lead: str
    join: str
    vetoes: frozenset[str]
    steps: Mapping[str, Step]
    items: Mapping[str, Item]
    order: tuple[tuple[str, str], ...]
    wanted: Mapping[str, Mapping[str, Any]]
    kinds: Mapping[str, str]
    flows: tuple[Flow, ...]
    window: str
    """Working days from the first demand to the notice of correction."""
    answer: str
    """Working days the applicant has from that notice."""

    @cached_property
    def into(self) -> dict[str, list[Flow]]:
        """Node → arrows that end there."""
        return {node: [flow for flow in self.flows if flow.target == node] for node in self.kinds}

    @cached_property
    def out(self) -> dict[str, list[Flow]]:
        """Node → arrows that begin there."""
        return {node: [flow for flow in self.flows if flow.source == node] for node in self.kinds}

    @cached_property
    def nodes(self) -> list[str]:
        """The nodes, each after those before it: these diagrams have no rounds."""
        done: dict[str, None] = {}
        while len(done) < len(self.kinds):
            free = [n for n in self.kinds if n not in done and all(flow.source in done for flow in self.into[n])]
            assert free, "the diagram goes round"
            done |= dict.fromkeys(free)
        return list(done)

    def applicable(self, values: Values) -> list[str]:
        """The items a case with these answers is about."""
        return [code for code in self.items if code not in self.wanted or holds(self.wanted[code], values)]

    def routes(self, codes: Iterable[str]) -> dict[str, Mapping[str, Any]]:
        """The commitment routes of these items, of those that have one."""
        return {code: route for code in sorted(codes) if (route := self.items[code].route) is not None}

    def asked(self, values: Values, promised: Collection[str] = ()) -> dict[str, Mapping[str, Any]]:
        """The materials the applicant brings, some items going by commitment: code → what is said of it."""
        found: dict[str, Mapping[str, Any]] = {}
        routes, needed = self.routes(promised), set[str]()
        for code in self.applicable(values):
            for material in self.items[code].materials:
                when = material.get("required_when")
                if when is None or holds(when, values):
                    found[material["code"]] = material
                    if material["code"] not in routes.get(code, {}).get("replaces_materials", ()):
                        needed.add(material["code"])
        letters = {route["letter"]: {"code": route["letter"]} for route in routes.values()}
        return {code: material for code, material in found.items() if code in needed} | letters


def holds(told: Mapping[str, Any], values: Values) -> bool:
    """Whether a condition of a file holds."""
    return bool(_SIGNS[told["operator"]](values.get(told["field"]), told["value"]))


def true(condition: str, values: Values) -> bool:
    """Whether a condition of a diagram holds: ``field sign value``."""
    match = re.fullmatch(r"(\w+) (==|!=|>=|<=|>|<) (.+)", condition.strip())
    assert match, condition
    return bool(_SIGNS[match[2]](values[match[1]], literal_eval(match[3])))


def read_design(folder: Path, code: str) -> Design:
    """A bundle of a processes folder."""
    told = _toml(folder / code)
    silences = {one["code"]: one["silence"] for one in tomllib.loads(_text(folder / "policies.toml"))["policies"]}
    items: dict[str, Item] = {}
    steps: dict[str, Step] = {}
    for name in told["items"]:
        item = _toml(folder / name)
        steps |= {one["id"]: _step(one, name, silences) for one in item["steps"]}
        mine = tuple(one for one in item["materials"] if one["from"] == "applicant" and one["kind"] != "form")
        limits = item.get("limits", {})
        items[name] = Item(
            name, item["department"], _span(limits.get("promised")), _span(limits.get("statutory")),
            tuple(one["code"] for one in item["results"]), mine, item.get("site_visit", {}).get("stops", ""),
            item.get("commitment"),
        )  # fmt: skip
    steps |= {one["id"]: _step(one, "", silences) for one in told["steps"]}
    kinds, flows = _diagram(folder / code / "process.bpmn")
    return Design(
        code, told["lead_department"], told["join_policy"], frozenset(told.get("veto_items", ())), steps, items,
        tuple((edge["from"], edge["to"]) for edge in told.get("precedence", ())),
        {one["item"]: one for one in told.get("conditions", ())}, kinds, flows,
        str(told.get("correction_window", 1)), str(told.get("correction_answer_days", 15)),
    )  # fmt: skip


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _toml(folder: Path) -> dict[str, Any]:
    return tomllib.loads(_text(folder / "item.toml"), parse_float=Decimal)


def _span(told: Mapping[str, Any] | None) -> Span | None:
    return None if told is None else (Decimal(told["value"]), told["unit"])


def _step(told: Mapping[str, Any], item: str, silences: Mapping[str, str]) -> Step:
    return Step(
        told["id"], item, told["department"], told["role"], told["act"], (Decimal(told["limit"]), told["unit"]),
        told.get("decisive", False), tuple(told.get("yields", ())), tuple(told.get("needs", ())),
        silences[told.get("policy", "default")], told.get("approvers"),
    )  # fmt: skip


def _diagram(path: Path) -> tuple[dict[str, str], tuple[Flow, ...]]:
    process: Any = etree.fromstring(path.read_bytes()).find(f"{_BPMN}process")
    nodes = [one for one in process if isinstance(one.tag, str) and one.tag.startswith(_BPMN) and one.get("id")]
    flows = [one for one in nodes if one.tag == f"{_BPMN}sequenceFlow"]
    kinds = {one.get("id"): one.tag.removeprefix(_BPMN) for one in nodes}
    arrows = {one.get("id") for one in flows}
    defaults = {one.get("default") for one in nodes}
    kept = {name: kind for name, kind in kinds.items() if name not in arrows and not kind.endswith("Association")}
    drawn = tuple(
        Flow(
            one.get("sourceRef"), one.get("targetRef"), one.findtext(f"{_BPMN}conditionExpression") or "",
            one.get("id") in defaults,
        )
        for one in flows
    )  # fmt: skip
    linked = {end for flow in drawn for end in (flow.source, flow.target)}
    return {name: kind for name, kind in kept.items() if name in linked}, drawn
