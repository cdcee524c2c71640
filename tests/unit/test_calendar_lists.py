"""Lists of holidays: every form, what is refused and where it says so, kept as text, compared, shown."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from shutil import copytree

import chinese_calendar
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from cli.main import main
from engine.calendar import (
    DayWhy,
    ListedDay,
    YearList,
    differing_days,
    differing_years,
    install,
    load_calendar,
    read_list,
)
from engine.calendar.days import national_days
from engine.calendar.install import text_of
from engine.errors import CalendarError
from tests.year_lists import FORMS, LIST_2027, Days, as_csv, as_ics, as_json, as_toml, forget_later_lists, moved

SHIPPED = Path(__file__).parents[2] / "processes" / "calendars"
TWICE = '{"name": "春节", "date": "2027-02-05", "isOffDay": true}'
REGION = 'name_zh = "某自治州"\nextends = "cn"\n[days]\n2027-03-09 = { kind = "holiday", name_zh = "地方节日" }\n'


@pytest.fixture(autouse=True)
def _until_2026(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_later_lists(monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of processes with the shipped calendars and one region."""
    copytree(SHIPPED, tmp_path / "calendars")
    (tmp_path / "calendars" / "somewhere.toml").write_text(REGION, encoding="utf-8")
    return tmp_path


def given_file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path, region: str = "cn", year: int | None = None) -> CalendarError:
    with pytest.raises(CalendarError) as caught:
        read_list(path, region, year)
    return caught.value


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_list_says_the_same(tmp_path: Path, form: str) -> None:
    found = read_list(given_file(tmp_path, f"list{form}", FORMS[form](LIST_2027)))
    assert found.year == 2027
    assert {day: (listed.working, listed.name_zh) for day, listed in found.days.items()} == dict(LIST_2027)


def without(*gone: str) -> Days:
    return {day: told for day, told in LIST_2027.items() if str(day) not in gone}


def with_day(day: str, working: bool, name: str = "节") -> Days:
    return {**LIST_2027, date.fromisoformat(day): (working, name)}


@pytest.mark.parametrize(
    ("days", "code", "where"),
    [
        (with_day("2027-03-10", True), "calendar.list_day", "list.csv:34"),  # a Wednesday
        (with_day("2028-03-10", False), "calendar.list_day", "list.csv:2"),  # 2028 is then the year of the list
        (with_day("2026-11-30", False), "calendar.list_day", "list.csv:34"),
        (without("2027-01-01"), "calendar.list_incomplete", "list.csv"),
        (without("2027-10-01"), "calendar.list_incomplete", "list.csv:2"),
        (without("2027-06-09"), "calendar.list_incomplete", "list.csv:2"),
        (with_day("2027-01-01", True), "calendar.list_day", "list.csv:2"),
        ({}, "calendar.list_empty", "list.csv"),
    ],
)
def test_a_list_that_cannot_be_right_is_refused_with_its_place(
    tmp_path: Path, days: Days, code: str, where: str
) -> None:
    error = refused(given_file(tmp_path, "list.csv", as_csv(days)))
    assert (error.code, error.where) == (code, where)


