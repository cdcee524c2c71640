"""The office the stories are played in: the diagram, its people, a case brought to a state, an act."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import timedelta
from itertools import product
from pathlib import Path
from shutil import copy
from typing import Any

from engine import commands
from engine.bootstrap import build_auditor, build_engine
from engine.case.approvers.panels import may_decide
from engine.case.state import DONE, OPEN, Case, Task
from engine.commands import Actor, DecideStep, DeliverResults, SetAbsence
from engine.journal import digest
from engine.materials import Upload
from engine.settings import default_processes
from engine.store.records import Account
from tests.builders import CLERK, Office, settings_for
from tests.clock import START, ManualClock
from tests.integration.test_moving_cases import Version
from tests.uploads import pdf
from timers.sweep import sweep

FOLDER = Path(__file__).parent
CHAINS = "start > T.first > T.second > p1; p1 > T.a1 > T.a2 > p2; p1 > T.b > p2; p1 > T.c > p2; p2 > T.decide > {}"
CLOSING = "T.issue > T.deliver > end"
NEEDS = 'needs = ["F_T"]\n'
SEATS = f'{NEEDS}[steps.approvers]\nrule = "all_sign"\nmay_remove = true\n[[steps.approvers.seats]]\ntimes = 2'
POLICE = {"department": "police"}
ASKED = {"department": "tax", "more": f'{NEEDS}policy = "consult_consent"'}
SEVERAL = {"department": "hrss", "more": SEATS}
NOW = Version(CHAINS.format(CLOSING), a1=POLICE, a2=POLICE, b=ASKED, c=SEVERAL)
LATER = Version(
    f"p1 > T.d > p2; {CHAINS.format(CLOSING)}", a1=POLICE, a2=POLICE, b=ASKED, c=SEVERAL, d={"department": "fire"}
)
"""The version a case is moved to: it has one more branch."""
DESKS = (
    ("market", "reviewer"), ("police", "reviewer"), ("tax", "reviewer"), ("hrss", "reviewer"), ("fire", "reviewer"),
    ("market", "head"), ("market", "issuer"), ("window", "window_clerk"), ("health", "reviewer"),
    ("market", "section_head"), ("hrss", "section_head"), ("window", "section_head"), ("market", "admin"),
    ("supervision", "supervisor"),
)  # fmt: skip
ABSENT, STANDS_IN = 9, 8
FILES = {"one": pdf(b"one"), "two": pdf(b"two")}
MATERIAL = "F_T"
NEVER = "0.0"
"""Id of a task of a step that was never reached: no task has it."""
HOLDER, SUPERIOR, SAME = "holder", "superior", "same"
PLACES = {HOLDER: 0, "colleague": 3, "stand-in": STANDS_IN, "absent": ABSENT}
"""What people are to a step → their number at its desk; the holder's is told by the state."""


@dataclass(frozen=True)
class State:
    """One of the seven: a table of states.toml."""

    title: str
    before: tuple[str, ...]
    here: str
    seat: str = "1"
    number: int = 1


def states() -> dict[str, State]:
    """The states by code, in the order of the table."""
    told = tomllib.loads((FOLDER / "states.toml").read_text(encoding="utf-8"))["states"]
    return {code: State(**{**table, "before": tuple(table["before"])}) for code, table in told.items()}


def verbs() -> dict[str, dict[str, Any]]:
    """The story of each verb, by the name of its file."""
    files = sorted(path for path in FOLDER.glob("*.toml") if path.name != "states.toml")
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in files}


def written(folder: Path, version: Version) -> Path:
    """A version as a processes folder, with the shipped policies."""
    folder.mkdir()
    copy(default_processes() / "policies.toml", folder / "policies.toml")
    return version.write(folder)


def name_of(department: str, role: str, number: int = 1) -> str:
    """The account of somebody at a desk."""
    return f"{department}_{role}_{number}"


def person(department: str, role: str, number: int = 1) -> Actor:
    """Somebody at a desk; who stands in for the absent has another role there."""
    held = "handler" if number == STANDS_IN else role
    return Actor(name_of(department, role, number), department, frozenset({held}))


@contextmanager
def opened_hall(folder: Path, restored: bool) -> Iterator["Hall"]:
    """The office over a new database that knows both versions; ``restored``: no case is kept between two acts."""
    clock = ManualClock()
    kept: dict[str, object] = {"live_cases": 0} if restored else {}
    with_later = build_engine(settings_for(folder, processes=written(folder / "later", LATER)), clock)
    later = with_later.deployments.current("T").version
    with_later.close()
    engine = build_engine(settings_for(folder, processes=written(folder / "now", NOW), **kept), clock)
    try:
        hall = Hall(Office(engine, clock), later)
        hall.settle_in()
        yield hall
    finally:
        engine.close()


