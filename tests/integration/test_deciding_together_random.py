"""Random acts of random people on a step that several decide: no decision is lost, nobody sits twice, the journal is
the case, and it can always reach an end."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bootstrap import build_auditor
from engine.case.policy import may_handle
from engine.case.seating.seat_text import seats_from
from engine.case.seating.seats import DECIDED, OPEN, REMOVED, Seat
from engine.case.state import Task
from engine.commands import (
    Actor,
    AddApprover,
    AssignTask,
    ClaimTask,
    Command,
    DecideStep,
    DelegateTask,
    GetBackTask,
    HandOver,
    ReleaseTask,
    RemoveApprover,
    ReturnStep,
    SetAbsence,
    TakeBackDecision,
    TransferTask,
)  # fmt: skip
from engine.errors import BinglianError
from engine.store.records import Account
from tests.builders import Office
from tests.clock import ManualClock
from tests.seated import (
    ADMIN,
    ALL_SIGN,
    ANY_SIGNS,
    CHIEF,
    DECIDE,
    HEAD,
    IN_ORDER,
    OTHER,
    POLICE,
    POLICE2,
    STEP,
    VOTE,
    A,
    B,
    C,
    D,
    seated_office,
)
from timers.sweep import sweep

PEOPLE = (A, B, C, D, POLICE, POLICE2, HEAD, CHIEF)
ACTS = 40
RULES = ("", ALL_SIGN, ANY_SIGNS, VOTE.replace('"1/2"', '"1/2"\nmay_add = true\nmay_remove = true'), IN_ORDER)
DECISIONS = ("agree", "agree", "agree_with_conditions", "disagree", "abstain", "forward")


class Random:
    """People who do something to a case, each within the own rights or not."""

    def __init__(self, office: Office, case_id: str, data: st.DataObject) -> None:
        self.office, self.case_id, self.data = office, case_id, data

    def one_of(self, *choices: str) -> str:
        return self.data.draw(st.sampled_from(choices))

    def person(self) -> Actor:
        return self.data.draw(st.sampled_from(PEOPLE))

    def likely(self, task: Task) -> Actor:
        """Mostly one of those who have to do with a task."""
        near = [one for one in PEOPLE if may_handle(task, one)]
        return self.data.draw(st.sampled_from([*near * 3, *PEOPLE]))

    def act(self) -> bool:
        """Tries something; whether it was done."""
        self.office.clock.advance(minutes=self.data.draw(st.integers(0, 500)))
        assert sweep(self.office.engine).failed == 0
        tasks = [task for task in self.office.case(self.case_id).tasks.values() if task.act != "deliver"]
        if not tasks:
            return False
        waiting = [task for task in tasks if task.status == "open"]
        task = self.data.draw(st.sampled_from([*waiting * 3, *tasks[-3:]]))
        try:
            self.office.engine.execute(self.command(task), self.likely(task))
        except BinglianError as error:
            assert error.message_zh
            assert error.message_en
            return False
        return True

    def command(self, task: Task) -> Command:
        known = [one.id for one in seats_from(task.seats) if one.pending] or ["1"]
        seat, to = self.one_of(*known * 3, "1", "4"), self.person()
        at = (self.case_id, task.id)
        desk = (to.department, min(to.roles), self.one_of("", to.id))
        commands: list[Command] = [
            DecideStep(*at, self.one_of(*DECISIONS), "理由"), DecideStep(*at, "agree"), DecideStep(*at, "agree"),
            DecideStep(*at, "agree", behalf=to.id), ClaimTask(*at, seat), ReleaseTask(*at, seat),
            TransferTask(*at, *desk, seat=seat), AssignTask(*at, *desk, seat=seat),
            DelegateTask(*at, to.id, seat=seat), GetBackTask(*at, seat),
            AddApprover(*at, self.one_of("before", "after", "beside"), *desk, seat=seat), RemoveApprover(*at, seat),
            TakeBackDecision(*at), ReturnStep(*at, self.one_of(STEP, OTHER, DECIDE), "理由"),
            HandOver(self.case_id, self.person().id, *desk),
        ]  # fmt: skip
        return self.data.draw(st.sampled_from(commands))


def given_in(seat: Seat) -> Iterator[tuple[str, str, str]]:
    """What was ever said in a seat: by whom, what, when."""
    if seat.status == DECIDED:
        yield seat.decided_by, seat.decision, seat.decided_at
    yield from ((one.by, one.decision, one.at) for one in seat.kept)


def said(office: Office, case_id: str) -> set[tuple[str, str, str]]:
    tasks = office.case(case_id).tasks.values()
    return {what for task in tasks for seat in seats_from(task.seats) for what in given_in(seat)}


def check(office: Office, case_id: str, before: set[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
    assert build_auditor(office.engine).verify([case_id]).differences == ()
    now = said(office, case_id)
    assert before <= now, "a decision given is never lost"
    for task in office.case(case_id).tasks.values():
        standing = [seat for seat in seats_from(task.seats) if seat.status != REMOVED]
        for seat in standing:
            others = {name for other in standing if other.id != seat.id for name in other.people()}
            assert not seat.people() & others - {"system"}, "nobody twice"
        if standing and task.status == "open":
            assert any(seat.status == OPEN for seat in standing), "it is somebody's turn"
    return now


def finish(office: Office, case_id: str) -> None:
    """Administrators give what nobody can decide any more to people made for it; then all agree."""
    spare = 0
    while tasks := office.case(case_id).open_tasks():
        task = tasks[0]
        waiting = [seat for seat in seats_from(task.seats) if seat.status == OPEN]
        if not waiting:
            office.decide(case_id, task.step)
            continue
        spare += 1
        fresh = Actor(f"spare{spare}", waiting[0].department, frozenset({waiting[0].role}))
        account = Account(fresh.id, fresh.id, fresh.department, fresh.roles)
        office.engine.records.save_account(account, "")
        give = AssignTask(case_id, task.id, fresh.department, waiting[0].role, fresh.id, seat=waiting[0].id)
        office.engine.execute(give, ADMIN)
        office.engine.execute(DecideStep(case_id, task.id, "agree", seat=waiting[0].id), fresh)
    assert office.case(case_id).status == "closed"


@settings(max_examples=max(10, settings().max_examples // 3))
@given(data=st.data())
def test_whatever_people_do_nothing_is_lost_and_every_case_reaches_an_end(data: st.DataObject) -> None:
    rule, clock = data.draw(st.sampled_from(RULES)), ManualClock()
    with TemporaryDirectory() as folder, seated_office(Path(folder), rule, clock=clock) as office:
        office.engine.absences.set(SetAbsence("a", "d", "2026-03-02", "2026-03-31", "局办"), A)
        office.engine.absences.set(SetAbsence("c", "b", "2026-03-02", "2026-03-31", "局办", "TRY"), C)
        case_id = office.accept("TRY")
        random, known = Random(office, case_id, data), said(office, case_id)
        for _ in range(ACTS):
            if random.act():
                known = check(office, case_id, known)
        finish(office, case_id)
        check(office, case_id, known)