@pytest.mark.parametrize("form", FORMS)
def test_a_day_that_is_there_twice_is_refused(tmp_path: Path, form: str) -> None:
    text = FORMS[form](LIST_2027)
    line = {
        ".csv": "2027-02-05,workday,春节\n", ".toml": '2027-02-05 = { kind = "workday", name_zh = "春节" }\n',
    }  # fmt: skip
    double: dict[str, Callable[[], str]] = {
        ".csv": lambda: text + line[".csv"],
        ".toml": lambda: text + line[".toml"],
        ".json": lambda: text.replace(
            '"days": [', '"days": [{"name": "春节", "date": "2027-02-05", "isOffDay": true}, '
        ),
        ".ics": lambda: text.replace("END:VCALENDAR", "") + text,
    }
    error = refused(given_file(tmp_path, f"list{form}", double[form]()))
    assert error.code == ("calendar.file" if form == ".toml" else "calendar.list_twice")
    assert error.where.startswith(f"list{form}")


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        ("list.csv", "day,what\n", "list.csv:1"),
        ("list.csv", "date,kind,name\n2027-02-30,holiday,节\n", "list.csv:2"),
        ("list.csv", "date,kind,name\n20270205,holiday,节\n", "list.csv:2"),
        ("list.csv", "date,kind,name\n2027-W05-5,holiday,节\n", "list.csv:2"),
        ("list.csv", "date,kind,name\n2027-02-05,halfday,节\n", "list.csv:2"),
        ("list.csv", "date,kind,name\n2027-02-05,holiday,\n", "list.csv:2"),
        ("list.csv", "date,kind,name\n2027-02-05\n", "list.csv:2"),
        ("list.csv", 'date,kind,name\n2027-02-05,"holiday,x\n', "list.csv:2"),
        ("list.csv", "", "list.csv:1"),
        ("list.json", "{", "list.json"),
        ("list.json", "[" * 100_000, "list.json"),
        ("list.json", "[]", "list.json"),
        ("list.json", '{"year": "2027", "days": []}', "list.json"),
        ("list.json", '{"year": 2027, "days": [3]}', "list.json: days[0]"),
        ("list.json", f'{{"year": 2027, "days": [{TWICE.replace("true", "1")}]}}', "list.json: days[0]"),
        ("list.ics", "BEGIN:VEVENT\nSUMMARY:春节（休）\nEND:VEVENT\n", "list.ics: VEVENT 1"),
        ("list.ics", "BEGIN:VEVENT\nDTSTART:20270230\nSUMMARY:春节（休）\nEND:VEVENT\n", "list.ics: VEVENT 1"),
        ("list.ics", "BEGIN:VEVENT\nDTSTART:20270205\nSUMMARY:春节\nEND:VEVENT\n", "list.ics: VEVENT 1"),
        ("list.ics", "BEGIN:VEVENT\nDTSTART:20270205\nDTEND:20280205\nSUMMARY:节休\nEND:VEVENT", "list.ics: VEVENT 1"),
        ("list.toml", "year = true\n", "list.toml: year"),
        ("list.toml", "years = 2027\n", "list.toml: years"),
        ("list.toml", "year = 2027\ndays = 3\n", "list.toml: days"),
        ("list.toml", "not toml", "list.toml"),
        ("list.xls", "", "list.xls"),
    ],
)  # fmt: skip
def test_a_file_that_says_something_else_is_refused_with_its_place(
    tmp_path: Path, name: str, text: str, where: str
) -> None:
    assert refused(given_file(tmp_path, name, text)).where == where


def test_a_file_that_is_missing_too_large_or_no_text_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.csv").code == "calendar.file"
    assert refused(given_file(tmp_path, "large.csv", "x" * 1_000_001)).code == "calendar.list_size"
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    assert refused(tmp_path / "binary.csv").code == "calendar.file"


def test_a_feed_of_years_nobody_has_announced_is_no_list(tmp_path: Path) -> None:
    """Public feeds exist for next year before the notice does, without a single day."""
    assert refused(given_file(tmp_path, "list.ics", as_ics({}))).code == "calendar.list_empty"
    assert refused(given_file(tmp_path, "list.json", as_json({}))).code == "calendar.list_empty"


def test_events_may_last_several_days_and_be_marked_as_apple_marks_them(tmp_path: Path) -> None:
    text = (
        "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20270205\nDTEND;VALUE=DATE:20270208\nSUMMARY:春\n 节\n"
        "X-APPLE-SPECIAL-DAY:WORK-HOLIDAY\nEND:VEVENT\n"
    )
    found = read_list(given_file(tmp_path, "list.ics", text), "somewhere")
    assert sorted(found.days) == [date(2027, 2, day) for day in (5, 6, 7)]
    assert set(found.days.values()) == {ListedDay(False, "春节")}


def test_one_year_is_taken_out_of_a_file_with_several(tmp_path: Path) -> None:
    both = given_file(tmp_path, "list.csv", as_csv({**moved(LIST_2027, 2026), **LIST_2027}))
    assert refused(both).code == "calendar.list_day"
    assert {day.year for day in read_list(both, year=2027).days} == {2027}
    assert refused(given_file(tmp_path, "list.json", as_json(LIST_2027)), year=2026).code == "calendar.list"