@dataclass
class Hall:
    """An office and its people; ``later`` is the version a case can be moved to."""

    office: Office
    later: str

    def settle_in(self) -> None:
        """Everybody has an account; at every desk somebody is absent."""
        for (department, role), number in product(DESKS, (1, 2, 3, STANDS_IN, ABSENT)):
            who = person(department, role, number)
            self.office.engine.records.save_account(Account(who.id, who.id, department, who.roles), "")
        for department, role in DESKS:
            absent, other = name_of(department, role, ABSENT), name_of(department, role, STANDS_IN)
            command = SetAbsence(absent, other, "2026-03-02", "2026-12-31", "外出学习审批单")
            self.office.engine.absences.set(command, person("market", "admin"))

    def case_in(self, state: State, read: Sequence[str] = ()) -> str:
        """A new case in this state; the steps of ``read`` have read the first file of the material."""
        self.office.clock.set(START)
        case_id = self.office.accept("T")
        if read:
            self.upload(case_id, "one")
        for step in state.before:
            self.office.clock.advance(minutes=5)
            self.decide(case_id, step, read)
        return case_id

    def decide(self, case_id: str, label: str, read: Sequence[str] = ()) -> None:
        """A step is agreed to, ``c 2`` in its seat 2; ``decide disagree``: it is refused; ``wait 10``: days pass."""
        step, _, seat = label.partition(" ")
        if step == "wait":
            self.wait(float(seat))
            return
        decision, seat = (seat, "") if seat.isalpha() else ("agree", seat)
        task = self.task(case_id, step)
        assert task is not None
        who = person(task.department, task.role, int(seat or 1))
        if task.act == "deliver":
            self.office.engine.execute(DeliverResults(case_id, task.id, "window"), who)
        else:
            seen = {MATERIAL: digest(FILES["one"])} if step in read else {}
            self.office.engine.execute(DecideStep(case_id, task.id, decision, "意见", seen=seen, seat=seat), who)

    def task(self, case_id: str, step: str) -> Task | None:
        """The task of a step: the open one, else the last that was decided, else the last; None when there is none."""
        rows = [row for row in self.office.case(case_id).tasks.values() if row.step == f"T.{step}"]
        return max(rows, key=lambda row: (row.status == OPEN, row.status == DONE), default=None)

    def upload(self, case_id: str, file: str) -> None:
        """The clerk uploads a file of the material."""
        self.office.engine.upload(case_id, Upload(MATERIAL, "a.pdf", FILES[file]), CLERK)

    def do(self, case_id: str, state: State, act: Mapping[str, Any]) -> None:
        """One act as a story tells it; raises what it is refused with."""
        kind = act["do"]
        if kind == "wait":
            self.wait(act["days"])
        elif kind == "upload":
            self.upload(case_id, act["file"])
        else:
            command = getattr(commands, kind)(case_id, **self.said(case_id, state, act))
            who = self.somebody(state, act.get("step", state.here), act.get("by", HOLDER))
            self.office.engine.execute(command, who)

    def wait(self, days: float) -> None:
        """Time passes, and what falls due in it happens when it does."""
        engine, clock = self.office.engine, self.office.clock
        end = clock() + timedelta(days=days)
        while (due := engine.due()) is not None and due <= end:
            clock.set(max(due, clock()))
            assert sweep(engine).failed == 0
        clock.set(end)

    def said(self, case_id: str, state: State, act: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of the command: steps become ids, people accounts."""
        step = act.get("step", state.here)
        named = {field.name for field in fields(getattr(commands, act["do"]))}
        said = {name: value for name, value in act.items() if name in named}
        if "task_id" in named:
            task = self.task(case_id, step)
            said["task_id"] = NEVER if task is None else task.id
        if "to_step" in said:
            said["to_step"] = f"T.{said['to_step']}"
        if "seat" in named and act["do"] != "DecideStep":
            said.setdefault("seat", state.seat if step == state.here else "1")
        for field in said.keys() & {"person", "behalf", "leaver"}:
            said[field] = self.account(state, step, said[field])
        if said.get("department") == SAME:
            said["department"], said["role"] = self.desk(step)
        if "version" in named:
            said["version"] = self.later
        return said

    def desk(self, step: str) -> tuple[str, str]:
        """Whose a step is by design."""
        told = self.office.engine.deployments.current("T").offering.steps[f"T.{step}"]
        return told.department, told.role

    def account(self, state: State, step: str, label: str) -> str:
        """An account, or the one of somebody named by what he is to the step."""
        return self.somebody(state, step, label).id if label in PLACES else label

    def somebody(self, state: State, step: str, label: str) -> Actor:
        """A person by what he is to a step, or by department, role and number."""
        if label == SUPERIOR:
            return person(self.desk(step)[0], "section_head")
        if label not in PLACES:
            department, role, digits = label.split()
            return person(department, role, int(digits))
        number = PLACES[label] or (state.number if step == state.here else 1)
        return person(*self.desk(step), number)

    def finish(self, case_id: str) -> Case:
        """Everybody whose turn it is agrees, until the case is over."""
        while open_tasks := (case := self.office.case(case_id)).open_tasks():
            self.office.clock.advance(minutes=1)
            task = min(open_tasks, key=lambda one: one.step)
            command: Any = DecideStep(case_id, task.id, "agree", "意见")
            if task.act == "deliver":
                command = DeliverResults(case_id, task.id, "window")
            self.office.engine.execute(command, self.able(case, task))
        return case

    def able(self, case: Case, task: Task) -> Actor:
        """The first of all people who may decide a task now, or advise in a seat that was lent."""
        deployment = self.office.engine.deployments.get(case.version)
        everybody = (person(*desk, number) for desk, number in product(DESKS, (1, 2, 3)))
        return next(who for who in everybody if may_decide(case, deployment, task, who))

    def verify(self, case_id: str) -> None:
        """The stored case is its journal."""
        assert build_auditor(self.office.engine).verify([case_id]).differences == ()
