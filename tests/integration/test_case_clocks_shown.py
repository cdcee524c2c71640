"""Every clock explains itself day by day, now and as it stood at any past instant."""

import json
import shutil
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.calendar_recompute import recompute_all
from cli.main import main
from engine.case.timekeeping.clock_view import ClockView
from engine.commands import SYSTEM, AcceptCase, Actor, ExtendClock, MoveCase, ResumeClock, SuspendClock
from engine.errors import BadInput, NotFound
from engine.instants import from_text
from engine.settings import default_processes
from tests.builders import CLERK, SECRET, Office, opened_office
from tests.clock import ManualClock
from tests.integration.test_calendar_recompute import DECEMBER, Year, needed
from tests.slow_calendar import BEIJING
from tests.web import Visitor, site_of, texts
from tests.year_lists import LIST_2027, forget_later_lists

REVIEWER = Actor("r", "market", frozenset({"reviewer"}))
HEAD = Actor("h", "market", frozenset({"head"}))


def at(office: Office, day: str, hour: int = 10) -> None:
    office.clock.set(instant(day, hour))


def instant(day: str, hour: int = 10) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=BEIJING)


def local(text: str | None) -> str:
    return "" if text is None else f"{from_text(text).astimezone(BEIJING):%Y-%m-%d %H:%M}"


def clocks(office: Office, case_id: str, when: datetime | None = None) -> dict[str, ClockView]:
    """By kind and item, or step."""
    tasks = {task.id: task.step for task in office.case(case_id).tasks.values()}
    found = office.engine.read.clocks(case_id, SYSTEM, when)
    return {f"{clock.kind}:{tasks.get(clock.of, clock.of)}": clock for clock in found}


def story(office: Office) -> str:
    """Accepted on 2 March, a hearing from the 4th to the 13th, extended on the 16th."""
    case_id = office.accept("B02")
    office.decide(case_id, "LIC_CHECK.review")
    at(office, "2026-03-04")
    command = SuspendClock(case_id, "FOOD", "hearing", "行政许可法第四十七条", "通知 3 号", "6")
    office.engine.execute(command, REVIEWER)
    at(office, "2026-03-13")
    office.engine.execute(ResumeClock(case_id, "1", "笔录 3 号"), REVIEWER)
    at(office, "2026-03-16")
    office.engine.execute(ExtendClock(case_id, "", "案情复杂", "government_head", "区政府 12 号"), HEAD)
    at(office, "2026-03-17")
    return case_id


def test_every_clock_derives_its_due_date_day_by_day(office: Office) -> None:
    case_id = story(office)
    found = clocks(office, case_id)
    case = office.case(case_id)
    assert found["promised:"].due == case.promised_due_at
    assert found["item_statutory:FOOD"].due == case.items["FOOD"].statutory_due_at
    assert {"statutory:", "item_promised:FOOD", "task:FOOD.site", "term:answer"} <= found.keys()
    for clock in found.values():
        assert clock.agrees, clock
        assert str(clock.days[-1].date) == local(clock.due)[:10]
        assert sum(line.share or 0 for line in clock.days) == Decimal(clock.limit) or Decimal(clock.limit) == 0
    paused = [line.date for line in found["promised:"].days if line.why == "suspended"]
    assert paused == [date(2026, 3, 4) + timedelta(days=n) for n in range(9)]
    assert found["promised:"].days[2].name_zh == "听证"
    extension = found["statutory:"].extension
    assert extension is not None
    assert (extension["days"], extension["level"]) == ("15", "government_head")
    assert found["item_statutory:FOOD"].extension is None
    assert found["term:answer"].ended_at is not None
    assert "（" not in found["task:FOOD.site"].name_zh


def test_a_clock_as_it_stood_before_during_and_after_a_hearing(office: Office) -> None:
    case_id = story(office)
    before = clocks(office, case_id, instant("2026-03-03"))
    assert (local(before["promised:"].due), before["promised:"].light) == ("2026-03-19 17:30", "green")
    assert before["promised:"].suspensions == ()
    during = clocks(office, case_id, instant("2026-03-05"))["promised:"]
    assert (during.due, during.stopped, during.light) == (None, True, "stopped")
    assert local(during.expected) == "2026-03-27 17:30", "six working days were told: until the 12th"
    assert during.suspensions[0].stop.ended_at is None
    late = clocks(office, case_id, instant("2026-03-12", 23))["promised:"]
    assert local(late.expected) == "2026-03-27 17:30"
    after = clocks(office, case_id, instant("2026-03-14"))["promised:"]
    assert local(after.due) == "2026-03-30 17:30"
    assert after.extension is None
    assert local(clocks(office, case_id)["promised:"].due) == "2026-04-21 17:30"
    red = clocks(office, case_id, instant("2026-03-03", 18))
    assert red["task:LIC_CHECK.review"].ended_at is not None


def test_no_case_before_it_was_made_and_no_future(office: Office) -> None:
    case_id = office.accept("B02")
    with pytest.raises(NotFound):
        office.engine.read.clocks(case_id, SYSTEM, instant("2026-03-01"))
    with pytest.raises(BadInput, match="future"):
        office.engine.read.clocks(case_id, SYSTEM, instant("2026-03-03"))
    with pytest.raises(NotFound):
        office.engine.read.clocks(case_id, Actor("x", "customs"), None)


