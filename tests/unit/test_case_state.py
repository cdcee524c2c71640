"""A state is stored as text put together from kept pieces: byte for byte the canonical form, after any change."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.case.projection import all_rows, task_of
from engine.case.state import DONE, Case, Item, Result, Task, Timer, case_from_state
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
CHANGES = st.lists(
    st.tuples(st.sampled_from([*MAKERS, "drop", "values", "reason", "freeze"]), NAMES, TEXTS), max_size=30
)


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
        elif kind == "freeze":
            case.freeze()
        else:
            case.reason = text
        assert case.state_bytes() == canonical(case.state())
    again = case_from_state(json.loads(case.state_bytes()), b"")
    assert again.state_bytes() == case.state_bytes()


def _closed(case: Case, *names: str, opinion: str = "") -> list[Task]:
    """What the act that closes these tasks leaves to be stored."""
    for name in names:
        case.update_task(name, status=DONE, opinion=opinion)
    case.freeze()
    return list(case.closing.values())


def test_closed_tasks_leave_the_state_and_stand_in_it_by_a_chain_of_digests() -> None:
    case = Case("c", tasks={name: _task(name, "") for name in ("2.1", "2.2", "2.10")})
    (first,) = _closed(case, "2.10")
    assert (first.id, list(case.tasks), case.closings) == ("2.10", ["2.1", "2.2"], 1)
    before = case.closed_digest
    _closed(case, "2.1", "2.2")
    assert (case.tasks, case.closings, case.recalled) == ({}, 3, {})
    assert case.closed_digest != before
    again = Case("c", tasks={name: _task(name, "") for name in ("2.1", "2.2", "2.10")})
    _closed(again, "2.10", opinion="other")
    assert again.closed_digest != before


def test_a_recalled_task_is_forgotten_again_unless_it_changed() -> None:
    case = Case("c", tasks={name: _task(name, "") for name in ("2.2", "2.10", "3.1")})
    stored = _closed(case, "2.2", "3.1")
    sealed = case.state_bytes()
    case.recall(reversed(stored))
    assert list(case.tasks) == ["2.2", "2.10", "3.1"]
    case.freeze()
    assert (case.state_bytes(), case.closing) == (sealed, {})
    case.recall(stored)
    case.recall(stored)
    assert [task.id for task in _closed(case, "3.1", opinion="taken back")] == ["3.1"]
    assert (list(case.tasks), case.closings) == (["2.10"], 3)


@given(NAMES, TEXTS)
def test_a_row_shows_all_of_a_task(name: str, text: str) -> None:
    case = Case("c", tasks={name: _task(name, text)})
    (row,) = all_rows(case)["task"]
    assert task_of(row) == case.tasks[name]
