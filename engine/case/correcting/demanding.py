"""受理后补正: a branch demands materials of the applicant, and its promised clocks stand still until they have come.

Nothing is told to the applicant yet: what all branches demand within the window becomes one notice (``gathering``). The
statutory clocks go on, for the list of 行政许可法 45 is exhaustive; so do those of other branches.
"""

from collections.abc import Mapping
from contextlib import suppress

from engine.case import policy
from engine.case.act import Act, Notice
from engine.case.approval import require_undecided
from engine.case.deadlines import start_gather
from engine.case.demanded import end, named_to, open_demands, open_window, unsent
from engine.case.deployment import Deployment
from engine.case.intake import RECEIVED
from engine.case.intent import Intent
from engine.case.materials import needed_for
from engine.case.parts.demand import DROPPED, Demand
from engine.case.parts.terms import PROMISED_ONLY, Stop
from engine.case.policy import WINDOW, WINDOW_CLERK
from engine.case.state import Case, Task
from engine.case.steps import DELIVER
from engine.case.stops import begin_stop, end_settled
from engine.case.timekeeping.suspending import fresh_limits
from engine.catalogue import APPLICANT, ChecklistLine
from engine.commands import Actor, DemandMaterials, DropDemand
from engine.errors import AlreadyDone, BadInput, NotFound, NotPermitted, NotPossible
from engine.instants import to_text
from engine.journal import Json

DEMANDED, DEMAND_DROPPED = "MaterialsDemanded", "DemandDropped"
PROCEDURE = "correction"


def require_demander(case: Case, deployment: Deployment, task_id: str, actor: Actor, now: str) -> Task:
    """Whoever handles the open step of an item that is being decided; never of a delivery."""
    task = policy.require_open(case, task_id)
    policy.require_handler(task, actor)
    if task.act == DELIVER:
        raise NotPossible("demand.deliver", "送达环节不再要求补正", "nothing is demanded at the delivery", task.id)
    policy.require_running_item(case, task.item)
    require_undecided(deployment, task, now)
    return task


def demandable(case: Case, deployment: Deployment, task: Task) -> list[ChecklistLine]:
    """What the applicant brings for the step's item, as far as it may be demanded now: not what the step has demanded
    already, and after a notice to its department only what that notice named (一次性告知)."""
    named = named_to(case, task.department)
    waits = {one.material for one in open_demands(case).values() if one.task == task.id}
    return [
        line for line in _lines(case, deployment, task).values()
        if line.code not in waits and (named is None or line.code in named)
    ]  # fmt: skip


def may_demand(case: Case, deployment: Deployment, task_id: str, actor: Actor, now: str) -> list[ChecklistLine]:
    """What this person may demand in a step now; nothing when he may not."""
    with suppress(AlreadyDone, NotFound, NotPermitted, NotPossible):
        return demandable(case, deployment, require_demander(case, deployment, task_id, actor, now))
    return []


def _lines(case: Case, deployment: Deployment, task: Task) -> dict[str, ChecklistLine]:
    return {line.code: line for line in needed_for(case, deployment, task) if line.obtained == APPLICANT}


def demand_facts(case: Case, act: Intent, command: DemandMaterials) -> dict[str, Json]:
    """What is demanded, the limits of the clocks that stop, and the days of the window and of the answer; raises."""
    deployment = act.deployment
    task = require_demander(case, deployment, command.task_id, act.actor, to_text(act.instant))
    policy.require_text("reason", command.reason)
    lines = _lines(case, deployment, task)
    if not command.materials:
        raise BadInput("demand.nothing", "请选择要补正的材料", "choose what is to be corrected", "materials")
    for code in command.materials:
        if code not in lines:
            raise BadInput("material.unknown", f"本环节不收取材料 {code}", f"material {code} is not asked for", code)
    _require_demandable(case, deployment, task, command, lines)
    named = {code: _said(case, code, text) for code, text in command.materials.items()}
    offering = deployment.offering
    return {
        "task": task.id, "materials": dict(sorted(named.items())), "reason": command.reason.strip(),
        "window": f"{offering.correction_window.normalize():f}",
        "answer": f"{offering.correction_answer_days.normalize():f}", "limits": fresh_limits(case, act.counting()),
    }  # fmt: skip


