"""The clocks of a case in the model: counted day by day (tests/slow_calendar.py), suspensions half open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from engine.instants import from_text
from tests.oracle.design import Design, Span
from tests.slow_calendar import BEIJING, Pause, SlowCalendar

if TYPE_CHECKING:
    from tests.oracle.model import Model

SLOW, WORKING = SlowCalendar(), "working_days"
Key = tuple[str, str]
"""``promised``, ``statutory`` or ``step``; item (empty: the case) or task."""
CASE = frozenset({("promised", ""), ("statutory", "")})
WHOLE = {"B01": "1", "B02": "13", "ORC": "16.5"}
"""Promised working days of what is applied for: the longest way through it, added up by hand."""


def here(text: str) -> datetime:
    """An instant of the journal, in Beijing."""
    return from_text(text).astimezone(BEIJING)


@lru_cache(maxsize=50_000)
def _due(start: datetime, limit: Span, pauses: Sequence[Pause]) -> datetime:
    return SLOW.due(start, *limit, pauses)[0]


def working_days_after(start: str, days: str) -> datetime:
    """When a term in working days is due."""
    return after(here(start), days)


def after(start: datetime, days: Any) -> datetime:
    """So many working days after an instant."""
    return _due(start, (Decimal(days), WORKING), ())


def last_day(day: date, days: int) -> date:
    """The last day of a term in working days; the first day does not count (民法典 201)."""
    return _due(datetime.combine(day, time(9), BEIJING), (Decimal(days), WORKING), ()).date()


@dataclass
class Halt:
    """A suspension; ``spared`` are clocks that were past already."""

    item: str
    promised_only: bool
    begins: str
    ends: str = ""
    spared: set[Key] = field(default_factory=set)

    def about(self, key: Key, item: str) -> bool:
        """Whether it stops a clock."""
        if key in self.spared or (self.promised_only and key[0] == "statutory"):
            return False
        return key in CASE or self.item in {"", item}


class Clockwork:
    """Where each clock of a case began, how long it is, what stopped it."""

    def __init__(self) -> None:
        self.receipt, self.since = "", ""
        self.begun: dict[str, str] = {}
        self.limits: dict[Key, Span] = {}
        self.starts: dict[Key, str] = {}
        self.longer: dict[Key, int] = {}
        self.halts: dict[str, Halt] = {}

    def accept(self, design: Design, items: Sequence[str], at: str) -> None:
        """The clocks of the case: as one, 45 working days; a single item's own, else 20 (行政许可法 42)."""
        law = (Decimal(45), WORKING) if len(items) > 1 else design.items[items[0]].statutory or (Decimal(20), WORKING)
        self._start(("promised", ""), at, (Decimal(WHOLE[design.code]), WORKING))
        self._start(("statutory", ""), at, law)

    def begin(self, design: Design, code: str, at: str, decide_days: Any) -> None:
        """The clocks of an item; one by commitment may be promised sooner."""
        self.begun[code] = at
        item = design.items[code]
        promised = item.promised if decide_days is None else (Decimal(decide_days), WORKING)
        for kind, limit in (("promised", promised), ("statutory", item.statutory)):
            if limit is not None:
                self._start((kind, code), at, limit)

    def forget(self, code: str) -> None:
        """An item whose beginning stands no longer."""
        self.begun.pop(code, None)
        for key in (("promised", code), ("statutory", code)):
            self.starts.pop(key, None)
            self.longer.pop(key, None)
            for halt in self.halts.values():
                halt.spared.discard(key)

    def _start(self, key: Key, at: str, limit: Span) -> None:
        self.starts[key], self.limits[key] = at, limit

    def goes_on(self, old: str, new: str) -> None:
        """A task that takes the place of another goes on with its clock."""
        for halt in self.halts.values():
            if ("step", old) in halt.spared:
                halt.spared.add(("step", new))

    def running(self, model: "Model") -> Iterator[tuple[Key, str]]:
        """The clocks that run, each with the item it is about."""
        if model.status != "in_progress":
            return
        states = model.item_states()
        for key in self.starts:
            if key in CASE or states[key[1]] == "in_review":
                yield key, key[1]
        for job in model.open_jobs():
            yield ("step", job.id), model.design.steps[job.step].item

    def due(self, model: "Model", key: Key, item: str) -> datetime | None:
        """When a clock is due; None while something stops it."""
        if key[0] == "step":
            job = model.jobs[key[1]]
            start, (value, unit) = job.since, model.design.steps[job.step].limit
        else:
            start, (value, unit) = self.starts[key], self.limits[key]
        pauses: list[Pause] = []
        for halt in self.halts.values():
            if halt.about(key, item):
                if not halt.ends:
                    return None
                pauses.append((here(halt.begins).date(), here(halt.ends).date()))
        return _due(here(start), (value + self.longer.get(key, 0), unit), tuple(pauses))

    def suspend(self, model: "Model", item: str, promised_only: bool, at: str) -> None:
        """A special procedure begins; what is past its due date stays past."""
        known = [(key, key[1]) for key in self.starts] + [k for k in self.running(model) if k[0][0] == "step"]
        dues = {key: self.due(model, key, of) for key, of in known}
        past = {key for key, due in dues.items() if due is not None and due <= here(at)}
        self.halts[str(len(self.halts) + 1)] = Halt(item, promised_only, at, spared=past)

    def resume(self, number: str, at: str) -> None:
        """It is over."""
        assert not self.halts[number].ends
        self.halts[number].ends = at

    def settle(self, model: "Model", at: str) -> None:
        """The decision of its item ends a suspension, and the end of the case."""
        self.since = ""
        model.again = None
        for halt in self.halts.values():
            if not halt.ends and (model.is_decided(halt.item) or model.status not in {"in_progress"}):
                halt.ends = at

    def extend(self, model: "Model", item: str, days: int, at: str) -> None:
        """Clocks in working days that are not past are longer once."""
        single = len(model.world.items) == 1
        for key, of in list(self.running(model)):
            mine = key[0] != "step" and (key[1] == item or (single and key in CASE))
            due = self.due(model, key, of)
            if mine and self.limits[key][1] == WORKING and (due is None or due > here(at)):
                self.longer[key] = self.longer.get(key, 0) + days
