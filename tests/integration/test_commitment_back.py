"""Promises, their checks and revocations in cases that go back, move and end: they follow what stands."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.calendar_recompute import recompute_all
from engine.bootstrap import build_auditor
from engine.calendar import install, read_list
from engine.case.parts.pledge import DUE, FALSE, KEPT, LAPSED, OUTCOMES
from engine.case.state import GRANTED, ISSUED, REVOKED, Case
from engine.commands import (
    SYSTEM,
    AcceptCase,
    Actor,
    DecideStep,
    MoveCase,
    RecordCheck,
    ReturnCase,
    ReturnStep,
    RevokeResult,
    TakeBackDecision,
)  # fmt: skip
from engine.errors import BinglianError
from engine.settings import default_processes
from tests.builders import CLERK, Office, handler_of, opened_office
from tests.clock import ManualClock
from tests.going_back import REASON, go_back
from tests.integration.test_commitment import HEAD, INSPECTOR, accepted, revoke, submitted
from tests.rounds import Rounds
from tests.year_lists import LIST_2027, as_toml, forget_later_lists
from timers.sweep import sweep

LEAD = Actor("head1", "market", frozenset({"head"}))
LARGE = {"floor_area": "80"}


def states(case: Case) -> list[str]:
    return [check.status for check in case.checks.values()]


def test_what_is_issued_anew_is_checked_anew(office: Office) -> None:
    case_id = accepted(office)
    office.decide(case_id, "FIRECHK.decide")
    first = office.case(case_id).results["R_FIRECHK"].number
    go_back(office, ReturnCase(case_id, REASON), HEAD)
    case = office.case(case_id)
    assert states(case) == [LAPSED] and not case.timers.keys() & {"check.1", "check.1.remind"}
    assert set(office.open(case_id)) == {"FIRECHK.decide"}, "the promise still stands for the inspection"
    office.decide(case_id, "FIRECHK.decide")
    case = office.case(case_id)
    assert states(case) == [LAPSED, DUE] and case.results["R_FIRECHK"].number != first
    assert case.checks["2"].results == case.results["R_FIRECHK"].number


def test_a_provisional_result_is_checked_once_the_lead_department_has_agreed(office: Office) -> None:
    case_id = submitted(office, "B02", LARGE)
    office.engine.execute(AcceptCase(case_id), CLERK)
    lead = next(s.id for s in office.engine.deployments.current("B02").offering.own_steps if s.act == "lead_decide")
    while lead not in office.open(case_id):
        office.decide(case_id, sorted(office.open(case_id))[0])
    assert "FIRECHK.inspect" not in {task.step for task in office.case(case_id).tasks.values() if task.status == "done"}
    assert not office.case(case_id).checks
    task = office.open(case_id)[lead]
    office.decide(case_id, lead)
    assert states(office.case(case_id)) == [DUE]
    go_back(office, TakeBackDecision(case_id, task.id), handler_of(task))
    assert states(office.case(case_id)) == [LAPSED]
    office.decide(case_id, lead)
    assert states(office.case(case_id)) == [LAPSED, DUE]


def test_nothing_takes_a_revocation_back(office: Office) -> None:
    case_id = accepted(office)
    office.decide(case_id, "FIRECHK.decide")
    office.engine.execute(RecordCheck(case_id, "FIRECHK", FALSE, "设施是假的", "记录 7 号"), INSPECTOR)
    office.engine.execute(revoke(case_id), HEAD)
    number = office.case(case_id).results["R_FIRECHK"].number
    office.engine.execute(ReturnCase(case_id, REASON), HEAD)
    office.decide(case_id, "FIRECHK.decide")
    found = {one.number: one.status for one in office.case(case_id).results.values()}
    assert found.pop(number) == REVOKED and list(found.values()) == [ISSUED]


def test_a_promise_moves_with_its_case_as_it_was_made(tmp_path: Path, clock: ManualClock) -> None:
    folder = tmp_path / "processes"
    shutil.copytree(default_processes(), folder)
    with opened_office(tmp_path, clock, processes=folder) as office:
        case_id = accepted(office)
    item = folder / "FIRECHK" / "item.toml"
    item.write_text(item.read_text(encoding="utf-8").partition("\n[commitment]")[0], encoding="utf-8")
    with opened_office(tmp_path, clock, processes=folder) as office:
        version = office.engine.deployments.current("FIRECHK").version
        office.engine.execute(MoveCase(case_id, version, REASON), SYSTEM)
        assert set(office.open(case_id)) == {"FIRECHK.decide"}
        office.finish(case_id)
        assert states(office.case(case_id)) == [DUE]
        office.engine.execute(RecordCheck(case_id, "FIRECHK", KEPT, "符合"), INSPECTOR)


def test_a_years_list_moves_the_check_of_a_closed_case_and_its_reminder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_later_lists(monkeypatch)
    folder, clock = tmp_path / "processes", ManualClock(datetime(2026, 12, 21, 2, 0, tzinfo=UTC))
    shutil.copytree(default_processes(), folder)
    with opened_office(tmp_path, clock, processes=folder) as office:
        case_id = accepted(office)
        office.finish(case_id)
        before = office.case(case_id)
        assert before.terms["check.1"].provisional
    listed = tmp_path / "2027.toml"
    listed.write_text(as_toml({**LIST_2027, date(2027, 1, 14): (False, "地方节日")}, 2027), encoding="utf-8")
    assert install(folder / "calendars", "cn", read_list(listed), False).status == "written"
    with opened_office(tmp_path, clock, processes=folder) as office:
        assert not recompute_all(office.engine).failed
        after = office.case(case_id)
        assert not after.terms["check.1"].provisional
        assert after.checks["1"].due_at == after.terms["check.1"].due_at > before.checks["1"].due_at
        assert after.timers["check.1"].due_at == after.checks["1"].due_at
        assert after.timers["check.1.remind"].due_at > before.timers["check.1.remind"].due_at
        assert office.engine.read.checks(INSPECTOR).rows[0]["due_at"] == after.checks["1"].due_at


class Story:
    """Acts at random on a case by commitment."""

    def __init__(self, office: Office, case_id: str, data: st.DataObject) -> None:
        self.office, self.case_id, self.data = office, case_id, data
        self.revoked: set[str] = set()

    def act(self) -> None:
        self.office.clock.advance(days=self.data.draw(st.sampled_from([0, 0, 1, 9, 30])))
        assert sweep(self.office.engine).failed == 0
        kinds = [self.forward, self.forward, self.forward, self.back, self.take_back, self.check, self.revoke]
        self.data.draw(st.sampled_from(kinds))()
        self.holds()

    def tried(self, command: object, actor: Actor) -> None:
        try:
            self.office.engine.execute(command, actor)  # type: ignore[arg-type]
        except BinglianError as error:
            assert error.code != "engine.busy"

    def forward(self) -> None:
        case = self.office.case(self.case_id)
        for task in sorted(case.open_tasks(), key=lambda task: task.id)[:1]:
            if task.act == "deliver":
                self.office.decide(self.case_id, task.step)
                return
            agrees = task.act == "issue" or self.data.draw(st.integers(0, 5)) > 0
            decision = "agree" if agrees else "disagree"
            self.tried(DecideStep(self.case_id, task.id, decision, "意见"), handler_of(task))

    def back(self) -> None:
        case = self.office.case(self.case_id)
        done = sorted({task.step for task in case.tasks.values() if task.status == "done"})
        opened = sorted(case.open_tasks(), key=lambda task: task.id)
        if done and opened:
            task, step = self.data.draw(st.sampled_from(opened)), self.data.draw(st.sampled_from(done))
            self.tried(ReturnStep(self.case_id, task.id, step, REASON), handler_of(task))

    def take_back(self) -> None:
        done = [task for task in self.office.case(self.case_id).tasks.values() if task.status == "done"]
        if done:
            task = self.data.draw(st.sampled_from(done))
            self.tried(TakeBackDecision(self.case_id, task.id), handler_of(task))

    def check(self) -> None:
        outcome = self.data.draw(st.sampled_from(OUTCOMES))
        self.tried(RecordCheck(self.case_id, "FIRECHK", outcome, "核查情况", "记录"), INSPECTOR)

    def revoke(self) -> None:
        self.tried(RevokeResult(self.case_id, "FIRECHK", "第六十九条", "记录", "不实"), HEAD)

    def holds(self) -> None:
        """Revoked stays revoked; a check is due exactly while what it is about stands, each with its term and timer."""
        case = self.office.case(self.case_id)
        now = {one.number for one in case.results.values() if one.status == REVOKED}
        assert self.revoked <= now
        self.revoked = now
        own = [one for key, one in case.results.items() if one.item == "FIRECHK" and key == one.code]
        issued = bool(own) and all(one.status == ISSUED for one in own) and case.items["FIRECHK"].status == GRANTED
        due = [check for check in case.checks.values() if check.status == DUE]
        standing = [check for check in case.checks.values() if check.status != LAPSED]
        if issued:
            assert standing[-1].results == " ".join(one.number for one in own)
        assert len(due) <= 1 and (issued or not due)
        for check in case.checks.values():
            over = case.terms[check.key].ended_at is not None
            assert over == (check.status != DUE)
            assert not over or not any(name.split(".")[:2] == check.key.split(".") for name in case.timers)


def test_checks_follow_what_stands_whatever_happens(tmp_path_factory: pytest.TempPathFactory, rounds: Rounds) -> None:
    @settings(max_examples=rounds(test=6, long=200), deadline=None, database=None)
    @given(code=st.sampled_from(["FIRECHK", "FIRECHK", "B02"]), data=st.data())
    def runs(code: str, data: st.DataObject) -> None:
        with opened_office(tmp_path_factory.mktemp("story"), ManualClock()) as office:
            case_id = submitted(office, code, LARGE if code == "B02" else None)
            office.engine.execute(AcceptCase(case_id), CLERK)
            story = Story(office, case_id, data)
            for _ in range(12):
                story.act()
            assert build_auditor(office.engine).verify([case_id]).differences == ()

    runs()
