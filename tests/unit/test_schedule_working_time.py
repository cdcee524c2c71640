"""Working time in timer events: what is read, what is refused and in which words."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.diagram.foreign import translate_condition
from engine.diagram.schedule import (
    FOR_EVER,
    OFFICE_SECONDS,
    WORKING_DAYS,
    WorkingCycle,
    WorkingTime,
    is_literal,
    read_timer,
)
from engine.errors import DiagramError

FORMS = ("timeDate", "timeDuration", "timeCycle")


def days(text: str) -> WorkingTime:
    return WorkingTime(Decimal(text), WORKING_DAYS)


def seconds(text: str) -> WorkingTime:
    return WorkingTime(Decimal(text), OFFICE_SECONDS)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("workdays(3)", days("3")),
        ("  WorkDays ( 0.5 ) ", days("0.5")),
        ("workdays(0)", days("0")),
        ("workdays(10000)", days("10000")),
        ("office(PT4H)", seconds("14400")),
        ("office(pt1h30m)", seconds("5400")),
        ("office(PT0.5H)", seconds("1800")),
        ("Office( PT10000H )", seconds("36000000")),
        ("office(PT1,5S)", seconds("1.5")),
        ("R3/workdays(2)", WorkingCycle(3, days("2"))),
        ("R/office(PT90M)", WorkingCycle(FOR_EVER, seconds("5400"))),
        ("R2/2026-03-02T09:00:00/workdays(1.5)", WorkingCycle(2, days("1.5"), datetime(2026, 3, 2, 1, tzinfo=UTC))),
    ],
)
def test_every_form_takes_working_time(form: str, text: str, read: WorkingTime | WorkingCycle) -> None:
    assert is_literal(text)
    assert read_timer(form, text) == read


WRONG = [
    "workdays()", "workdays(-1)", "workdays(x)", "workdays(3", "workdays(3))", "workdays(1,5)", "workdays(1e3)",
    "workdays(３)", "workdays（3）", "workdays(10000.5)", "workdays(99999)", "workdays(1.1234567)", "workdays(.5)",
    "workdays(P3D)", "workdays(3) + workdays(4)", "workday(3)", "workingdays(3)", "work_days(3)", "office()",
    "office(4)", "office(P1D)", "office(P1DT4H)", "office(P1M)", "office(PT)", "office(PT0S)",
    "office(PT0.5S)", "office(PT10001H)",
    "office(PT999999999H)", "office(-PT4H)", "office(PT4H", "officehours(PT4H)", "R3/workdays(0)",
    "R3/workdays(0.0009)", "R3/workdays(x)", "R3/workdays(2)/2026-03-02", "R3/workdays(2)/workdays(3)",
    "R3/soon/workdays(2)", "R3//workdays(2)", "Rx/workdays(2)", "R3/2026-03-02/office(P1D)",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", WRONG)
def test_what_is_meant_as_working_time_and_wrong_is_refused_in_both_languages(form: str, text: str) -> None:
    with pytest.raises(DiagramError) as caught:
        read_timer(form, text)
    assert caught.value.code == "timer.format"
    assert caught.value.message_zh
    assert caught.value.message_en


@pytest.mark.parametrize("text", ["workdays(n)", "workday(3)", "office(4)"])
def test_the_words_give_an_example_also_of_an_expression(text: str) -> None:
    with pytest.raises(DiagramError, match="workdays") as caught:
        read_timer("timeDuration", text)
    for words in (caught.value.message_zh, caught.value.message_en):
        assert "workdays(0.5)" in words
        assert "office(PT4H)" in words
        assert '"workdays(" + str(n) + ")"' in words


@pytest.mark.parametrize("text", ["workdays", "office", "days(3)", 'workload["a"]', '"workdays(3)"', "n", "PTA(3)"])
def test_other_names_and_quoted_texts_are_expressions(text: str) -> None:
    assert not is_literal(text)


def test_unmarked_working_time_is_left_as_it_is_by_the_reader_of_foreign_diagrams() -> None:
    for text in ("workdays(3)", "office(PT4H)", "R3/workdays(2)"):
        assert translate_condition(text, None) == text
    assert translate_condition('${"workdays(3)"}', None) == '"workdays(3)"'
    with pytest.raises(DiagramError):
        translate_condition("${workdays(3)}", None)


@given(st.decimals(0, 10_000, places=6))
def test_every_limit_a_clock_may_have_is_read_exactly(amount: Decimal) -> None:
    assert read_timer("timeDuration", f"workdays({amount:f})") == days(f"{amount:f}")


@given(st.integers(0, 9_999), st.integers(0, 59), st.integers(1, 59))
def test_hours_minutes_and_seconds_add_up(hours: int, minutes: int, rest: int) -> None:
    read = read_timer("timeDuration", f"office(PT{hours}H{minutes}M{rest}S)")
    length = timedelta(hours=hours, minutes=minutes, seconds=rest)
    assert read == seconds(str(int(length.total_seconds())))


PIECES = [
    "workdays",
    "office",
    "(",
    ")",
    "PT4H",
    "P1D",
    "3",
    "0.5",
    "R3",
    "R",
    "/",
    "-",
    " ",
    "（",
    "2026-03-02",
    "T",
    ",",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=9).map("".join) | st.text(max_size=40)


@given(st.sampled_from(FORMS), TEXTS | TEXTS.map(lambda inner: f"workdays({inner})") | TEXTS.map("R2/{}".format))
def test_any_text_is_a_time_within_bounds_or_refused_in_words(form: str, text: str) -> None:
    try:
        read = read_timer(form, text)
    except DiagramError as error:
        assert error.message_zh
        assert error.message_en
        return
    every = read.every if isinstance(read, WorkingCycle) else read
    if isinstance(every, WorkingTime):
        assert is_literal(text)
        assert 0 <= every.amount <= {WORKING_DAYS: 10_000, OFFICE_SECONDS: 36_000_000}[every.unit]
        assert not isinstance(read, WorkingCycle) or every.amount > 0
