"""The canonical form is fixed: what is put together or made by a kept encoder is byte for byte the plain one."""

import json
import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.journal import GENESIS, Entry, canonical, canonical_text, digest

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=10,
)
ANSWERS = st.lists(st.tuples(TEXTS, VALUES), max_size=3).map(tuple)


@given(VALUES)
def test_the_canonical_form_is_plain_json_with_sorted_names(value: Any) -> None:
    plain = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    assert canonical_text(value) == plain


@pytest.mark.parametrize("value", [math.nan, math.inf, [-math.inf]])
def test_what_json_does_not_know_has_no_canonical_form(value: Any) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_text(value)


@given(st.dictionaries(TEXTS, VALUES, max_size=3), ANSWERS, TEXTS, st.datetimes(timezones=st.just(UTC)))
def test_an_entry_is_sealed_with_the_hash_of_its_sealed_form(
    facts: dict[str, Any], answers: tuple[tuple[str, Any], ...], actor: str, instant: datetime
) -> None:
    entry = Entry("c", 7, instant, "StepDecided", actor, facts, answers, "0" * 64, GENESIS)
    assert entry.seal().hash == digest(canonical(entry.sealed_form()))
