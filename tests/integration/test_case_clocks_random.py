"""A season of random acceptances, corrections, suspensions, extensions and decisions against a model that counts every
clock day by day and shares nothing with the engine but the instants at which people acted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from cli.demo_cases import received_materials, sample_form
from engine.case.state import Case
from engine.commands import (
    SYSTEM,
    AcceptCase,
    Actor,
    ExtendClock,
    RecomputeDueDates,
    RequestCorrection,
    ResumeClock,
    SubmitCase,
    SupplyMaterials,
    SuspendClock,
)  # fmt: skip
from engine.errors import AlreadyDone
from engine.instants import from_text
from tests.builders import CLERK, Office, opened_office
from tests.clock import ManualClock
from tests.rounds import Rounds
from tests.slow_calendar import BEIJING, DAY, Pause, SlowCalendar
from timers.sweep import sweep

SLOW, WORKING = SlowCalendar(), "working_days"
FIRST, DAYS = datetime(2026, 3, 2, tzinfo=BEIJING), 75
WHOLE = {
    "B02": (("13", WORKING), ("45", WORKING)), "SIGN": (("2", WORKING), ("15", WORKING)),
    "FIRECHK": (("13", WORKING), ("13", WORKING)), "EIA_REPORT": (("25", WORKING), ("60", "days")),
}  # fmt: skip
"""Promised and statutory limit of what is applied for: critical paths and laws, as the domain gives them."""
Key = tuple[str, str]
"""Kind of a clock; item or task."""


@dataclass
class Halt:
    """A suspension as the model keeps it; ``spared`` are clocks that were past already."""

    item: str
    promised_only: bool
    begins: date
    ends: date | None = None
    spared: set[Key] = field(default_factory=set)


@dataclass
class Followed:
    """One case in the model."""

    id: str
    code: str
    receipt: datetime
    state: str = "submitted"
    owed: dict[str, str] = field(default_factory=dict)
    accepted: datetime | None = None
    halts: list[Halt] = field(default_factory=list)
    longer: dict[Key, int] = field(default_factory=dict)

    def clocks(self, case: Case, office: Office) -> Iterator[tuple[Key, str, datetime, Decimal, str]]:
        """Key, item, start, limit and unit of every clock that runs."""
        assert self.accepted is not None
        offering = office.engine.deployments.catalogue.offering(self.code)
        for kind, (days, unit) in zip(("promised", "statutory"), WHOLE[self.code], strict=True):
            yield (kind, ""), "", self.accepted, Decimal(days), unit
        for item in case.items.values():
            if item.status == "in_review":
                told = {"promised": offering.item(item.code).promised, "statutory": offering.item(item.code).statutory}
                for kind, limit in told.items():
                    if limit is not None:
                        yield (kind, item.code), item.code, here(item.opened_at), limit.value, limit.unit
        for task in case.open_tasks():
            step = offering.step(task.step)
            yield ("step", task.id), step.item, here(task.opened_at), step.limit, step.unit

    def due(self, key: Key, item: str, start: datetime, limit: Decimal, unit: str) -> tuple[datetime, bool] | None:
        """When a clock is due, and whether provisionally; None while something stops it."""
        pauses: list[Pause] = []
        for halt in self.halts:
            of_case = key in {("promised", ""), ("statutory", "")}
            about = of_case or not halt.item or halt.item == item
            if not about or key in halt.spared or (halt.promised_only and key[0] == "statutory"):
                continue
            if halt.ends is None:
                return None
            pauses.append((halt.begins, halt.ends))
        return SLOW.due(start, limit + self.longer.get(key, 0), unit, pauses)


def here(text: str | None) -> datetime:
    assert text is not None
    return from_text(text).astimezone(BEIJING)


class Season:
    """People doing things at random, for some days."""

    def __init__(self, office: Office, random: Random) -> None:
        self.office, self.random = office, random
        self.cases: list[Followed] = []
        self.seen: list[tuple[str, datetime, dict[Key, tuple[datetime, bool] | None]]] = []

    def now(self) -> datetime:
        return self.office.clock().astimezone(BEIJING)

    def run(self) -> None:
        acts: tuple[Callable[[Followed], None], ...] = (
            self.accept, self.ask, self.supply, self.halt, self.halt, self.go_on, self.extend, self.decide, self.decide,
        )  # fmt: skip
        for number in range(DAYS):
            self.office.clock.set(FIRST + number * DAY + timedelta(hours=9))
            sweep(self.office.engine)
            self.deem()
            if self.random.random() < 0.15:
                self.submit()
            for hour in sorted(self.random.sample(range(30, 620), 4)):
                self.office.clock.set(FIRST + number * DAY + timedelta(hours=9, minutes=hour))
                if self.cases:
                    self.random.choice(acts)(self.random.choice(self.cases))
            for case in self.cases:
                self.compare(case)
        for case_id, instant, expected in self.seen:
            self.remembered(case_id, instant, expected)

    def submit(self) -> None:
        """Complete or not."""
        code = self.random.choice([*WHOLE])
        offering = self.office.engine.deployments.catalogue.offering(code)
        form = sample_form(offering, None)
        given = received_materials(self.office.engine, offering, form)
        owed = {}
        if self.random.random() < 0.5:
            missing = self.random.choice(sorted(set(given) - {f"F_{code}"}))
            owed[missing] = given.pop(missing)
        outcome = self.office.engine.execute(SubmitCase(code, form, given), CLERK)
        self.cases.append(Followed(outcome.case_id, code, self.now(), owed=owed))

    def deem(self) -> None:
        """Whose five working days are over at this opening of office is accepted as of the receipt."""
        for one in self.cases:
            if one.state != "submitted":
                continue
            day = SLOW.due(one.receipt, Decimal(5), "working_days")[0].date() + DAY
            while not SLOW.open(day):
                day += DAY
            if day <= self.now().date():
                one.state, one.accepted = "accepted", one.receipt

    def accept(self, one: Followed) -> None:
        if one.state == "submitted" and not one.owed:
            self.office.engine.execute(AcceptCase(one.id), CLERK)
            one.state, one.accepted = "accepted", self.now()

    def ask(self, one: Followed) -> None:
        in_time = self.now() <= SLOW.due(one.receipt, Decimal(5), "working_days")[0]
        if one.state == "submitted" and one.owed and in_time:
            self.office.engine.execute(RequestCorrection(one.id, {}, "请补齐"), CLERK)
            one.state = "correction"

    def supply(self, one: Followed) -> None:
        if one.owed and one.state in {"submitted", "correction", "accepted"}:
            self.office.engine.execute(SupplyMaterials(one.id, one.owed), CLERK)
            if one.state == "correction":
                one.state, one.receipt = "submitted", self.now()
            one.owed = {}

    def running(self, one: Followed) -> Case | None:
        case = self.office.case(one.id)
        return case if case.status == "in_progress" else None

    def handler(self, one: Followed, item: str) -> Actor:
        offering = self.office.engine.deployments.catalogue.offering(one.code)
        department = offering.item(item).department if item else offering.lead_department
        steps = [step for step in offering.steps.values() if step.department == department]
        return Actor("somebody", department, frozenset({step.role for step in steps} | {"head"}))

    def whose(self, case: Case) -> str:
        going = [item.code for item in case.items.values() if item.status == "in_review" and item.decision is None]
        return self.random.choice(["", *going])

    def halt(self, one: Followed) -> None:
        case = self.running(one)
        if case is None or sum(halt.ends is None for halt in one.halts) > 2:
            return
        item, local = self.whose(case), self.random.random() < 0.4
        procedure, scope = ("local", "promised") if local else ("hearing", "both")
        past = set()
        for clock in one.clocks(case, self.office):
            due = one.due(*clock)
            if due is not None and due[0] <= self.now():
                past.add(clock[0])
        command = SuspendClock(one.id, item, procedure, "依据", "文书", "5", scope)
        self.office.engine.execute(command, self.handler(one, item))
        one.halts.append(Halt(item, local, self.now().date(), spared=past))

    def go_on(self, one: Followed) -> None:
        going = [number for number, halt in enumerate(one.halts, start=1) if halt.ends is None]
        if going:
            number = self.random.choice(going)
            halt = one.halts[number - 1]
            self.office.engine.execute(ResumeClock(one.id, str(number), "文书"), self.handler(one, halt.item))
            halt.ends = self.now().date()

    def extend(self, one: Followed) -> None:
        case = self.running(one)
        if case is None:
            return
        item = self.whose(case) if len(case.items) > 1 else ""
        joint = len(case.items) > 1 and not item
        owners = {"", *case.items} if len(case.items) == 1 else {item}
        moved = {clock[0]: one.due(*clock) for clock in one.clocks(case, self.office)}
        mine = {key: due for key, due in moved.items() if key[0] != "step" and key[1] in owners}
        by_law = {key: due for key, due in mine.items() if key[0] == "statutory"} or mine
        units = {clock[4] for clock in one.clocks(case, self.office) if clock[0] in by_law}
        late = units != {WORKING} or any(due is not None and due[0] <= self.now() for due in by_law.values())
        if not mine or late or mine.keys() & one.longer.keys():
            return
        level = "government_head" if joint else "authority_head"
        self.office.engine.execute(ExtendClock(one.id, item, "复杂", level, "负责人"), self.handler(one, item))
        for key, due in mine.items():
            if due is None or due[0] > self.now():
                one.longer[key] = 15 if joint else 10

    def decide(self, one: Followed) -> None:
        case = self.running(one)
        if case is None:
            return
        task = self.random.choice(case.open_tasks())
        refused = task.act not in {"deliver", "issue"} and self.random.random() < 0.1
        self.office.decide(one.id, task.step, "disagree" if refused else "agree")
        after = self.office.case(one.id)
        for halt in one.halts:
            item = after.items.get(halt.item)
            over = item is not None and (item.decision is not None or item.status not in {"accepted", "in_review"})
            if halt.ends is None and (over or after.status == "closed"):
                halt.ends = self.now().date()

    def compare(self, one: Followed) -> None:
        """Every running clock, its timer, and that counting again finds nothing to change."""
        case = self.office.case(one.id)
        if one.state != "accepted":
            assert case.status == one.state, one
            return
        assert here(case.accepted_at) == one.accepted
        if case.status != "in_progress":
            return
        expected = {clock[0]: one.due(*clock) for clock in one.clocks(case, self.office)}
        assert dues_of(case, expected) == expected, one
        armed = {timer.task: timer.due_at for timer in case.timers.values() if timer.task}
        waiting = {t.id: t.due_at for t in case.open_tasks() if t.due_at is not None and not t.escalation}
        assert armed == waiting
        with pytest.raises(AlreadyDone):
            self.office.engine.execute(RecomputeDueDates(one.id), SYSTEM)
        if self.random.random() < 0.05:
            self.seen.append((one.id, self.now(), expected))

    def remembered(self, case_id: str, instant: datetime, expected: dict[Key, tuple[datetime, bool] | None]) -> None:
        """The clocks as they stood, each with a derivation that ends on its due day."""
        names = {"item_promised": "promised", "item_statutory": "statutory", "task": "step"}
        found = self.office.engine.read.clocks(case_id, SYSTEM, instant)
        running = [clock for clock in found if clock.ended_at is None and clock.kind != "term"]
        shown = {
            (names.get(clock.kind, clock.kind), clock.of): None
            if clock.due is None
            else (here(clock.due), clock.provisional)
            for clock in running
        }
        assert shown == expected
        for clock in running:
            assert clock.agrees, clock
            assert clock.stopped == (clock.due is None)
            told = clock.due or clock.expected
            assert clock.days[-1].date == here(told).date()


def dues_of(case: Case, keys: dict[Key, tuple[datetime, bool] | None]) -> dict[Key, tuple[datetime, bool] | None]:
    """What the engine says of the same clocks."""
    said: dict[Key, tuple[str | None, bool]] = {
        ("promised", ""): (case.promised_due_at, case.promised_provisional),
        ("statutory", ""): (case.statutory_due_at, case.statutory_provisional),
    }
    for item in case.items.values():
        said["promised", item.code] = item.due_at, item.provisional
        said["statutory", item.code] = item.statutory_due_at, item.statutory_provisional
    for task in case.open_tasks():
        said["step", task.id] = task.due_at, task.provisional
    return {key: None if said[key][0] is None else (here(said[key][0]), said[key][1]) for key in keys}


@pytest.mark.parametrize("restored", [False, True], ids=["live", "restored"])
def test_a_season_of_random_acts_agrees_with_the_day_by_day_model(
    tmp_path: Path, rounds: Rounds, restored: bool, told_once: Path
) -> None:
    for seed in range(rounds(test=2, long=20)):
        folder = tmp_path / str(seed)
        folder.mkdir()
        kept: dict[str, object] = {"live_cases": 0} if restored else {}
        with opened_office(folder, ManualClock(FIRST), processes=told_once, **kept) as office:
            Season(office, Random(seed + 1000 * restored)).run()
