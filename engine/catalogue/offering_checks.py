"""What a bundle or single item says about its steps, form, conditions and order must agree."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from itertools import chain

from engine.catalogue import vocabulary
from engine.catalogue.conditions import EQUALITIES, Comparison
from engine.catalogue.fields import Field
from engine.catalogue.model import Catalogue, Offering, Precedence, Step
from engine.catalogue.policies import policy_problem
from engine.catalogue.rules import acyclic, known, unique, unknown, wrong
from engine.catalogue.seat_rules import DECIDED_TOGETHER

CONDITION_TYPES: Mapping[str, type] = {"boolean": bool, "number": Decimal, "choice": str, "text": str}


def check_offering(catalogue: Catalogue, offering: Offering) -> None:
    """One bundle or single item; CatalogueError at the first contradiction."""
    known(offering.code, "lead_department", [offering.lead_department], catalogue.departments)
    _steps(catalogue, offering)
    _own_steps(offering)
    _join_policy(offering)
    _conditions(offering)
    _materials_conditions(offering)
    _precedence(offering)
    _shared_steps(catalogue, offering)
    _regimes(offering)
    _policies(offering)


def _steps(catalogue: Catalogue, offering: Offering) -> None:
    all_steps = chain(*(item.steps for item in offering.items), offering.own_steps)
    unique(offering.code, "steps", [step.id for step in all_steps])
    for step in offering.steps.values():
        known(offering.code, f"{step.id}.department", [step.department], catalogue.departments)
        known(offering.code, f"{step.id}.role", [step.role], catalogue.roles)
        _approvers(catalogue, offering.code, step)


def _approvers(catalogue: Catalogue, code: str, step: Step) -> None:
    """Several people decide what can be refused, and the seats name departments and roles there are."""
    if step.approvers is None:
        return
    key = f"{step.id}.approvers"
    if step.act not in DECIDED_TOGETHER:
        zh, en = f"{step.act} 环节不由多人共同决定", f"a step of the kind {step.act} is not decided together"
        raise wrong(code, key, zh, en)
    named = [place for place in step.approvers.places if place.department]
    known(code, f"{key}.seats.department", [place.department for place in named], catalogue.departments)
    known(code, f"{key}.seats.role", [place.role for place in named], catalogue.roles)


def _own_steps(offering: Offering) -> None:
    code = offering.code
    ids = [step.id for step in offering.own_steps]
    for step in offering.own_steps:
        known(code, f"{step.id}.after", step.after, ids)
        if not step.id.startswith(f"{code}."):
            raise wrong(code, step.id, f"编号应以 {code}. 开头", f"the id must begin with {code}.")
        if step.needs or step.yields or step.decisive:
            zh, en = "自身环节不涉及材料和结果", "has no materials, results or decision of an item"
            raise wrong(code, step.id, zh, en)


def _join_policy(offering: Offering) -> None:
    acts = Counter(step.act for step in offering.own_steps)
    if acts["deliver"] != 1:
        raise wrong(offering.code, "steps", "应有且只有一个送达环节", "exactly one step delivers")
    if acts["lead_decide"] != (offering.join_policy == vocabulary.LEAD_DECIDES):
        raise wrong(
            offering.code, "join_policy", "lead_decides 时有一个牵头决定环节，否则没有",
            "one step decides for the lead department with lead_decides, none otherwise",
        )  # fmt: skip
    if bool(offering.veto_items) != (offering.join_policy == vocabulary.VETO):
        zh, en = "join_policy 为 veto 时必填，否则不填", "belongs to join_policy = veto, and only there"
        raise wrong(offering.code, "veto_items", zh, en)


def _conditions(offering: Offering) -> None:
    conditional = [condition.item for condition in offering.conditions]
    unique(offering.code, "conditions", conditional)
    known(offering.code, "conditions", conditional, [item.code for item in offering.items])
    if len(conditional) == len(offering.items):
        zh, en = "至少有一个事项总是需要办理", "at least one item must always apply"
        raise wrong(offering.code, "conditions", zh, en)
    for condition in offering.conditions:
        _comparison(offering, condition)


def _materials_conditions(offering: Offering) -> None:
    """A material's condition reads the form, or a value the bundle knows without asking."""
    materials = [material for item in offering.items for material in item.materials]
    asked = [material.required_when for material in materials if material.required_when is not None]
    for comparison in asked:
        if comparison.field in offering.known_values:
            _value(offering, comparison, type(offering.known_values[comparison.field]))
        else:
            _comparison(offering, comparison)
    unasked = {comparison.field for comparison in asked} - {field.name for field in offering.fields}
    known(offering.code, "known_values", offering.known_values, unasked)


