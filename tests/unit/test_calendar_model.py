"""Due dates against a slow model written apart from the engine, minute by minute and day by day."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import (
    Clock,
    DayWhy,
    Limit,
    MarkedDay,
    OfficeHours,
    Suspension,
    Unit,
    WorkCalendar,
    counted_again,
    due_date,
    elapsed_working_days,
    light,
    load_calendar,
)
from tests.rounds import Rounds
from tests.slow_calendar import DAY, MINUTE, SlowCalendar, known_lists

CALENDAR = replace(
    load_calendar(Path(__file__).parents[2] / "processes" / "calendars"),
    published=frozenset(range(2004, 2027)),
)
SLOW = SlowCalendar()

Pauses = list[Suspension]


def unpaused(pauses: Pauses) -> list[tuple[date, date]]:
    return [(pause.starts, pause.ends or date.max) for pause in pauses]


starts = st.datetimes(datetime(2003, 10, 1), datetime(2031, 1, 1)).map(  # noqa: DTZ001 - made aware below
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=CALENDAR.zone)
)
# Twentieths of a day are 21 minutes.
shares = st.integers(0, 19).map(lambda twentieths: Decimal(twentieths) / 20)
working = st.builds(lambda whole, share: Limit(whole + share), st.integers(0, 60), shares)
calendar_units: st.SearchStrategy[Unit] = st.sampled_from(("days", "months"))
calendar_days = st.builds(lambda value, unit: Limit(Decimal(value), unit), st.integers(0, 14), calendar_units)
limits = working | calendar_days


@st.composite
def cases(draw: st.DrawFn) -> tuple[datetime, Limit, Pauses]:
    """A start, a limit, and suspensions around it that may overlap, touch, be empty or cover day 0."""
    start = draw(starts)
    spans = draw(st.lists(st.tuples(st.integers(-10, 60), st.integers(0, 25)), max_size=4))
    pauses = [Suspension(start.date() + begin * DAY, start.date() + (begin + length) * DAY) for begin, length in spans]
    return start, draw(limits), pauses


@given(cases())
def test_the_due_date_is_the_slow_models(case: tuple[datetime, Limit, Pauses]) -> None:
    start, limit, pauses = case
    answer = due_date(CALENDAR, start, limit, pauses)
    assert (answer.at, answer.provisional) == SLOW.due(start, limit.value, limit.unit, unpaused(pauses))


@given(cases())
def test_the_derivation_is_every_day_from_day_0_to_the_due_day_and_adds_up(
    case: tuple[datetime, Limit, Pauses],
) -> None:
    start, limit, pauses = case
    answer = due_date(CALENDAR, start, limit, pauses)
    dates = [line.date for line in answer.days]
    last = CALENDAR.local_date(answer.at)
    assert dates == [start.date() + n * DAY for n in range((last - start.date()).days + 1)]
    assert all((line.share is not None) == line.counted for line in answer.days)
    if limit.unit != "months":
        assert sum(line.share or 0 for line in answer.days) == limit.value


@given(cases())
def test_elapsed_is_the_slow_models_count(case: tuple[datetime, Limit, Pauses]) -> None:
    start, limit, pauses = case
    now = start + int(limit.value) * DAY
    day, plain = start.date(), 0
    while day < now.date():
        day += DAY
        plain += SLOW.counts(day, unpaused(pauses))
    assert elapsed_working_days(CALENDAR, start, now, pauses) == plain


@given(cases(), st.integers(0, 60 * 24 * 40))
def test_a_later_start_is_never_due_earlier(case: tuple[datetime, Limit, Pauses], minutes: int) -> None:
    """Months end at the last day of a shorter month (民法典 202): 28 and 29 January are both due on 28 February, and a
    suspension on the 29th then moves the earlier start alone. So months are compared without suspensions."""
    start, limit, pauses = case
    pauses = [] if limit.unit == "months" else pauses
    later = start + minutes * MINUTE
    assert due_date(CALENDAR, start, limit, pauses).at <= due_date(CALENDAR, later, limit, pauses).at


@given(cases(), shares, st.integers(0, 30))
def test_a_larger_limit_is_never_due_earlier(case: tuple[datetime, Limit, Pauses], share: Decimal, whole: int) -> None:
    """Zero stands apart: it means "today", so a first share of a day may end before it."""
    start, limit, pauses = case
    more = whole + share if limit.unit == "working_days" else Decimal(whole)
    larger = Limit(limit.value + more, limit.unit)
    if limit.value:
        assert due_date(CALENDAR, start, limit, pauses).at <= due_date(CALENDAR, start, larger, pauses).at


@given(cases())
def test_a_suspension_never_brings_the_due_date_forward(case: tuple[datetime, Limit, Pauses]) -> None:
    start, limit, pauses = case
    assert due_date(CALENDAR, start, limit).at <= due_date(CALENDAR, start, limit, pauses).at


@given(cases(), st.lists(st.integers(-60, 60 * 24 * 120), min_size=2, max_size=6))
def test_a_light_goes_from_green_to_yellow_to_red_and_never_back(
    case: tuple[datetime, Limit, Pauses], offsets: list[int]
) -> None:
    start, limit, pauses = case
    due = due_date(CALENDAR, start, limit, pauses).at
    moments = sorted(start + offset * MINUTE for offset in offsets)
    order = [("green", "yellow", "red").index(light(CALENDAR, start, due, now, limit)) for now in moments]
    assert order == sorted(order)
    assert [shown == 2 for shown in order] == [now > due for now in moments]


# Regions, lists that come later, extensions: all of it at once, against the slow model.

LISTED = range(2026, 2031)
OFFICES = (((9, 0), (12, 0), (13, 30), (17, 30)), ((10, 0), (14, 0), (15, 30), (19, 30)), ((8, 30), (15, 30)))


@dataclass(frozen=True)
class World:
    """What both models know: national lists of 2027 on, what a region declares, its hours."""

    lists: Mapping[int, Mapping[date, bool]]
    local: Mapping[date, bool]
    hours: tuple[tuple[int, int], ...]

    @cached_property
    def fast(self) -> WorkCalendar:
        """The calendar under test."""
        national = {day: on for days in self.lists.values() for day, on in days.items()}
        return replace(
            CALENDAR,
            national={day: MarkedDay(on, DayWhy.HOLIDAY, "节") for day, on in national.items()},
            declared={day: MarkedDay(on, DayWhy.REGIONAL_HOLIDAY, "地方节") for day, on in self.local.items()},
            published=frozenset(self.lists),
            office=OfficeHours(tuple((wall(start), wall(end)) for start, end in self.hours)),
        )

    @cached_property
    def slow(self) -> SlowCalendar:
        """The slow model."""
        return SlowCalendar(self.lists, self.local, self.hours)


def wall(minute: int) -> time:
    return time(minute // 60, minute % 60)


def spans(hours: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    minutes = [hour * 60 + minute for hour, minute in hours]
    return tuple(zip(minutes[::2], minutes[1::2], strict=True))


def dates_of(year: int) -> st.SearchStrategy[date]:
    return st.dates(date(year, 1, 1), date(year, 12, 31))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """The known lists, lists made up for some later years, and a region's own days in any year, leap days included."""
    lists: dict[int, Mapping[date, bool]] = dict(known_lists())
    for year in draw(st.sets(st.sampled_from(LISTED))):
        lists[year] = draw(st.dictionaries(dates_of(year), st.booleans(), max_size=20))
    local = draw(st.dictionaries(st.dates(date(2003, 1, 1), date(2030, 12, 31)), st.booleans(), max_size=8))
    return World(lists, local, spans(draw(st.sampled_from(OFFICES))))