def test_a_deemed_acceptance_and_what_was_moved_by_it(office: Office) -> None:
    case_id = office.submit("SIGN").case_id
    at(office, "2026-03-12")
    office.engine.execute(AcceptCase(case_id), CLERK)
    found = clocks(office, case_id)
    assert local(found["statutory:"].start)[:10] == "2026-03-02"
    assert {clock.agrees for clock in found.values()} == {True}
    assert "statutory:" not in clocks(office, case_id, instant("2026-03-11"))


def test_a_date_that_was_provisional_is_explained_by_the_calendar_of_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_later_lists(monkeypatch)
    year = Year(tmp_path, DECEMBER, *needed("B02"))
    with year.stack:
        office = year.open()
        case_id = office.accept("B02")
        office.decide(case_id, "LIC_CHECK.review")
        command = SuspendClock(case_id, "FOOD", "hearing", "行政许可法第四十七条", "通知", "6")
        office.engine.execute(command, REVIEWER)
        year.clock.advance(days=8)
        office.engine.execute(ResumeClock(case_id, "1", "笔录"), REVIEWER)
        before = clocks(office, case_id)["statutory:"]
        asked = year.clock()
        year.clock.advance(hours=1)
        year.load(LIST_2027)
        office = year.open()
        recompute_all(office.engine)
        now, then = clocks(office, case_id)["statutory:"], clocks(office, case_id, asked)["statutory:"]
        assert before.provisional
        assert (then.due, then.provisional, then.days, then.agrees) == (before.due, True, before.days, True)
        assert (now.provisional, now.agrees) == (False, True)
        assert now.due != then.due
        assert sum(line.why == "suspended" for line in now.days) == 7, "from the day after day 0"


def test_the_command_line_tells_the_same(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = story(office)
    number = office.case(case_id).number
    monkeypatch.setenv("BINGLIAN_DATABASE_URL", office.engine.settings.database_url)
    monkeypatch.setenv("BINGLIAN_SECRET_KEY", SECRET)

    def ran(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, ["clocks", *arguments])
        return result.exit_code, result.stdout

    code, text = ran(number, "--json", "--at", "2026-03-05T10:00")
    document = json.loads(text)
    promised = next(clock for clock in document["clocks"] if clock["kind"] == "promised")
    assert (code, document["at"], promised["stopped"]) == (0, "2026-03-05T02:00:00.000000Z", True)
    assert promised["suspensions"][0]["name_en"] == "hearing"
    code, text = ran(case_id, "--at", "2026-03-16", "--days")
    assert code == 0
    assert "承诺办结 / promised: 28 工作日 working days  2026-03-02 09:00 → 2026-04-21 17:30  绿 green" in text
    assert "延长 extended: 15  government_head  区政府 12 号  案情复杂" in text
    assert "2026-03-04    –  中止计时 suspended 听证" in text
    assert ran(number, "--at", "yesterday")[0] == 2
    assert ran("no such case")[0] == 2


def test_the_case_page_says_what_stands_still_and_the_history_says_why(office: Office) -> None:
    case_id = story(office)
    command = SuspendClock(case_id, "", "expert_review", "行政许可法第五十五条", "函 7 号", "8")
    office.engine.execute(command, REVIEWER)
    visitor = Visitor(site_of(office.engine), "window1")
    said = " ".join(texts(visitor.get(f"/cases/{case_id}").text))
    assert "中止计时（专家评审）：整个办件，预计 8 个工作日，自 2026-03-17 起" in said
    assert "延长 15 个工作日：整个办件（本级政府负责人批准）" in said
    assert "恢复计时（听证结束）：食品经营许可" in said
    assert "计时中止" in said
    office.engine.execute(ResumeClock(case_id, "2", "函 8 号"), REVIEWER)
    page = visitor.get(f"/cases/{case_id}").text
    assert "怎么算出来的" in page
    assert "日历后来有更新" not in page, "the derivation knows the extension and what did not count"
    assert "28 个工作日" in page
    visitor.get("/language/en")
    said = " ".join(texts(visitor.get(f"/cases/{case_id}").text))
    assert "Clock stopped (hearing): Food licence, expected to take 6 working days" in said
    assert "approved by the head of the government of the same level" in said


def test_a_case_moved_while_its_clocks_stand_still_goes_on_with_the_limits_they_were_started_with(
    tmp_path: Path,
) -> None:
    folder, clock = tmp_path / "processes", ManualClock()
    shutil.copytree(default_processes(), folder, ignore=shutil.ignore_patterns("__pycache__", "B??"))
    with opened_office(tmp_path, clock, processes=folder) as office:
        case_id = office.accept("SIGN")
        person = Actor("p", "urban", frozenset({"reviewer"}))
        office.engine.execute(SuspendClock(case_id, "", "testing", "行政许可法第四十五条", "函", "3"), person)
        file = folder / "SIGN" / "item.toml"
        before = file.read_text("utf-8")
        file.write_text(before.replace("value = 15", "value = 12"), "utf-8")
        assert file.read_text("utf-8") != before
        clock.advance(days=1)
        with opened_office(tmp_path, clock, processes=folder) as later:
            version = later.engine.deployments.current("SIGN").version
            later.engine.execute(MoveCase(case_id, version, "新规定"), SYSTEM)
            assert later.case(case_id).statutory_due_at is None
            clock.advance(days=2)
            later.engine.execute(ResumeClock(case_id, "1", "函"), person)
            case, found = later.case(case_id), clocks(later, case_id)
            assert case.version == version
            assert local(case.statutory_due_at) == "2026-03-25 17:30", "15 working days, the 3rd and 4th not counted"
            assert local(later.open(case_id)["SIGN.review"].due_at) == "2026-03-06 14:00"
            assert all(clock.agrees for clock in found.values())
            later.finish(case_id)
