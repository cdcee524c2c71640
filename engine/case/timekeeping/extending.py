"""延长: once, by the head of the authority 10 working days, for joint handling by the head of the government 15
(行政许可法 42). The limits of steps are the departments' own affair and stay.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from engine.case import policy
from engine.case.act import Act, Notice
from engine.case.deployment import Deployment
from engine.case.policy import require_running_item
from engine.case.running import (
    ITEM_PROMISED,
    ITEM_STATUTORY,
    PROMISED,
    STATUTORY,
    Running,
    count_again,
    limit_of,
    running_clocks,
    span_of,
)
from engine.case.state import Case
from engine.case.timekeeping.recompute import Counting
from engine.case.timekeeping.suspending import fresh_limits, running_items
from engine.commands import Actor, ExtendClock
from engine.errors import AlreadyDone, BadInput, NotPermitted, NotPossible
from engine.journal import Json
from engine.parallel.plan_caps import JOINT_EXTENSION, SINGLE_EXTENSION, WORKING_DAYS

HEAD = "head"
AUTHORITY_HEAD, GOVERNMENT_HEAD = "authority_head", "government_head"


def may_extend(case: Case, deployment: Deployment, code: str, actor: Actor) -> bool:
    """Heads of the department that decides the item; for the whole of a joint case (empty), of the lead department."""
    owner, offering = _owner(case, code), deployment.offering
    return actor.holds(offering.item(owner).department if owner else offering.lead_department, HEAD)


def require_head(case: Case, deployment: Deployment, codes: Iterable[str], actor: Actor) -> None:
    """NotPermitted for somebody who may extend none of these."""
    if not any(may_extend(case, deployment, code, actor) for code in codes):
        raise NotPermitted(
            "policy.extend", "只有作出决定的部门的审批负责人可以延长期限",
            "only a head of the deciding department may extend the limit",
        )  # fmt: skip


def extendable(case: Case, deployment: Deployment, actor: Actor, now: str) -> tuple[str, ...]:
    """What this person may extend now: codes of items, the whole of a joint case empty."""
    running = running_items(case)
    owners = dict.fromkeys(_owner(case, code) for code in running)
    return tuple(
        code for code in owners
        if code in running and may_extend(case, deployment, code, actor)
        and not _is_extended(case, code) and not _is_late(case, code, now)
    )  # fmt: skip


def approval_of(case: Case, code: str) -> tuple[str, Decimal]:
    """The level that has to approve an extension, and the working days it gives (行政许可法 42)."""
    return (AUTHORITY_HEAD, SINGLE_EXTENSION) if _owner(case, code) else (GOVERNMENT_HEAD, JOINT_EXTENSION)


def check_extend(case: Case, deployment: Deployment, command: ExtendClock, actor: Actor, now: str) -> None:
    """Once, before the due date, by a head of the deciding department, approved at the level the law asks for."""
    require_running_item(case, command.item)
    code = _owner(case, command.item)
    require_head(case, deployment, (code,), actor)
    policy.require_text("reason", command.reason)
    policy.require_text("approver", command.approver)
    level, _ = approval_of(case, code)
    if command.level != level:
        zh, en = {
            AUTHORITY_HEAD: ("本机关负责人", "the head of the authority"),
            GOVERNMENT_HEAD: ("本级政府负责人", "the head of the government of the same level"),
        }[level]
        raise BadInput("extend.level", f"延长须经{zh}批准", f"an extension is approved by {en}", "level")
    if _is_extended(case, code):
        raise AlreadyDone("extend.once", "期限只能延长一次", "a limit can be extended once only", case.number)
    if _is_late(case, code, now):
        raise NotPossible(
            "extend.late", "期限已届满，不能再延长", "the limit has passed and can no longer be extended", case.number
        )


def extend_facts(case: Case, command: ExtendClock, counting: Counting) -> dict[str, Json]:
    """What was said and approved, the working days, and the limits of clocks that the case does not keep yet."""
    code, limits = _owner(case, command.item), fresh_limits(case, counting)
    kept = {**case.limits, **limits}
    spans = [span_of(kept[clock.key]) for clock in _by_law(_clocks(case, code)) if clock.key in kept]
    if any(unit != WORKING_DAYS for _, unit in spans):
        raise NotPossible(
            "extend.unit", "该期限不以工作日计，延长依特别法",
            "this limit is not in working days: a special law extends it",
            case.number,
        )  # fmt: skip
    return {
        "item": code, "days": str(approval_of(case, code)[1]), "reason": command.reason.strip(),
        "level": command.level, "approver": command.approver.strip(), "limits": limits,
    }  # fmt: skip


def clock_extended(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """ClockExtended: what is not past its due date is due later, and the applicant is told why."""
    case.limits |= facts["limits"]
    code = str(facts["item"])
    clocks = [clock for clock in _clocks(case, code) if _is_extendable(case, clock, act.at)]
    case.extensions |= dict.fromkeys([clock.key for clock in clocks], str(facts["days"]))
    count_again(case, act, clocks)
    told = {name: facts[name] for name in ("item", "days", "reason", "level")}
    act.notices.append(Notice("clock_extended", facts={"number": case.number, **told}))


def _is_extendable(case: Case, clock: Running, now: str) -> bool:
    """It counts in working days, and is not past its due date: a broken promise stays broken."""
    limit = limit_of(case, clock)
    return limit is not None and limit[1] == WORKING_DAYS and (clock.due is None or clock.due > now)


def _owner(case: Case, code: str) -> str:
    """A case of one item is extended as that item."""
    return next(iter(case.items)) if not code and len(case.items) == 1 else code


def _clocks(case: Case, code: str) -> list[Running]:
    """The clocks an extension moves: of the item; of the case, when it is joint or the item is all of it."""
    kinds = {ITEM_PROMISED, ITEM_STATUTORY} if code else {PROMISED, STATUTORY}
    if len(case.items) == 1:
        kinds |= {PROMISED, STATUTORY}
    return [clock for clock in running_clocks(case) if clock.kind in kinds and clock.item in {"", code}]


def _by_law(clocks: list[Running]) -> list[Running]:
    """The statutory ones; the promised ones of an item the law gives no limit of its own."""
    return [clock for clock in clocks if clock.kind in {STATUTORY, ITEM_STATUTORY}] or clocks


def _is_extended(case: Case, code: str) -> bool:
    return any(clock.key in case.extensions for clock in _clocks(case, code))


def _is_late(case: Case, code: str, now: str) -> bool:
    return any(clock.due is not None and clock.due <= now for clock in _by_law(_clocks(case, code)))
