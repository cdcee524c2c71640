"""The single window: register an application, check the materials, accept or decline."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from engine.case import policy
from engine.case.act import Act, Notice
from engine.case.closing import end_if_over
from engine.case.deadlines import ANSWER_DAYS, DELIVERY_DAYS, end_answer, start_answer, start_deferred
from engine.case.deployment import Deployment
from engine.case.pledging import chosen, pledges
from engine.case.state import DECLINED, IN_PROGRESS, SUBMITTED, Case, Item
from engine.case.steps import begin, settle
from engine.catalogue import ChecklistLine, materials_checklist
from engine.commands import Actor, DeclineCase, SubmitCase, SupplyMaterials
from engine.errors import BadInput, NotPossible
from engine.journal import Json, commitment
from engine.parallel.plan_caps import JOINT, SINGLE, WORKING_DAYS
from engine.runtime import Flow

RECEIVED, DEFERRED, MISSING = "received", "deferred", "missing"
"""States of a material; ``missing`` takes back what was registered by mistake."""


def parse_form(deployment: Deployment, form: Mapping[str, str]) -> tuple[dict[str, Json], dict[str, str]]:
    """Splits a typed form into routing and other plain values, and personal ones; BadInput names the field."""
    fields = deployment.offering.fields
    unknown = sorted(set(form) - {f.name for f in fields})
    if unknown:
        raise BadInput("form.unknown", f"没有这些字段:{unknown}", f"there are no such fields: {unknown}", unknown[0])
    plain: dict[str, Json] = {}
    personal: dict[str, str] = {}
    for field in fields:
        value = field.parse(form.get(field.name, ""))
        if field.personal:
            personal[field.name] = "" if value is None else str(value)
        elif value is not None:
            plain[field.name] = value
    return plain, personal


def submit_facts(deployment: Deployment, command: SubmitCase) -> tuple[dict[str, Json], dict[str, str]]:
    """Facts for the journal (no personal value, only commitments), and the personal record with its salt."""
    plain, personal = parse_form(deployment, command.form)
    salt = secrets.token_hex(16)
    if not deployment.offering.applicable_items(plain):
        raise BadInput(
            "form.nothing", "按所填情况没有需要办理的事项", "with these answers there is nothing to apply for"
        )
    by_commitment = chosen(deployment, plain, command.commitments)
    facts = {
        "offering": deployment.offering.code,
        "version": deployment.version,
        "values": plain,
        "materials": material_facts(
            deployment, plain, {**_the_form(deployment, plain), **command.materials}, by_commitment
        ),
        "commitments": {name: commitment(salt, value) for name, value in sorted(personal.items())},
        "answer_days": ANSWER_DAYS,
        **({"applicant": command.applicant} if command.applicant else {}),
        **({"by_commitment": by_commitment} if by_commitment else {}),
    }
    return facts, {**personal, "salt": salt}


def is_form_of(
    facts: Mapping[str, Json], record: Mapping[str, str], deployment: Deployment, form: Mapping[str, str]
) -> bool:
    """Whether this form was registered with these facts; ``record`` is the personal one, by the salt of which personal
    fields are known again. Once it was destroyed, they do not count. ``deployment`` is the version it was registered
    with: an empty field that came with a later one is none."""
    asked = {field.name for field in deployment.offering.fields}
    try:
        plain, personal = parse_form(deployment, {name: text for name, text in form.items() if text or name in asked})
    except BadInput:
        return False
    known = {name: commitment(record["salt"], value) for name, value in personal.items()} if "salt" in record else None
    return facts["values"] == plain and known in (None, facts["commitments"])


def _the_form(deployment: Deployment, values: Mapping[str, Json]) -> dict[str, str]:
    """The application form is in hand with the application itself."""
    lines = materials_checklist(deployment.offering, values)
    return {line.code: RECEIVED for line in lines if line.kind == "form"}


def material_facts(
    deployment: Deployment, values: Mapping[str, Json], given: Mapping[str, str], by_commitment: Collection[str]
) -> dict[str, str]:
    """What was given, in order; BadInput for what is not asked for, by these answers and items by commitment."""
    lines = {line.code: line for line in materials_checklist(deployment.offering, values, by_commitment)}
    for code, status in given.items():
        line = lines.get(code)
        if line is None or line.obtained != "applicant" or status not in {RECEIVED, DEFERRED}:
            raise BadInput("material.unknown", f"不需要收取材料 {code}", f"material {code} is not asked for", code)
        if status == DEFERRED and not line.deferrable:
            raise BadInput(
                "material.not_deferrable", f"“{line.name_zh}”不能容缺", f"{line.name_zh} cannot follow later", code
            )
    return dict(sorted(given.items()))


def submitted(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """ApplicationSubmitted: the case exists, and has to be answered; nothing else runs yet."""
    case.offering, case.version = facts["offering"], facts["version"]
    case.values, case.materials = dict(facts["values"]), dict(facts["materials"])
    case.status, case.submitted_at, case.applicant = SUBMITTED, act.at, facts.get("applicant", "")
    if "by_commitment" in facts:
        case.pledges = pledges(act.ports.deployment(case.version), facts["by_commitment"])
    case.number = act.ask("number", lambda: act.ports.next_number(act.instant))
    if "answer_days" in facts:
        start_answer(case, act, str(facts["answer_days"]))


def check_supply(case: Case, command: SupplyMaterials, actor: Actor) -> None:
    """Only a clerk, only before acceptance."""
    policy.require_clerk(actor)
    policy.require_unanswered(case)


def supply_facts(case: Case, deployment: Deployment, command: SupplyMaterials) -> dict[str, Json]:
    """The materials as they stand afterwards; the form itself is in hand unless a notice of correction named it."""
    merged = {**case.materials, **command.materials}
    kept = {code: status for code, status in merged.items() if status != MISSING}
    form = {code: status for code, status in _the_form(deployment, case.values).items() if code not in case.asked}
    merged = {**form, **kept}
    if merged == case.materials:
        raise BadInput("material.nothing", "没有登记新的材料", "no material was added", "materials")
    return {"materials": material_facts(deployment, case.values, merged, case.pledges)}


def missing_lines(case: Case, deployment: Deployment) -> list[ChecklistLine]:
    """What the applicant still owes before the application can be accepted."""
    return [
        line
        for line in materials_checklist(deployment.offering, case.values, case.pledges)
        if line.obtained == "applicant" and line.code not in case.materials
    ]


def check_accept(case: Case, deployment: Deployment, actor: Actor) -> None:
    """Only a clerk, once, with everything there or deferred (行政许可法 32)."""
    policy.require_clerk(actor)
    policy.require_unanswered(case)
    missing = missing_lines(case, deployment)
    if missing:
        raise NotPossible(
            "materials.missing",
            "还缺材料:" + "、".join(line.name_zh for line in missing),
            "materials are missing: " + ", ".join(line.name_en for line in missing),
            case.number,
        )


def accept_facts(case: Case, deployment: Deployment) -> dict[str, Json]:
    """The working days the law and the catalogue give for what comes after the acceptance."""
    lines = materials_checklist(deployment.offering, case.values, case.pledges)
    deferred = {line.code: str(line.defer_days) for line in lines if case.materials.get(line.code) == DEFERRED}
    return {"delivery_days": DELIVERY_DAYS, **({"deferred": deferred} if deferred else {})}


def accepted(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """ApplicationAccepted: clocks start, the workflow starts, the first branches open."""
    take_up(case, facts, act)
    act.notices.append(Notice("case_accepted", facts={"number": case.number}))


def take_up(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """The case is accepted, as of ``act.since`` if that is given, and its handling begins."""
    deployment = act.ports.deployment(case.version)
    codes = deployment.offering.applicable_items(case.values)
    end_answer(case, act)
    case.status, case.accepted_at = IN_PROGRESS, act.since or act.at
    case.delivery_days = str(facts.get("delivery_days", ""))
    case.items = {code: Item(code) for code in sorted(codes)}  # the order a stored case comes back in
    promised, statutory = case_limits(deployment, codes)
    case.promised_due_at, case.promised_provisional = act.due_of_case(*promised)
    case.statutory_due_at, case.statutory_provisional = act.due_of_case(*statutory)
    start_deferred(case, act, facts.get("deferred", {}))
    case.flow = Flow.start(deployment.spec)
    begin(case, deployment, act).advance()
    settle(case, deployment, act)
    end_if_over(case, deployment, act)


def case_limits(deployment: Deployment, codes: Sequence[str]) -> tuple[tuple[Decimal, str], tuple[Decimal, str]]:
    """The promised and the statutory limit of a case that handles these items."""
    return (deployment.length(codes), WORKING_DAYS), _statutory_limit(deployment, codes)


def _statutory_limit(deployment: Deployment, codes: Sequence[str]) -> tuple[Decimal, str]:
    """Joint handling has its own cap; a single item has its law's limit, or else the general one."""
    if len(codes) > 1:
        return JOINT, WORKING_DAYS
    item = next(item for item in deployment.offering.items if item.code in codes)
    return (SINGLE, WORKING_DAYS) if item.statutory is None else (item.statutory.value, item.statutory.unit)


def check_decline(case: Case, command: DeclineCase, actor: Actor) -> None:
    """Only a clerk, only before acceptance, with reasons."""
    policy.require_clerk(actor)
    policy.require_unanswered(case)
    policy.require_text("reason", command.reason)


def declined(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """ApplicationDeclined: ended without acceptance."""
    end_answer(case, act)
    case.status, case.reason, case.closed_at = DECLINED, facts["reason"], act.at
    act.notices.append(Notice("case_declined", facts={"number": case.number}))