def _require_demandable(
    case: Case, deployment: Deployment, task: Task, command: DemandMaterials, lines: Mapping[str, ChecklistLine]
) -> None:  # fmt: skip
    """Each is not waited for already, and was named by the notices the department took part in, if there were any."""
    free = {line.code for line in demandable(case, deployment, task)}
    held = [lines[code] for code in sorted(command.materials) if code not in free]
    if not held:
        return
    zh, en = "、".join(line.name_zh for line in held), ", ".join(line.name_en for line in held)
    waits = {one.material for one in open_demands(case).values() if one.task == task.id}
    if {line.code for line in held} <= waits:
        raise AlreadyDone(
            "demand.again", f"本环节已要求补正：{zh}", f"this step has demanded this already: {en}", task.id
        )
    raise NotPossible(
        "demand.once", f"本部门的补正通知未列明的材料不得再次要求：{zh}",
        f"the notice your department took part in did not name this, so it cannot be asked for now: {en}", case.number,
    )  # fmt: skip


def _said(case: Case, code: str, text: str) -> str:
    """What is wrong; only of what is not there at all that is plain."""
    if case.materials.get(code) == RECEIVED:
        return policy.require_text(code, text)
    return policy.limited_text(code, text)


def demanded(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """MaterialsDemanded: the promised clocks of the item stand still, the window opens if none is."""
    task = case.tasks[facts["task"]]
    stop = _stop_of(case, task, facts, act)
    known = len(case.demands)
    case.demands = dict(case.demands)
    for number, (code, text) in enumerate(facts["materials"].items(), start=known + 1):
        case.demands[str(number)] = Demand(
            code, text, facts["reason"], task.item, task.id, task.department, stop, act.at, act.actor
        )
    if not open_window(case):
        start_gather(case, act, facts["window"])
        _tell_of_window(case, task, act)


def _stop_of(case: Case, task: Task, facts: Mapping[str, Json], act: Act) -> str:
    """The suspension of earlier demands of the same item that goes on, or a new one."""
    held = [one.stop for one in open_demands(case).values() if one.item == task.item]
    if held:
        return held[0]
    stop = Stop(task.item, PROCEDURE, facts["reason"], "", facts["answer"], PROMISED_ONLY, act.at)
    return begin_stop(case, act, stop, facts["limits"])


def _tell_of_window(case: Case, task: Task, act: Act) -> None:
    """The window, and whoever has another open step: who wants something too should say so before the notice goes."""
    told = {"number": case.number, "by": task.department, "due": case.terms[open_window(case)].due_at}
    act.notices.append(Notice("correction_window", WINDOW, WINDOW_CLERK, facts=told))
    for other in case.open_tasks():
        if other.id != task.id and other.act != DELIVER:
            facts = {**told, "step": other.step}
            for department, role, person in policy.addressees(other):
                act.notices.append(Notice("correction_window", department, role, other.id, facts, person))


def droppable(case: Case, actor: Actor) -> dict[str, str]:
    """Demands this person could take back now: number → task."""
    found = {}
    for number, one in unsent(case).items():
        with suppress(AlreadyDone, NotFound, NotPermitted, NotPossible):
            policy.require_handler(policy.require_open(case, one.task), actor)
            found[number] = one.task
    return found


def drop_facts(case: Case, command: DropDemand, actor: Actor) -> dict[str, Json]:
    """By whoever handles the step, before the notice is sent; raises."""
    task = policy.require_open(case, command.task_id)
    policy.require_handler(task, actor)
    own = [one for one in case.demands.values() if one.task == task.id and command.material in {"", one.material}]
    if not own:
        raise NotFound("demand.unknown", "没有这项补正要求", "there is no such demand", command.material)
    mine = [one for one in own if one.ended_at is None]
    if not mine:
        raise AlreadyDone("demand.ended", "这项补正要求已经结束", "this demand is over", command.material)
    free = sorted({one.material for one in mine if not one.notice})
    if not free:
        raise NotPossible(
            "demand.sent", "补正通知已经发出，不能撤回；可以直接作出决定",
            "the notice was sent, so this cannot be taken back; the step can be decided", command.material,
        )  # fmt: skip
    return {"task": task.id, "materials": free}


def dropped(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """DemandDropped: the clocks go on when the item demands nothing else."""
    gone = [
        number for number, one in unsent(case).items()
        if one.task == facts["task"] and one.material in facts["materials"]
    ]  # fmt: skip
    end(case, act, dict.fromkeys(gone, DROPPED))
    end_settled(case, act)
