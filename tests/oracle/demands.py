"""受理后补正 in the model: what branches demand after the acceptance, the one notice, and what ends a demand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.journal import Entry
from tests.oracle.clockwork import here, working_days_after
from tests.oracle.design import DELIVER
from tests.oracle.town import Look

if TYPE_CHECKING:
    from tests.oracle.model import Model

OVER = frozenset({"declined", "closed", "withdrawn", "terminated"})
Facts = Mapping[str, Any]


@dataclass
class Owed:
    """One material a step demands; ``ended``: how it ended."""

    material: str
    item: str
    task: str
    department: str
    halt: str
    notice: str = ""
    ended: str = ""


@dataclass
class Term:
    """Time in which something has to come, from an instant."""

    begins: str
    days: str
    over: bool = False
    raised: bool = False

    @property
    def due(self) -> datetime:
        """When it is over."""
        return working_days_after(self.begins, self.days)


@dataclass
class Demands:
    """Everything demanded in a case, and its terms: the windows one after the other, the notices by number."""

    all: dict[str, Owed] = field(default_factory=dict)
    windows: list[Term] = field(default_factory=list)
    answers: dict[str, Term] = field(default_factory=dict)

    def open(self) -> list[Owed]:
        """What is owed now."""
        return [one for one in self.all.values() if not one.ended]

    def unsent(self) -> list[Owed]:
        """What the next notice names."""
        return [one for one in self.open() if not one.notice]

    def window(self) -> Term | None:
        """The window that is open."""
        return next((term for term in self.windows if not term.over), None)

    def holds(self, halt: str) -> bool:
        """Whether a suspension is one of demands."""
        return any(one.halt == halt for one in self.all.values())

    def named_to(self, department: str) -> set[str] | None:
        """What the notices say that a department took part in; None without one."""
        notices = {one.notice for one in self.all.values() if one.department == department} - {""}
        return {one.material for one in self.all.values() if one.notice in notices} if notices else None

    def end(self, model: "Model", which: Iterable[Owed], how: str, at: str) -> None:
        """These are over; so are terms and suspensions that nothing is left for."""
        for one in which:
            one.ended = how
        left = {one.halt for one in self.open()}
        for halt in {one.halt for one in self.all.values()} - left:
            if not model.clocks.halts[halt].ends:
                model.clocks.halts[halt].ends = at
        for term in self.windows:
            term.over = term.over or not self.unsent()
        for notice, term in self.answers.items():
            term.over = term.over or all(one.notice != notice for one in self.open())

    def settle(self, model: "Model", at: str) -> None:
        """The decision of its step or item ends a demand, the loss of its step, and the end of the case."""
        for one in self.open():
            how = _why(model, one)
            if how:
                self.end(model, [one], how, at)


def _why(model: "Model", one: Owed) -> str:
    if model.status in OVER:
        return "closed"
    if model.is_decided(one.item):
        return "decided"
    if model.jobs[one.task].open:
        return ""
    return "decided" if any(said.task == one.task for said in model.said) else "gone"


def demanded(model: "Model", entry: Entry, facts: Facts) -> None:
    """By a step that is open and decides an item that runs: what the applicant brings for it, not twice, and after a
    notice to its department what that named."""
    job, book = model.jobs[facts["task"]], model.demands
    step = model.design.steps[job.step]
    assert job.open, "only an open step demands"
    assert step.act != DELIVER, "the delivery demands nothing"
    assert not step.item or model.runs(step.item), "its item is decided"
    waits = {one.material for one in book.open() if one.task == job.id}
    named = book.named_to(job.department)
    for code in facts["materials"]:
        assert code in model.brings(step.item), "the applicant does not bring this for the item"
        assert code not in waits, "it waits for this already"
        assert named is None or code in named, "告知 is once"
    halt = next((one.halt for one in book.open() if one.item == step.item), "")
    if not halt:
        model.clocks.suspend(model, step.item, True, entry.at)
        halt = str(len(model.clocks.halts))
    for code in facts["materials"]:
        book.all[str(len(book.all) + 1)] = Owed(code, step.item, job.id, job.department, halt)
    if book.window() is None:
        book.windows.append(Term(entry.at, model.design.window))


def dropped(model: "Model", entry: Entry, facts: Facts) -> None:
    """Before the notice only."""
    mine = [one for one in model.demands.unsent() if one.task == facts["task"] and one.material in facts["materials"]]
    assert {one.material for one in mine} == set(facts["materials"]), "what was sent cannot be taken back"
    model.demands.end(model, mine, "dropped", entry.at)


def gathered(model: "Model", entry: Entry, facts: Facts) -> None:
    """One notice of everything; by itself at the end of the window."""
    book, named = model.demands, model.demands.unsent()
    window = book.window()
    assert window is not None
    assert entry.actor != "system" or window.due <= here(entry.at), "the window was open still"
    told = {code: [one["department"] for one in asking] for code, asking in facts["materials"].items()}
    expected = {code: [one.department for one in named if one.material == code] for code in {o.material for o in named}}
    assert told == expected
    assert named, "there is nothing to send"
    notice = str(len(book.answers) + 1)
    assert facts["notice"] == notice
    for one in named:
        one.notice = notice
    window.over = True
    book.answers[notice] = Term(entry.at, model.design.answer)


def unanswered(model: "Model", entry: Entry, facts: Facts) -> None:
    """Once, when the time is over and something is still owed."""
    term = model.demands.answers[facts["timer"].rpartition(".")[2]]
    assert not term.over
    assert not term.raised, "it is told once"
    assert term.due <= here(entry.at)
    term.raised = True


def came(model: "Model", codes: Iterable[str], at: str) -> None:
    """These materials are there."""
    wanted = set(codes)
    model.demands.end(model, [one for one in model.demands.open() if one.material in wanted], "supplied", at)


def agree_on_demands(model: "Model", look: Look) -> None:
    """What is demanded, and until when."""
    case, book = look.case, model.demands
    told = {
        number: (one.material, one.item, one.task, one.department, one.stop, one.notice, one.ended_by)
        for number, one in case.demands.items()
    }
    said = {
        number: (one.material, one.item, one.task, one.department, one.halt, one.notice, one.ended)
        for number, one in book.all.items()
    }
    assert told == said, (told, said)
    terms = {f"gather.{number}": term for number, term in enumerate(book.windows, start=1)}
    terms |= {f"correction_answer.{notice}": term for notice, term in book.answers.items()}
    runs = {key: term.due for key, term in terms.items() if not term.over}
    kinds = {"gather", "correction_answer"}
    kept = {key: here(term.due_at) for key, term in case.terms.items() if term.kind in kinds and term.ended_at is None}
    assert kept == runs, (kept, runs)
    armed = {key for key in case.timers if key.partition(".")[0] in kinds}
    assert armed == {key for key in runs if not terms[key].raised}, "what is due is armed, once"
