"""What an act would do to a case, before somebody does it: the same code on a copy, and nothing is written."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from engine.case.act import Act, LiveAnswers, Ports
from engine.case.handlers import APPLY, prepare
from engine.case.intent import Intent
from engine.case.rerun import Line, item_names, step_line
from engine.case.running import running_clocks
from engine.case.state import CANCELLED, DONE, OPEN, VOID, VOIDED, Case, Item, Task
from engine.catalogue import Offering
from engine.commands import Command
from engine.errors import BinglianError, IntegrityError, NotPossible
from engine.journal import Json, canonical, digest

DAY = "2026-03-02"
"""The part of an instant that is its day."""


@dataclass(frozen=True)
class ClockChange:
    """A clock (``promised``, ``statutory``, ``item_promised``, ``item_statutory`` or ``task``) with another due date:
    instants, None while it stands still or does not run. ``line`` names the step or item, or the case (empty code)."""

    kind: str
    line: Line
    before: str | None
    after: str | None


@dataclass(frozen=True)
class ItemChange:
    """An item and its states."""

    line: Line
    before: str
    after: str


@dataclass(frozen=True)
class Preview:
    """What an act does to the steps, decisions, results and clocks of a case.

    ``kept`` stay open as they are; ``cancelled`` are open now and are closed; ``opened`` open for the first time,
    ``reopened`` were decided before and have to be decided again; ``voided`` are decisions that stand no longer;
    ``results`` that become void, by code and number (``task``). ``error``: what it would be refused with; then nothing
    else is told.
    """

    kept: tuple[Line, ...] = ()
    cancelled: tuple[Line, ...] = ()
    opened: tuple[Line, ...] = ()
    reopened: tuple[Line, ...] = ()
    voided: tuple[Line, ...] = ()
    results: tuple[Line, ...] = ()
    items: tuple[ItemChange, ...] = ()
    clocks: tuple[ClockChange, ...] = ()
    status: tuple[str, str] = ("", "")
    """State of the case before and after."""
    error: BinglianError | None = field(default=None, compare=False)

    @property
    def refused(self) -> tuple[str, str] | None:
        """Why it cannot be done, Chinese and English."""
        return None if self.error is None else (self.error.message_zh, self.error.message_en)

    @property
    def code(self) -> str:
        """Code of the error it would be refused with."""
        return "" if self.error is None else self.error.code

    @property
    def mark(self) -> str:
        """The same for previews that say the same: ids of steps to be opened, which count entries, hours, and the order
        do not count."""
        told = self.as_dict()
        for name in ("kept", "cancelled", "opened", "reopened", "voided", "results"):
            told[name] = sorted(line.code for line in getattr(self, name))
        told["clocks"] = sorted(
            [one.kind, one.line.code, (one.before or "")[: len(DAY)], (one.after or "")[: len(DAY)]]
            for one in self.clocks
        )
        return digest(canonical(told))

    def as_dict(self) -> dict[str, Json]:
        """The preview as JSON."""
        lists: dict[str, Json] = {
            name: [line.as_dict() for line in getattr(self, name)]
            for name in ("kept", "cancelled", "opened", "reopened", "voided", "results")
        }
        items = [{**one.line.as_dict(), "before": one.before, "after": one.after} for one in self.items]
        clocks = [{"kind": one.kind, **one.line.as_dict(), "before": one.before, "after": one.after}
                  for one in self.clocks]  # fmt: skip
        return {
            **lists, "items": items, "clocks": clocks, "status": list(self.status),
            "refused": None if self.refused is None else list(self.refused), "code": self.code,
        }  # fmt: skip


def tried(case: Case, intent: Intent, command: Command, ports: Ports) -> Preview:
    """The preview of a command on ``case``, which is changed by it: give a copy that nobody else uses.

    IntegrityError when the stored workflow of the copy cannot be used.
    """
    before = image(case)
    try:
        kind, facts = prepare(case, intent, command)
        APPLY[kind](case, facts, Act(case.revision + 1, intent.instant, intent.actor.id, ports, LiveAnswers()))
    except IntegrityError:
        raise
    except BinglianError as error:
        status = before.status, before.status
        return Preview(status=status, error=error)
    return difference(before, case, intent.deployment.offering)


def image(case: Case) -> Case:
    """The case as it is, which later acts on it do not change."""
    return replace(
        case, tasks=dict(case.tasks), items=dict(case.items), results=dict(case.results), limits=dict(case.limits),
        flow=None, texts=((), []),
    )  # fmt: skip


def difference(before: Case, after: Case, offering: Offering) -> Preview:
    """What one act has made of a case; both with all their tasks."""
    pairs = [(before.tasks.get(key), task) for key, task in after.tasks.items()]
    was_open = [(old, task) for old, task in pairs if old is not None and old.status == OPEN]
    fresh = [task for old, task in pairs if old is None and task.status == OPEN]
    decided = {task.step for task in before.tasks.values() if task.status == DONE}
    return Preview(
        kept=_steps(offering, [task for _, task in was_open if task.status == OPEN]),
        cancelled=_steps(offering, [task for _, task in was_open if task.status == CANCELLED]),
        opened=_steps(offering, [task for task in fresh if task.step not in decided]),
        reopened=_steps(offering, [task for task in fresh if task.step in decided]),
        voided=_steps(
            offering, [t for old, t in pairs if t.status == VOIDED and (old is None or old.status != VOIDED)]
        ),
        results=tuple(_results(before, after, offering)),
        items=tuple(_items(before, after, offering)),
        clocks=tuple(_clocks(before, after, offering)),
        status=(before.status, after.status),
    )


def require_foreseen(before: Case, after: Case, offering: Offering, mark: str) -> None:
    """NotPossible unless an act has made of a case what the preview with this mark said."""
    if difference(before, after, offering).mark != mark:
        raise NotPossible(
            "preview.changed", "办件在您查看之后有了变化", "the case has changed since you looked", before.number
        )


def _steps(offering: Offering, tasks: list[Task]) -> tuple[Line, ...]:
    return tuple(step_line([offering], task.step, task.id) for task in tasks)


def _results(before: Case, after: Case, offering: Offering) -> Iterator[Line]:
    valid = {result.number for result in before.results.values() if result.status != VOID}
    names = {result.code: (result.name_zh, result.name_en) for item in offering.items for result in item.results}
    for result in after.results.values():
        if result.status == VOID and result.number in valid:
            yield Line(result.code, *names.get(result.code, (result.code, result.code)), result.number)


def _items(before: Case, after: Case, offering: Offering) -> Iterator[ItemChange]:
    for code, item in after.items.items():
        was = before.items.get(code, Item(code, status="")).status
        if was != item.status:
            yield ItemChange(_item(offering, code), was, item.status)


def _clocks(before: Case, after: Case, offering: Offering) -> Iterator[ClockChange]:
    old = {(clock.kind, clock.of): clock.due for clock in running_clocks(before)}
    new = {(clock.kind, clock.of): clock.due for clock in running_clocks(after)}
    for kind, of in dict.fromkeys([*old, *new]):
        due = old.get((kind, of)), new.get((kind, of))
        if due[0] != due[1]:
            task = after.tasks.get(of)
            line = _item(offering, of) if task is None else step_line([offering], task.step, of)
            yield ClockChange(kind, line, *due)


def _item(offering: Offering, code: str) -> Line:
    """An item by its code; the whole case, which has none, by what is applied for."""
    return Line(code, *(item_names([offering], code) if code else (offering.short_zh, offering.short_en)))