@given(worlds(), cases(), st.integers(0, 30))
def test_any_region_any_hours_any_lists_an_extension_and_suspensions_agree_with_the_slow_model(
    world: World, case: tuple[datetime, Limit, Pauses], extension: int
) -> None:
    start, limit, pauses = case
    longer = Limit(limit.value + extension, limit.unit)
    answer = due_date(world.fast, start, longer, pauses)
    assert (answer.at, answer.provisional) == world.slow.due(start, longer.value, longer.unit, unpaused(pauses))


@given(worlds(), cases(), st.sampled_from(LISTED), st.data())
def test_counting_again_when_a_list_arrives_gives_the_date_it_would_have_had_and_the_days_that_moved_it(
    world: World, case: tuple[datetime, Limit, Pauses], year: int, data: st.DataObject
) -> None:
    start, limit, pauses = case
    before = replace(world, lists={known: days for known, days in world.lists.items() if known < year})
    arrived = data.draw(st.dictionaries(dates_of(year), st.booleans(), max_size=20))
    after = replace(before, lists={**before.lists, year: arrived})
    old = due_date(before.fast, start, limit, pauses)
    again = counted_again(after.fast, Clock(start, limit, old.at, old.provisional, pauses))
    due, provisional = after.slow.due(start, limit.value, limit.unit, unpaused(pauses))
    if again is None:
        assert (old.at, old.provisional) == (due, provisional)
        return
    assert (again.due, again.provisional, again.moved) == (due, provisional, due != old.at)
    if again.moved:
        assert again.days, "the list moved it, so it can say which days did"
    for day in again.days:
        changed = date.fromisoformat(day.date)
        assert changed.year == year
        assert before.slow.open(changed) != after.slow.open(changed)