def _comparison(offering: Offering, comparison: Comparison) -> None:
    field: Field | None = next((f for f in offering.fields if f.name == comparison.field), None)
    if field is None:
        raise unknown(offering.code, "conditions", comparison.field)
    if not field.routing:
        zh, en = "表单中此字段未标为 routing", "the form does not mark this field as routing"
        raise wrong(offering.code, field.name, zh, en)
    _value(offering, comparison, CONDITION_TYPES.get(field.type))
    if field.type == "choice":
        known(offering.code, field.name, [str(comparison.value)], [choice.value for choice in field.choices])


def _value(offering: Offering, comparison: Comparison, kind: type | None) -> None:
    if type(comparison.value) is not kind:
        zh, en = "条件中的值与字段类型不符", "the value does not have the field's type"
        raise wrong(offering.code, comparison.field, zh, en)
    if kind is not Decimal and comparison.operator not in EQUALITIES:
        zh, en = "只有数字可以比较大小", "only numbers can be compared by size"
        raise wrong(offering.code, comparison.field, zh, en)


def _precedence(offering: Offering) -> None:
    code, items = offering.code, [item.code for item in offering.items]
    unique(code, "precedence", [f"{e.from_} → {e.to_step} {e.carries}" for e in offering.precedence])
    for edge in offering.precedence:
        known(code, "precedence", (edge.from_, edge.to), items)
        _edge(offering, edge)
    order = [(before, step.id) for step in offering.steps.values() for before in step.after]
    order += [(last, e.to_step) for e in offering.precedence for last in offering.item(e.from_).last_steps]
    acyclic(code, "precedence", order)
    have = {f"{edge.from_} → {edge.to} ({edge.carries})" for edge in offering.precedence}
    for item in offering.items:
        inside = [material for material in item.materials if material.produced_by in items]
        for way in (f"{m.produced_by} → {item.code} ({m.code})" for m in inside):
            if way not in have:
                raise wrong(code, "precedence", f"缺少前置关系 {way}", f"the precedence {way} is missing")


def _edge(offering: Offering, edge: Precedence) -> None:
    code, item, key = offering.code, offering.item(edge.to), f"precedence {edge.from_} → {edge.to}"
    steps = {step.id: step for step in item.steps}
    known(code, key, [edge.to_step], steps)
    if (edge.strength == vocabulary.BEFORE_START) != (edge.to_step in item.first_steps):
        zh, en = "before_start 用于首个环节，且仅用于它", "before_start is for a first step, and only for one"
        raise wrong(code, key, zh, en)
    issues = steps[edge.to_step].act == "issue" or bool(steps[edge.to_step].yields)
    if edge.strength == vocabulary.BEFORE_ISSUE and not issues:
        raise wrong(code, key, "before_issue 应指向出证环节", "before_issue points at a step that issues")
    if edge.carries:
        known(code, key, [edge.carries], [result.code for result in offering.item(edge.from_).results])
        known(code, key, [edge.carries], steps[edge.to_step].needs)


def _shared_steps(catalogue: Catalogue, offering: Offering) -> None:
    unique(offering.code, "shared_steps", [step.id for step in offering.shared_steps])
    for shared in offering.shared_steps:
        known(offering.code, f"{shared.id}.replaces", shared.replaces, offering.steps)
        known(offering.code, f"{shared.id}.lead_department", [shared.lead_department], catalogue.departments)
        if len(shared.replaces) < 2:
            raise wrong(offering.code, shared.id, "至少合并两个环节", "joins at least two steps")


def _policies(offering: Offering) -> None:
    """Silence decides single steps that are named one by one, never all of an item or a bundle."""
    owners = [(item.code, item.policy) for item in offering.items]
    for code, name in (*owners, (offering.code, offering.policy)):
        if name:
            known(code, "policy", [name], offering.policies)
            if offering.policies[name].decides:
                zh, en = "以沉默作决定的策略应写在单个环节上", "silence decides single steps: name the policy there"
                raise wrong(code, "policy", zh, en)
    for step in offering.steps.values():
        problem = policy_problem(offering.policies, step.policy, step.act) if step.policy else None
        if problem is not None:
            raise wrong(step.item or offering.code, f"{step.id}.policy", *problem)


def _regimes(offering: Offering) -> None:
    code = offering.code
    unique(code, "regimes", [regime.id for regime in offering.regimes])
    if len(offering.optional_items) == len(offering.items):
        raise wrong(code, "optional_items", "至少有一个事项不是可选的", "at least one item must not be optional")
    declared = {(edge.from_, edge.to) for edge in offering.precedence}
    for regime in offering.regimes:
        for order in regime.dropped:
            if (order.from_, order.to) not in declared:
                zh, en = "没有这项前置关系", "there is no such precedence to drop"
                raise wrong(code, f"regimes {regime.id}.dropped", zh, en)
