"""一次告知: what all branches demanded within the window goes to the applicant as one notice, at its end or earlier.

When the applicant does not answer it in time, the departments that wait and the lead department are told, once; the
clocks stand still on.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from engine.case import policy
from engine.case.act import Act, Notice
from engine.case.back.ending import HEAD
from engine.case.deadlines import end_term, start_correction_answer
from engine.case.demanded import open_demands, open_window, unsent
from engine.case.deployment import Deployment
from engine.case.policy import WINDOW, WINDOW_CLERK
from engine.case.state import IN_PROGRESS, Case
from engine.case.timekeeping.suspending import may_suspend
from engine.commands import Actor
from engine.errors import AlreadyDone, NotPermitted, NotPossible
from engine.journal import Json

GATHERED, UNANSWERED = "CorrectionGathered", "CorrectionUnanswered"


def require_sendable(case: Case, deployment: Deployment, actor: Actor) -> None:
    """A clerk of the window or somebody who handles steps of the lead department; something is not sent yet."""
    if not actor.holds(WINDOW, WINDOW_CLERK) and not may_suspend(deployment, "", actor):
        raise NotPermitted(
            "policy.send_correction", "只有综合窗口或牵头部门的经办人可以提前发出补正通知",
            "only the window, or handlers of the lead department, may send the notice of correction early",
        )  # fmt: skip
    if case.status != IN_PROGRESS:
        raise NotPossible("case.not_running", "该办件不在办理中", "this case is not in progress", case.number)
    if unsent(case):
        return
    if open_demands(case):
        raise AlreadyDone("demand.gathered", "补正通知已经发出", "the notice of correction is out already", case.number)
    raise NotPossible("demand.none", "没有部门要求补正", "no department demands anything", case.number)


def may_send(case: Case, deployment: Deployment, actor: Actor) -> bool:
    """Whether this person could send the notice now."""
    with suppress(AlreadyDone, NotPermitted, NotPossible):
        require_sendable(case, deployment, actor)
        return True
    return False


def gather_facts(case: Case, deployment: Deployment) -> dict[str, Json]:
    """The number of the notice, everything it names, by material with who asks and what for, the reasons, the days to
    answer."""
    named: dict[str, list[Json]] = {}
    for one in unsent(case).values():
        named.setdefault(one.material, []).append({"department": one.department, "text": one.text})
    reasons = dict.fromkeys(one.reason for one in unsent(case).values())
    sent = {one.notice for one in case.demands.values() if one.notice}
    return {
        "notice": str(len(sent) + 1), "materials": dict(sorted(named.items())), "reason": "；".join(reasons),
        "answer": f"{deployment.offering.correction_answer_days.normalize():f}",
    }  # fmt: skip


def gathered(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """CorrectionGathered: one notice to the applicant; from now on he has time to answer, and the window is over."""
    notice = str(facts["notice"])
    case.demands = {
        **case.demands, **{number: replace(one, notice=notice) for number, one in unsent(case).items()},
    }  # fmt: skip
    end_term(case, act, open_window(case))
    start_correction_answer(case, act, notice, facts["answer"])
    act.notices.append(
        Notice("correction_gathered", facts={"number": case.number, "materials": [*facts["materials"]]})
    )  # fmt: skip


def unanswered(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """CorrectionUnanswered: who waits for the applicant, and the head of the lead department, are told."""
    timer = case.timers.pop(facts["timer"])
    case.terms[timer.id] = term = replace(case.terms[timer.id], overdue=True)
    notice = timer.id.rpartition(".")[2]
    told = {"number": case.number, "due": term.due_at}
    for task_id in dict.fromkeys(one.task for one in open_demands(case).values() if one.notice == notice):
        task = case.tasks[task_id]
        facts = {**told, "step": task.step}
        for department, role, person in policy.addressees(task):
            act.notices.append(Notice("correction_unanswered", department, role, task.id, facts, person))
    lead = act.ports.deployment(case.version).offering.lead_department
    act.notices.append(Notice("correction_unanswered", lead, HEAD, facts=told))
