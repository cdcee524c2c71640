"""事后核查: whether a promise is kept is checked after the result; late checks are raised like late steps.

Kept ends it. What can be put right gives the applicant time, and one more check. A false promise is for the head of
the item's department to decide on.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from engine.case import policy
from engine.case.act import Act, Notice
from engine.case.following import end_check, open_check
from engine.case.parts.escalation import Escalation
from engine.case.parts.pledge import (
    CHECK_STEP,
    CORRECTABLE,
    DUE,
    FALSE,
    KEPT,
    LAPSED,
    OUTCOMES,
    OVER,
    PUT_RIGHT,
    Check,
)  # fmt: skip
from engine.case.policy import SUPERVISION, SUPERVISOR
from engine.case.state import Case, Timer
from engine.catalogue.policies import NOTICE
from engine.commands import Actor, RecordCheck
from engine.errors import AlreadyDone, BadInput, NotFound, NotPermitted, NotPossible
from engine.journal import Json
from engine.parallel.plan_caps import WORKING_DAYS

CHECKED, REMINDED, LATE = "CommitmentChecked", "CheckReminded", "CheckOverdue"
OVER_DAYS = "5"
"""Working days after the due date at which supervision hears of a check nobody has made: our own judgement."""
SECTION_HEAD, HEAD = "section_head", "head"
TOLD = {KEPT: "commitment_kept", CORRECTABLE: "commitment_correctable", FALSE: "commitment_false"}
"""What the applicant is told of a check."""


def open_one(case: Case, item: str) -> Check | None:
    """The check of an item that is due."""
    return next((check for check in case.checks.values() if check.item == item and check.status == DUE), None)


def last_one(case: Case, item: str) -> Check | None:
    """The last check of an item that did not lapse."""
    return next((c for c in reversed(case.checks.values()) if c.item == item and c.status != LAPSED), None)


def may_record(case: Case, check: Check, actor: Actor) -> bool:
    """Whether this person makes the check; never of the own application (回避)."""
    return check.status == DUE and actor.holds(check.department, check.role) and actor.id != case.applicant


def require_recordable(case: Case, item: str, actor: Actor) -> Check:
    """The check that is due, for somebody who makes it."""
    check = open_one(case, item) or last_one(case, item)
    if check is None:
        raise NotFound("check.unknown", "该事项没有需要核查的承诺", "there is no promise of this item to check", item)
    if check.status != DUE:
        raise AlreadyDone("check.made", "已经核查", "this was checked already", item)
    if not may_record(case, check, actor):
        raise NotPermitted(
            "check.role", "只有承担核查的岗位可以登记核查", "only those who make this check record it", item
        )
    return check


def check_record(case: Case, command: RecordCheck, actor: Actor) -> None:
    """By those who make it, with what they found; a document shows what is not kept."""
    check = require_recordable(case, command.item, actor)
    if command.outcome not in OUTCOMES:
        raise BadInput("outcome.unknown", "请选择核查结论", "choose what the check has found", "outcome")
    if command.outcome == CORRECTABLE and check.follows:
        raise NotPossible(
            "check.once", "整改后再次核查，只能认定符合承诺或者承诺不实",
            "there was time to put it right already: it is kept now, or false", command.item,
        )  # fmt: skip
    policy.require_text("findings", command.findings)
    if command.outcome != KEPT:
        policy.require_text("evidence", command.evidence)
    policy.limited_text("evidence", command.evidence)


def record_facts(case: Case, command: RecordCheck) -> dict[str, Json]:
    """What the journal keeps of a check."""
    check = open_one(case, command.item)
    return {
        "item": command.item, "check": "" if check is None else check.number, "outcome": command.outcome,
        "findings": command.findings.strip(), "evidence": command.evidence.strip(),
    }  # fmt: skip


def checked(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """CommitmentChecked: the applicant is told; what can be put right is checked again, a false promise is raised."""
    made = replace(
        case.checks[facts["check"]], status=facts["outcome"], findings=facts["findings"], evidence=facts["evidence"],
        at=act.at, by=act.actor,
    )  # fmt: skip
    end_check(case, made, act)
    told = {"number": case.number, "item": made.item, "findings": made.findings}
    if made.status == CORRECTABLE:
        again = open_check(case, case.pledges[made.item], made.results, act, follows=made.number)
        told["due"] = case.terms[f"{again.key}.{PUT_RIGHT}"].due_at
    act.notices.append(Notice(TOLD[made.status], facts=told))
    if made.status == FALSE:
        department = act.ports.deployment(case.version).offering.item(made.item).department
        act.notices.append(Notice(TOLD[FALSE], department, HEAD, facts=told))


def check_firing(case: Case, timer_id: str) -> tuple[str, dict[str, Json]]:
    """The entry a timer of a check becomes: a reminder, or the next who hears that it is late."""
    check = case.checks[timer_id.split(".")[1]]
    told: dict[str, Json] = {"timer": timer_id, "check": check.number}
    if timer_id == check.key:
        return LATE, {**told, "level": 1, "department": check.department, "role": SECTION_HEAD}
    if timer_id == f"{check.key}.{OVER}":
        return LATE, {**told, "level": 2, "department": SUPERVISION, "role": SUPERVISOR}
    return REMINDED, told


def reminded(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """CheckReminded: it is due soon, or the time to put it right is over."""
    del case.timers[facts["timer"]]
    check = case.checks[facts["check"]]
    act.notices.append(Notice("check_reminded", check.department, check.role, facts=_told(case, check)))


def late(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """CheckOverdue: raised with the head of those who make it, then with supervision, as a late step is."""
    del case.timers[facts["timer"]]
    check = case.checks[facts["check"]]
    number = str(len(case.escalations) + 1)
    case.escalations[number] = Escalation(
        number, check.key, f"{check.item}{CHECK_STEP}", check.item, check.department, check.role, facts["level"],
        NOTICE, facts["department"], facts["role"], check.due_at, act.at, act.entry,
    )  # fmt: skip
    if facts["level"] == 1:
        due, _ = act.due_from(check.due_at, Decimal(OVER_DAYS), WORKING_DAYS)
        case.timers[f"{check.key}.{OVER}"] = Timer(f"{check.key}.{OVER}", "", 0, due)
    told = {**_told(case, check), "level": facts["level"]}
    act.notices.append(Notice("check_overdue", facts["department"], facts["role"], facts=told))


def _told(case: Case, check: Check) -> dict[str, Json]:
    return {"number": case.number, "item": check.item, "check": check.number, "due": check.due_at}
