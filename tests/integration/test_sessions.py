"""特别程序 as records: hearings by their articles (行政许可法 46–48), joint visits, findings, clocks (45)."""

import json
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.case.parts.session import CANCELLED, CLOSED, ENDED, Session
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
    ResumeClock,
    ReturnCase,
    SuspendClock,
    TerminateCase,
    WithdrawCase,
)  # fmt: skip
from engine.errors import BinglianError, CatalogueError
from engine.instants import from_text
from engine.store.deliveries import OutgoingNotice
from engine.store.records import Account
from engine.store.tables import outbox
from tests.builders import CLERK, Office, opened_office
from tests.clock import ManualClock
from tests.slow_calendar import BEIJING, Pause, SlowCalendar
from timers.delivery_words import Wording

SLOW = SlowCalendar()
FOOD = Actor("food1", "market", frozenset({"inspector"}))
REVIEWER = Actor("food2", "market", frozenset({"reviewer"}))
FIRE = Actor("fire1", "fire", frozenset({"inspector"}))
CITY = Actor("city1", "urban", frozenset({"reviewer"}))
LAWYER = Actor("lawyer", "market", frozenset({"section_head"}))
HEAD = Actor("head1", "market", frozenset({"head"}))


@pytest.fixture(params=[True, False], ids=["live", "restored"])
def office(request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock, told_once: Path) -> Iterator[Office]:
    """With cases in memory, and restored between any two acts; every journal is replayed at the end."""
    kept: dict[str, object] = {} if request.param else {"live_cases": 0}
    with opened_office(tmp_path, clock, processes=told_once, **kept) as opened:
        for one in (FOOD, REVIEWER, FIRE, LAWYER, HEAD):
            opened.engine.records.save_account(Account(one.id, one.id, one.department, one.roles), "")
        yield opened


def at(office: Office, day: str, hour: int = 10) -> None:
    office.clock.set(datetime.fromisoformat(day).replace(hour=hour, tzinfo=BEIJING))


def begun(office: Office) -> str:
    """A restaurant in which food, fire and sign are under way; Monday 2 March 2026, 09:00."""
    case_id = office.accept("B02")
    office.decide(case_id, "LIC_CHECK.review")
    return case_id


def visit(case_id: str, items: str = "FOOD FIRECHK", when: str = "2026-03-05T09:00+08:00") -> ArrangeSession:
    return ArrangeSession(case_id, "site_visit", items, when, "经营场所", "食品经营许可和备案管理办法")


def hearing(case_id: str, when: str = "2026-03-16T09:00+08:00", **more: str) -> ArrangeSession:
    said = {"expected_days": "10", "chair": LAWYER.id, **more}
    return ArrangeSession(case_id, "hearing", "FOOD", when, "三楼听证室", "行政许可法第四十六条", **said)


def found(case_id: str, item: str, outcome: str = "pass", session: str = "1") -> RecordFindings:
    return RecordFindings(case_id, session, item, "市场监管检查员、申请人", outcome, "布局与图纸一致")


def do(office: Office, command: Command, actor: Actor = FOOD) -> None:
    office.engine.execute(command, actor)


def refused(office: Office, command: Command, actor: Actor = FOOD) -> str:
    """The code of the error; it was foreseen, and nothing was changed."""
    before = office.case(office.cases[-1]).revision
    with pytest.raises(BinglianError) as caught:
        office.engine.execute(command, actor)
    assert office.case(office.cases[-1]).revision == before
    return caught.value.code


def session(office: Office, case_id: str, number: str = "1") -> Session:
    return office.case(case_id).sessions[number]


def slow(start: str | None, days: int, *pauses: Pause) -> str:
    assert start is not None
    due, _ = SLOW.due(from_text(start).astimezone(BEIJING), Decimal(days), "working_days", pauses)
    return f"{due:%Y-%m-%d %H:%M}"


def local(text: str | None) -> str:
    return "" if text is None else f"{from_text(text).astimezone(BEIJING):%Y-%m-%d %H:%M}"


