"""Corrections after the acceptance: what branches demand, the one notice that gathers it, what makes clocks go on."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from engine.bootstrap import build_auditor, build_engine
from engine.case.correcting.gathering import GATHERED, UNANSWERED
from engine.commands import (
    SYSTEM,
    Actor,
    DecideStep,
    DemandMaterials,
    FireTimer,
    MoveCase,
    ResumeClock,
    ReturnCase,
    ReturnStep,
    SupplyMaterials,
    TakeBackDecision,
    TerminateCase,
    WithdrawCase,
)  # fmt: skip
from engine.errors import AlreadyDone, BadInput, BinglianError, CatalogueError, NotFound, NotPermitted, NotPossible
from engine.instants import from_text
from engine.journal import Json
from engine.materials import Upload
from engine.settings import default_processes
from tests.builders import CLERK, Office, handler_of, opened_office, settings_for
from tests.clock import ManualClock
from tests.demanding import (
    BUNDLE,
    DEVICE,
    DRUG,
    FLOOR,
    FOOD,
    FORM,
    KITCHEN,
    LEAD,
    LIQUOR,
    PREMISES,
    REASON,
    TOBACCO,
    demand,
    drop,
    entries,
    owed,
    paused,
    send,
    supply,
)  # fmt: skip
from tests.papers import make_all, papers, words
from tests.slow_calendar import BEIJING
from tests.uploads import pdf
from timers.sweep import deliver, sweep


@pytest.fixture(params=[True, False], ids=["live", "restored"])
def office(request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock) -> Iterator[Office]:
    """With cases in memory, and restored between any two acts; every journal is replayed at the end."""
    kept = {} if request.param else {"live_cases": 0}
    with opened_office(tmp_path, clock, **kept) as opened:
        yield opened


def at(office: Office, day: str, hour: int = 10, minute: int = 0) -> None:
    office.clock.set(datetime.fromisoformat(day).replace(hour=hour, minute=minute, tzinfo=BEIJING))


def local(text: str | None) -> str:
    assert text is not None
    return f"{from_text(text).astimezone(BEIJING):%Y-%m-%d %H:%M}"


def told(office: Office, actor: Actor, template: str) -> list[Json]:
    deliver(office.engine)
    found = office.engine.outbox.notices_for(actor.department, actor.roles)
    return [notice["facts"] for notice in found if notice["template"] == template]


def to_applicant(office: Office, case_id: str) -> list[str]:
    """Templates of what the applicant was told since the acceptance."""
    deliver(office.engine)
    found = [one["template"] for one in office.engine.outbox.notices_for("", frozenset()) if one["case_id"] == case_id]
    return [one for one in found if one != "case_accepted"]


def test_the_window_gathers_two_branches_and_the_third_has_a_window_of_its_own(office: Office) -> None:
    case_id = office.accept(BUNDLE)  # Monday 2 March 2026, 09:00
    statutory = office.case(case_id).statutory_due_at
    demand(office, case_id, DRUG, {PREMISES: "租期不足", FLOOR: "图上没有尺寸"})
    at(office, "2026-03-03")
    demand(office, case_id, TOBACCO, {PREMISES: "缺出租人签字"})
    assert paused(office, case_id) == {"DRUG", "TOBACCO"}
    case = office.case(case_id)
    assert local(case.timers["gather.1"].due_at) == "2026-03-03 17:30"
    assert case.items["DRUG"].statutory_due_at and case.statutory_due_at == statutory
    assert not entries(office, case_id, GATHERED) and to_applicant(office, case_id) == []
    at(office, "2026-03-03", 17, 31)
    sweep(office.engine)
    [notice] = entries(office, case_id, GATHERED)
    assert notice.facts == {
        "timer": "gather.1", "notice": "1", "answer": "15", "reason": REASON,
        "materials": {
            FLOOR: [{"department": "drugs", "text": "图上没有尺寸"}],
            PREMISES: [
                {"department": "drugs", "text": "租期不足"}, {"department": "tobacco", "text": "缺出租人签字"}
            ],
        },
    }  # fmt: skip
    assert to_applicant(office, case_id) == ["correction_gathered"]
    at(office, "2026-03-04")
    demand(office, case_id, FOOD, [KITCHEN])
    assert local(office.case(case_id).timers["gather.2"].due_at) == "2026-03-05 17:30"
    at(office, "2026-03-06")
    sweep(office.engine)
    assert [entry.facts["notice"] for entry in entries(office, case_id, GATHERED)] == ["1", "2"]
    assert entries(office, case_id, GATHERED)[1].facts["materials"].keys() == {KITCHEN}
    assert owed(office, case_id) == {DRUG: [FLOOR, PREMISES], TOBACCO: [PREMISES], FOOD: [KITCHEN]}


def test_a_branch_goes_on_when_all_it_demanded_has_come_and_its_handlers_are_told(office: Office) -> None:
    case_id = office.accept(BUNDLE)
    before = {step: task.due_at for step, task in office.open(case_id).items()}
    demand(office, case_id, DRUG, [PREMISES, FLOOR])
    demand(office, case_id, TOBACCO, [PREMISES])
    at(office, "2026-03-03", 18)
    sweep(office.engine)
    at(office, "2026-03-05")
    supply(office, case_id, PREMISES)
    assert paused(office, case_id) == {"DRUG"}, "who waits for nothing else goes on"
    assert [one["materials"] for one in told(office, handler_of(office.open(case_id)[TOBACCO]), "materials_came")] == [
        [PREMISES]
    ]
    assert told(office, handler_of(office.open(case_id)[DRUG]), "materials_came") == []
    assert local(before[TOBACCO]) == "2026-03-05 17:30"
    assert local(office.open(case_id)[TOBACCO].due_at) == "2026-03-09 17:30", "three working days did not count"
    office.engine.upload(case_id, Upload(FLOOR, "平面图.pdf", pdf(b"new")), CLERK)
    assert paused(office, case_id) == set() and owed(office, case_id) == {}
    assert sorted(to_applicant(office, case_id)) == ["clock_resumed", "clock_resumed", "correction_gathered"]
    case = office.case(case_id)
    assert case.terms["correction_answer.1"].ended_at and "correction_answer.1" not in case.timers
    assert {one.ended_by for one in case.demands.values()} == {"supplied"}


def test_siblings_go_on_and_can_be_decided_while_a_branch_waits(office: Office) -> None:
    case_id = office.accept(BUNDLE)
    before = {step: task.due_at for step, task in office.open(case_id).items()}
    demand(office, case_id, DRUG, [PREMISES])
    assert {s: t.due_at for s, t in office.open(case_id).items() if s != DRUG} == {
        s: due for s, due in before.items() if s != DRUG
    }
    office.decide(case_id, FOOD)
    assert paused(office, case_id) == {"DRUG"}


def test_who_may_send_the_notice_early_and_that_it_is_sent_once(office: Office) -> None:
    case_id = office.accept(BUNDLE)
    with pytest.raises(NotPossible) as caught:
        send(office, case_id)
    assert caught.value.code == "demand.none"
    demand(office, case_id, DRUG, [PREMISES])
    with pytest.raises(NotPermitted):
        send(office, case_id, handler_of(office.open(case_id)[DRUG]))
    send(office, case_id, LEAD)
    assert entries(office, case_id, GATHERED)[0].actor == LEAD.id
    assert "gather.1" not in office.case(case_id).timers
    with pytest.raises(AlreadyDone):
        send(office, case_id)
    at(office, "2026-03-04")
    sweep(office.engine)
    assert len(entries(office, case_id, GATHERED)) == 1
    with pytest.raises(AlreadyDone):
        office.engine.execute(FireTimer(case_id, "gather.1"), SYSTEM)


def test_a_demand_is_taken_back_before_it_is_sent_and_not_after(office: Office) -> None:
    case_id = office.accept(BUNDLE)
    before = office.case(case_id)
    demand(office, case_id, DRUG, [PREMISES, FLOOR])
    with pytest.raises(NotPermitted):
        office.engine.execute(DemandMaterials(case_id, office.open(case_id)[DRUG].id, {FLOOR: "x"}, REASON), CLERK)
    drop(office, case_id, DRUG, FLOOR)
    assert (paused(office, case_id), owed(office, case_id)) == ({"DRUG"}, {DRUG: [PREMISES]})
    with pytest.raises(AlreadyDone):
        drop(office, case_id, DRUG, FLOOR)
    with pytest.raises(NotFound):
        drop(office, case_id, DRUG, KITCHEN)
    drop(office, case_id, DRUG)
    case = office.case(case_id)
    assert paused(office, case_id) == set()
    assert case.items["DRUG"].due_at == before.items["DRUG"].due_at, "of the same day: nothing is gained"
    assert case.timers.keys() == before.timers.keys() and case.terms["gather.1"].ended_at
    assert to_applicant(office, case_id) == [], "what was never told is not taken back"
    demand(office, case_id, DRUG, [FLOOR])
    assert "gather.2" in office.case(case_id).timers
    send(office, case_id)
    with pytest.raises(NotPossible) as caught:
        drop(office, case_id, DRUG)
    assert caught.value.code == "demand.sent"


def test_after_a_notice_its_departments_may_name_only_what_it_named(office: Office) -> None:
    case_id = office.accept(BUNDLE)
    demand(office, case_id, DRUG, [PREMISES])
    demand(office, case_id, TOBACCO, [FORM])
    send(office, case_id)
    with pytest.raises(NotPossible, match="did not name"):
        demand(office, case_id, DRUG, [FLOOR])
    with pytest.raises(NotPossible, match="did not name"):
        demand(office, case_id, DEVICE, [FLOOR])  # another branch of the same department
    with pytest.raises(AlreadyDone):
        demand(office, case_id, DRUG, [PREMISES])
    demand(office, case_id, DRUG, [FORM])  # the notice named it, at the wish of another department
    demand(office, case_id, FOOD, [KITCHEN])  # market had no part in that notice
    supply(office, case_id, PREMISES)
    demand(office, case_id, DRUG, {PREMISES: "还是租期不足"})
    assert owed(office, case_id) == {DRUG: [FORM, PREMISES], TOBACCO: [FORM], FOOD: [KITCHEN]}


def test_what_can_be_demanded_by_whom(office: Office) -> None:
    case_id = office.accept(BUNDLE)
    task = office.open(case_id)[DRUG]
    wrong: list[tuple[dict[str, str], str, type[BinglianError], str]] = [
        ({}, REASON, BadInput, "materials"), ({KITCHEN: "x"}, REASON, BadInput, KITCHEN),
        ({PREMISES: " "}, REASON, BadInput, PREMISES), ({PREMISES: "x"}, " ", BadInput, "reason"),
        ({PREMISES: "x" * 5000}, REASON, BadInput, PREMISES),
    ]  # fmt: skip
    for materials, reason, kind, where in wrong:
        with pytest.raises(kind) as caught:
            office.engine.execute(DemandMaterials(case_id, task.id, materials, reason), handler_of(task))
        assert caught.value.where == where
    office.decide(case_id, DRUG)
    with pytest.raises(AlreadyDone):
        office.engine.execute(DemandMaterials(case_id, task.id, {PREMISES: "x"}, REASON), handler_of(task))
    assert paused(office, case_id) == set()


def test_nobody_lets_the_clock_of_a_demand_go_on_by_hand(office: Office) -> None:
    case_id = office.accept(BUNDLE)
    demand(office, case_id, DRUG, [PREMISES])
    with pytest.raises(NotPossible) as caught:
        office.engine.execute(ResumeClock(case_id, "1", "x"), handler_of(office.open(case_id)[DRUG]))
    assert caught.value.code == "suspension.demands"


def test_a_branch_that_decides_ends_its_demand_and_only_its_own(office: Office) -> None:
    case_id = office.accept(BUNDLE)
    demand(office, case_id, DRUG, [PREMISES])
    demand(office, case_id, TOBACCO, [PREMISES])
    send(office, case_id)
    office.decide(case_id, DRUG)
    assert (paused(office, case_id), owed(office, case_id)) == ({"TOBACCO"}, {TOBACCO: [PREMISES]})
    office.decide(case_id, TOBACCO, "disagree")
    assert paused(office, case_id) == set()
    case = office.case(case_id)
    assert [one.ended_by for one in case.demands.values()] == ["decided", "decided"]
    assert case.terms["correction_answer.1"].ended_at


def test_a_decision_before_the_notice_leaves_nothing_to_send(office: Office) -> None:
    case_id = office.accept(BUNDLE)
    demand(office, case_id, DRUG, [PREMISES])
    office.decide(case_id, DRUG)
    assert "gather.1" not in office.case(case_id).timers
    at(office, "2026-03-06")
    sweep(office.engine)
    assert not entries(office, case_id, GATHERED)
    assert to_applicant(office, case_id) == []


def test_a_decision_that_is_returned_keeps_the_record_and_may_demand_what_the_notice_named(office: Office) -> None:
    case_id = office.accept(BUNDLE)
    demand(office, case_id, DRUG, [PREMISES])
    send(office, case_id)
    first = office.open(case_id)[DRUG]
    office.decide(case_id, DRUG)
    later = next(task for task in office.open(case_id).values() if task.item == "DRUG")
    demand(office, case_id, later.step, [PREMISES])
    office.engine.execute(ReturnStep(case_id, later.id, DRUG, "再看一次"), handler_of(later))
    case = office.case(case_id)
    assert [(one.task, one.ended_by) for one in case.demands.values()] == [(first.id, "decided"), (later.id, "gone")]
    assert paused(office, case_id) == set() and "gather.2" not in case.timers
    demand(office, case_id, DRUG, [PREMISES])
    assert paused(office, case_id) == {"DRUG"}


def test_a_decision_taken_back_leaves_the_demand_ended(office: Office) -> None:
    case_id = office.accept(BUNDLE)
    demand(office, case_id, DRUG, [PREMISES])
    demand(office, case_id, TOBACCO, [PREMISES])
    task = office.open(case_id)[DRUG]
    office.decide(case_id, DRUG)
    office.engine.execute(TakeBackDecision(case_id, task.id), handler_of(task))
    assert owed(office, case_id) == {TOBACCO: [PREMISES]} and paused(office, case_id) == {"TOBACCO"}


def test_a_file_that_makes_others_decide_again_meets_the_demand_too(office: Office) -> None:
    case_id = office.accept(BUNDLE)
    seen = {}
    office.engine.upload(case_id, Upload(PREMISES, "a.pdf", pdf(b"one")), CLERK)
    seen[PREMISES] = office.case(case_id).files[PREMISES].sha256
    for step in (TOBACCO, LIQUOR):
        task = office.open(case_id)[step]
        held = seen if step == TOBACCO else {}
        office.engine.execute(DecideStep(case_id, task.id, "agree", "意见", seen=held), handler_of(task))
    demand(office, case_id, DRUG, [PREMISES])
    later = next(task for task in office.open(case_id).values() if task.item == "TOBACCO")
    demand(office, case_id, later.step, [PREMISES, FORM])
    send(office, case_id)
    office.engine.upload(case_id, Upload(PREMISES, "b.pdf", pdf(b"two")), CLERK)
    opened = office.open(case_id)
    assert TOBACCO in opened and LIQUOR not in opened, "only who had read it decides again"
    assert paused(office, case_id) == set() and owed(office, case_id) == {}
    assert [one.ended_by for one in office.case(case_id).demands.values()] == ["supplied", "gone", "supplied"]


@pytest.mark.parametrize("end", ["withdraw", "terminate"])
def test_demands_end_with_the_case(office: Office, end: str) -> None:
    case_id = office.accept(BUNDLE)
    demand(office, case_id, DRUG, [PREMISES])
    send(office, case_id)
    demand(office, case_id, FOOD, [KITCHEN])
    head = Actor("head", "market", frozenset({"head"}))
    if end == "withdraw":
        office.engine.execute(WithdrawCase(case_id, "不办了", "申请书"), CLERK)
    else:
        office.engine.execute(TerminateCase(case_id, "理由", "行政许可法"), head)
    case = office.case(case_id)
    assert {one.ended_by for one in case.demands.values()} == {"closed"} and not case.timers
    assert all(stop.ended_at for stop in case.suspensions.values())
    with pytest.raises(BinglianError):
        supply(office, case_id, PREMISES)


def test_who_never_answers_is_told_of_once_and_the_pause_goes_on(office: Office) -> None:
    case_id = office.accept(BUNDLE)
    demand(office, case_id, DRUG, [PREMISES])
    demand(office, case_id, FOOD, [KITCHEN])
    send(office, case_id)
    supply(office, case_id, KITCHEN)
    assert local(office.case(case_id).timers["correction_answer.1"].due_at) == "2026-03-23 17:30"
    at(office, "2026-03-24")
    sweep(office.engine), sweep(office.engine)
    assert len(entries(office, case_id, UNANSWERED)) == 1
    assert paused(office, case_id) == {"DRUG"} and owed(office, case_id) == {DRUG: [PREMISES]}
    drugs = handler_of(office.open(case_id)[DRUG])
    assert len(told(office, drugs, "correction_unanswered")) == 1
    assert len(told(office, Actor("h", "market", frozenset({"head"})), "correction_unanswered")) == 1
    assert told(office, Actor("m", "market", frozenset({"inspector"})), "correction_unanswered") == []
    supply(office, case_id, PREMISES)
    assert paused(office, case_id) == set()


def test_two_sweeps_send_one_notice(office: Office) -> None:
    case_id = office.accept(BUNDLE)
    demand(office, case_id, DRUG, [PREMISES])
    at(office, "2026-03-04")
    due = [one for one in office.engine.lease() if one.timer_id == "gather.1"]
    assert len(due) == 1 and not [one for one in office.engine.lease() if one.timer_id == "gather.1"]
    office.engine.execute(FireTimer(case_id, "gather.1"), SYSTEM)
    with pytest.raises(AlreadyDone):
        office.engine.execute(FireTimer(case_id, "gather.1"), SYSTEM)
    assert len(entries(office, case_id, GATHERED)) == 1


def test_the_window_tells_those_who_might_want_something_too(office: Office) -> None:
    case_id = office.accept(BUNDLE)
    demand(office, case_id, DRUG, [PREMISES])
    tobacco = handler_of(office.open(case_id)[TOBACCO])
    assert [one["by"] for one in told(office, tobacco, "correction_window")] == ["drugs"]
    assert len(told(office, CLERK, "correction_window")) == 1
    demand(office, case_id, TOBACCO, [PREMISES])
    assert len(told(office, CLERK, "correction_window")) == 1


def test_the_applicant_may_bring_it_before_the_notice_is_sent(office: Office) -> None:
    case_id = office.accept(BUNDLE)
    demand(office, case_id, DRUG, [PREMISES])
    with pytest.raises(BadInput):
        office.engine.execute(SupplyMaterials(case_id, {KITCHEN: "received"}), CLERK)
    supply(office, case_id, PREMISES)
    assert paused(office, case_id) == set() and "gather.1" not in office.case(case_id).timers


def edited(tmp_path: Path, *lines: str) -> Path:
    """A catalogue whose bundle says these lines too."""
    folder = tmp_path / "processes"
    shutil.copytree(default_processes(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / BUNDLE / "item.toml"
    text = file.read_text("utf-8")
    file.write_text("\n".join(lines) + "\n" + text, "utf-8")
    return folder


def test_window_and_answer_are_data_of_the_version(tmp_path: Path, clock: ManualClock) -> None:
    folder = edited(tmp_path, "correction_window = 2", "correction_answer_days = 3.5")
    with opened_office(tmp_path, clock, processes=folder) as office:
        case_id = office.accept(BUNDLE)
        demand(office, case_id, DRUG, [PREMISES])
        assert local(office.case(case_id).timers["gather.1"].due_at) == "2026-03-04 17:30"
        send(office, case_id)
        assert office.case(case_id).terms["correction_answer.1"].limit == "3.5"


@pytest.mark.parametrize("line", ["correction_window = 0", "correction_window = 11", "correction_answer_days = 1.005"])
def test_what_cannot_be_is_refused_when_the_file_is_read(tmp_path: Path, clock: ManualClock, line: str) -> None:
    folder = edited(tmp_path, line)
    with pytest.raises(CatalogueError, match=r"item\.toml"), opened_office(tmp_path, clock, processes=folder):
        pass


def test_a_case_that_moves_keeps_its_demands(tmp_path: Path, clock: ManualClock) -> None:
    with opened_office(tmp_path, clock) as office:
        case_id = office.accept(BUNDLE)
        demand(office, case_id, DRUG, [PREMISES])
    folder = edited(tmp_path, "correction_window = 2")
    with opened_office(tmp_path, clock, processes=folder) as office:
        version = office.engine.deployments.current(BUNDLE).version
        office.engine.execute(MoveCase(case_id, version, "新版本"), SYSTEM)
        assert owed(office, case_id) == {DRUG: [PREMISES]} and paused(office, case_id) == {"DRUG"}
        send(office, case_id)
        supply(office, case_id, PREMISES)
        assert paused(office, case_id) == set()


def test_one_document_names_everything_with_who_asks(office: Office) -> None:
    case_id = office.accept(BUNDLE)
    demand(office, case_id, DRUG, {PREMISES: "租期不足"})
    demand(office, case_id, TOBACCO, {PREMISES: "缺出租人签字"})
    send(office, case_id)
    make_all(office)
    paper = papers(office, case_id)["correction"]
    assert [one.kind for one in office.engine.paperwork.rows.of_case(case_id)] == ["acceptance", "correction"]
    told = " ".join(words(office, paper).split())
    assert "市场监管/药监：租期不足；烟草专卖：缺出租人签字" in told
    assert "已于2026年3月2日受理" in told and "请至迟于2026年3月23日补正" in told and "第三十二条" not in told


def test_two_sweepers_at_the_same_instant_send_one_notice(tmp_path: Path, clock: ManualClock) -> None:
    with opened_office(tmp_path, clock) as office:
        cases = [office.accept(BUNDLE) for _ in range(3)]
        for case_id in cases:
            demand(office, case_id, DRUG, [PREMISES])
        at(office, "2026-03-04")
        other = build_engine(settings_for(tmp_path), clock)
        try:
            with ThreadPoolExecutor(2) as pool:
                swept = [one.result() for one in [pool.submit(sweep, engine) for engine in (office.engine, other)]]
        finally:
            other.close()
        assert [one.failed for one in swept] == [0, 0]
        assert [len(entries(office, case_id, GATHERED)) for case_id in cases] == [1, 1, 1]


def test_a_step_that_stays_open_when_the_whole_case_goes_back_keeps_its_demand(office: Office) -> None:
    case_id = office.accept(BUNDLE)
    demand(office, case_id, DRUG, [PREMISES])
    office.decide(case_id, TOBACCO)
    later = next(task for task in office.open(case_id).values() if task.item == "TOBACCO")
    demand(office, case_id, later.step, [FORM])
    office.engine.execute(ReturnCase(case_id, "重新审查"), Actor("head1", "market", frozenset({"head"})))
    assert owed(office, case_id) == {DRUG: [PREMISES]} and paused(office, case_id) == {"DRUG"}
    send(office, case_id)
    assert entries(office, case_id, GATHERED)[0].facts["materials"].keys() == {PREMISES}
    report = build_auditor(office.engine).rebuild([case_id])
    assert report.differences == () and owed(office, case_id) == {DRUG: [PREMISES]}


def test_a_refused_item_ends_its_demands(office: Office) -> None:
    case_id = office.accept(BUNDLE)
    steps = office.engine.deployments.current(BUNDLE).offering.steps
    while not steps[(task := next(t for t in office.open(case_id).values() if t.item == "DRUG")).step].decisive:
        office.decide(case_id, task.step)
    demand(office, case_id, task.step, [PREMISES])
    office.decide(case_id, task.step, "disagree")
    assert owed(office, case_id) == {} and paused(office, case_id) == set()
    assert office.case(case_id).items["DRUG"].status == "refused"
