"""Demands, supplies, decisions and returns in random order, against a small model of what they should come to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar import Limit, due_date
from engine.case.correcting.gathering import GATHERED
from engine.case.state import IN_REVIEW, Task
from engine.catalogue import APPLICANT, materials_checklist
from engine.commands import Actor, ReturnStep, TerminateCase
from engine.errors import BinglianError
from tests.builders import Office, handler_of, opened_office
from tests.clock import ManualClock
from tests.demanding import BUNDLE, demand, drop, entries, paused, send, supply
from tests.rounds import Rounds
from timers.sweep import sweep

ACTS = ("demand", "demand", "demand", "drop", "send", "supply", "supply", "decide", "wait", "return")


@dataclass
class Owed:
    """One demand of the model: ``notice`` is 0 before it is sent."""

    task: str
    item: str
    department: str
    material: str
    notice: int = 0
    open: bool = True


@dataclass
class Model:
    """What should be owed, who should wait, which notices should have gone."""

    office: Office
    case_id: str
    demands: list[Owed] = field(default_factory=list)
    notices: list[set[tuple[str, str]]] = field(default_factory=list)
    window: datetime | None = None

    @property
    def now(self) -> list[Owed]:
        """What is owed."""
        return [one for one in self.demands if one.open]

    def may(self, task: Task, material: str) -> bool:
        """Whether a step may demand a material now."""
        item = self.office.case(self.case_id).items.get(task.item)
        if task.act == "deliver" or (item is not None and (item.status != IN_REVIEW or item.decision is not None)):
            return False
        if any(one.task == task.id and one.material == material for one in self.now):
            return False
        took_part = {one.notice for one in self.demands if one.department == task.department and one.notice}
        return not took_part or any(one.material == material for one in self.demands if one.notice in took_part)

    def demanded(self, task: Task, materials: Iterable[str]) -> None:
        """These were demanded."""
        self.demands += [Owed(task.id, task.item, task.department, material) for material in sorted(materials)]
        if self.window is None:
            calendar = self.office.engine.deployments.calendar
            self.window = due_date(calendar, self.office.clock(), Limit(Decimal(1))).at

    def sent(self) -> None:
        """The notice went."""
        self.notices.append({(one.material, one.department) for one in self.now if not one.notice})
        for one in self.now:
            one.notice = one.notice or len(self.notices)
        self.window = None

    def settle(self) -> None:
        """What is no longer asked for, since its step or item is over, is owed no longer."""
        case = self.office.case(self.case_id)
        waiting = {task.id for task in case.open_tasks()}
        for one in self.now:
            item = case.items.get(one.item)
            over = item is not None and (item.decision is not None or item.status != IN_REVIEW)
            one.open = one.task in waiting and not over
        if all(one.notice for one in self.now):
            self.window = None

    def check(self) -> None:
        """The case is as the model says."""
        case = self.office.case(self.case_id)
        assert paused(self.office, self.case_id) == {one.item for one in self.now}
        open_now = [one for one in case.demands.values() if one.ended_at is None]
        assert sorted((one.task, one.material, one.notice or "0") for one in open_now) == sorted(
            (one.task, one.material, str(one.notice)) for one in self.now
        )
        gathered = entries(self.office, self.case_id, GATHERED)
        assert [
            {(code, one["department"]) for code, asked in entry.facts["materials"].items() for one in asked}
            for entry in gathered
        ] == self.notices
        armed = {name.partition(".")[0]: timer for name, timer in case.timers.items() if not timer.task}
        assert ("gather" in armed) == (self.window is not None)
        assert {one.notice for one in self.now if one.notice} >= {
            int(name.partition(".")[2]) for name in case.timers if name.startswith("correction_answer")
        }


def materials_of(office: Office, case_id: str, task: Task) -> list[str]:
    """What the applicant brings for the item of a step."""
    lines = materials_checklist(office.engine.deployments.catalogue.offering(BUNDLE), office.case(case_id).values)
    return [one.code for one in lines if one.obtained == APPLICANT and (not task.item or task.item in one.needed_by)]


def act(model: Model, name: str, rng: Random) -> None:
    """One act somebody tries, with what it should come to."""
    office, case_id = model.office, model.case_id
    task = rng.choice(list(office.open(case_id).values()))
    if name == "demand":
        _demand(model, task, rng)
    elif name == "drop":
        mine = [one for one in model.now if one.task == task.id and not one.notice]
        _tried(lambda: drop(office, case_id, task.step), bool(mine))
        for one in mine:
            one.open = False
    elif name == "send":
        if _tried(lambda: send(office, case_id), any(not one.notice for one in model.now)):
            model.sent()
    elif name == "supply":
        _supply(model, rng)
    elif name == "decide":
        office.decide(
            case_id, task.step, rng.choice(["agree", "agree", "disagree"]) if task.act != "issue" else "agree"
        )
    elif name == "return":
        _return(model, task)
    else:
        _wait(model, rng)
    model.settle()


def _demand(model: Model, task: Task, rng: Random) -> None:
    known = materials_of(model.office, model.case_id, task)
    chosen = rng.sample(known, rng.randint(1, min(2, len(known))))
    if _tried(
        lambda: demand(model.office, model.case_id, task.step, chosen), all(model.may(task, one) for one in chosen)
    ):
        model.demanded(task, chosen)


def _supply(model: Model, rng: Random) -> None:
    if not model.now:
        return
    material = rng.choice(model.now).material
    supply(model.office, model.case_id, material)
    for one in model.now:
        one.open = one.material != material


def _return(model: Model, task: Task) -> None:
    office, case_id = model.office, model.case_id
    done = [one.step for one in office.case(case_id).tasks.values() if one.status == "done" and one.item == task.item]
    for step in done[-1:]:
        try:
            office.engine.execute(ReturnStep(case_id, task.id, step, "再看"), handler_of(task))
        except BinglianError as error:
            assert error.code.startswith(("return.", "case.")), error.code


def _wait(model: Model, rng: Random) -> None:
    model.office.clock.advance(hours=rng.choice([1, 5, 24, 72]))
    sweep(model.office.engine)
    sweep(model.office.engine)
    model.settle()
    if model.window is not None and model.window <= model.office.clock():
        model.sent()


def _tried(do: Callable[[], object], expected: bool) -> bool:
    """Does it; whether it was done, which is what was expected."""
    try:
        do()
    except BinglianError:
        assert not expected
        return False
    assert expected
    return True


HEAD = Actor("head1", "market", frozenset({"head"}))


def test_random_acts_come_to_what_the_model_says(tmp_path: Path, rounds: Rounds) -> None:
    with opened_office(tmp_path, ManualClock(), live_cases=3) as office:

        @settings(max_examples=rounds(test=25, long=500))
        @given(acts=st.lists(st.sampled_from(ACTS), min_size=4, max_size=20), rng=st.randoms(use_true_random=False))
        def happens(acts: list[str], rng: Random) -> None:
            model = Model(office, office.accept(BUNDLE))
            for name in acts:
                if office.open(model.case_id):
                    act(model, name, rng)
                    model.check()
            if office.case(model.case_id).status == "in_progress":
                office.engine.execute(TerminateCase(model.case_id, "收尾", "本案收尾"), HEAD)
            model.settle()
            assert not model.now and not office.case(model.case_id).timers

        happens()
