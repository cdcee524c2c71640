"""Sessions arranged, moved, joined, recorded, closed, called off at random, among decisions and returns, against a
model that knows which are open, who may still be in them, what is to be refused, and when every clock is due."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from engine.case.state import Case
from engine.commands import (
    Actor,
    ArrangeSession,
    CancelSession,
    ChangeSession,
    CloseSession,
    Command,
    DecideStep,
    JoinSession,
    RecordFindings,
    ReturnCase,
)  # fmt: skip
from engine.errors import BinglianError
from engine.instants import from_text
from engine.store.records import Account
from tests.builders import Office, handler_of, opened_office
from tests.clock import ManualClock
from tests.rounds import Rounds
from tests.slow_calendar import BEIJING, Pause, SlowCalendar

SLOW = SlowCalendar()
LAWYER = Actor("lawyer", "police", frozenset({"section_head"}))
HEAD = Actor("head1", "market", frozenset({"head"}))
LIMITS = {"promised": (Decimal(13), "working_days"), "statutory": (Decimal(45), "working_days")}
STOPPING = {"hearing", "expert_review", "testing"}
KINDS = ["hearing", "site_visit", "expert_review", "testing"]
Key = tuple[str, str]


@dataclass
class Halt:
    """Time that does not count for an item; ``spared`` are clocks that were past already."""

    item: str
    session: str
    begins: date
    spared: set[Key]
    ends: date | None = None


@dataclass
class Held:
    """A session as the model keeps it."""

    number: str
    kind: str
    items: set[str]
    ever: set[str]
    planned: datetime
    found: set[str] = field(default_factory=set)
    open: bool = True


class Season:
    """One case, and people who do things with it at random."""

    def __init__(self, office: Office, random: Random) -> None:
        self.office, self.random = office, random
        self.sessions: list[Held] = []
        self.halts: list[Halt] = []
        self.case_id = office.accept("B02")
        office.decide(self.case_id, "LIC_CHECK.review")
        self.offering = office.engine.deployments.catalogue.offering("B02")
        self.counts: dict[str, int] = {}

    def now(self) -> datetime:
        return self.office.clock().astimezone(BEIJING)

    def case(self) -> Case:
        return self.office.case(self.case_id)

    def run(self, acts: int) -> None:
        todo = [self.arrange] * 3 + [self.change, self.join, self.cancel] + [self.record] * 4 + [self.close] * 3
        for _ in range(acts):
            if self.case().status != "in_progress":
                return
            self.office.clock.advance(hours=self.random.choice([1, 7, 26, 75]))
            self.random.choice(
                [*todo, *[self.decide] * 3, self.send_back if self.random.random() < 0.2 else self.decide]
            )()
            self.compare()

    def tried(self, command: Command, actor: Actor, why_not: object) -> bool:
        """Does it, and is refused exactly when the model says so."""
        before = self.case().revision
        name = f"{type(command).__name__} {bool(why_not)}"
        self.counts[name] = self.counts.get(name, 0) + 1
        try:
            self.office.engine.execute(command, actor)
        except BinglianError as error:
            assert why_not, (command, error.code)
            assert self.case().revision == before
            return False
        assert not why_not, (command, why_not)
        return True

    def person(self, item: str) -> Actor:
        step = self.random.choice(self.offering.item(item).steps)
        return Actor(f"{step.department}1", step.department, frozenset({step.role}))

    def running(self) -> list[str]:
        return [i.code for i in self.case().items.values() if i.status == "in_review" and i.decision is None]

    def open_ones(self, kind: str = "") -> list[Held]:
        return [one for one in self.sessions if one.open and kind in {"", one.kind}]

    def arrange(self) -> None:
        kind, running = self.random.choice(KINDS), self.running()
        if not running:
            return
        items = self.random.sample(running, self.random.randint(1, min(3, len(running))))
        days = self.random.randint(6, 11) if kind == "hearing" else self.random.randint(1, 4)
        planned = self.now().replace(minute=30) + timedelta(days=days)
        said = {"chair": LAWYER.id} if kind == "hearing" else {}
        if kind in STOPPING:
            said["expected_days"] = "5"
        taken = any(one.items & set(items) for one in self.open_ones(kind))
        early = kind == "hearing" and days < 7
        command = ArrangeSession(self.case_id, kind, " ".join(items), planned.isoformat(), "现场", "行政许可法", **said)
        if self.tried(command, self.person(items[0]), taken or early):
            number = str(len(self.sessions) + 1)
            self.sessions.append(Held(number, kind, set(items), set(items), planned))
            self.stop(self.sessions[-1], sorted(items))

    def stop(self, one: Held, items: list[str]) -> None:
        for item in items if one.kind in STOPPING else []:
            past = {key for key, _, due in self.dues() if due is not None and due[0] <= self.now()}
            past |= {key for key, due in self.kept() if due is not None and from_text(due) <= self.now()}
            self.halts.append(Halt(item, one.number, self.now().date(), past))

    def kept(self) -> Iterator[tuple[Key, str | None]]:
        """What the clocks of items that were decided say; they run on when the decision is taken back."""
        for item in self.case().items.values():
            if item.status != "in_review":
                yield ("item_promised", item.code), item.due_at
                yield ("item_statutory", item.code), item.statutory_due_at

    def change(self) -> None:
        if self.open_ones():
            one = self.random.choice(self.open_ones())
            planned = self.now().replace(minute=45) + timedelta(days=self.random.randint(5, 10))
            early = one.kind == "hearing" and (planned.date() - self.now().date()).days < 7
            command = ChangeSession(self.case_id, one.number, "改期", planned.isoformat())
            if self.tried(command, self.person(min(one.items)), one.found or early):
                one.planned = planned

    def join(self) -> None:
        if self.open_ones() and self.running():
            one, item = self.random.choice(self.open_ones()), self.random.choice(self.running())
            taken = item in one.ever or any(item in other.items for other in self.open_ones(one.kind))
            early = one.kind == "hearing" and (one.planned.date() - self.now().date()).days < 7
            if self.tried(JoinSession(self.case_id, one.number, item), self.person(item), taken or early or one.found):
                one.items.add(item)
                one.ever.add(item)
                self.stop(one, [item])

    def record(self) -> None:
        if self.open_ones():
            one = self.random.choice(self.open_ones())
            item = self.random.choice(sorted(one.ever))
            if self.random.random() < 0.5 and one.planned > self.now():
                self.office.clock.set(one.planned)
            command = RecordFindings(self.case_id, one.number, item, "检查员", "pass")
            if self.tried(command, self.person(item), item not in one.items or self.now() < one.planned):
                one.found.add(item)

    def close(self) -> None:
        if self.open_ones():
            one = self.random.choice(self.open_ones())
            absent = {item: "未到" for item in one.items - one.found if self.random.random() < 0.5}
            command = CloseSession(self.case_id, one.number, "结论", "报告 1 号", absent)
            wrong = self.now() < one.planned or not one.found or one.items - one.found - set(absent)
            if self.tried(command, self.person(min(one.items)), wrong):
                self.over(one)

    def cancel(self) -> None:
        if self.open_ones() and self.random.random() < 0.4:
            one = self.random.choice(self.open_ones())
            assert self.tried(CancelSession(self.case_id, one.number, "改期"), self.person(min(one.items)), "")
            self.over(one)

    def over(self, one: Held, items: set[str] | None = None) -> None:
        one.open = items is not None
        for halt in self.halts:
            if halt.session == one.number and halt.ends is None and (items is None or halt.item in items):
                halt.ends = self.now().date()

    def decide(self) -> None:
        task = self.random.choice(self.case().open_tasks())
        step = self.offering.steps[task.step]
        if task.act == "deliver":
            return
        heard = (step.decisive or task.act == "lead_decide") and any(
            not task.item or task.item in one.items for one in self.open_ones("hearing")
        )
        decision = "disagree" if step.decisive and self.random.random() < 0.1 else "agree"
        if self.tried(DecideStep(self.case_id, task.id, decision, "意见"), handler_of(task), heard):
            self.settle()

    def settle(self) -> None:
        case = self.case()
        gone = {
            item.code for item in case.items.values()
            if item.decision is not None or item.status not in {"accepted", "in_review"}
        }  # fmt: skip
        for one in self.open_ones():
            left = one.items & gone
            one.items -= left
            self.over(one, left if one.items else None)

    def send_back(self) -> None:
        before = {item.code: item.opened_at for item in self.case().items.values()}
        if self.tried(ReturnCase(self.case_id, "材料有误"), HEAD, ""):
            anew = {item.code for item in self.case().items.values() if item.opened_at != before[item.code]}
            for halt in self.halts:
                halt.spared -= {(kind, code) for kind in ("item_promised", "item_statutory") for code in anew}

    def dues(self) -> Iterator[tuple[Key, str | None, tuple[datetime, bool] | None]]:
        """Every clock that runs: key, what the case says, what the model says."""
        case = self.case()
        assert case.accepted_at is not None
        for kind, due in (("promised", case.promised_due_at), ("statutory", case.statutory_due_at)):
            yield (kind, ""), due, self.due((kind, ""), "", case.accepted_at, *LIMITS[kind])
        for item in case.items.values():
            if item.status == "in_review" and item.opened_at is not None:
                known = self.offering.item(item.code)
                for kind, limit, due in (
                    ("item_promised", known.promised, item.due_at),
                    ("item_statutory", known.statutory, item.statutory_due_at),
                ):  # fmt: skip
                    if limit is not None:
                        key = kind, item.code
                        yield key, due, self.due(key, item.code, item.opened_at, limit.value, limit.unit)
        for task in case.open_tasks():
            key = "task", task.id
            yield key, task.due_at, self.due(key, task.item, task.opened_at, Decimal(task.limit), task.unit)

    def due(self, key: Key, item: str, start: str, limit: Decimal, unit: str) -> tuple[datetime, bool] | None:
        pauses: list[Pause] = []
        for halt in self.halts:
            if (key[1] == "" or halt.item == item) and key not in halt.spared:
                if halt.ends is None:
                    return None
                pauses.append((halt.begins, halt.ends))
        return SLOW.due(from_text(start).astimezone(BEIJING), limit, unit, pauses)

    def compare(self) -> None:
        case = self.case()
        for one in self.sessions:
            known = case.sessions[one.number]
            assert (known.status == "open") == one.open, one
            if one.open:
                assert set(known.taking_part) == one.items
                assert set(known.findings) & one.items == one.found & one.items
        if case.status == "in_progress":
            for key, due, expected in self.dues():
                told = None if due is None else from_text(due).astimezone(BEIJING)
                assert told == (None if expected is None else expected[0]), (key, self.halts)


@pytest.mark.parametrize("live", [True, False], ids=["live", "restored"])
def test_random_sessions_agree_with_the_model(tmp_path: Path, told_once: Path, rounds: Rounds, live: bool) -> None:
    counts: dict[str, int] = {}
    kept: dict[str, object] = {} if live else {"live_cases": 0}
    with opened_office(tmp_path, ManualClock(), processes=told_once, **kept) as office:
        office.engine.records.save_account(Account(LAWYER.id, LAWYER.id, LAWYER.department, LAWYER.roles), "")
        for seed in range(rounds(test=3, long=100)):
            season = Season(office, Random(f"{live}{seed}"))
            season.run(50)
            for name, count in season.counts.items():
                counts[name] = counts.get(name, 0) + count
    commands = {name.split()[0] for name in counts}
    assert {
        "ArrangeSession",
        "ChangeSession",
        "JoinSession",
        "RecordFindings",
        "CloseSession",
        "DecideStep",
    } <= commands
    assert counts["CloseSession False"] > 3 and counts["DecideStep True"] > 0