def test_a_joint_visit_stops_no_clock_and_each_department_records_its_own(office: Office) -> None:
    case_id = begun(office)
    before = office.case(case_id)
    do(office, visit(case_id))
    case = office.case(case_id)
    assert (case.promised_due_at, case.suspensions) == (before.promised_due_at, {})
    assert case.timers == before.timers
    one = session(office, case_id)
    assert (one.items, one.missing, one.names[0]) == (
        {"FOOD": "market", "FIRECHK": "fire"}, ("FIRECHK", "FOOD"), "联合勘验"
    )  # fmt: skip
    at(office, "2026-03-04")
    assert refused(office, found(case_id, "FOOD")) == "session.not_held"
    at(office, "2026-03-05")
    assert refused(office, found(case_id, "FIRECHK")) == "policy.session_item"
    do(office, found(case_id, "FOOD"))
    assert refused(office, CloseSession(case_id, "1", "合格")) == "session.missing"
    do(office, found(case_id, "FIRECHK", "rectify"), FIRE)
    do(office, CloseSession(case_id, "1", "消防整改后复查"), FIRE)
    one = session(office, case_id)
    assert (one.status, one.findings["FIRECHK"]["outcome"], one.findings["FOOD"]["by"]) == (CLOSED, "rectify", "food1")
    assert office.case(case_id).promised_due_at == before.promised_due_at
    assert office.finish(case_id).outcome == "granted"


def test_article_45_a_hearing_stops_the_clocks_of_its_items_until_it_is_closed(office: Office) -> None:
    case_id = begun(office)
    before = office.case(case_id)
    at(office, "2026-03-04")
    do(office, hearing(case_id), REVIEWER)
    case = office.case(case_id)
    assert (case.promised_due_at, case.statutory_due_at) == (None, None)
    assert (case.items["FOOD"].due_at, office.open(case_id)["FOOD.site"].due_at) == (None, None)
    assert case.items["SIGN"].due_at == before.items["SIGN"].due_at
    assert case.suspensions["1"].session == "1"
    at(office, "2026-03-16")
    do(office, found(case_id, "FOOD"))
    do(office, CloseSession(case_id, "1", "应予许可", "听证笔录 3 号"), LAWYER)
    case, pause = office.case(case_id), (date(2026, 3, 4), date(2026, 3, 16))
    assert local(case.promised_due_at) == slow(case.accepted_at, 13, pause)
    assert local(case.items["FOOD"].statutory_due_at) == slow(case.items["FOOD"].opened_at, 15, pause)
    assert office.finish(case_id).outcome == "granted"


@pytest.mark.parametrize("kind", ["expert_review", "testing"])
def test_article_45_experts_and_tests_stop_them_too_and_need_their_report(office: Office, kind: str) -> None:
    case_id = begun(office)
    at(office, "2026-03-03")
    command = ArrangeSession(case_id, kind, "FOOD SIGN", "2026-03-05T09:00+08:00", "检测中心", "第四十五条", "5")
    do(office, command)
    case = office.case(case_id)
    assert {stop.item: (stop.procedure, stop.scope) for stop in case.suspensions.values()} == {
        "FOOD": (kind, "both"), "SIGN": (kind, "both"),
    }  # fmt: skip
    at(office, "2026-03-10")
    do(office, found(case_id, "FOOD"))
    closing = CloseSession(case_id, "1", "合格", absent={"SIGN": "不涉及"})
    assert refused(office, closing) == "session.record"
    do(office, CloseSession(case_id, "1", "合格", "报告 7 号", {"SIGN": "不涉及"}))
    case = office.case(case_id)
    assert local(case.promised_due_at) == slow(case.accepted_at, 13, (date(2026, 3, 3), date(2026, 3, 10)))


def test_article_47_it_is_asked_for_within_five_working_days_and_held_within_twenty(office: Office) -> None:
    case_id = begun(office)
    at(office, "2026-03-12")
    asked = {"told_on": "2026-03-03", "asked_on": "2026-03-11"}  # the sixth working day
    assert refused(office, hearing(case_id, "2026-03-24T09:00+08:00", **asked)) == "hearing.asked_late"
    asked["asked_on"] = "2026-03-10"
    assert refused(office, hearing(case_id, "2026-04-09T09:00+08:00", **asked)) == "hearing.late"  # 清明 6 April is off
    assert refused(office, hearing(case_id, "2026-03-24T09:00+08:00", told_on="2026-03-10")) == "hearing.day"
    assert refused(office, hearing(case_id, "2026-03-24T09:00+08:00", told_on="x", asked_on="y")) == "hearing.day"
    for wrong in ({"told_on": "2026-03-11"}, {"asked_on": "2026-03-13"}, {"told_on": "2026-02-27"}):
        assert refused(office, hearing(case_id, "2026-03-24T09:00+08:00", **{**asked, **wrong})) == "hearing.days"
    do(office, hearing(case_id, "2026-04-08T09:00+08:00", **asked))  # the twentieth working day
    assert refused(office, ChangeSession(case_id, "1", "场地", "2026-04-09T09:00+08:00")) == "hearing.late"


