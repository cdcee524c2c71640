"""The figures of ``parallelize``: what a bundle takes in series, in parallel, with joint visits, relaxed.

Days are ``Decimal`` working days; ``as_json`` turns them into JSON numbers where they are printed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from engine.catalogue import APPLICANT, ItemOrder, KnownCycle, Material, Offering, ServiceItem, vocabulary
from engine.parallel.budgets import Budgets, budgets
from engine.parallel.order import DECLARED, Cycle, Order, PrecedenceGraph
from engine.parallel.plan import plain_items, plan_of, under_regime
from engine.parallel.plan_caps import caps
from engine.parallel.schedule import Plan, decimal_days
from engine.parallel.visits import Joined, join_visits

PHASE_GATES, COMMITMENT = "phase", "commit"
"""Ids of the regimes with a gate after every phase, and with decisions on the applicant's commitment."""


def figures(
    offering: Offering,
    codes: Iterable[str] | None = None,
    *,
    target: Decimal | None = None,
    floors: Mapping[str, Decimal] | None = None,
) -> dict[str, Any]:
    """All figures of the items ``codes`` (the plain ones when None), by the names ``parallelize --json`` prints.

    ``budget`` of each step is what it may take for the whole to end within ``target`` working days (today's
    critical path when None), see ``budgets``. CatalogueError when the order is circular, BadInput for a target
    or floor that cannot be.
    """
    chosen = tuple(codes) if codes is not None else plain_items(offering)
    plans = _Plans(offering, chosen)
    compressed = budgets(
        plans.strict.graph, plans.strict.limits, plans.strict.schedule.length if target is None else target, floors
    )
    regimes = {each.id: _regime_figures(plan_of(*under_regime(offering, each, chosen))) for each in offering.regimes}
    return {
        "code": offering.code,
        **plans.days(),
        "phase_gate_days": regimes[PHASE_GATES]["critical_path_days"] if PHASE_GATES in regimes else None,
        "regimes": regimes,
        "cycles": [_cycle(cycle) for cycle in _known_cycles(offering)],
        **plans.visits(),
        "kept_orders": kept_orders(plans.strict.graph),
        **step_figures(plans.strict, compressed),
        "caps": [asdict(cap) | {"within": cap.within} for cap in caps(offering, plans.strict)],
        "materials": _materials(offering, chosen),
        "links": plans.links(),
        "trips": {"before": len({offering.item(code).department for code in chosen}), "after": 1},
        "waterfall": plans.waterfall(regimes),
    }


def step_figures(plan: Plan, compressed: Budgets) -> dict[str, Any]:
    """``steps`` and ``budget`` as ``figures`` has them, of any plan and the budgets for it."""
    return {
        "steps": [
            {
                "id": t.id, "days": decimal_days(plan.limits[t.id]), "earliest": t.earliest, "latest": t.latest,
                "slack": t.slack, "budget": compressed.steps[t.id],
            }
            for t in plan.schedule.steps
        ],
        "budget": {
            "target": compressed.target,
            "feasible": compressed.feasible,
            "ratio": compressed.ratio,
            "chain": list(compressed.chain),
            "over": compressed.over,
            "explanation": compressed.explanation_zh,
            "explanation_en": compressed.explanation_en,
        },
    }  # fmt: skip


