"""The journal of a case in words, and the decisions given so far."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.case.state import CANCELLED, CLOSED, DONE, Case, Task
from engine.catalogue import Offering
from engine.commands import SYSTEM
from engine.journal import Entry
from engine.reader import CaseView
from webapp.cases import clock_words
from webapp.context import engine
from webapp.i18n import gettext as _
from webapp.words import colon, department_name, local, word


@dataclass(frozen=True)
class Line:
    """One journal entry: when, who, what; ``note`` is an opinion or reason in the person's own words."""

    seq: int
    at: str
    who: str
    what: str
    note: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Decision:
    """One decision of a department."""

    item: str
    step: str
    department: str
    who: str
    decision: str
    opinion: str
    at: str

    @property
    def colour(self) -> str:
        """Colour of its tag."""
        return {"disagree": "red", "agree_with_conditions": "amber", "forward": "blue"}.get(self.decision, "green")


def people_of(view: CaseView) -> dict[str, str]:
    """Display names of everybody who acted in the case."""
    ids = {entry.actor for entry in view.entries} | {t.actor for t in view.case.tasks.values() if t.actor}
    return {**engine().records.names(ids), SYSTEM.id: _("系统")}


def step_words(offering: Offering, step_id: str, instance: str = "") -> str:
    """``食品经营许可 · 现场核查``; the step's name alone for the bundle's own steps; ``（2/5）`` for one of several."""
    step = offering.steps.get(step_id)
    if step is None:
        return _numbered(step_id, instance)
    named = _numbered(local(step), instance)
    return f"{local(offering.item(step.item), 'short')} · {named}" if step.item else named


def _numbered(name: str, instance: str) -> str:
    return _("%(name)s（%(instance)s）", name=name, instance=instance) if instance else name


def decisions(view: CaseView, people: Mapping[str, str]) -> list[Decision]:
    """Decisions in the order they were given; the handing over is not one."""
    offering = view.deployment.offering
    tasks = [t for t in view.case.tasks.values() if t.status == DONE and t.act != "deliver"]
    return [
        Decision(
            item=local(offering.item(t.item), "short") if t.item in view.case.items else "",
            step=_numbered(local(offering.steps[t.step]) if t.step in offering.steps else t.step, t.instance),
            department=department_name(t.department),
            who=people.get(t.actor or "", t.actor or ""), decision=t.decision or "", opinion=t.opinion,
            at=t.closed_at or "",
        )
        for t in sorted(tasks, key=lambda t: t.closed_at or "")
    ]  # fmt: skip


def history(view: CaseView, people: Mapping[str, str]) -> list[Line]:
    """Every entry of the journal, newest first."""
    lines = [_line(entry, view, people) for entry in view.entries]
    return lines[::-1]


def _line(entry: Entry, view: CaseView, people: Mapping[str, str]) -> Line:
    at = str(entry.sealed_form()["instant"])
    case, offering = view.case, view.deployment.offering
    what, note, tone = SAYS.get(entry.kind, _other)(entry, offering, case)
    if entry is view.entries[-1] and case.status == CLOSED:
        what = _("%(what)s；办件办结：%(outcome)s", what=what, outcome=word(case.outcome, "outcome"))
    return Line(entry.seq, at, people.get(entry.actor, entry.actor), what, note, tone)


Said = tuple[str, str, str]
"""What, note, tone."""


def _submitted(entry: Entry, offering: Offering, case: Case) -> Said:
    return _("收件登记：%(what)s", what=local(offering, "short")), "", ""


def _supplied(entry: Entry, offering: Offering, case: Case) -> Said:
    return _("材料登记有更新"), "", ""


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


def _event(entry: Entry, offering: Offering, case: Case) -> Said:
    at = entry.sealed_form()["instant"]
    ended = [t for t in case.tasks.values() if t.status == CANCELLED and t.closed_at == at]
    if not ended:
        return _("流程中的定时事件到点"), "", ""
    steps = _("、").join(step_words(offering, task.step, task.instance) for task in ended)
    return _("流程中的定时事件到点，终止了：%(steps)s", steps=steps), "", "red"


def _moved(entry: Entry, offering: Offering, case: Case) -> Said:
    return _("转到流程的另一版本，已作的决定保留"), str(entry.facts.get("reason", "")), ""


def _recomputed(entry: Entry, offering: Offering, case: Case) -> Said:
    return _("放假安排有更新，到期日已重新计算"), "", ""


def _other(entry: Entry, offering: Offering, case: Case) -> Said:
    return entry.kind, "", ""


def _issues(task: Task | None) -> bool:
    return task is not None and task.act == "issue"


def _task_words(offering: Offering, task: Task | None) -> str:
    return "" if task is None else step_words(offering, task.step, task.instance)


SAYS: Mapping[str, Callable[[Entry, Offering, Case], Said]] = {
    "ApplicationSubmitted": _submitted,
    "MaterialsSupplied": _supplied,
    "ApplicationAccepted": _accepted,
    "ApplicationDeclined": _declined,
    "StepDecided": _decided,
    "ResultsDelivered": _delivered,
    "StepOverdue": _overdue,
    "TimerEventFired": _event,
    "CaseMoved": _moved,
    "DueDatesRecomputed": _recomputed,
    **clock_words.SAYS,
}