def test_a_list_that_sets_days_of_the_december_before_moves_definite_dates_and_says_which_day_did() -> None:
    start, limit = datetime(2026, 12, 28, 10, tzinfo=CALENDAR.zone), Limit.of(3)
    old = due_date(CALENDAR, start, limit)
    assert (str(CALENDAR.local_date(old.at)), old.provisional) == ("2026-12-31", False)
    eve = {date(2026, 12, 31): MarkedDay(False, DayWhy.HOLIDAY, "元旦")}
    listed = replace(CALENDAR, national={**CALENDAR.national, **eve}, published=CALENDAR.published | {2027})
    again = counted_again(listed, Clock(start, limit, old.at, old.provisional))
    assert again is not None
    assert str(listed.local_date(again.due)) == "2027-01-01"  # this list has no other day
    assert [(day.date, day.a and day.a.why, day.b and day.b.why) for day in again.days] == [
        ("2026-12-31", DayWhy.WORKDAY, DayWhy.HOLIDAY),
        ("2027-01-01", DayWhy.ASSUMED_HOLIDAY, DayWhy.WORKDAY),
    ]


@given(worlds(), cases())
def test_counting_again_with_the_same_calendar_changes_nothing(
    world: World, case: tuple[datetime, Limit, Pauses]
) -> None:
    start, limit, pauses = case
    calendar = world.fast
    old = due_date(calendar, start, limit, pauses)
    assert counted_again(calendar, Clock(start, limit, old.at, old.provisional, pauses)) is None


@dataclass
class Running:
    """One clock in a year of events."""

    start: datetime
    limit: Limit
    pauses: list[Suspension]
    due: datetime
    provisional: bool


def test_a_year_of_random_suspensions_extensions_and_late_lists_agrees_with_the_slow_model_every_day(
    rounds: Rounds,
) -> None:
    """Clocks start on days of 2026, are suspended (行政许可法 45), extended by 10 or 15 days (42); the lists of 2027
    and 2028 arrive on random days and every running clock is counted again."""
    for seed in range(rounds(test=2, long=30)):
        one_year(Random(seed))


def one_year(random: Random) -> None:
    lists: dict[int, Mapping[date, bool]] = dict(known_lists())
    arrivals = {random.randrange(365): 2027, random.randrange(365): 2028}
    world = World(lists, {}, spans(OFFICES[0]))
    clocks: list[Running] = []
    for number in range(365):
        today = datetime(2026, 1, 1, 10, tzinfo=CALENDAR.zone) + number * DAY
        if number in arrivals:
            year = arrivals[number]
            lists[year] = {date(year, 1, 1) + random.randrange(365) * DAY: random.random() < 0.2 for _ in range(30)}
            world = World(dict(lists), {}, world.hours)
            for clock in clocks:
                recount(world, clock)
        if random.random() < 0.3:
            clocks.append(started(world, random, today))
        for clock in random.sample(clocks, min(len(clocks), 2)):
            change(world, clock, random, today.date())
        for clock in random.sample(clocks, min(len(clocks), 3)):
            compare(world, clock)
    for clock in clocks:
        compare(world, clock)


def started(world: World, random: Random, today: datetime) -> Running:
    start = today + random.randrange(-60, 600) * MINUTE
    limit = Limit.of(random.choice(["0", "0.5", "1.5", "5", "10", "20", "45"]))
    if random.random() < 0.3:
        units: list[Unit] = ["days", "months"]
        limit = Limit.of(random.choice([1, 2, 3, 15]), random.choice(units))
    due = due_date(world.fast, start, limit)
    return Running(start, limit, [], due.at, due.provisional)


def change(world: World, clock: Running, random: Random, today: date) -> None:
    """Suspended from today for some days, or extended; both move the due date at once."""
    if random.random() < 0.5:
        begin = today + random.randrange(3) * DAY
        clock.pauses.append(Suspension(begin, begin + random.randrange(20) * DAY, "听证"))
    elif clock.limit.unit == "working_days" and clock.limit.value < 60:
        clock.limit = Limit(clock.limit.value + random.choice([10, 15]))
    answer = due_date(world.fast, clock.start, clock.limit, clock.pauses)
    clock.due, clock.provisional = answer.at, answer.provisional


def recount(world: World, clock: Running) -> None:
    known = Clock(clock.start, clock.limit, clock.due, clock.provisional, clock.pauses)
    again = counted_again(world.fast, known)
    if again is not None:
        clock.due, clock.provisional = again.due, again.provisional


def compare(world: World, clock: Running) -> None:
    expected = world.slow.due(clock.start, clock.limit.value, clock.limit.unit, unpaused(clock.pauses))
    assert (clock.due, clock.provisional) == expected, clock