@dataclass
class _Plans:
    """The plans of one set of items, side by side."""

    offering: Offering
    codes: tuple[str, ...]

    def __post_init__(self) -> None:
        shared = self.offering.shared_steps
        self.strict = plan_of(self.offering, self.codes)
        self.relaxed = plan_of(self.offering, self.codes, relaxed=True)
        self.joint: Joined = join_visits(self.strict, shared)
        self.relaxed_joint: Joined = join_visits(self.relaxed, shared)

    def days(self) -> dict[str, Any]:
        """Totals in working days, and the critical path."""
        found = self.strict.schedule
        joint = self.joint.plan.schedule.length
        elapsed = plan_of(self.offering, self.codes, elapsed=True)
        everything = plan_of(self.offering, self.codes, elapsed=True, optional=True)
        return {
            "serial_days": self.strict.serial,
            "critical_path_days": found.length,
            "critical_path": list(dict.fromkeys(self.offering.item_of(step) for step in found.critical)),
            "critical_steps": list(found.critical),
            "joint_visit_days": joint,
            "joint_visit_lengthens_by": max(joint - found.length, Decimal(0)),
            "relaxed_days": self.relaxed.schedule.length,
            "relaxed_joint_days": self.relaxed_joint.plan.schedule.length,
            "elapsed_days": elapsed.schedule.length,
            "elapsed_serial_days": elapsed.serial,
            "elapsed_with_optional_days": everything.schedule.length,
        }

    def visits(self) -> dict[str, Any]:
        """Joint visits, and the steps that stay apart from one with the reason."""
        return {
            "refused_merges": [
                {"visit": no.visit, "step": no.step, "reason": no.reason_zh, "reason_en": no.reason_en}
                for no in self.joint.refused
            ],
            "joint_visits": [{"visit": visit.id, "steps": list(visit.steps)} for visit in self.joint.visits],
        }

    def links(self) -> dict[str, int]:
        """Steps before and after: one acceptance and one issue stand for all, and visits are joined when relaxed."""
        steps = [self.offering.step(step) for step in self.strict.graph.steps]
        spared = (max(sum(step.act == act for step in steps) - 1, 0) for act in ("accept", "issue"))
        return {"before": len(steps), "after": len(steps) - self.relaxed_joint.steps_saved - sum(spared)}

    def waterfall(self, regimes: Mapping[str, Mapping[str, Decimal]]) -> list[dict[str, Any]]:
        """From serial to commitment, each stage with its days; commitment only where its limits are known."""
        stages = {
            "serial": self.strict.serial,
            "parallel": self.strict.schedule.length,
            "joint_visits": self.joint.plan.schedule.length,
            "relaxed": self.relaxed_joint.plan.schedule.length,
        }
        if COMMITMENT in regimes:
            stages["commitment"] = regimes[COMMITMENT]["critical_path_days"]
        return [{"stage": stage, "days": days} for stage, days in stages.items()]


def _regime_figures(plan: Plan) -> dict[str, Decimal]:
    return {"serial_days": plan.serial, "critical_path_days": plan.schedule.length}


def kept_orders(graph: PrecedenceGraph) -> list[dict[str, Any]]:
    """Why each order that no other implies must stay; several reasons for one order are told together."""
    told: dict[tuple[str, str], list[Order]] = {}
    for order in graph.reduced().orders:
        told.setdefault((order.before, order.after), []).append(order)
    return [
        {
            "before": before,
            "after": after,
            "why": "；".join(dict.fromkeys(order.why_zh for order in orders)),
            "why_en": "; ".join(dict.fromkeys(order.why_en for order in orders)),
            "source": list(dict.fromkeys(key for order in orders for key in order.source)),
            "kind": orders[0].kind,
            "strength": orders[0].strength,
            "relaxable": all(order.relaxable for order in orders),
        }
        for (before, after), orders in told.items()
    ]


def _known_cycles(offering: Offering) -> Iterable[tuple[KnownCycle, Cycle]]:
    """The cycles somebody's orders close together with those of the bundle, between items."""
    names = {item.code: (item.name_zh, item.name_en) for item in offering.items}
    declared = [
        _item_order(ItemOrder(from_=e.from_, to=e.to, reason_zh=e.reason_zh, reason_en=e.reason_en, source=e.source))
        for e in offering.precedence
    ]
    for known in offering.known_cycles:
        orders = (*(_item_order(edge) for edge in known.edges), *declared)
        graph = PrecedenceGraph(tuple(names), orders, names)
        yield from ((known, cycle) for cycle in graph.cycles())


def _item_order(edge: ItemOrder) -> Order:
    return Order(edge.from_, edge.to, vocabulary.BEFORE_START, DECLARED, edge.reason_zh, edge.reason_en, edge.source)


def _cycle(found: tuple[KnownCycle, Cycle]) -> dict[str, Any]:
    known, cycle = found
    return {
        "edges": [[order.before, order.after] for order in cycle.edges],
        "explanation": f"{cycle.explanation_zh}{known.resolution_zh}",
        "explanation_en": f"{cycle.explanation_en} {known.resolution_en}",
    }


def _materials(offering: Offering, codes: tuple[str, ...]) -> dict[str, int]:
    """Documents of all items together; each once, the forms as one; those of them the applicant brings."""
    needed = [m for code in codes for m in _needed(offering.item(code), codes)]
    brought = [m for m in needed if m.origin == APPLICANT]
    return {"sum": len(needed), "distinct": _distinct(needed), "from_applicant": _distinct(brought)}


def _needed(item: ServiceItem, codes: tuple[str, ...]) -> Iterable[Material]:
    """What the plain case needs: always, or because the item that makes it is part of the case."""
    return (m for m in item.materials if m.required_when is None or m.produced_by in codes)


def _distinct(materials: Iterable[Material]) -> int:
    return len({"" if material.kind == "form" else material.code for material in materials})


def as_json(value: Any) -> Any:
    """Figures ready for ``json``: days as numbers, whole ones without a point."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return {key: as_json(each) for key, each in value.items()}
    return [as_json(each) for each in value] if isinstance(value, (list, tuple)) else value
