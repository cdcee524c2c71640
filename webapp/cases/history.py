"""The journal of a case in words, and the decisions given so far."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from engine.case.commitment.checking import CHECKED, LATE, REMINDED
from engine.case.commitment.revoking import REVOKED_KIND
from engine.case.documents import ISSUED_KIND
from engine.case.parts.pledge import CHECK_STEP
from engine.case.state import CANCELLED, CLOSED, VOIDED, Case, Task
from engine.case.together.recusal import NAMED
from engine.case.uploading import UPLOADED
from engine.catalogue import Offering
from engine.catalogue.policies import CO_HANDLING, REASSIGNMENT, TAKE_OVER
from engine.commands import APPLICANT, SYSTEM
from engine.journal import Entry
from engine.reader import CaseView
from webapp.cases import clock_words, demand_words, hand_words, promise_words, session_words
from webapp.context import engine
from webapp.i18n import gettext as _
from webapp.words import colon, department_name, instant, local, role_name, word


@dataclass(frozen=True)
class Line:
    """One journal entry: when, who, what; ``note`` is an opinion or reason in the person's own words.

    ``void``: of a decision that stands no longer, the entry that took it back. ``task``: the one it decides.
    """

    seq: int
    at: str
    who: str
    what: str
    note: str = ""
    tone: str = ""
    void: "Line | None" = None
    kind: str = ""
    task: str = ""

    @property
    def sentence(self) -> str:
        """Who did what, and when, without a full stop."""
        return _("%(who)s 于 %(time)s %(what)s", who=self.who, time=instant(self.at), what=self.what)


def people_of(view: CaseView) -> dict[str, str]:
    """Display names of everybody who acted in the case, or was given something in it."""
    ids = {entry.actor for entry in view.entries} | {t.actor for t in view.case.tasks.values() if t.actor}
    ids |= {name for entry in view.entries for name in hand_words.names_in(entry)}
    return {**engine().records.names(ids), SYSTEM.id: _("系统"), APPLICANT.id: _("申请人")}


def step_words(offering: Offering, step_id: str, instance: str = "") -> str:
    """``食品经营许可 · 现场核查``; the step's name alone for the bundle's own steps; ``（2/5）`` for one of several."""
    step = offering.steps.get(step_id)
    if step_id.endswith(CHECK_STEP):
        return _("%(item)s · 核查承诺", item=local(offering.item(step_id.removesuffix(CHECK_STEP)), "short"))
    if step is None:
        return numbered(step_id, instance)
    named = numbered(local(step), instance)
    return f"{local(offering.item(step.item), 'short')} · {named}" if step.item else named


def numbered(name: str, instance: str) -> str:
    """A name, with the number of one of several."""
    return _("%(name)s（%(instance)s）", name=name, instance=instance) if instance else name


def history(view: CaseView, people: Mapping[str, str]) -> list[Line]:
    """Every entry of the journal, newest first."""
    lines = [_line(entry, view, people) for entry in view.entries]
    void = {task.id: task.voided for task in view.case.tasks.values() if task.status == VOIDED and task.voided}
    return [replace(one, void=lines[void[one.task] - 1]) if one.task in void else one for one in reversed(lines)]


def _line(entry: Entry, view: CaseView, people: Mapping[str, str]) -> Line:
    at = str(entry.sealed_form()["instant"])
    case, offering = view.case, view.deployment.offering
    if entry.kind in hand_words.LINES:
        what, note, tone = _handled(entry, offering, case, people)
    else:
        what, note, tone = SAYS.get(entry.kind, _other)(entry, offering, case)
        what = hand_words.in_place_of(what, entry.facts, people)
    if case.status == CLOSED and entry is _closing(view):
        what = _("%(what)s；办件办结：%(outcome)s", what=what, outcome=word(case.outcome, "outcome"))
    return Line(
        entry.seq, at, people.get(entry.actor, entry.actor), what, note, tone, None, entry.kind, _task_decided(entry)
    )


def _task_decided(entry: Entry) -> str:
    """The task an entry decides; empty for other entries."""
    if entry.kind not in GIVING:
        return ""
    return str(entry.facts.get("task") or str(entry.facts.get("timer", "")).rpartition(":")[0])


AFTERWARDS = frozenset({ISSUED_KIND, CHECKED, REMINDED, LATE, REVOKED_KIND})
"""Kinds of entries that may come after the end, documents and checks of promises, and are not it."""


def _closing(view: CaseView) -> Entry:
    """The entry the case was closed by; documents and answers may come after it."""
    then = [entry for entry in view.entries if entry.at == view.case.closed_at and entry.kind not in AFTERWARDS]
    return then[-1] if then else view.entries[-1]


NO_NAMES: Mapping[str, str] = {}
GIVING = frozenset({"StepDecided", "StepVoted", "StepDeemed", "DeemedObjected", "ResultsDelivered"})
"""Kinds of entries by which a step is decided."""
Said = tuple[str, str, str]
"""What, note, tone."""


def _submitted(entry: Entry, offering: Offering, case: Case) -> Said:
    return _("收件登记：%(what)s", what=local(offering, "short")), "", ""


def _supplied(entry: Entry, offering: Offering, case: Case) -> Said:
    return _("材料登记有更新"), "", ""


def _applicant(entry: Entry, offering: Offering, case: Case) -> Said:
    named = bool(entry.facts["applicant"])
    what = _("登记申请人是本系统工作人员，应当回避") if named else _("更正：申请人不是本系统工作人员")
    return what, str(entry.facts["reason"]), "amber"


def _uploaded(entry: Entry, offering: Offering, case: Case) -> Said:
    name = clock_words.material_words(offering, case, str(entry.facts["material"]))
    return _("上传材料：%(material)s，第 %(n)s 版", material=name, n=entry.facts["number"]), "", ""


def _accepted(entry: Entry, offering: Offering, case: Case) -> Said:
    names = _("、").join(local(offering.item(code), "short") for code in case.items)
    return _("受理，并联开始：%(items)s", items=names), "", "green"


def _declined(entry: Entry, offering: Offering, case: Case) -> Said:
    return _("不予受理"), str(entry.facts.get("reason", "")), "red"


def _decided(entry: Entry, offering: Offering, case: Case) -> Said:
    task = case.tasks.get(str(entry.facts["task"]))
    decision = str(entry.facts["decision"])
    tone = "red" if decision == "disagree" else ""
    said = word(decision, "decision") if not _issues(task) else _("办结")
    return colon(_task_words(offering, task), said), str(entry.facts.get("opinion", "")), tone


def _delivered(entry: Entry, offering: Offering, case: Case) -> Said:
    method = word(str(entry.facts.get("method", "")), "method")
    return _("送达（%(method)s）", method=method), "", "green"


def _overdue(entry: Entry, offering: Offering, case: Case) -> Said:
    task = case.tasks.get(str(entry.facts["timer"]).rpartition(":")[0])
    return _("超期，已通知科室负责人：%(step)s", step=_task_words(offering, task)), "", "red"


def _timed_task(entry: Entry, offering: Offering, case: Case) -> str:
    return _task_words(offering, case.tasks.get(str(entry.facts["timer"]).rpartition(":")[0]))


def _reminded(entry: Entry, offering: Offering, case: Case) -> Said:
    return _("提醒办理：%(step)s", step=_timed_task(entry, offering, case)), "", ""


def _escalated(entry: Entry, offering: Offering, case: Case) -> Said:
    facts = entry.facts
    who = _("%(department)s%(role)s", department=department_name(facts["department"]), role=role_name(facts["role"]))
    level, step = facts["level"], _timed_task(entry, offering, case)
    what = _("第 %(level)s 级督办，已告知%(who)s：%(step)s", level=level, who=who, step=step)
    if facts["does"] == REASSIGNMENT:
        department, role = department_name(facts["hand_department"]), role_name(facts["hand_role"])
        who = _("%(department)s%(role)s", department=department, role=role)
    return what, effect_words(str(facts["does"]), who), "red"


def effect_words(does: str, who: str) -> str:
    """What a rung of a ladder does beside telling somebody, in words; empty when that is all."""
    if does == CO_HANDLING:
        return _("%(who)s可以一并办理", who=who)
    if does == REASSIGNMENT:
        return _("改由%(who)s办理", who=who)
    return _("由%(who)s接办", who=who) if does == TAKE_OVER else ""


def _deemed(entry: Entry, offering: Offering, case: Case) -> Said:
    step, agreed = _timed_task(entry, offering, case), entry.facts["decision"] == "agree"
    said = _("逾期未答复，视为同意") if agreed else _("逾期未答复，视为不同意")
    return colon(step, said), str(entry.facts["ground"]), "amber" if agreed else "red"


def _objected(entry: Entry, offering: Offering, case: Case) -> Said:
    step = _task_words(offering, case.tasks.get(str(entry.facts["task"])))
    return _("对“视为同意”提出异议，改为不同意：%(step)s", step=step), str(entry.facts["reasons"]), "red"


def _event(entry: Entry, offering: Offering, case: Case) -> Said:
    at = entry.sealed_form()["instant"]
    ended = [t for t in case.tasks.values() if t.status == CANCELLED and t.closed_at == at]
    if not ended:
        return _("流程中的定时事件到点"), "", ""
    steps = _("、").join(step_words(offering, task.step, task.instance) for task in ended)
    return _("流程中的定时事件到点，终止了：%(steps)s", steps=steps), "", "red"


def _moved(entry: Entry, offering: Offering, case: Case) -> Said:
    return _("转到流程的另一版本，已作的决定保留"), str(entry.facts.get("reason", "")), ""


def _returned(entry: Entry, offering: Offering, case: Case) -> Said:
    step = step_words(offering, str(entry.facts["to_step"]))
    return _("退回到：%(step)s", step=step), str(entry.facts["reason"]), "amber"


def _case_returned(entry: Entry, offering: Offering, case: Case) -> Said:
    return _("整案退回，已作的决定全部失效"), str(entry.facts["reason"]), "amber"


def _taken_back(entry: Entry, offering: Offering, case: Case) -> Said:
    step = _task_words(offering, case.tasks.get(str(entry.facts["task"])))
    return _("撤回本人的决定：%(step)s", step=step), "", "amber"


def _reopened(entry: Entry, offering: Offering, case: Case) -> Said:
    return _("重新办理，不予决定失效"), str(entry.facts["reason"]), "amber"


def _withdrawn(entry: Entry, offering: Offering, case: Case) -> Said:
    evidence = entry.facts["evidence"]
    what = _("申请人撤销申请，办理结束（凭证：%(evidence)s）", evidence=evidence)
    return what, str(entry.facts["reason"]), "amber"


def _terminated(entry: Entry, offering: Offering, case: Case) -> Said:
    facts = entry.facts
    return _("终止办理（依据：%(ground)s）", ground=facts["ground"]), str(facts["reason"]), "red"


def _document(entry: Entry, offering: Offering, case: Case) -> Said:
    code = str(entry.facts["kind"])
    kind = engine().paperwork.papers.kind(code)
    name = code if kind is None else local(kind)
    return _("制作文书：%(name)s %(number)s", name=name, number=entry.facts["number"]), "", ""


def _recomputed(entry: Entry, offering: Offering, case: Case) -> Said:
    return _("放假安排有更新，到期日已重新计算"), "", ""


def _answered(entry: Entry, offering: Offering, case: Case) -> Said:
    one, note = case.escalations[str(entry.facts["escalation"])], entry.facts.get("explanation")
    step = step_words(offering, one.step)
    if entry.kind == "EscalationAcknowledged":
        return _("签收督办：%(step)s", step=step), "", ""
    if note is not None:
        return _("说明超期情况：%(step)s", step=step), str(note), "amber"
    return _("督办销号：%(step)s", step=step), str(entry.facts["remark"]), "green"


def _handled(entry: Entry, offering: Offering, case: Case, people: Mapping[str, str] = NO_NAMES) -> Said:
    step = _task_words(offering, case.tasks.get(str(entry.facts.get("task", ""))))
    return hand_words.said(entry, step, people)


def _nudged(entry: Entry, offering: Offering, case: Case) -> Said:
    tasks = [case.tasks[task] for task in entry.facts["tasks"] if task in case.tasks]
    steps = _("、").join(step_words(offering, task.step, task.instance) for task in tasks)
    return _("催办：%(steps)s", steps=steps), str(entry.facts["message"]), "amber"


def _other(entry: Entry, offering: Offering, case: Case) -> Said:
    return entry.kind, "", ""


def _issues(task: Task | None) -> bool:
    return task is not None and task.act == "issue"


def _task_words(offering: Offering, task: Task | None) -> str:
    return "" if task is None else step_words(offering, task.step, task.instance)


SAYS: Mapping[str, Callable[[Entry, Offering, Case], Said]] = {
    "ApplicationSubmitted": _submitted,
    "MaterialsSupplied": _supplied,
    UPLOADED: _uploaded,
    NAMED: _applicant,
    "ApplicationAccepted": _accepted,
    "ApplicationDeclined": _declined,
    "StepDecided": _decided,
    "ResultsDelivered": _delivered,
    "StepOverdue": _overdue,
    "StepReminded": _reminded,
    "StepEscalated": _escalated,
    "StepDeemed": _deemed,
    "DeemedObjected": _objected,
    "TimerEventFired": _event,
    "CaseMoved": _moved,
    "StepReturned": _returned,
    "CaseReturned": _case_returned,
    "DecisionTakenBack": _taken_back,
    "CaseReopened": _reopened,
    "CaseWithdrawn": _withdrawn,
    "CaseTerminated": _terminated,
    "DueDatesRecomputed": _recomputed,
    ISSUED_KIND: _document,
    **clock_words.SAYS,
    **promise_words.SAYS,
    **demand_words.SAYS,
    **session_words.SAYS,
    **dict.fromkeys(hand_words.LINES, _handled),
    "EscalationAcknowledged": _answered,
    "EscalationExplained": _answered,
    "EscalationWrittenOff": _answered,
    "StepNudged": _nudged,
}
