"""Calendar files: the shipped one, regions on top of it, and messages that name the file and the key."""

from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest

from engine.calendar import DayWhy, LightThresholds, Limit, describe, load_calendar
from engine.errors import CalendarError

FOLDER = Path(__file__).parents[2] / "processes" / "calendars"
SHIPPED = (FOLDER / "cn.toml").read_text("utf-8")

REGION = """
name_zh = "某自治州"
extends = "cn"
[office]
spans = [["10:00", "14:00"], ["15:30", "19:30"]]
[days]
2026-03-20 = { kind = "holiday", name_zh = "地方节日", basis = "assumed" }
2026-03-28 = { kind = "workday", name_zh = "地方节日调休" }
"""


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")
    return folder


def test_the_shipped_calendar_has_the_usual_hours_fixed_holidays_and_light_thresholds() -> None:
    calendar = load_calendar(FOLDER)
    assert calendar.zone.key == "Asia/Shanghai"
    assert calendar.office.spans == ((time(9), time(12)), (time(13, 30), time(17, 30)))
    assert set(calendar.fixed) == {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}
    assert calendar.lights == LightThresholds(Decimal("0.9"), 1, Decimal(1))
    assert set(range(2004, 2027)) <= calendar.published


def test_loading_twice_gives_the_same_version() -> None:
    assert load_calendar(FOLDER).version == load_calendar(FOLDER).version


def test_a_region_adds_days_and_its_own_office_hours_and_keeps_the_rest(tmp_path: Path) -> None:
    folder = write(tmp_path, cn=SHIPPED, somewhere=REGION)
    calendar, national = load_calendar(folder, "somewhere"), load_calendar(folder)
    assert calendar.day(date(2026, 3, 20)).why is DayWhy.REGIONAL_HOLIDAY
    assert calendar.day(date(2026, 3, 20)).name_zh == "地方节日"
    assert calendar.day(date(2026, 3, 28)).why is DayWhy.REGIONAL_WORKDAY
    assert calendar.day(date(2026, 2, 18)).name_zh == "春节"
    assert calendar.office.close == time(19, 30)
    assert calendar.lights == national.lights
    assert calendar.version != national.version
    assert national.is_working(date(2026, 3, 20))


def test_a_region_may_extend_another_region(tmp_path: Path) -> None:
    town = 'name_zh = "某县"\nextends = "somewhere"\n[days]\n2026-03-20 = { kind = "workday", name_zh = "照常" }'
    calendar = load_calendar(write(tmp_path, cn=SHIPPED, somewhere=REGION, town=town), "town")
    assert calendar.is_working(date(2026, 3, 20))
    assert calendar.is_working(date(2026, 3, 28))
    assert calendar.office.opening == time(10)


