"""What is noted beside a step of a case: escalations, nudges, and what this person may do about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.case.answers.nudging import Today, nudgeable
from engine.case.parts.escalation import Escalation
from engine.case.silence import may_object
from engine.case.state import OPEN, Task
from engine.commands import APPLICANT, Actor
from engine.instants import to_text
from engine.reader import CaseView
from webapp.cases.raised_words import DOES, post_words, state_words
from webapp.context import engine
from webapp.i18n import gettext as _
from webapp.words import department_name

NUDGED = "StepNudged"


@dataclass(frozen=True)
class RaisedNote:
    """An escalation of a step: its number in the case, what happened, what it waits for."""

    number: str
    words: str
    state: str
    colour: str


@dataclass(frozen=True)
class NudgeNote:
    """A nudge: when, by which department (or the applicant), with which words."""

    at: str
    by: str
    message: str


@dataclass(frozen=True)
class Doable:
    """A task this person may do something about; ``instance`` tells several of the same step apart."""

    task: str
    instance: str


@dataclass(frozen=True)
class StepNotes:
    """All notes of one step; the newest nudge first."""

    raised: tuple[RaisedNote, ...]
    nudges: tuple[NudgeNote, ...]
    may_nudge: tuple[Doable, ...]
    may_object: tuple[Doable, ...]


def step_notes(view: CaseView, actor: Actor) -> Mapping[str, StepNotes]:
    """By step; only steps of which there is something to say."""
    case, urged = view.case, nudges_of(view)
    may = set(nudgeable(case, view.deployment, actor, Today(engine().read.calendar, view.now)))
    objectionable = {task.id for task in case.tasks.values() if may_object(case, view.deployment, task, actor)}
    late = [one.task for one in case.escalations.values()]
    steps = {case.tasks[task].step for task in {*urged, *may, *objectionable, *late} if task in case.tasks}
    tasks = {step: [task for task in case.tasks.values() if task.step == step] for step in steps}
    return {
        step: StepNotes(
            tuple(_raised(view, one) for one in case.escalations.values() if one.step == step),
            tuple(note for task in mine if task.status == OPEN for note in urged.get(task.id, ())),
            _doable(mine, may), _doable(mine, objectionable),
        )
        for step, mine in tasks.items()
    }  # fmt: skip


def _doable(tasks: list[Task], may: set[str]) -> tuple[Doable, ...]:
    return tuple(Doable(task.id, task.instance) for task in tasks if task.id in may)


def _raised(view: CaseView, one: Escalation) -> RaisedNote:
    task = view.case.tasks.get(one.task)
    words = _(
        "第 %(level)s 级督办（%(does)s）：%(who)s",
        level=one.level, does=DOES.get(one.does, one.does), who=post_words(one.to_department, one.to_role),
    )  # fmt: skip
    return RaisedNote(one.number, words, *state_words(one, task is not None and task.status == OPEN))


def nudges_of(view: CaseView) -> dict[str, tuple[NudgeNote, ...]]:
    """The nudges of each task that was urged, the newest first."""
    found: dict[str, tuple[NudgeNote, ...]] = {}
    for entry in view.entries:
        if entry.kind == NUDGED:
            note = NudgeNote(to_text(entry.instant), nudger(str(entry.facts["by"])), str(entry.facts["message"]))
            for task in entry.facts["tasks"]:
                found[task] = (note, *found.get(task, ()))
    return found


def nudger(by: str) -> str:
    """Who urged: a department, or the applicant."""
    return _("申请人") if by == APPLICANT.id else department_name(by)
