"""特别程序: clocks stopped and going on again (行政许可法 45).

Half open: the day a suspension starts does not count, the day it ends counts; overlapping ones are united. While one is
open the clocks it stops have no due date and no armed timer. The decision of its item ends it, and so does the end of
the case.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from decimal import Decimal, InvalidOperation

from engine.case import policy
from engine.case.act import Act, Notice
from engine.case.demanded import holds_stop
from engine.case.deployment import Deployment
from engine.case.parts.terms import BOTH, PROMISED_ONLY, RESUMED, Stop
from engine.case.policy import require_running_item
from engine.case.procedures import PROCEDURES
from engine.case.running import TASK, running_clocks
from engine.case.state import Case
from engine.case.stops import begin_stop, end_stop, go_on
from engine.case.timekeeping.recompute import Counting, first_limit
from engine.commands import Actor, ResumeClock, SuspendClock
from engine.errors import AlreadyDone, BadInput, NotFound, NotPermitted, NotPossible
from engine.journal import Json

LONGEST = Decimal(1000)
"""Working days a procedure is expected to take at most: four years."""


def running_items(case: Case) -> tuple[str, ...]:
    """Items that are being decided, by code, after the whole case (empty): what can be stopped or extended."""
    found = []
    for code in ("", *case.items):
        with suppress(NotPossible):
            require_running_item(case, code)
            found.append(code)
    return tuple(found)


def may_suspend(deployment: Deployment, code: str, actor: Actor) -> bool:
    """Handlers of the item's department, and of the lead department; for the whole case (empty) the latter alone."""
    offering = deployment.offering
    departments = {offering.lead_department} | ({offering.item(code).department} if code else set())
    handles = any(actor.holds(step.department, step.role) for step in offering.steps.values())
    return actor.department in departments and handles


def require_suspender(deployment: Deployment, codes: Iterable[str], actor: Actor) -> None:
    """NotPermitted for somebody who may stop the clocks of none of these."""
    if not any(may_suspend(deployment, code, actor) for code in codes):
        raise NotPermitted(
            "policy.suspend", "只有承办部门或牵头部门的经办人可以中止、恢复计时",
            "only handlers of the item's or the lead department may stop its clocks, or let them go on",
        )  # fmt: skip


def suspendable(case: Case, deployment: Deployment, actor: Actor) -> tuple[str, ...]:
    """What this person may stop now: codes of items, the whole case empty."""
    return tuple(code for code in running_items(case) if may_suspend(deployment, code, actor))


def resumable(case: Case, deployment: Deployment, actor: Actor) -> tuple[str, ...]:
    """Numbers of the suspensions this person may end now."""
    goes_on = {number: stop.item for number, stop in case.suspensions.items() if stop.ended_at is None}
    by_hand = {
        number: code for number, code in goes_on.items()
        if not holds_stop(case, number) and not case.suspensions[number].session
    }  # fmt: skip
    return tuple(number for number, code in by_hand.items() if may_suspend(deployment, code, actor))


def check_suspend(case: Case, deployment: Deployment, command: SuspendClock, actor: Actor) -> None:
    """Somebody who handles the item, or works for the lead department, with ground, evidence and expected length."""
    require_running_item(case, command.item)
    require_suspender(deployment, (command.item,), actor)
    procedure = PROCEDURES.get(command.procedure)
    if procedure is None:
        raise BadInput(
            "suspend.procedure", "没有这种特别程序", f"there is no procedure {command.procedure!r}", "procedure"
        )
    if command.scope not in {BOTH, PROMISED_ONLY}:
        raise BadInput("suspend.scope", "范围应为 both 或 promised", "the scope is both or promised", "scope")
    if command.scope == BOTH and not procedure.statutory:
        raise BadInput(
            "suspend.statutory", f"“{procedure.name_zh}”不是法定的不计时情形，只能中止承诺时限",
            f"the law does not exempt {procedure.name_en}: it stops the promised clocks only", "scope",
        )  # fmt: skip
    for name in ("ground", "evidence"):
        policy.require_text(name, getattr(command, name))
    working_days(command.expected_days)


def suspend_facts(case: Case, command: SuspendClock, counting: Counting) -> dict[str, Json]:
    """What was said, and the limits of running clocks that the case does not keep yet."""
    return {
        "item": command.item, "procedure": command.procedure, "ground": command.ground.strip(),
        "evidence": command.evidence.strip(), "expected_days": f"{working_days(command.expected_days).normalize():f}",
        "scope": command.scope, "limits": fresh_limits(case, counting),
    }  # fmt: skip


def fresh_limits(case: Case, counting: Counting) -> dict[str, str]:
    """Clock → its limit, of clocks the case does not keep the limit of."""
    found: dict[str, str] = {}
    for clock in running_clocks(case):
        if clock.kind != TASK and clock.key not in case.limits:
            span = first_limit(case, clock, counting)
            if span is not None:
                found[clock.key] = f"{span[0]} {span[1]}"
    return found


def suspended(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """ClockSuspended: the clocks stand still and the applicant is told for how long."""
    stop = Stop(
        facts["item"], facts["procedure"], facts["ground"], facts["evidence"], facts["expected_days"], facts["scope"],
        act.at,
    )  # fmt: skip
    begin_stop(case, act, stop, facts["limits"])
    told = {name: facts[name] for name in ("item", "procedure", "ground", "expected_days")}
    act.notices.append(Notice("clock_suspended", facts={"number": case.number, **told}))


def check_resume(case: Case, deployment: Deployment, command: ResumeClock, actor: Actor) -> None:
    """The suspension goes on, and somebody who could have begun it shows that it is over."""
    stop = case.suspensions.get(command.suspension)
    if stop is None:
        raise NotFound("suspension.unknown", "没有这次中止", "there is no such suspension", command.suspension)
    if stop.ended_at is not None:
        raise AlreadyDone("suspension.ended", "计时已经恢复", "this suspension is over", command.suspension)
    require_suspender(deployment, (stop.item,), actor)
    if holds_stop(case, command.suspension):
        raise NotPossible(
            "suspension.demands", "补正材料齐了或补正要求撤回后自动恢复计时",
            "this goes on by itself when what was demanded has come, or is demanded no longer", command.suspension,
        )  # fmt: skip
    if stop.session:
        raise NotPossible(
            "suspension.session", "这次中止随特别程序结束而恢复", "these clocks go on when the session is closed",
            stop.session,
        )  # fmt: skip
    policy.require_text("evidence", command.evidence)


def resume_facts(command: ResumeClock) -> dict[str, Json]:
    """What the journal keeps of the end of a suspension."""
    return {"suspension": command.suspension, "evidence": command.evidence.strip()}


def resumed(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """ClockResumed: what no other suspension stops is due again, later by the days that did not count."""
    end_stop(case, act, facts["suspension"], RESUMED)
    go_on(case, act)


def working_days(text: str) -> Decimal:
    """How long a procedure is expected to take; BadInput for what is no number of days."""
    try:
        days = Decimal(text.strip())
    except InvalidOperation:
        days = Decimal(0)
    if not days.is_finite() or not 0 < days <= LONGEST or days != round(days, 2):
        raise BadInput(
            "suspend.days", "请填写预计所需的工作日数", "say how many working days it is expected to take",
            "expected_days",
        )  # fmt: skip
    return days