def test_a_year_published_by_hand_is_no_longer_provisional(tmp_path: Path) -> None:
    listed = SHIPPED.replace("published_years = []", "published_years = [2091]") + (
        '2091-01-01 = { kind = "holiday", name_zh = "元旦" }\n2091-01-06 = { kind = "workday", name_zh = "调休" }\n'
    )
    before = describe(load_calendar(FOLDER), date(2091, 1, 3), Limit.of(4))
    after = describe(load_calendar(write(tmp_path, cn=listed)), date(2091, 1, 3), Limit.of(4))
    assert (before["due"], before["provisional"]) == ("2091-01-09T17:30:00+08:00", True)
    assert (after["due"], after["provisional"]) == ("2091-01-08T17:30:00+08:00", False)
    assert load_calendar(tmp_path).day(date(2091, 1, 6)).why is DayWhy.MADE_UP_WORKDAY


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('zone = "Asia/Shanghai"', 'zone = "Asia/Atlantis"', "cn.toml: zone"),
        ('zone = "Asia/Shanghai"', "zone = 8", "cn.toml: zone"),
        ('zone = "Asia/Shanghai"', "", "cn.toml: zone"),
        ('["13:30", "17:30"]', '["11:30", "17:30"]', "cn.toml: office.spans"),
        ('["13:30", "17:30"]', '["13:30", "late"]', "cn.toml: office.spans"),
        ('["13:30", "17:30"]', '["13:30"]', "cn.toml: office.spans"),
        ('["13:30", "17:30"]', "1330", "cn.toml: office.spans"),
        ("spans = ", "span = ", "cn.toml: office.span"),
        ("[office]\nspans", "[offices]\nspans", "cn.toml: offices"),
        ("yellow_used = 0.9", "yellow_used = 90", "cn.toml: lights.yellow_used"),
        ("yellow_used = 0.9", "", "cn.toml: lights.yellow_used"),
        ("yellow_used = 0.9", "yellow_used = true", "cn.toml: lights.yellow_used"),
        (
            "yellow_working_days_left = 1",
            "yellow_working_days_left = 1.5",
            "cn.toml: lights.yellow_working_days_left",
        ),
        ("05-02 = ", "02-30 = ", "cn.toml: fixed_holidays.days.02-30"),
        ('05-02 = "劳动节"', "05-02 = true", "cn.toml: fixed_holidays.days.05-02"),
        ("[fixed_holidays.days]", "[fixed_holidays.dates]", "cn.toml: fixed_holidays.dates"),
        ("published_years = []", 'published_years = ["2027"]', "cn.toml: published_years"),
        ("[days]", 'days = "none"\n[x]', "cn.toml: x"),
    ],
)
def test_a_wrong_value_is_refused_naming_file_and_key(tmp_path: Path, old: str, new: str, where: str) -> None:
    head, found, tail = SHIPPED.rpartition(old)
    assert found
    folder = write(tmp_path, cn=head + new + tail)
    with pytest.raises(CalendarError) as caught:
        load_calendar(folder)
    assert (caught.value.where, caught.value.code) == (where, "calendar.file_value")


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ('2026-02-30 = { kind = "holiday", name_zh = "节" }', "days.2026-02-30"),
        ('2026-03-20 = { kind = "halfday", name_zh = "节" }', "days.2026-03-20.kind"),
        ('2026-03-20 = { kind = "holiday" }', "days.2026-03-20.name_zh"),
        ('2026-03-20 = { kind = "holiday", name = "节" }', "days.2026-03-20.name"),
        ('2026-03-20 = "holiday"', "days.2026-03-20"),
    ],
)
def test_a_wrong_day_of_a_region_is_refused_naming_file_and_day(tmp_path: Path, line: str, where: str) -> None:
    folder = write(tmp_path, cn=SHIPPED, somewhere=f"{REGION}{line.replace('2026-03-20', '2026-03-21')}\n")
    with pytest.raises(CalendarError) as caught:
        load_calendar(folder, "somewhere")
    assert caught.value.where == f"somewhere.toml: {where.replace('2026-03-20', '2026-03-21')}"


@pytest.mark.parametrize(
    ("region", "text", "where"),
    [
        ("lost", 'name_zh = "某地"', "lost.toml: extends"),
        ("ring", 'extends = "ring"', "ring.toml: extends"),
        ("ring", 'extends = "nowhere"', "nowhere.toml"),
        ("year", 'extends = "cn"\npublished_years = [2027]', "year.toml: published_years"),
        ("text", "not toml", "text.toml"),
        ("flat", 'extends = "cn"\ndays = 3', "flat.toml: days"),
        ("flat", 'extends = "cn"\noffice = 3', "flat.toml: office"),
    ],
)
def test_a_region_that_cannot_be_read_is_refused_naming_its_file(
    tmp_path: Path, region: str, text: str, where: str
) -> None:
    folder = write(tmp_path, cn=SHIPPED, **{region: text})
    with pytest.raises(CalendarError) as caught:
        load_calendar(folder, region)
    assert caught.value.where == where


@pytest.mark.parametrize("region", ["../cn", "/etc/passwd", "", "CN", "a b", "cn.toml"])
def test_a_region_is_a_code_never_a_path(region: str) -> None:
    with pytest.raises(CalendarError) as caught:
        load_calendar(FOLDER, region)
    assert caught.value.code == "calendar.region"
