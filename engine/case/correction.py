"""补正: one notice of everything missing, within 5 working days of receipt (行政许可法 32); what is then supplied.

Completed, the application is received anew: the 5 working days begin again, with the receipt of that day.
"""

from collections.abc import Mapping

from engine.case import policy
from engine.case.act import Act, Notice
from engine.case.deadlines import end_answer, end_deferred, start_answer
from engine.case.deemed import require_in_time
from engine.case.demanded import demanded_materials
from engine.case.demanded import supplied as meet
from engine.case.deployment import Deployment
from engine.case.intake import RECEIVED, check_supply, missing_lines, supply_facts
from engine.case.parts.terms import ANSWER
from engine.case.state import CLOSED, CORRECTION, IN_PROGRESS, SUBMITTED, Case
from engine.case.stops import end_settled
from engine.catalogue import materials_checklist
from engine.commands import Actor, RequestCorrection, SupplyMaterials
from engine.errors import AlreadyDone, BadInput, NotPermitted, NotPossible
from engine.journal import Json

ACCEPTED = frozenset({IN_PROGRESS, CLOSED})
"""States in which deferred materials may still be handed in."""


def may_ask(case: Case, actor: Actor, now: str) -> bool:
    """Whether this person could send a notice of correction now."""
    try:
        require_askable(case, actor, now)
    except (NotPermitted, AlreadyDone, NotPossible):
        return False
    return True


def require_askable(case: Case, actor: Actor, now: str) -> None:
    """Only a clerk, before acceptance, in time, and not while a notice is out."""
    policy.require_clerk(actor)
    policy.require_unanswered(case)
    if case.status == CORRECTION:
        raise AlreadyDone(
            "correction.asked", "已经发出补正通知", "the notice of correction is out already", case.number
        )
    require_in_time(case, now)


def check_correction(case: Case, command: RequestCorrection, actor: Actor, now: str) -> None:
    """A notice can be sent now, and says why."""
    require_askable(case, actor, now)
    policy.require_text("reason", command.reason)


def correction_facts(case: Case, deployment: Deployment, command: RequestCorrection) -> dict[str, Json]:
    """Everything the notice names: what was not handed in, and what the clerk found unusable."""
    checklist = materials_checklist(deployment.offering, case.values, case.pledges)
    lines = {line.code for line in checklist if line.obtained == "applicant"}
    for code in command.materials:
        if code not in lines:
            raise BadInput("material.unknown", f"不需要收取材料 {code}", f"material {code} is not asked for", code)
    named = {line.code: "" for line in missing_lines(case, deployment)}
    named |= {code: policy.limited_text("materials", text) for code, text in command.materials.items()}
    if not named:
        raise BadInput("correction.nothing", "没有需要补正的材料", "nothing is to be corrected", "materials")
    if case.asked and (later := sorted(named.keys() - case.asked.keys())):
        raise NotPossible(
            "correction.once", f"首次补正通知未列明的材料不得再次要求：{'、'.join(later)}",
            f"the first notice did not name this, so it cannot be asked for now: {', '.join(later)}", case.number,
        )  # fmt: skip
    return {"materials": dict(sorted(named.items())), "reason": command.reason.strip()}


def correction_requested(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """CorrectionRequested: the application waits for the applicant; no time runs meanwhile."""
    named = facts["materials"]
    case.status, case.asked = CORRECTION, {**case.asked, **named}
    case.materials = {code: status for code, status in case.materials.items() if code not in named}
    end_answer(case, act)
    told = {"number": case.number, "materials": named, "reason": facts["reason"]}
    act.notices.append(Notice("correction_requested", facts=told))


def check_materials(case: Case, command: SupplyMaterials, actor: Actor) -> None:
    """Only a clerk, before acceptance; afterwards for what is still owed."""
    if case.status in ACCEPTED and (owed := owed_materials(case)):
        policy.require_clerk(actor)
        if not command.materials or any(code not in owed for code in command.materials):
            raise BadInput(
                "material.not_owed", "只能登记尚欠的材料", "only what is still owed can be handed in", "materials"
            )
        if set(command.materials.values()) != {RECEIVED}:
            raise BadInput(
                "material.not_received", "受理后只能登记已收到的材料",
                "after the acceptance only what was received can be registered", "materials",
            )  # fmt: skip
        return
    check_supply(case, command, actor)


def owed_materials(case: Case) -> set[str]:
    """Materials of an accepted case that were deferred, or missing when it was deemed accepted, or are demanded."""
    return {code for code, status in case.materials.items() if status != RECEIVED} | demanded_materials(case)


def may_supply(case: Case, actor: Actor) -> bool:
    """Whether this person may register what an accepted case is still owed."""
    return actor.holds(policy.WINDOW, policy.WINDOW_CLERK) and case.status in ACCEPTED and bool(owed_materials(case))


def materials_facts(case: Case, deployment: Deployment, command: SupplyMaterials) -> dict[str, Json]:
    """The materials as they stand afterwards; ``supplied``: which of them were demanded after the acceptance."""
    if case.status in ACCEPTED:
        demanded = sorted(command.materials.keys() & demanded_materials(case))
        more = {"supplied": demanded} if demanded else {}
        return {"materials": {**case.materials, **command.materials}, **more}
    return supply_facts(case, deployment, command)


def supplied(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """MaterialsSupplied: a corrected application that is complete is received as of now; demands that are met end."""
    case.materials = dict(facts["materials"])
    end_deferred(case, act)
    if "supplied" in facts:
        meet(case, facts["supplied"], act)
        end_settled(case, act)
    received_anew(case, act)


def received_anew(case: Case, act: Act) -> None:
    """A corrected application that is complete now is received as of now."""
    if case.status == CORRECTION and not missing_lines(case, act.ports.deployment(case.version)):
        case.status, case.received_at = SUBMITTED, act.at
        if ANSWER in case.terms:
            start_answer(case, act, case.terms[ANSWER].limit)
