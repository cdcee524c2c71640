"""Cases that go forward and back at random, on diagrams made at random: what stands makes the case, always."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.case.state import Case
from engine.commands import Actor, ReopenCase, ReturnCase, ReturnStep, TakeBackDecision
from engine.errors import BinglianError, NotPossible
from tests.builders import Office, handler_of, opened_office
from tests.clock import ManualClock
from tests.going_back import REASON, check_standing, go_back
from tests.integration.test_moving_cases import Offices, block_parts, block_version
from timers.sweep import sweep


class People:
    """Who do something at random, each within the own rights."""

    def __init__(self, office: Office, case_id: str, data: st.DataObject) -> None:
        self.office, self.case_id, self.data = office, case_id, data
        offering = office.engine.deployments.get(office.case(case_id).version).offering
        self.offering, self.head = offering, Actor("head1", offering.lead_department, frozenset({"head"}))

    def act(self) -> None:
        """One act: mostly forward, often back."""
        passes = self.data.draw(st.sampled_from([{}, {"minutes": 1.0}, {"hours": 1.0}, {"days": 1.0}]))
        self.office.clock.advance(**passes)
        assert sweep(self.office.engine).failed == 0
        kinds = [self.forward, self.forward, self.forward, self.back, self.back, self.take_back, self.whole]
        self.data.draw(st.sampled_from(kinds))()

    def forward(self) -> None:
        opened = sorted(self.office.case(self.case_id).open_tasks(), key=lambda task: task.id)
        tasks = [task for task in opened if task.act != "deliver"]
        if tasks:
            task = self.data.draw(st.sampled_from(tasks))
            agrees = task.act == "issue" or self.data.draw(st.integers(0, 4)) > 0
            self.office.decide(self.case_id, task.step, "agree" if agrees else "disagree")
            check_standing(self.office, self.case_id)

    def back(self) -> None:
        case = self.office.case(self.case_id)
        opened = sorted(case.open_tasks(), key=lambda task: task.id)
        visited = sorted({task.step for task in case.tasks.values() if task.status in {"done", "voided"}})
        if opened and visited:
            task, to_step = self.data.draw(st.sampled_from(opened)), self.data.draw(st.sampled_from(visited))
            self.tried(ReturnStep(self.case_id, task.id, to_step, REASON), handler_of(task))

    def take_back(self) -> None:
        tasks = [task for task in self.office.case(self.case_id).tasks.values() if task.status == "done"]
        if tasks:
            task = self.data.draw(st.sampled_from(tasks))
            self.tried(TakeBackDecision(self.case_id, task.id), handler_of(task))

    def whole(self) -> None:
        if self.data.draw(st.integers(0, 3)) == 0:
            self.tried(ReturnCase(self.case_id, REASON), self.head)

    def tried(self, command: ReturnStep | TakeBackDecision | ReturnCase | ReopenCase, actor: Actor) -> None:
        """It is done as foreseen, or refused in words; what is refused changes nothing."""
        before = self.office.case(self.case_id)
        try:
            go_back(self.office, command, actor)
        except BinglianError as error:
            assert error.message_zh
            assert error.message_en
            return
        after = self.office.case(self.case_id)
        assert after.promised_due_at == before.promised_due_at, "the clocks of the case go on"
        kept = {task.id: task for task in before.open_tasks() if task.id in after.tasks}
        for task in after.open_tasks():
            assert kept.get(task.id, task) == task, "what stays open stays as it is"

    def end(self) -> Case:
        """It can still reach an end; every result given stands on the decisions of a last round."""
        case = self.office.finish(self.case_id)
        assert (case.status, case.timers) == ("closed", {})
        for item in case.items.values():
            decisive = [s.id for s in self.offering.steps.values() if s.item == item.code and s.decisive]
            given_now = {task.step: task.decision for task in case.tasks.values() if task.status == "done"}
            valid = [r for r in case.results.values() if r.item == item.code and r.status == "issued"]
            if item.status == "granted":
                assert all(given_now.get(step) not in {None, "disagree"} for step in decisive), item
            else:
                assert not valid or self.offering.join_policy == "separate"
        numbers = [result.number for result in case.results.values()]
        assert len(set(numbers)) == len(numbers)
        return case


@settings(max_examples=max(settings().max_examples // 8, 5))
@given(block_parts(), st.data())
def test_random_diagrams_go_forward_and_back(parts: list[tuple[list[int], bool]], data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        offices = Offices(Path(folder), ManualClock())
        with offices.stack:
            office = offices.open(block_version(parts, "环节"))
            people = People(office, office.accept("T"), data)
            for _ in range(data.draw(st.integers(1, 14))):
                people.act()
            closed = people.end()
            if closed.outcome == "refused":
                people.tried(ReopenCase(people.case_id, "复议决定撤销原决定"), people.head)
                assert office.case(people.case_id).status == "in_progress"
                people.end()


@settings(max_examples=max(settings().max_examples // 12, 4))
@given(st.sampled_from(["B02", "B05", "B06", "B10", "SIGN"]), st.data())
def test_bundles_go_forward_and_back(code: str, data: st.DataObject) -> None:
    with TemporaryDirectory() as folder, opened_office(Path(folder), ManualClock()) as office:
        people = People(office, office.accept(code), data)
        for _ in range(data.draw(st.integers(1, 18))):
            people.act()
        closed = people.end()
        if closed.outcome == "refused":
            try:
                go_back(office, ReopenCase(people.case_id, "复议决定撤销原决定"), people.head)
            except NotPossible as error:
                assert error.code == "reopen.delivered"
            else:
                people.end()