def test_article_48_it_is_announced_seven_days_before(office: Office) -> None:
    case_id = begun(office)
    assert refused(office, hearing(case_id, "2026-03-08T09:00+08:00")) == "hearing.notice"
    do(office, hearing(case_id, "2026-03-09T09:00+08:00"))
    at(office, "2026-03-05")
    assert refused(office, ChangeSession(case_id, "1", "场地", "2026-03-11T09:00+08:00")) == "hearing.notice"
    do(office, ChangeSession(case_id, "1", "场地", "2026-03-12T09:00+08:00", "一楼", "15"))
    one = session(office, case_id)
    assert (local(one.planned_at), one.place, one.expected_days) == ("2026-03-12 09:00", "一楼", "15")
    assert office.case(case_id).suspensions["1"].expected_days == "15"
    do(office, ChangeSession(case_id, "1", "换一间", place="二楼"))
    at(office, "2026-03-06")
    assert refused(office, ChangeSession(case_id, "1", "再换", place="三楼")) == "hearing.notice"
    at(office, "2026-03-12")
    do(office, ChangeSession(case_id, "1", "主持人回避", session(office, case_id).planned_at, chair=REVIEWER.id))
    assert session(office, case_id).chair == REVIEWER.id


def test_article_48_who_presides_does_not_examine_the_application(office: Office) -> None:
    case_id = begun(office)
    office.engine.execute(
        DecideStep(case_id, office.open(case_id)["FOOD.site"].id, "agree", "合格"), FOOD
    )  # fmt: skip
    assert refused(office, hearing(case_id, chair=FOOD.id), REVIEWER) == "hearing.chair_examines"
    assert refused(office, hearing(case_id, chair=""), REVIEWER) == "hearing.chair"
    assert refused(office, hearing(case_id, chair="nobody"), REVIEWER) == "person.unknown"
    do(office, hearing(case_id, chair=REVIEWER.id), REVIEWER)
    decide = DecideStep(case_id, office.open(case_id)["FOOD.review"].id, "agree", "合格")
    assert refused(office, decide, REVIEWER) == "session.chair_examines"
    assert refused(office, ChangeSession(case_id, "1", "换人", chair=FOOD.id), REVIEWER) == "hearing.chair_examines"
    do(office, ChangeSession(case_id, "1", "换人", chair=LAWYER.id), REVIEWER)
    assert refused(office, decide, REVIEWER) == "session.hearing_open"


def test_article_48_the_decision_waits_for_the_record_and_a_cancelled_hearing_holds_nothing_up(office: Office) -> None:
    case_id = begun(office)
    do(office, hearing(case_id, "2026-03-09T09:00+08:00"))
    office.decide(case_id, "FOOD.site")  # a visit is not the decision
    decide = DecideStep(case_id, office.open(case_id)["FOOD.review"].id, "agree", "合格")
    assert refused(office, decide, REVIEWER) == "session.hearing_open"
    office.decide(case_id, "SIGN.review")
    at(office, "2026-03-09")
    do(office, found(case_id, "FOOD"))
    assert refused(office, CloseSession(case_id, "1", "应予许可")) == "session.record"
    do(office, CancelSession(case_id, "1", "申请人撤回听证申请"))
    assert (session(office, case_id).status, office.case(case_id).suspensions["1"].ended_by) == (CANCELLED, "resumed")
    do(office, decide, REVIEWER)


def test_a_second_visit_of_the_same_item_is_refused_and_another_item_joins(office: Office) -> None:
    case_id = begun(office)
    do(office, visit(case_id, "FOOD"))
    assert refused(office, visit(case_id, "FOOD FIRECHK"), FIRE) == "session.open"
    assert refused(office, JoinSession(case_id, "1", "FIRECHK")) == "policy.session_item", "the other must agree"
    do(office, JoinSession(case_id, "1", "FIRECHK"), FIRE)
    assert session(office, case_id).names == ("联合勘验", "joint site visit")
    assert refused(office, JoinSession(case_id, "1", "FIRECHK"), FIRE) == "session.joined"
    do(office, visit(case_id, "SIGN", "2026-03-06T09:00+08:00"), Actor("x", "market", frozenset({"reviewer"})))
    at(office, "2026-03-05")
    do(office, found(case_id, "FOOD"))
    assert refused(office, ChangeSession(case_id, "1", "改期", "2026-03-09T09:00+08:00")) == "session.begun"


