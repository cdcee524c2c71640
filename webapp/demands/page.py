"""What is demanded of the applicant, as pages show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import request

from engine.case.correcting.demanding import droppable, may_demand
from engine.case.correcting.gathering import may_send
from engine.case.demanded import open_demands
from engine.case.parts.demand import Demand
from engine.case.state import Task
from engine.catalogue import ChecklistLine
from engine.commands import Actor, DemandMaterials
from engine.instants import to_text
from engine.reader import CaseView
from webapp.cases.clock_words import material_words
from webapp.cases.demand_words import state_words
from webapp.cases.history import step_words
from webapp.i18n import gettext as _
from webapp.intake.form import LONGEST_KEY, new_key

WANTED, WRONG = "want-", "wrong-"
"""Prefixes of form inputs: the tick that a material is demanded, and what is wrong with it."""


@dataclass(frozen=True)
class Row:
    """One demand: what, by whom, what it waits for; ``mine``: the reader can take it back."""

    demand: Demand
    name: str
    step: str
    state: str
    colour: str
    mine: bool

    @property
    def open(self) -> bool:
        """Whether it is owed."""
        return self.demand.ended_at is None


@dataclass(frozen=True)
class Demanded:
    """Everything demanded in a case, what is owed first; ``may_send``: the reader can send the notice now."""

    rows: Sequence[Row]
    may_send: bool
    key: str

    @property
    def open(self) -> list[Row]:
        """What is owed."""
        return [row for row in self.rows if row.open]

    @property
    def over(self) -> list[Row]:
        """What is owed no longer."""
        return [row for row in self.rows if not row.open]

    @property
    def droppable(self) -> list[Row]:
        """What the reader can take back."""
        return [row for row in self.rows if row.mine]

    def of_task(self, task_id: str) -> list[Row]:
        """What a step has demanded and still waits for."""
        return [row for row in self.open if row.demand.task == task_id]


def demanded(view: CaseView, actor: Actor) -> Demanded:
    """What is demanded in a case, for this reader."""
    case = view.case
    own = case.applicant == actor.id
    mine = {} if own else droppable(case, actor)
    numbers = sorted(case.demands, key=lambda number: (case.demands[number].ended_at is not None, int(number)))
    rows = [_row(view, number, number in mine) for number in numbers]
    return Demanded(rows, not own and may_send(case, view.deployment, actor), new_key())


def _row(view: CaseView, number: str, mine: bool) -> Row:
    case, offering = view.case, view.deployment.offering
    one = case.demands[number]
    task = case.tasks.get(one.task)
    step = "" if task is None else step_words(offering, task.step, task.instance)
    return Row(one, material_words(offering, case, one.material), step, *state_words(case, one), mine)


def owed_by_applicant(view: CaseView) -> list[str]:
    """Names of the materials that notices have asked the applicant for, and that have not come: no more than that."""
    codes = {one.material for one in open_demands(view.case).values() if one.notice}
    return [material_words(view.deployment.offering, view.case, code) for code in sorted(codes)]


@dataclass(frozen=True)
class Form:
    """The form of a step: what can be demanded, as typed; ``errors`` by field, "" stands for the whole form."""

    view: CaseView
    task: Task
    step: str
    lines: Sequence[ChecklistLine]
    ticked: frozenset[str]
    wrong: Mapping[str, str]
    reason: str
    key: str
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def command(self) -> DemandMaterials:
        """What it asks for."""
        named = {code: self.wrong.get(code, "") for code in sorted(self.ticked)}
        return DemandMaterials(self.view.case.id, self.task.id, named, self.reason, self.key)

    def unclear(self) -> dict[str, str]:
        """Words without a tick, by field; everything else the engine refuses."""
        return {
            WANTED + line.code: _("写了问题但没有勾选；不需要补正的请清空")
            for line in self.lines if self.wrong.get(line.code, "").strip() and line.code not in self.ticked
        }  # fmt: skip


def form_of(view: CaseView, task: Task, actor: Actor) -> Form:
    """The form of an open step, as it was sent or empty; without lines for whoever may demand nothing there."""
    lines = [] if view.case.applicant == actor.id else may_demand(
        view.case, view.deployment, task.id, actor, to_text(view.now)
    )  # fmt: skip
    sent = request.form
    return Form(
        view, task, step_words(view.deployment.offering, task.step, task.instance), lines,
        frozenset(_typed(WANTED)), _typed(WRONG), sent.get("demand_reason", ""),
        sent.get("demand_key", "")[:LONGEST_KEY] or new_key(),
    )  # fmt: skip


def _typed(prefix: str) -> dict[str, str]:
    """What was sent, by material; not only of those that can be demanded now, so a form sent twice says the same."""
    return {name.removeprefix(prefix): text for name, text in request.form.items() if name.startswith(prefix) and text}
