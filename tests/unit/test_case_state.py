"""A state is stored as text put together from kept pieces: byte for byte the canonical form, after any change."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.case.state import Case, Item, Result, Task, Timer, case_from_state
from engine.journal import canonical

NAMES = st.sampled_from(["2.1", "2.4", "2.10", "a", "项目", 'quo"te', "\\"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def _task(name: str, text: str) -> Task:
    return Task(name, "S", "I", "review", "market", "reviewer", "3", "working_days", "open", "at", opinion=text)


MAKERS: dict[str, Callable[[str, str], Any]] = {
    "tasks": _task,
    "items": lambda name, text: Item(name, reason=text),
    "timers": lambda name, text: Timer(f"{name}:1", name, 1, text),
    "results": lambda name, text: Result(name, "I", text, "issued", "at"),
}
CHANGES = st.lists(st.tuples(st.sampled_from([*MAKERS, "drop", "values", "reason"]), NAMES, TEXTS), max_size=30)


@given(CHANGES)
def test_the_stored_state_is_the_canonical_form_after_every_change(changes: list[tuple[str, str, str]]) -> None:
    case = Case("c")
    for kind, name, text in changes:
        if kind in MAKERS:
            getattr(case, kind)[name] = MAKERS[kind](name, text)
        elif kind == "drop":
            case.tasks.pop(name, None)
            case.timers.pop(name, None)
        elif kind == "values":
            case.values[name] = text  # in place: nothing of it is kept
        else:
            case.reason = text
        assert case.state_bytes() == canonical(case.state())
    again = case_from_state(json.loads(case.state_bytes()), b"")
    assert again.state_bytes() == case.state_bytes()
