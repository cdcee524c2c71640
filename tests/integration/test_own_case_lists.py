"""回避: the lists somebody works from leave out the cases he applies in himself, and nobody else's."""

from pathlib import Path

from sqlalchemy import event

from engine.commands import Actor, ClaimTask, NameApplicant, SetAbsence
from engine.engine import Engine
from engine.store.records import Account
from tests.builders import CLERK, Office
from tests.integration.test_commitment import accepted as promised
from tests.integration.test_recusal import CLERK2, FOUND, accepted, named, submitted
from tests.seated import BY_TWO, HEAD, STEP, A, B, inbox, notices, person, seated_office, task_of
from tests.web import Visitor, site_of
from timers.sweep import sweep


def counts(office: Office, who: Actor) -> tuple[int, int, dict[str, int]]:
    """What the chips say: all, overdue, and by who has it."""
    read = office.engine.read
    found = read.inbox_counts(who)
    return found.all, found.overdue, {name: number for name, number in read.inbox_whose(who).items() if number}


def test_the_inbox_and_its_numbers_leave_the_own_case_out(tmp_path: Path) -> None:
    with seated_office(tmp_path) as office:
        own, others = accepted(office), accepted(office)
        office.clock.advance(days=30)
        assert counts(office, A) == counts(office, B) == (2, 2, {"free": 2})
        named(office, own, A)
        assert [row["case_id"] for row in office.engine.read.inbox(A).rows] == [others]
        assert counts(office, A) == (1, 1, {"free": 1})
        assert len(office.engine.read.inbox(B).rows) == 2
        assert counts(office, B) == (2, 2, {"free": 2})
        office.engine.execute(NameApplicant(own, "", "登记有误"), CLERK)
        assert counts(office, A) == (2, 2, {"free": 2})


def test_seats_anybody_of_the_role_may_take_are_left_out_too(tmp_path: Path) -> None:
    with seated_office(tmp_path, BY_TWO) as office:
        case_id = accepted(office)
        office.engine.execute(ClaimTask(case_id, task_of(office, case_id).id, "1"), B)
        named(office, case_id, A)
        assert (inbox(office, A), counts(office, A)) == ([], (0, 0, {}))
        assert (inbox(office, B), counts(office, B)) == ([STEP], (1, 0, {"mine": 1, "free": 1}))


def test_notices_to_a_role_are_not_shown_to_the_applicant_who_holds_it(tmp_path: Path) -> None:
    with seated_office(tmp_path) as office:
        own, others, other = accepted(office, HEAD.id), accepted(office), person("h2", "market", "section_head")
        office.clock.advance(days=30)
        sweep(office.engine)
        assert len(notices(office, other)) == 2 * len(notices(office, HEAD)) > 0
        shown = office.engine.outbox.notices_for(HEAD.department, HEAD.roles, person=HEAD.id)
        assert {row["case_id"] for row in shown} == {others}
        office.engine.execute(NameApplicant(own, "", "登记有误"), CLERK)
        assert notices(office, HEAD) == notices(office, other)


def test_what_waits_for_acceptance_is_not_shown_to_the_clerk_who_applies(tmp_path: Path) -> None:
    with seated_office(tmp_path) as office:
        office.engine.records.save_account(Account(CLERK2.id, "窗口二", "window", CLERK2.roles), "")
        own, others, read = submitted(office, CLERK2.id), submitted(office), office.engine.read
        assert [case.id for case in read.waiting(CLERK2)] == [others]
        assert {case.id for case in read.waiting(CLERK)} == {own, others}
        assert (read.waiting_count(CLERK2), read.waiting_count(CLERK)) == (1, 2)


def test_a_check_of_the_own_promise_is_left_out(office: Office) -> None:
    inspector = Actor("fire9", "fire", frozenset({"inspector"}))
    office.engine.records.save_account(Account("fire9", "消防九", "fire", inspector.roles), "")
    case_id = promised(office)
    office.engine.execute(NameApplicant(case_id, "fire9", FOUND), CLERK)
    office.finish(case_id)
    read, other = office.engine.read, Actor("fire7", "fire", frozenset({"inspector"}))
    assert (read.checks(inspector).rows, read.check_counts(inspector)) == ([], (0, 0))
    assert (len(read.checks(other).rows), read.check_counts(other)) == (1, (1, 0))


def test_standing_in_for_a_colleague_does_not_show_it_either(tmp_path: Path) -> None:
    with seated_office(tmp_path) as office:
        app, absent = site_of(office.engine), Actor("market1", "market", frozenset({"reviewer"}))
        own, others = accepted(office, "market2"), accepted(office)
        for case_id in (own, others):
            office.engine.execute(ClaimTask(case_id, task_of(office, case_id).id), absent)
        office.engine.absences.set(SetAbsence("market1", "market2", "2026-03-02", "2026-03-06", "请假单"), absent)
        page = Visitor(app, "market2").get("/inbox/?behalf=market1").text
        assert office.case(others).number in page
        assert office.case(own).number not in page


def test_every_list_is_found_by_an_index(tmp_path: Path) -> None:
    """No list reads all tasks or all cases: each table is searched by an index, the own cases by theirs."""
    with seated_office(tmp_path) as office:
        accepted(office)
        plans = planned(office.engine, A)
        assert any("case_row_applicant" in line for line in plans)
        assert any("task_inbox" in line for line in plans)
        tables = ("task", "case_row", "seat", "task_helper", "inbox_notice", "promise_check")
        assert [line for line in plans if any(line.split()[:2] == ["SCAN", name] for name in tables)] == []


def planned(engine: Engine, who: Actor) -> list[str]:
    """How SQLite finds the lists and numbers of somebody."""
    asked: list[tuple[str, object]] = []

    def keep(_one: object, _cursor: object, statement: str, values: object, *_more: object) -> None:
        asked.append((statement, values))

    source = engine.store.database.engine
    event.listen(source, "before_cursor_execute", keep)
    try:
        engine.read.inbox(who), engine.read.inbox_counts(who), engine.read.inbox_whose(who)
        engine.read.checks(who), engine.read.check_counts(who)
        engine.outbox.notices_for(who.department, who.roles, person=who.id)
    finally:
        event.remove(source, "before_cursor_execute", keep)
    with engine.store.database.read() as connection:
        return [
            str(row[3])
            for statement, values in asked if statement.startswith(("SELECT", "WITH"))
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)  # type: ignore[arg-type]
        ]  # fmt: skip