def test_what_a_session_has_to_say_and_who_may_do_what(office: Office) -> None:
    case_id = begun(office)
    said = vars(visit(case_id))
    for wrong, code in (
        ({"kind": "lunch"}, "session.kind"), ({"items": " "}, "session.items"),
        ({"items": "FOOD FOOD"}, "session.twice"), ({"items": "NOTHING"}, "clock.item"),
        ({"planned_at": "soon"}, "session.instant"), ({"place": " "}, "place.missing"),
        ({"planned_at": "2026-03-05T09:00"}, "session.instant"), ({"ground": ""}, "ground.missing"),
        ({"planned_at": "2026-03-01T09:00+08:00"}, "session.past"), ({"chair": "lawyer"}, "session.hearing_only"),
        ({"planned_at": "2028-03-01T09:00+08:00"}, "session.past"), ({"expected_days": "x"}, "suspend.days"),
        ({"kind": "testing"}, "suspend.days"),
    ):  # fmt: skip
        assert refused(office, ArrangeSession(**{**said, **wrong})) == code, wrong
    for actor in (CLERK, Actor("x", "urban", frozenset({"panel"}))):
        assert refused(office, visit(case_id), actor) == "policy.session"
    assert refused(office, CancelSession(case_id, "7", "x")) == "session.unknown"
    do(office, visit(case_id), FIRE)
    assert refused(office, ChangeSession(case_id, "1", "x")) == "session.same"
    at(office, "2026-03-05")
    assert refused(office, found(case_id, "SIGN")) == "session.item"
    for wrong, code in (({"outcome": "ok"}, "session.outcome"), ({"attended": ""}, "attended.missing")):
        assert refused(office, RecordFindings(**{**vars(found(case_id, "FOOD")), **wrong})) == code
    assert refused(office, RecordFindings(case_id, "1", "FOOD", "检查员", "fail")) == "findings.missing"
    nobody = CloseSession(case_id, "1", "x", absent={"FOOD": "未到", "FIRECHK": "未到"})
    assert refused(office, nobody) == "session.missing"
    do(office, CancelSession(case_id, "1", "改为书面审查"))
    assert refused(office, CancelSession(case_id, "1", "x")) == "session.over"


def test_the_stop_of_a_session_ends_with_it_and_not_by_hand(office: Office) -> None:
    case_id = begun(office)
    do(office, hearing(case_id))
    assert refused(office, ResumeClock(case_id, "1", "听证笔录"), REVIEWER) == "suspension.session"
    do(office, SuspendClock(case_id, "FOOD", "quarantine", "第四十五条", "检疫单", "3"), REVIEWER)
    do(office, CancelSession(case_id, "1", "撤回"))
    assert office.case(case_id).items["FOOD"].due_at is None, "the other suspension goes on"
    do(office, ResumeClock(case_id, "2", "检疫单"), REVIEWER)
    assert office.case(case_id).items["FOOD"].due_at is not None


def test_a_decided_item_leaves_and_the_last_one_ends_it(office: Office) -> None:
    case_id = begun(office)
    do(office, visit(case_id, "FOOD SIGN"))
    while office.case(case_id).items["SIGN"].decision is None:
        office.decide(case_id, next(step for step in office.open(case_id) if step.startswith("SIGN.")))
    one = session(office, case_id)
    assert (one.status, one.taking_part) == ("open", ("FOOD",))
    office.decide(case_id, "FOOD.site")
    office.decide(case_id, "FOOD.review", "disagree")
    assert session(office, case_id).status == ENDED


def test_withdrawing_and_terminating_end_it_with_its_stops(office: Office) -> None:
    first, second = begun(office), begun(office)
    for case_id in (first, second):
        do(office, hearing(case_id))
    do(office, WithdrawCase(first, "不办了", "申请书"), CLERK)
    do(office, TerminateCase(second, "不能办理", "行政许可法"), HEAD)
    for case_id in (first, second):
        case = office.case(case_id)
        assert (case.sessions["1"].status, case.suspensions["1"].ended_by) == (ENDED, "closed")
    assert refused(office, CancelSession(second, "1", "x")) == "session.over"


