"""The doing of one journal entry: its instant, who acts, what is asked of the outside, what is told to whom.

Everything an act learns that is not in its facts passes through ``ask``: live it is computed and recorded, in a replay
the recorded answer is given back. So a replay needs neither calendar nor clock.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from engine.case.deployment import Deployment
from engine.diagram.schedule import WorkingTime
from engine.errors import IntegrityError
from engine.instants import from_text, to_text
from engine.journal import Json
from engine.once import once

Pause = tuple[str, str, str]
"""Time that is not counted: the instants it began and ended, and its name."""


class Ports(Protocol):
    """What an act may ask of the outside."""

    step_limit: int
    token_limit: int

    def deployment(self, version: str) -> Deployment:
        """The deployed version a case runs on."""
        ...

    def due(self, start: datetime, limit: Decimal, unit: str, pauses: Sequence[Pause] = ()) -> Json:
        """``{"at": instant text, "provisional": bool}`` for a limit, or office time in seconds; ``pauses`` are over."""
        ...

    def opening_after(self, instant: datetime) -> str:
        """When offices open on the first working day after the day of ``instant``."""
        ...

    def opening_before(self, instant: datetime, days: int) -> str:
        """When offices open on the working day so many working days before the day of ``instant``."""
        ...

    def next_number(self, instant: datetime) -> str:
        """A case number nobody has."""
        ...


class Answers(Protocol):
    """Where answers come from: computed now, or recorded before."""

    given: list[tuple[str, Json]]

    def ask(self, name: str, compute: Callable[[], Json]) -> Json:
        """The answer to the question ``name``."""
        ...


class LiveAnswers:
    """Computes answers and keeps them for the journal."""

    def __init__(self) -> None:
        self.given: list[tuple[str, Json]] = []

    def ask(self, name: str, compute: Callable[[], Json]) -> Json:
        """Computes the answer now."""
        answer = compute()
        self.given.append((name, answer))
        return answer


class RecordedAnswers:
    """Gives recorded answers back in order; IntegrityError when another question is asked."""

    def __init__(self, recorded: tuple[tuple[str, Json], ...]) -> None:
        self.given: list[tuple[str, Json]] = []
        self._recorded = recorded

    def ask(self, name: str, compute: Callable[[], Json]) -> Json:
        """The recorded answer to the same question."""
        position = len(self.given)
        if position >= len(self._recorded) or self._recorded[position][0] != name:
            raise IntegrityError(
                "replay.answer", f"回放时问到未记录的“{name}”", f"the replay asks {name!r}, which was not recorded"
            )
        self.given.append(self._recorded[position])
        return self._recorded[position][1]


@dataclass(frozen=True)
class Notice:
    """A message to be delivered after the commit: to whom (a role of a department, or the applicant) and about what."""

    template: str
    department: str = ""
    role: str = ""
    task: str = ""
    facts: Mapping[str, Json] = field(default_factory=dict)
    person: str = ""
    """Account of the one person of the role it is for; empty: everybody who holds it."""


@dataclass
class Act:
    """One journal entry while it is being applied."""

    entry: int
    instant: datetime
    actor: str
    ports: Ports
    answers: Answers
    notices: list[Notice] = field(default_factory=list)
    kind: str = ""
    """The kind of the entry, for the words of notices; empty where nobody is told anything."""
    since: str = ""
    """Where the clocks of the case and of items that start in this act have their day 0, when that is not now."""
    _dues: dict[tuple[Decimal, str], Json] = field(default_factory=dict, init=False, repr=False)
    _openings: dict[str, Json] = field(default_factory=dict, init=False, repr=False)
    _timers: dict[str, Json] = field(default_factory=dict, init=False, repr=False)

    @once
    def at(self) -> str:
        """The instant as text."""
        return to_text(self.instant)

    def ask(self, name: str, compute: Callable[[], Json]) -> Json:
        """An answer from the outside, recorded in the entry."""
        return self.answers.ask(name, compute)

    def due(self, limit: Decimal, unit: str) -> tuple[str, bool]:
        """The due instant (text) of a limit starting now, and whether it is provisional; asked once for each limit."""
        if (limit, unit) not in self._dues:
            self._dues[limit, unit] = self.ask(f"due:{limit}:{unit}", lambda: self.ports.due(self.instant, limit, unit))
        answer = self._dues[limit, unit]
        return str(answer["at"]), bool(answer["provisional"])

    def due_of_case(self, limit: Decimal, unit: str) -> tuple[str, bool]:
        """The same for a clock of the case or of an item."""
        return self.due_from(self.since, limit, unit) if self.since else self.due(limit, unit)

    def due_from(self, start: str, limit: Decimal, unit: str, pauses: Sequence[Pause] = ()) -> tuple[str, bool]:
        """The same for a limit that started at another instant, or was suspended."""
        answer = self.ask(f"due:{limit}:{unit}:{start}", lambda: self.ports.due(from_text(start), limit, unit, pauses))
        return str(answer["at"]), bool(answer["provisional"])

    def timer_due(self, start: datetime, time: WorkingTime) -> tuple[datetime, bool]:
        """When the working time of a timer event is over that began at ``start``, and whether that is provisional;
        asked once for each."""
        name = f"timer:{time.amount}:{time.unit}:{to_text(start)}"
        if name not in self._timers:
            self._timers[name] = self.ask(name, lambda: self.ports.due(start, time.amount, time.unit))
        answer = self._timers[name]
        return from_text(str(answer["at"])), bool(answer["provisional"])

    def opening_before(self, instant: str, days: int) -> str:
        """When offices open so many working days before the day of an instant; asked once for each."""
        name = f"before:{days}:{instant}"
        if name not in self._openings:
            self._openings[name] = self.ask(name, lambda: self.ports.opening_before(from_text(instant), days))
        return str(self._openings[name])

    def opening_after(self, instant: str) -> str:
        """When offices open on the first working day after the day of an instant."""
        return str(self.ask(f"opening:{instant}", lambda: self.ports.opening_after(from_text(instant))))
