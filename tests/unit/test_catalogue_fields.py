"""What a person types becomes a value, or a sentence about the field that is wrong."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalogue import Choice, Field
from engine.catalogue.fields import FIELD_TYPES
from engine.errors import BadInput

CHOICES = (
    Choice(value="small", label_zh="小", label_en="small"),
    Choice(value="large", label_zh="大", label_en="large"),
)


def a_field(kind: str, *, required: bool = True, low: int | None = None, high: int | None = None) -> Field:
    """A field called ``answer``."""
    return Field(
        name="answer",
        label_zh="回答",
        label_en="Answer",
        type=kind,
        required=required,
        personal=False,
        routing=False,
        help_zh="说明",
        help_en="help",
        minimum=None if low is None else Decimal(low),
        maximum=None if high is None else Decimal(high),
        choices=CHOICES if kind == "choice" else (),
    )


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("text", "  老王面馆 ", "老王面馆"),
        ("text", "Ａ座", "Ａ座"),
        ("number", "50", 50),
        ("number", "50.0", 50),
        ("number", "50.01", 50.01),
        ("number", " ５０．５ ", 50.5),
        ("number", "007", 7),
        ("boolean", "true", True),
        ("boolean", "是", True),
        ("boolean", "False", False),
        ("boolean", "否", False),
        ("choice", "large", "large"),
        ("date", "2026-02-28", "2026-02-28"),
    ],
)
def test_what_people_type_becomes_a_value(kind: str, typed: str, value: object) -> None:
    parsed = a_field(kind).parse(typed)
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("kind", "typed", "code"),
    [
        ("text", "  ", "field.missing"),
        ("text", "x\x00y", "field.characters"),
        ("text", "长" * 2001, "field.too_large"),
        ("number", "fifty", "field.not_a_number"),
        ("number", "NaN", "field.not_a_number"),
        ("number", "Infinity", "field.not_a_number"),
        ("number", "1e9", "field.not_a_number"),
        ("number", "1,000", "field.not_a_number"),
        ("number", "9" * 16, "field.not_a_number"),
        ("number", "٣", "field.not_a_number"),
        ("boolean", "maybe", "field.not_yes_or_no"),
        ("choice", "medium", "field.not_a_choice"),
        ("date", "2026-02-29", "field.not_a_date"),
        ("date", "28/02/2026", "field.not_a_date"),
    ],
)
def test_what_cannot_be_used_is_refused_naming_the_field_but_not_what_was_typed(
    kind: str, typed: str, code: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        a_field(kind).parse(typed)
    error = refusal.value
    assert (error.code, error.where) == (code, "answer")
    assert error.message_zh.startswith("回答")
    assert error.message_en.startswith("Answer")
    assert not typed.strip() or typed not in error.message_zh + error.message_en


def test_bounds_are_inclusive() -> None:
    field = a_field("number", low=1, high=100)
    assert [field.parse(typed) for typed in ("1", "100")] == [1, 100]
    for typed, code in (("0.99", "field.too_small"), ("100.01", "field.too_large")):
        with pytest.raises(BadInput) as refusal:
            field.parse(typed)
        assert refusal.value.code == code


def test_the_bounds_of_a_text_are_its_length() -> None:
    assert a_field("text", low=2, high=3).parse("面馆") == "面馆"
    with pytest.raises(BadInput):
        a_field("text", low=2, high=3).parse("老王面馆")


@pytest.mark.parametrize("kind", FIELD_TYPES)
def test_an_optional_field_may_stay_empty(kind: str) -> None:
    assert a_field(kind, required=False).parse("   ") is None


@given(kind=st.sampled_from(FIELD_TYPES), typed=st.text(max_size=40))
def test_whatever_is_typed_gives_a_value_json_can_hold_or_a_refusal(kind: str, typed: str) -> None:
    try:
        value = a_field(kind).parse(typed)
    except BadInput as refusal:
        assert refusal.where == "answer"
    else:
        assert json.loads(json.dumps(value)) == value


@given(cents=st.integers(min_value=0, max_value=10**8))
def test_a_number_keeps_its_decimals(cents: int) -> None:
    typed = Decimal(cents) / 100
    assert Decimal(str(a_field("number").parse(str(typed)))) == typed