def test_it_stays_open_when_the_case_goes_back_and_its_stop_with_it(office: Office) -> None:
    case_id = begun(office)
    do(office, hearing(case_id, "2026-03-09T09:00+08:00"))
    do(office, ReturnCase(case_id, "材料有误"), HEAD)
    case = office.case(case_id)
    assert (case.items["FOOD"].status, case.sessions["1"].status) == ("accepted", "open")
    office.decide(case_id, "LIC_CHECK.review")
    assert office.case(case_id).items["FOOD"].due_at is None
    at(office, "2026-03-09")
    do(office, found(case_id, "FOOD"))
    do(office, CloseSession(case_id, "1", "应予许可", "笔录 1 号"))
    case = office.case(case_id)
    assert local(case.items["FOOD"].due_at) == slow(
        case.items["FOOD"].opened_at, 10, (date(2026, 3, 2), date(2026, 3, 9))
    )


RULE = '\n[site_visit]\nstops = "promised"\nground = "某市勘验管理办法"\nbasis = "assumed"\n'


def ruled(folder: Path, told_once: Path, rule: str) -> Path:
    """The shipped processes, in which a local rule is about site visits of FOOD."""
    shutil.copytree(told_once, folder)
    file = folder / "FOOD" / "item.toml"
    file.write_text(file.read_text(encoding="utf-8") + rule, encoding="utf-8")
    return folder


def test_a_local_rule_lets_a_site_visit_stop_the_promised_clocks_only(tmp_path: Path, told_once: Path) -> None:
    with opened_office(tmp_path, processes=ruled(tmp_path / "p", told_once, RULE)) as office:
        case_id = begun(office)
        before = office.case(case_id)
        do(office, visit(case_id))
        case = office.case(case_id)
        assert [(stop.item, stop.procedure, stop.scope) for stop in case.suspensions.values()] == [
            ("FOOD", "local", "promised")
        ]
        assert (case.items["FOOD"].due_at, case.promised_due_at) == (None, None)
        assert case.statutory_due_at == before.statutory_due_at
        assert case.items["FIRECHK"].due_at == before.items["FIRECHK"].due_at
        at(office, "2026-03-05")
        for item, who in (("FOOD", FOOD), ("FIRECHK", FIRE)):
            do(office, found(case_id, item), who)
        do(office, CloseSession(case_id, "1", "合格"))
        case, pause = office.case(case_id), (date(2026, 3, 2), date(2026, 3, 5))
        assert local(case.items["FOOD"].due_at) == slow(case.items["FOOD"].opened_at, 10, pause)


@pytest.mark.parametrize(
    "wrong", [RULE.replace("promised", "both"), RULE + "more = 1\n", RULE.replace("ground", "law")]
)
def test_a_local_rule_that_says_anything_else_is_refused(tmp_path: Path, told_once: Path, wrong: str) -> None:
    with (
        pytest.raises(CatalogueError, match=r"FOOD.*site_visit"),
        opened_office(tmp_path, processes=ruled(tmp_path / "p", told_once, wrong)),
    ):
        pass


def test_everybody_who_takes_part_and_the_applicant_are_told_in_words(office: Office) -> None:
    case_id = begun(office)
    do(office, visit(case_id))
    do(office, ChangeSession(case_id, "1", "天气", "2026-03-06T09:00+08:00"))
    with office.engine.store.database.read() as connection:
        rows = connection.execute(select(outbox).where(outbox.c.template.like("session_%"))).all()
    assert [(row.template, row.department, row.role) for row in rows] == [
        (template, *desk) for template in ("session_arranged", "session_changed")
        for desk in (("market", "inspector"), ("fire", "inspector"), ("", ""))
    ]  # fmt: skip
    facts = json.loads(rows[-1].facts)
    assert facts["planned"] == "2026-03-06T01:00:00.000000Z"
    wording = Wording("en", "https://here", BEIJING, office.engine.deployments.catalogue)
    last = rows[-1]
    notice = OutgoingNotice(case_id, last.seq, last.ordinal, last.template, "fire", "inspector", "", "", facts)
    text = wording.notice(notice).text
    assert text == "joint site visit, now 2026-03-06 09:00, 经营场所."
