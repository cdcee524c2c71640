"""The parts of the simulation that are arithmetic: office time, distributions, dispatch, quantiles, series, forms."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import Limit, WorkCalendar, due_date, load_calendar, office_time_between
from engine.errors import BadInput, CatalogueError
from engine.parallel.plan import plain_items
from engine.parallel.precedence import precedence_of
from engine.settings import default_processes
from engine.simulation.applications import form_for, materials_for, one_missing, values_of
from engine.simulation.assumptions import Assumptions, read_assumptions
from engine.simulation.dispatch import FIRST_COME, LEAST_SLACK, RULES, SHORTEST, Dispatcher, Ticket, Waiting
from engine.simulation.distributions import (
    Distribution,
    Empirical,
    Exact,
    Lognormal,
    Triangular,
    Uniform,
    stream,
)
from engine.simulation.folders import in_series
from engine.simulation.office_time import OfficeTime
from engine.simulation.scenarios import Request
from engine.simulation.tally import days_of, quantile
from tests.quick import shipped

MONDAY = date(2026, 3, 2)


@cache
def calendar() -> WorkCalendar:
    """The calendar that is shipped."""
    return load_calendar(default_processes() / "calendars", "cn")


# office time


@given(st.lists(st.integers(0, 400 * 25_200_000_000), min_size=2))
def test_office_time_only_grows_and_is_found_again(times: list[int]) -> None:
    time = OfficeTime(calendar(), MONDAY)
    instants = [time.instant(one) for one in sorted(times)]
    assert instants == sorted(instants)
    assert [time.at(one) for one in instants] == sorted(times)


def test_a_day_ends_at_its_close_and_days_off_hold_no_office_time() -> None:
    time = OfficeTime(calendar(), date(2026, 2, 14))
    assert time.instant(0) == datetime(2026, 2, 14, 1, 0, tzinfo=UTC), "a Saturday that is worked"
    assert time.instant(time.per_day) == datetime(2026, 2, 14, 9, 30, tzinfo=UTC)
    assert time.instant(time.per_day + 1).date() == date(2026, 2, 24), "after the holidays"
    assert time.at(datetime(2026, 2, 20, 4, 0, tzinfo=UTC)) == time.per_day
    assert time.at(datetime(2020, 1, 1, tzinfo=UTC)) == 0


@given(start=st.integers(0, 10 * 25_200), days=st.decimals(0, 30, places=2))
def test_work_as_long_as_a_limit_never_ends_after_it_and_from_close_of_business_with_it(
    start: int, days: Decimal
) -> None:
    time = OfficeTime(calendar(), MONDAY)
    for begun in (start * 1_000_000, (start // 25_200 + 1) * time.per_day):
        due = due_date(calendar(), time.instant(begun), Limit.of(days)).at
        ended = time.instant(begun + time.of_days(Fraction(days)))
        assert ended <= due
        if begun % time.per_day == 0 and begun:
            assert ended == due


# distributions

KINDS: list[Distribution] = [
    Exact(0.7), Uniform(0.2, 0.9), Triangular(0.1, 0.4, 2.0), Triangular(1, 1, 1), Triangular(0, 0, 1),
    Triangular(0, 1, 1), Lognormal(0.5, 1.5), Empirical((0.5, 1.0, 4.0)), Empirical((2.0,)),
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_larger_numbers_never_give_shorter_work_and_none_is_negative(kind: Distribution) -> None:
    values = [kind.value(n / 1000) for n in range(1000)]
    assert values == sorted(values)
    assert values[0] >= 0


@pytest.mark.parametrize(
    ("kind", "mean"),
    [
        (Uniform(0.2, 0.9), 0.55), (Triangular(0.1, 0.4, 2.0), 2.5 / 3), (Empirical((0.0, 1.0)), 0.5),
        (Lognormal(0.5, 1.5), 0.5 * 2.7182818 ** ((1.0986123 / 1.2815516) ** 2 / 2)),
    ],
)  # fmt: skip
def test_the_mean_is_the_one_of_the_distribution(kind: Distribution, mean: float) -> None:
    steps = 200_000
    assert sum(kind.value((n + 0.5) / steps) for n in range(steps)) / steps == pytest.approx(mean, rel=1e-3)


def test_half_of_a_lognormal_is_within_its_median_and_nine_of_ten_within_its_p90() -> None:
    kind = Lognormal(0.5, 1.5)
    assert kind.value(0.5) == pytest.approx(0.5)
    assert kind.value(0.9) == pytest.approx(1.5)


def test_chance_belongs_to_its_names() -> None:
    assert stream(7, "step", 3, "A.b", 1).random() == stream(7, "step", 3, "A.b", 1).random() == 0.31652444897290544
    assert stream(7, "step", 3).random() != stream(7, "step", 4).random()


# dispatch


def test_each_rule_ranks_by_what_it_is_named_after() -> None:
    early = Waiting(latest=9, work=5, arrived=1, number=1)
    urgent = Waiting(latest=2, work=7, arrived=3, number=2)
    short = Waiting(latest=5, work=1, arrived=4, number=3)
    first = {rule: min((early, urgent, short), key=rank) for rule, rank in RULES.items()}
    assert first == {LEAST_SLACK: urgent, FIRST_COME: early, SHORTEST: short}
    for rank in RULES.values():
        assert rank(early) < rank(Waiting(early.latest, early.work, early.arrived, 9)), "ties by arrival"


def ticket(rank: int, **demand: int) -> Ticket:
    """Work of a rank that takes so many people of some pools."""
    return Ticket((rank,), demand)


def test_what_does_not_fit_lets_others_pass_and_begins_when_people_are_free() -> None:
    dispatcher: Dispatcher[Ticket] = Dispatcher({"a": 2, "b": 1})
    big, small, other, free = ticket(1, a=2), ticket(2, a=1), ticket(3, b=1), ticket(9, c=50)
    for one in (small, free, other, big):
        dispatcher.add(one)
    assert dispatcher.start() == [big, other, free]
    assert dispatcher.start() == []
    dispatcher.finish(big)
    assert dispatcher.start() == [small]
    assert dispatcher.free == {"a": 1, "b": 0}


def test_work_that_is_withdrawn_while_it_waits_never_begins() -> None:
    dispatcher: Dispatcher[Ticket] = Dispatcher({"a": 1})
    tickets = [ticket(rank, a=1) for rank in range(3)]
    for one in tickets:
        dispatcher.add(one)
    dispatcher.start()
    dispatcher.withdraw(tickets[1])
    dispatcher.finish(tickets[0])
    assert dispatcher.start() == [tickets[2]]


# figures


@given(st.lists(st.integers(0, 1000), min_size=1))
def test_a_quantile_is_the_least_value_that_enough_do_not_exceed(values: list[int]) -> None:
    ordered = sorted(values)
    for percent in (1, 10, 50, 90, 99, 100):
        found = quantile(ordered, percent)
        assert sum(value <= found for value in values) * 100 >= percent * len(values)
        assert sum(value < found for value in values) * 100 < percent * len(values)


def test_days_of_nothing_are_none() -> None:
    days = days_of([], OfficeTime(calendar(), MONDAY))
    assert (days.cases, days.p50, days.mean, days.most) == (0, 0, 0, 0)


# series and forms


@pytest.mark.parametrize("code", sorted(shipped().offerings))
def test_a_series_has_every_step_once_and_keeps_every_order(code: str) -> None:
    offering = shipped().offering(code)
    series, graph = in_series(offering), precedence_of(offering)
    place = {step: number for number, step in enumerate(series.steps)}
    assert sorted(place) == sorted(graph.steps)
    assert all(place[before] < place[after] for before, after in graph.pairs)
    assert series.pairs == set(pairwise(series.steps))


@pytest.mark.parametrize("code", sorted(shipped().offerings))
def test_a_form_calls_for_the_items_wanted_and_its_materials_are_all_there(code: str) -> None:
    offering = shipped().offering(code)
    for wanted in (plain_items(offering), tuple(item.code for item in offering.items)):
        try:
            form = form_for(offering, wanted, {})
        except BadInput as error:
            assert error.code == "simulate.items"
            assert wanted != plain_items(offering), "the plain case can always be applied for"
            continue
        assert set(offering.applicable_items(values_of(offering, form))) == set(wanted)
        everything, fewer = materials_for(offering, form), one_missing(offering, form)
        assert fewer is None or len(everything) - len(fewer) == 1


def test_an_answer_that_is_given_stands_and_one_that_leads_elsewhere_is_told() -> None:
    offering = shipped().offering("B02")
    form = form_for(offering, plain_items(offering), {"floor_area": "77"})
    assert form["floor_area"] == "77"
    with pytest.raises(BadInput, match=r"simulate\.items"):
        form_for(offering, plain_items(offering), {"floor_area": "45"})


# the staff file


def written(folder: Path, text: str) -> Path:
    """A staff file."""
    path = folder / "staff.toml"
    path.write_text(f"schema = 1\n{text}", encoding="utf-8")
    return path


def test_an_empty_staff_file_assumes_what_no_staff_file_does(tmp_path: Path) -> None:
    assert read_assumptions(written(tmp_path, ""), shipped()) == Assumptions()


def test_the_staff_file_of_the_manual_is_read(tmp_path: Path) -> None:
    manual = Path(__file__).parents[2].joinpath("docs", "simulation.md").read_text(encoding="utf-8")
    text = manual.partition("```toml\nschema = 1\n")[2].partition("```")[0]
    found = read_assumptions(written(tmp_path, text), shipped())
    assert found.people == {("market", ""): 6, ("medins", ""): 2, ("fire", "inspector"): 4, ("fire", "head"): 1}
    assert found.durations.default == Triangular(0.2, 0.5, 1.3)
    assert found.durations.steps == {"FOOD.site": Lognormal(0.5, 1.2)}
    assert found.rates.items == {"TOBACCO": 0.2}
    assert found.answers == {"B02": {"floor_area": "120"}}
    food = shipped().offering("FOOD")
    assert found.pool_of(food.step("FOOD.site")) == ("market", "")
    assert found.durations.share_of(food.step("FOOD.site")) == Lognormal(0.5, 1.2)
    assert found.durations.share_of(food.step("FOOD.deliver")) == Exact(0.0)
    assert found.with_one_more(("fire", "head")).people["fire", "head"] == 2


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[staff]\nmarkt = 1", "staff.toml: staff.markt"),
        ("[staff]\nmarket = -1", "staff.toml: staff.market"),
        ("[staff]\nmarket = 1.5", "staff.toml: staff.market"),
        ("[staff]\nmarket = nan", "staff.toml: staff.market"),
        ("[staff]\nmarket = 1e9", "staff.toml: staff.market"),
        ("[staff]\nmarket = true", "staff.toml: staff.market"),
        ("[roles.fire]\nchief = 1", "staff.toml: roles.fire.chief"),
        ("rule = 'fastest'", "staff.toml: rule"),
        ("stuff = 1", "staff.toml: stuff"),
        ("[durations.default]\nkind = 'normal'", "staff.toml: durations.default.kind"),
        ("[durations.default]\nkind = 'uniform'\nlow = 2\nhigh = 1", "staff.toml: durations.default.high"),
        ("[durations.default]\nkind = 'uniform'\nlow = inf\nhigh = inf", "staff.toml: durations.default.low"),
        ("[durations.default]\nkind = 'exact'\nlow = 1", "staff.toml: durations.default.low"),
        ("[durations.default]\nkind = 'lognormal'\nmedian = 0\np90 = 1", "staff.toml: durations.default.median"),
        ("[durations.steps.'FOOD.nothing']\nkind = 'exact'", "staff.toml: durations.steps.FOOD.nothing"),
        ("[rates]\nrefuse = 1.1", "staff.toml: rates.refuse"),
        ("[rates.refuse_steps]\n'FOOD.issue' = 0.5", "staff.toml: rates.refuse_steps.FOOD.issue"),
        ("[rates.items]\nNOTHING = 0.5", "staff.toml: rates.items.NOTHING"),
        ("[answers.B02]\nnothing = 'x'", "staff.toml: answers.B02.nothing"),
        ("[staff", "staff.toml"),
    ],
)  # fmt: skip
def test_a_wrong_staff_file_is_told_with_its_place(tmp_path: Path, text: str, where: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        read_assumptions(written(tmp_path, text), shipped())
    assert caught.value.where == where


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"cases": 0}, "--cases"), ({"cases": 10**9}, "--cases"), ({"seed": -1}, "--seed"), ({"codes": ()}, "CODE"),
        ({"per_day": Fraction(0)}, "--per-day"), ({"per_day": Fraction(1, 900)}, "--cases"), ({"more": -1}, "--more"),
    ],
)  # fmt: skip
def test_a_request_beyond_its_bounds_is_refused(change: Mapping[str, Any], where: str) -> None:
    with pytest.raises(BadInput) as caught:
        Request(**{"codes": ("B02",), "cases": 100, "seed": 1, **change})
    assert caught.value.where == where


def test_office_time_agrees_with_the_calendar() -> None:
    time = OfficeTime(calendar(), MONDAY)
    later = time.instant(7 * time.per_day // 2)
    assert office_time_between(calendar(), time.instant(0), later) == timedelta(hours=24.5)