def test_the_notice_of_2019_set_days_of_december_2018(folder: Path) -> None:
    days = {day: (m.working, m.name_zh) for day, m in national_days().items() if day.year == 2019}
    december = {date(2018, 12, 29): (True, "元旦"), **{date(2018, 12, day): (False, "元旦") for day in (30, 31)}}
    found = read_list(given_file(folder, "2019.csv", as_csv({**december, **days})))
    assert (found.year, len(found.days)) == (2019, len(days) + 3)
    assert install(folder / "calendars", "cn", found).status == "unchanged"


@pytest.mark.parametrize("year", range(2004, 2027))
def test_the_published_list_of_every_year_is_a_whole_one_and_known_already(folder: Path, year: int) -> None:
    names = {m.name_zh for m in national_days().values()}
    assert "春节" in names
    extra = {date(2020, 10, 1): (False, "国庆节、中秋节")} if year == 2020 else {}
    days = {day: (m.working, m.name_zh) for day, m in national_days().items() if day.year == year} | extra
    found = read_list(given_file(folder, "list.json", as_json(days, year)))
    assert install(folder / "calendars", "cn", found).status == "unchanged"
    assert not (folder / "calendars" / "cn").exists()


def test_a_list_is_kept_as_text_and_importing_it_twice_changes_nothing(folder: Path) -> None:
    found = read_list(given_file(folder, "list.json", as_json(LIST_2027)))
    calendars = folder / "calendars"
    done = install(calendars, "cn", found)
    assert (done.status, done.path, len(done.days)) == ("written", calendars / "cn" / "2027.toml", 20)
    kept = done.path.read_bytes()
    assert read_list(done.path) == found
    assert install(calendars, "cn", found).status == "unchanged"
    assert install(calendars, "cn", replace(found, source="elsewhere")).status == "unchanged"
    assert done.path.read_bytes() == kept
    assert [path.name for path in done.path.parent.iterdir()] == ["2027.toml"]
    calendar = load_calendar(calendars)
    assert calendar.day(date(2027, 2, 8)).why is DayWhy.HOLIDAY
    assert not calendar.day(date(2027, 2, 8)).provisional
    assert 2027 in calendar.published


def test_another_list_of_a_published_year_is_written_only_when_asked_to(folder: Path) -> None:
    calendars = folder / "calendars"
    days = {day: (m.working, m.name_zh) for day, m in national_days().items() if day.year == 2026}
    other = YearList(2026, {day: ListedDay(*told) for day, told in {**days, date(2026, 3, 9): (False, "节")}.items()})
    done = install(calendars, "cn", other)
    assert (done.status, [day.date for day in done.days]) == ("differs", ["2026-03-09"])
    assert not (calendars / "cn").exists()
    assert install(calendars, "cn", other, replace=True).status == "written"
    assert not load_calendar(calendars).is_working(date(2026, 3, 9))


def test_a_list_kept_for_a_year_is_all_that_is_said_of_it(folder: Path) -> None:
    """A day of the package that the kept list does not have is no holiday any more."""
    calendars = folder / "calendars"
    days = {day: ListedDay(m.working, m.name_zh) for day, m in national_days().items() if day.year == 2026}
    del days[date(2026, 2, 16)]
    install(calendars, "cn", YearList(2026, days), replace=True)
    assert load_calendar(calendars).is_working(date(2026, 2, 16))


def test_a_region_keeps_lists_of_its_own_over_the_national_one(folder: Path) -> None:
    calendars = folder / "calendars"
    local = YearList(
        2027, {date(2027, 3, 22): ListedDay(False, "地方节"), date(2027, 3, 27): ListedDay(True, "地方节")}
    )
    assert install(calendars, "somewhere", local).status == "written"
    assert install(calendars, "somewhere", local).status == "unchanged"
    region, national = load_calendar(calendars, "somewhere"), load_calendar(calendars)
    assert region.day(date(2027, 3, 22)).why is DayWhy.REGIONAL_HOLIDAY
    assert region.day(date(2027, 3, 22)).provisional, "the national list of the year is still missing"
    assert not region.is_working(date(2027, 3, 9)), "the days in the region's own file stay"
    assert national.is_working(date(2027, 3, 22))
    assert 2027 not in region.published


