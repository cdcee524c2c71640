"""Random policies, suspensions and sweeps that come late: every stage fires once, in order, never early, and when the
slow model says."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from bench.offerings import Shape, write_offerings
from engine.bootstrap import build_auditor, build_engine
from engine.commands import SYSTEM, Actor, ResumeClock, SuspendClock
from engine.instants import from_text
from tests.builders import Office, settings_for
from tests.clock import ManualClock
from tests.rounds import Rounds
from tests.scenarios.test_policies import written
from tests.slow_calendar import BEIJING, DAY, Pause, SlowCalendar
from timers.sweep import sweep

MARKET = Actor("market1", "market", frozenset({"reviewer"}))
SLOW = SlowCalendar()
HOUR = timedelta(hours=1)
LAST = Decimal(999)
Planned = tuple[str, Decimal]
"""How a stage is timed: ``share`` of the limit, days ``left``, working days ``over``."""


@dataclass
class Plan:
    """A policy as the model sees it: what its stages are, on which limit."""

    limit: int
    unit: str
    reminders: list[Planned] = field(default_factory=list)
    ladder: list[Planned] = field(default_factory=list)
    silence: str = "escalate"
    again: int = 0

    @classmethod
    def drawn(cls, random: Random) -> "Plan":
        """Some policy that may be written, for a limit of two days or more."""
        plan = cls(random.randint(2, 15), random.choice(["working_days", "working_days", "days"]))
        plan.silence = random.choice(["escalate", "escalate", "remind", "consent", "refuse"])
        plan.again = random.randint(1, 8) if plan.silence == "remind" else 0
        shares = [Decimal(n) / 10 for n in range(1, 10) if n * plan.limit >= 10]
        for _ in range(random.randint(0, 3)):
            told = [("share", random.choice(shares))]
            if plan.unit == "working_days":  # how many of the calendar days are working days, no order can know
                told.append(("left", Decimal(random.randint(0, plan.limit))))
            plan.reminders.append(random.choice(told))
        early = sorted(random.sample(shares, random.randint(0, min(2, len(shares)))))
        plan.ladder = [("share", share) for share in early]
        if plan.silence == "escalate":
            over = sorted(random.sample(range(0, 12), random.randint(1, 4)))
            plan.ladder += [("over", Decimal(days)) for days in over]
        if plan.silence == "remind":
            plan.ladder = []
        return plan

    def text(self) -> list[dict[str, Any]]:
        """As the file says it."""
        names = {"share": "share", "left": "left_days", "over": "over_days"}
        policy: dict[str, Any] = {"code": "default", "silence": self.silence}
        policy["reminders"] = [{names[how]: value} for how, value in self.reminders]
        policy["ladder"] = [{names[how]: value, "to": "section_head"} for how, value in self.ladder]
        if self.again:
            policy["again_days"] = self.again
        if self.silence in {"consent", "refuse"}:
            policy["ground"] = "某条"
        return [policy]


@dataclass
class Model:
    """One step under a plan, counted day by day; ``told`` are the instants and kinds of what has fired."""

    plan: Plan
    opened: datetime
    pauses: list[Pause] = field(default_factory=list)
    stopped: bool = False
    fired: int = 0
    told: list[tuple[datetime, str]] = field(default_factory=list)
    over: bool = False

    def __post_init__(self) -> None:
        due, stages = self.due(), []
        for how, value in self.plan.reminders:
            at = self.at((how, value))
            stages.append((at, self.part(how, value), -1, ("reminded", (how, value))))
        for rank, (how, value) in enumerate(self.plan.ladder):
            stages.append((self.at((how, value)), self.part(how, value), rank, ("escalated", (how, value))))
        if self.plan.silence == "remind":
            stages.append((due, LAST, -1, ("reminded", ("over", Decimal(0)))))
        if self.plan.silence in {"consent", "refuse"}:
            stages.append((due, LAST, 99, ("deemed", ("over", Decimal(0)))))
        self.stages = [stage for *_, stage in sorted(stages, key=lambda one: one[:3])]

    def due(self) -> datetime:
        return SLOW.due(self.opened, Decimal(self.plan.limit), self.plan.unit, self.pauses)[0]

    def part(self, how: str, value: Decimal) -> Decimal:
        """Of those that a day off moves to the same evening, what was to come first comes first."""
        part = self.plan.limit * value
        return LAST if how != "share" else part if self.plan.unit == "working_days" else Decimal(int(part))

    def at(self, planned: Planned) -> datetime:
        how, value = planned
        if how == "share":
            part = self.plan.limit * value
            part = part if self.plan.unit == "working_days" else Decimal(int(part))
            return SLOW.due(self.opened, part, self.plan.unit, self.pauses)[0]
        if how == "over":
            return self.due() if not value else SLOW.due(self.due(), value, "working_days")[0]
        day = self.due().date()
        for _ in range(int(value)):
            day -= DAY
            while not SLOW.open(day):
                day -= DAY
        return datetime(day.year, day.month, day.day, 9, tzinfo=BEIJING)

    def next(self) -> tuple[int, tuple[str, Planned]] | None:
        """The next stage and which it is; reminders outside the time between opening and due date are passed over, as
        long as nothing later has fired: a due date that moves may bring them back."""
        for number, stage in enumerate(self.stages[self.fired :], start=self.fired):
            kind, planned = stage
            if kind != "reminded" or planned[0] == "over" or self.opened < self.at(planned) < self.due():
                return number, stage
        if not self.plan.again:
            return None
        number = max(self.fired, len(self.stages))
        return number, ("reminded", ("over", Decimal(self.plan.again * (number - len(self.stages) + 1))))

    def sweep(self, now: datetime) -> None:
        while not self.stopped and not self.over and (found := self.next()) is not None:
            number, (kind, planned) = found
            if self.at(planned) > now:
                return
            self.told.append((now, kind))
            self.fired = number + 1
            self.over = kind == "deemed"


KINDS = {"StepReminded": "reminded", "StepEscalated": "escalated", "StepDeemed": "deemed"}


def test_random_policies_under_suspensions_and_late_sweeps_agree_with_the_slow_model(
    tmp_path: Path, rounds: Rounds
) -> None:
    for seed in range(rounds(test=12, long=150)):
        folder = tmp_path / str(seed)
        folder.mkdir()
        one_season(folder, Random(seed))


def one_season(folder: Path, random: Random) -> None:
    plan = Plan.drawn(random)
    (folder / "processes").mkdir()
    write_offerings(folder / "processes", [Shape("TRY", branches=1, limit=str(plan.limit))])
    (folder / "processes" / "policies.toml").write_text(written(plan.text()), encoding="utf-8")
    for name in ("item.toml", "process.bpmn"):
        path = folder / "processes" / "TRY" / name
        path.write_text(in_unit(path.read_text(encoding="utf-8"), plan), encoding="utf-8")
    start = datetime(2026, 1, 5, 9, tzinfo=BEIJING) + random.randint(0, 150) * DAY + random.randint(0, 6) * HOUR
    clock = ManualClock(start)
    engine = build_engine(settings_for(folder, processes=folder / "processes", live_cases=random.choice([0, 9])), clock)
    try:
        season(Office(engine, clock), plan, random)
        assert build_auditor(engine).verify().differences == ()
    finally:
        engine.close()


def in_unit(text: str, plan: Plan) -> str:
    """The step of the plan counts in its unit; the others are never reached, or nobody waits for them here."""
    if plan.unit == "working_days":
        return text
    before, found, after = text.partition('TRY.b0_0"')
    return before + found + after.replace("working_days", plan.unit, 1)


def season(office: Office, plan: Plan, random: Random) -> None:
    case_id = office.accept("TRY")
    task = next(iter(office.open(case_id).values()))
    model = Model(plan, from_text(task.opened_at).astimezone(BEIJING))
    begun, number = None, 0
    for _ in range(random.randint(15, 40)):
        office.clock.advance(minutes=random.choice([30, 240, 1440, 2880, 7200]))
        now = office.clock().astimezone(BEIJING)
        choice = random.random()
        if choice < 0.15 and begun is None and not model.over:
            office.engine.execute(SuspendClock(case_id, "TRY", "hearing", "第45条", "通知书", "5"), MARKET)
            begun, number = now, number + 1
            model.stopped = model.due() > now
        elif begun is not None and choice < 0.5:
            office.engine.execute(ResumeClock(case_id, str(number), "笔录"), MARKET)
            if model.stopped:
                model.pauses.append((begun.date(), now.date()))
            begun, model.stopped = None, False
        elif choice < 0.8:
            assert sweep(office.engine).failed == 0
            model.sweep(now)
        if model.over:
            break
    entries = office.engine.read.case(case_id, SYSTEM).entries
    fired = [
        (e.instant.astimezone(BEIJING), KINDS[e.kind])
        for e in entries
        if e.kind in KINDS and str(e.facts["timer"]).startswith(f"{task.id}:")
    ]
    assert fired == model.told, plan
    timers = [entry.facts["timer"] for entry in entries if "timer" in entry.facts]
    assert len(set(timers)) == len(timers)
    rungs = [entry.facts["level"] for entry in entries if entry.kind == "StepEscalated"]
    assert rungs == list(range(1, len(rungs) + 1))
    waiting = [timer for timer in office.case(case_id).timers.values() if timer.task == task.id]
    assert len(waiting) <= 1
