"""催办: who may urge whom, how often, and what an applicant can do on the tracking page."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import WorkCalendar
from engine.case.answers.nudging import Today, nudgeable
from engine.case.state import Task
from engine.commands import APPLICANT, SYSTEM, Actor, NudgeStep, ResumeClock, SuspendClock
from engine.errors import AlreadyDone, BadInput, BinglianError, NotFound, NotPermitted, NotPossible
from tests.builders import CLERK, Office, handler_of, opened_office
from tests.clock import ManualClock
from tests.slow_calendar import BEIJING
from tests.web import Visitor, site_of, texts

SUPER = Actor("super1", "supervision", frozenset({"supervisor"}))
STEP = "SIGN.review"
"""A step of 城管 in a restaurant."""


@pytest.fixture(params=[True, False], ids=["live", "restored"])
def office(request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock) -> Iterator[Office]:
    """With cases in memory, and restored between any two acts; every journal is replayed at the end."""
    kept = {} if request.param else {"live_cases": 0}
    with opened_office(tmp_path, clock, **kept) as opened:
        yield opened


def at(office: Office, day: str, hour: int = 10) -> None:
    office.clock.set(datetime.fromisoformat(day).replace(hour=hour, tzinfo=BEIJING))


def begun(office: Office) -> tuple[str, Task]:
    """A restaurant accepted on Monday 2 March 2026; it is Tuesday."""
    case_id = office.accept("B02")
    office.decide(case_id, "LIC_CHECK.review")
    at(office, "2026-03-03")
    return case_id, office.open(case_id)[STEP]


def nudge(office: Office, case_id: str, task: Task | None, actor: Actor, message: str = "") -> None:
    office.engine.execute(NudgeStep(case_id, task.id if task else "", message), actor)


def who_may(office: Office, case_id: str, actor: Actor) -> set[str]:
    """Steps this person could urge now."""
    view = office.engine.read.case(case_id, SYSTEM)
    found = nudgeable(view.case, view.deployment, actor, Today(office.engine.read.calendar, view.now))
    return {view.case.tasks[task].step for task in found}


def told(office: Office, department: str, role: str) -> list[dict[str, object]]:
    office.engine.outbox.deliver_in_app(office.clock())
    found = office.engine.outbox.notices_for(department, frozenset({role}))
    return [notice["facts"] for notice in found if notice["template"] == "step_nudged"]


def test_who_has_an_interest_may_urge_and_nobody_else(office: Office) -> None:
    case_id, task = begun(office)
    lead = office.engine.deployments.current("B02").offering.lead_department
    others = {one.department for one in office.open(case_id).values()} - {task.department, lead}
    assert others
    may = [
        CLERK, SUPER, Actor("l", lead, frozenset({"issuer"})), Actor("o", min(others), frozenset({"reviewer"})),
        Actor("s", task.department, frozenset({"section_head"})),
        Actor("d", task.department, frozenset({"department_head"})),
    ]  # fmt: skip
    for actor in may:
        assert STEP in who_may(office, case_id, actor), actor
    for stranger in (
        Actor("t", "tax", frozenset({"section_head"})), Actor("c", task.department, frozenset({"expert"})),
        Actor("w", "window", frozenset({"supervisor"})), SYSTEM,
    ):  # fmt: skip
        assert STEP not in who_may(office, case_id, stranger)
        with pytest.raises(NotPermitted):
            nudge(office, case_id, task, stranger)
    with pytest.raises(NotPermitted, match="yours to handle"):
        nudge(office, case_id, task, handler_of(task))


def test_the_handlers_are_told_which_department_urges_and_what_it_says(office: Office) -> None:
    case_id, task = begun(office)
    nudge(office, case_id, task, CLERK, " 申请人已来电三次 ")
    (facts,) = told(office, task.department, task.role)
    assert facts == {
        "number": office.case(case_id).number, "step": STEP, "by": "window", "due": task.due_at,
        "message": "申请人已来电三次",
    }  # fmt: skip
    assert told(office, task.department, "issuer") == []


def test_a_step_is_urged_once_a_working_day_whoever_does_it(office: Office) -> None:
    case_id, task = begun(office)
    nudge(office, case_id, task, CLERK)
    for again in (CLERK, SUPER):
        with pytest.raises(AlreadyDone) as refused:
            nudge(office, case_id, task, again)
        assert "今天已经催办过" in refused.value.message_zh
    other = next(one for step, one in office.open(case_id).items() if step != STEP)
    nudge(office, case_id, other, SUPER)
    at(office, "2026-03-06")
    nudge(office, case_id, task, SUPER)
    for day in ("2026-03-07", "2026-03-08"):
        at(office, day)
        with pytest.raises(AlreadyDone, match="since the last working day"):
            nudge(office, case_id, task, CLERK)
    at(office, "2026-03-09", 0)
    nudge(office, case_id, task, CLERK)
    assert office.case(case_id).nudges == {task.id: "2026-03-09"}, "only the last day is kept"


def test_what_began_today_or_stands_still_or_is_over_is_not_urged(office: Office) -> None:
    case_id, task = begun(office)
    before = office.open(case_id)
    office.decide(case_id, "FOOD.site")
    fresh = next(one for step, one in office.open(case_id).items() if step not in before)
    with pytest.raises(NotPossible, match="began only today"):
        nudge(office, case_id, fresh, CLERK)
    reviewer = Actor("u", "urban", frozenset({task.role}))
    office.engine.execute(SuspendClock(case_id, "SIGN", "hearing", "行政许可法四十七条", "3 号", "10"), reviewer)
    at(office, "2026-03-05")
    with pytest.raises(NotPossible, match="clock of this step is stopped"):
        nudge(office, case_id, task, CLERK)
    assert STEP not in who_may(office, case_id, CLERK)
    nudge(office, case_id, fresh, CLERK)
    office.engine.execute(ResumeClock(case_id, "1", "笔录"), reviewer)
    nudge(office, case_id, task, CLERK)
    office.decide(case_id, STEP)
    with pytest.raises(AlreadyDone, match="already handled"):
        nudge(office, case_id, task, CLERK)
    with pytest.raises(NotFound):
        nudge(office, case_id, None, CLERK)
    office.finish(case_id)
    with pytest.raises(AlreadyDone):
        nudge(office, case_id, fresh, CLERK)


def test_the_applicant_urges_what_is_late_once_a_working_day(office: Office) -> None:
    case_id, task = begun(office)
    with pytest.raises(NotPossible, match="no step is past its limit"):
        nudge(office, case_id, None, APPLICANT)
    at(office, "2026-05-11")
    late = {one.step for one in office.open(case_id).values()}
    assert who_may(office, case_id, APPLICANT) == late
    for wrong in (NudgeStep(case_id, task.id), NudgeStep(case_id, "", "我姓王")):
        with pytest.raises(BadInput):
            office.engine.execute(wrong, APPLICANT)
    nudge(office, case_id, task, CLERK)
    nudge(office, case_id, None, APPLICANT)
    assert [facts["by"] for facts in told(office, task.department, task.role)] == ["window"], "urged already today"
    with pytest.raises(AlreadyDone):
        nudge(office, case_id, None, APPLICANT)
    with pytest.raises(AlreadyDone):
        nudge(office, case_id, next(one for step, one in office.open(case_id).items() if step != STEP), CLERK)
    at(office, "2026-05-12")
    nudge(office, case_id, None, APPLICANT)
    assert {facts["by"] for facts in told(office, task.department, task.role)} == {"window", "applicant"}
    with pytest.raises(NotPermitted):
        nudge(office, case_id, task, replace(APPLICANT, department="tax"))
    office.finish(case_id)
    with pytest.raises(NotPossible, match="not in progress"):
        nudge(office, case_id, None, APPLICANT)


def test_a_day_off_belongs_to_the_working_day_before(office: Office) -> None:
    calendar: WorkCalendar = office.engine.read.calendar
    at(office, "2026-02-20")  # in the middle of the Spring Festival
    day = Today(calendar, office.clock())
    assert not day.is_working
    assert calendar.is_working(datetime.fromisoformat(day.working_day).date())
    assert day.working_day == "2026-02-14", "a Saturday worked for the holidays"


MOMENTS = st.lists(st.tuples(st.sampled_from(["window1", "super1", "tax1", "applicant"]), st.integers(0, 60)))
PEOPLE = {one.id: one for one in (CLERK, SUPER, Actor("tax1", "tax", frozenset({"section_head"})), APPLICANT)}


def test_no_step_is_ever_urged_twice_on_a_working_day_and_what_is_offered_is_what_works(tmp_path: Path) -> None:
    with opened_office(tmp_path) as office:

        @given(MOMENTS)
        def urge(tried: list[tuple[str, int]]) -> None:
            case_id, done = office.accept("FIRECHK"), set()
            (task,) = office.open(case_id).values()
            for name, hours in tried:
                office.clock.advance(hours=hours)
                offered = bool(who_may(office, case_id, PEOPLE[name]))
                try:
                    nudge(office, case_id, None if name == APPLICANT.id else task, PEOPLE[name])
                except BinglianError:
                    assert not offered, name
                    continue
                assert offered, name
                day = Today(office.engine.read.calendar, office.clock()).working_day
                assert day not in done
                done.add(day)

        urge()


@pytest.fixture
def visited(tmp_path: Path, clock: ManualClock) -> Iterator[Office]:
    """One office is enough for pages."""
    with opened_office(tmp_path, clock) as opened:
        yield opened


def track(visitor: Visitor, office: Office, case_id: str, **more: str) -> str:
    number, code = office.case(case_id).number, more.pop("code", office.engine.read.query_code(case_id))
    return visitor.post("/track", number=number, code=code, **more).text


def test_the_tracking_page_offers_the_nudge_when_a_step_is_late(visited: Office) -> None:
    case_id, task = begun(visited)
    visitor = Visitor(site_of(visited.engine))
    visitor.get("/track")
    assert 'data-action="nudge"' not in track(visitor, visited, case_id)
    at(visited, "2026-05-11")
    page = track(visitor, visited, case_id)
    assert 'data-action="nudge"' in page
    assert "<script" not in page
    form = re.findall(r'<form[^>]*>(?:(?!</form>).)*data-action="nudge".*?</form>', page, re.DOTALL)[-1]
    assert visited.engine.read.query_code(case_id) not in form, "the page does not repeat the code"
    assert "不正确" in track(visitor, visited, case_id, nudge="1", code="WRONGONE")
    assert told(visited, task.department, task.role) == []
    after = track(visitor, visited, case_id, nudge="1")
    assert "已向超时的部门发出催办" in " ".join(texts(after))
    assert 'data-action="nudge"' not in after
    assert len(told(visited, task.department, task.role)) == 1
    assert "今天已经催办过" in track(visitor, visited, case_id, nudge="1")
    entry = visited.engine.read.case(case_id, SYSTEM).entries[-1]
    assert (entry.kind, entry.actor, entry.facts["by"]) == ("StepNudged", "applicant", "applicant")


def test_the_nudge_of_the_tracking_page_needs_a_form_token(visited: Office) -> None:
    case_id, task = begun(visited)
    at(visited, "2026-05-11")
    visitor = Visitor(site_of(visited.engine))
    track(visitor, visited, case_id, nudge="1")
    assert told(visited, task.department, task.role) == []


def test_nudges_and_answers_are_told_in_words(visited: Office) -> None:
    case_id, task = begun(visited)
    nudge(visited, case_id, task, CLERK, "请尽快")
    at(visited, "2026-05-11")
    nudge(visited, case_id, None, APPLICANT)
    told(visited, task.department, task.role)
    handler = Visitor(site_of(visited.engine), "urban1")
    notices = " ".join(texts(handler.get("/inbox/notices").text))
    assert re.search("综合窗口催办：.*留言：请尽快", notices)
    assert "申请人催办：" in notices
    timeline = " ".join(texts(handler.get(f"/cases/{case_id}").text))
    assert "催办：" in timeline
    assert "申请人" in timeline
    english = Visitor(site_of(visited.engine), "urban1", "en")
    assert "Applicant asks for:" in " ".join(texts(english.get("/inbox/notices").text))