def test_a_list_among_the_files_is_checked_when_it_is_read(folder: Path) -> None:
    path = folder / "calendars" / "cn" / "2027.toml"
    path.parent.mkdir()
    for text, where in (
        (as_toml(without("2027-10-01")), "cn/2027.toml: days.2027-01-01"),
        (as_toml(with_day("2027-03-10", True)), "cn/2027.toml: days.2027-03-10"),
        (as_toml(LIST_2027, 2028), "cn/2027.toml: days.2027-01-01"),
        (as_toml(moved(LIST_2027, 2028), 2028), "cn/2027.toml: year"),
        ("year = 2027\nmonths = 3", "cn/2027.toml: months"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(CalendarError) as caught:
            load_calendar(folder / "calendars")
        assert caught.value.where == where


@given(
    st.dictionaries(
        st.dates(date(2026, 12, 1), date(2027, 12, 31)),
        st.tuples(st.booleans(), st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)),
        max_size=40,
    ),
    st.text(max_size=30),
)
def test_what_is_kept_reads_back_as_it_was_whatever_the_names(
    tmp_path_factory: pytest.TempPathFactory, days: Days, source: str
) -> None:
    path = tmp_path_factory.mktemp("list") / "2027.toml"
    told = {day: ListedDay(*one) for day, one in days.items() if one[1].strip() and one[1].isprintable()}
    found = YearList(2027, told, source if source.isprintable() else "")
    path.write_text(text_of(found, "somewhere"), encoding="utf-8")
    assert read_list(path, "somewhere") == found


PIECES = st.sampled_from(
    [*as_csv(LIST_2027).splitlines(True)[:4], *as_ics(LIST_2027).split("\r")[:9],
     *as_toml(LIST_2027).splitlines(True)[:4], '{"year": 2027, "days": [', TWICE, "]}", ",", '"', "\x00", "\n"]
)  # fmt: skip


@given(st.sampled_from([*FORMS]), st.lists(PIECES | st.text(max_size=20), max_size=8).map("".join))
def test_whatever_a_file_holds_it_is_a_list_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, form: str, text: str
) -> None:
    path = tmp_path_factory.mktemp("list") / f"list{form}"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        assert isinstance(read_list(path, "somewhere"), YearList)
    except CalendarError as error:
        assert error.where.startswith(("list", "2", "0"))


