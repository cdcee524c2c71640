"""What was found is recorded, item by item, and the session is closed."""

from collections.abc import Mapping
from dataclasses import replace

from engine.case import policy
from engine.case.act import Act
from engine.case.intent import Intent
from engine.case.parts.session import CLOSED, KINDS, OUTCOMES, PASS, Session
from engine.case.sessions.people import open_session, require_arranger, require_item_handler, tell
from engine.case.sessions.stopping import go_on
from engine.case.state import Case
from engine.commands import CloseSession, RecordFindings
from engine.errors import BadInput, NotFound, NotPossible
from engine.instants import to_text
from engine.journal import Json

RECORDED, CONCLUDED = "FindingsRecorded", "SessionClosed"


def record_facts(case: Case, act: Intent, command: RecordFindings) -> dict[str, Json]:
    """By a handler of the item, from the planned instant on."""
    one = open_session(case, command.session)
    if command.item not in one.taking_part:
        raise NotFound("session.item", "该事项没有参加，或已经决定", "this item does not take part", command.item)
    require_item_handler(act.deployment, command.item, act.actor)
    _require_held(one, act)
    if command.outcome not in OUTCOMES:
        raise BadInput("session.outcome", "请选择结论", "choose an outcome", "outcome")
    check = policy.limited_text if command.outcome == PASS else policy.require_text
    return {
        "session": one.number, "item": command.item, "department": act.actor.department, "outcome": command.outcome,
        "attended": policy.require_text("attended", command.attended), "findings": check("findings", command.findings),
    }  # fmt: skip


def recorded(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """FindingsRecorded: kept with the session; an earlier record of the item stays in the journal."""
    one, names = case.sessions[facts["session"]], ("department", "outcome", "attended", "findings")
    found = {**{name: str(facts[name]) for name in names}, "by": act.actor, "at": act.at}
    case.sessions[one.number] = replace(one, findings={**one.findings, str(facts["item"]): found})


def close_facts(case: Case, act: Intent, command: CloseSession) -> dict[str, Json]:
    """Every item has its findings, or it is said why not; a hearing, review or test has its record."""
    one = open_session(case, command.session)
    if act.actor.id != one.chair:
        require_arranger(act.deployment, one.taking_part, act.actor)
    _require_held(one, act)
    absent = {code: reason.strip() for code, reason in command.absent.items() if reason.strip()}
    silent = [code for code in one.missing if code not in absent]
    if silent or not one.findings:
        raise NotPossible(
            "session.missing", "参加的事项都应有记录，没有到场的应写明原因；都没有到场的，请取消",
            "every item has its findings, or the reason for its absence; if nobody came, cancel it",
            " ".join(silent or one.missing),
        )  # fmt: skip
    if set(absent) - set(one.missing):
        raise BadInput("session.present", "该事项已有记录", "this item has its findings", "absent")
    record = policy.limited_text("record", command.record)
    kind = KINDS[one.kind]
    if kind.record_zh and not record:
        raise BadInput(
            "session.record", f"请填写{kind.record_zh}的编号", f"give the number of the {kind.record_en}", "record"
        )
    conclusion = policy.require_text("conclusion", command.conclusion)
    return {"session": one.number, "conclusion": conclusion, "record": record, "absent": dict(sorted(absent.items()))}


def _require_held(one: Session, act: Intent) -> None:
    if to_text(act.instant) < one.planned_at:
        raise NotPossible(
            "session.not_held", "还没有到安排的时间，提前进行的请先变更时间",
            "its time has not come; change it first if it is held earlier", one.number,
        )  # fmt: skip


def closed(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """SessionClosed: the clocks go on, everybody is told."""
    one = replace(
        case.sessions[facts["session"]], status=CLOSED, ended_at=act.at, conclusion=facts["conclusion"],
        record=facts["record"], absent=dict(facts["absent"]),
    )  # fmt: skip
    case.sessions[one.number] = one
    tell(case, act, "session_closed", one)
    go_on(case, act, one)