@given(st.dates(date(2003, 6, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_a_calendar_does_not_differ_from_itself(first: date, length: int) -> None:
    calendar = load_calendar(SHIPPED)
    assert differing_days(calendar, calendar, first, first + timedelta(days=length)) == []


def test_two_years_differ_in_their_special_days_and_a_leap_day_in_none() -> None:
    calendar = load_calendar(SHIPPED)
    assert differing_years(calendar, 2026, 2026) == []
    days = {day.date: day for day in differing_years(calendar, 2025, 2026)}
    assert days["01-28"].a is not None
    assert days["01-28"].b is not None
    assert (days["01-28"].a.why, days["01-28"].b.why) == (DayWhy.HOLIDAY, DayWhy.WORKDAY)
    assert "02-29" not in days
    national = {**calendar.national, date(2024, 2, 29): calendar.national[date(2024, 10, 1)]}
    leap = {day.date: day for day in differing_years(replace(calendar, national=national), 2024, 2025)}
    assert leap["02-29"].as_dict()["b"] is None


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["calendar", *arguments], env={"BINGLIAN_PROCESSES": str(folder)})


def test_a_year_is_shown_month_by_month_with_every_special_day_and_its_reason(folder: Path) -> None:
    shown = run(folder, "show", "2026")
    assert shown.exit_code == 0
    assert "248 个工作日 working days" in shown.output
    assert "02-15 – 02-23  节假日 holiday 春节" in shown.output
    assert "02-14          调休上班 made-up workday 春节调休" in shown.output
    told = json.loads(run(folder, "show", "2026", "--json").output)
    assert told["working_days"] == sum(
        chinese_calendar.is_workday(date(2026, 1, 1) + timedelta(days=n)) for n in range(365)
    )
    assert (told["published"], told["provisional"], told["office"]) == (
        True, False, [["09:00", "12:00"], ["13:30", "17:30"]],
    )  # fmt: skip
    assert {"date": "2026-02-14", "working": True, "why": "made_up_workday", "name_zh": "春节调休"} in told["days"]


def test_a_year_without_a_list_is_shown_as_provisional_and_a_region_with_its_own_days(folder: Path) -> None:
    shown = run(folder, "show", "2031").output
    assert "尚未公布，暂定 not published, provisional" in shown
    assert "10-01 – 10-03  推定节假日 assumed holiday 国庆节 暂定 provisional" in shown
    region = run(folder, "show", "2027", "--region", "somewhere").output
    assert "03-09          地方节假日 regional holiday 地方节日 暂定 provisional" in region
    assert run(folder, "show", "1899").exit_code == 2
    assert run(folder, "show", "0").exit_code == 2
    assert run(folder, "show", "2026", "--region", "../cn").exit_code == 2


def test_every_day_of_the_year_is_on_the_page_once(folder: Path) -> None:
    page = run(folder, "show", "2026").output
    weeks = [line for line in page.splitlines() if line and line.replace("-", " ").replace("*", " ").replace("+", " ")
             .replace(" ", "").isdigit()]  # fmt: skip
    numbers = " ".join(weeks).replace("-", " ").replace("*", " ").replace("+", " ").split()
    assert len(numbers) == 365


def test_import_and_diff_on_the_command_line_say_what_differs_and_exit_with_it(folder: Path) -> None:
    file = given_file(folder, "list.csv", as_csv(LIST_2027))
    ahead = run(folder, "diff", "cn", str(file))
    assert (ahead.exit_code, "20 天不同 days differ" in ahead.output) == (1, True)
    done = json.loads(run(folder, "import", str(file), "--json").output)
    assert (done["status"], done["year"], len(done["days"])) == ("written", 2027, 20)
    assert run(folder, "diff", "2027", str(file)).exit_code == 0
    other = given_file(folder, "other.csv", as_csv(without("2027-02-12")))
    refused_ = run(folder, "import", str(other))
    assert (refused_.exit_code, "2027-02-12  原 was: 节假日 holiday 春节" in refused_.output) == (1, True)
    told = json.loads(run(folder, "diff", "cn", str(other), "--json").output)
    assert [(day["date"], day["a"]["why"], day["b"]["why"]) for day in told["days"]] == [
        ("2027-02-12", "holiday", "workday")
    ]
    assert run(folder, "import", str(other), "--replace").exit_code == 0
    assert run(folder, "diff", str(file), str(other)).exit_code == 1


def test_two_regions_and_two_years_are_compared_on_the_command_line(folder: Path) -> None:
    regions = run(folder, "diff", "cn", "somewhere", "--year", "2027")
    assert (regions.exit_code, regions.output.splitlines()[0]) == (
        1, "2027-03-09  cn: 工作日 workday 暂定 provisional  →  "
        "somewhere: 地方节假日 regional holiday 地方节日 暂定 provisional",
    )  # fmt: skip
    assert run(folder, "diff", "cn", "cn").exit_code == 0
    years = run(folder, "diff", "2025", "2026")
    assert (years.exit_code, "02-24  2025: 工作日" in years.output) == (1, False)
    assert "02-23  2025: 周末 weekend  →  2026: 节假日 holiday 春节" in years.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "none.csv"),
        ("import", "{file}", "--region", "nowhere"),
        ("import", "{file}", "--region", "../cn"),
        ("import", "{file}", "--into", "nowhere"),
        ("diff", "cn", "nowhere"),
        ("diff", "cn", "none.json"),
        ("diff", "20260", "2027"),
        ("diff", "{file}", "{other}"),
    ],
)
def test_bad_input_is_told_in_words_with_exit_code_2(folder: Path, arguments: tuple[str, ...]) -> None:
    file = given_file(folder, "list.csv", as_csv(LIST_2027))
    other = given_file(folder, "other.json", as_json(moved(LIST_2027, 2028), 2028))
    told = run(folder, *(one.format(file=file, other=other) for one in arguments))
    assert told.exit_code == 2, told.output
    assert " / " in told.output
