"""Every act of an approver × every state of the other branches, run straight and with the case restored in between.

The stories are in ``approvals/``, one file per act with one table per state: what it does there, all of it, or the code
it is refused with. docs/approvals.md has the same as a table. Every case still open afterwards is carried to its end.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from engine.case.state import Case
from engine.errors import BinglianError
from tests.scenarios.approvals.effects import Effect, effect
from tests.scenarios.approvals.hall import FOLDER, Hall, State, opened_hall, states, verbs
from tools.approvals_doc import TARGET, document

STATES, VERBS = states(), verbs()
CELLS = [(verb, state) for verb in VERBS for state in STATES]
SETTING = {"act", "first", "before", "ends"}
"""Keys of a cell that are not what the act did: what is otherwise than in the story or the state, and how it ends."""


@pytest.fixture(scope="module")
def halls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[bool, Hall]]:
    """One office that keeps its cases in memory, and one that restores them from the database for every act."""
    with ExitStack() as stack:
        folders = {restored: tmp_path_factory.mktemp("approvals") for restored in (False, True)}
        yield {restored: stack.enter_context(opened_hall(folders[restored], restored)) for restored in folders}


@pytest.mark.parametrize("restored", [False, True], ids=["straight", "restored"])
@pytest.mark.parametrize(("verb", "code"), CELLS, ids=[f"{verb}-{state}" for verb, state in CELLS])
def test_what_an_act_does(halls: dict[bool, Hall], verb: str, code: str, restored: bool) -> None:
    hall, cell = halls[restored], VERBS[verb][code]
    case_id, done = played(hall, VERBS[verb], code)
    assert done == {key: value for key, value in cell.items() if key not in SETTING}
    assert carried_on(hall, case_id) == cell.get("ends", "closed granted")


def test_every_act_has_one_row_and_one_cell_for_every_state() -> None:
    layout = tomllib.loads((FOLDER / "states.toml").read_text(encoding="utf-8"))
    assert sorted(verb for group in layout["groups"] for verb in group["verbs"]) == sorted(VERBS)
    for verb, story in VERBS.items():
        assert {key for key, value in story.items() if isinstance(value, dict)} - {"act"} == {*STATES}, verb
        assert story.keys() <= {*STATES, "title", "says", "act", "first", "reads"}, verb


def test_the_table_in_the_manual_is_what_these_stories_say() -> None:
    text = TARGET.read_text(encoding="utf-8")
    assert text == document(text), "run: python -m tools.approvals_doc"
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| [")]
    assert len(rows) == len(VERBS)
    assert all(len(row) == len(STATES) + 1 and all(cell.strip("| ") for cell in row) for row in rows)


def played(hall: Hall, story: Mapping[str, Any], code: str) -> tuple[str, Effect]:
    """A case is brought to a state, the act is done; what that did."""
    cell = story[code]
    state = replace(STATES[code], before=tuple(cell.get("before", STATES[code].before)))
    case_id = hall.case_in(state, story.get("reads", ()))
    act = {**story["act"], **cell.get("act", {})}
    for one in cell.get("first", story.get("first", [])):
        hall.office.clock.advance(minutes=5)
        hall.do(case_id, state, one)
    hall.office.clock.advance(minutes=5)
    before = hall.office.case(case_id)
    refused = attempt(hall, case_id, state, act)
    after = hall.office.case(case_id)
    if refused:
        assert after == before, "what is refused changes nothing"
        return case_id, {"refused": refused}
    assert after.revision == before.revision + 1, "one act is one entry"
    return case_id, effect(hall.office.engine, before, after)


def attempt(hall: Hall, case_id: str, state: State, act: Mapping[str, Any]) -> str:
    """Does it; the code it is refused with, in words of both languages."""
    try:
        hall.do(case_id, state, act)
    except BinglianError as error:
        assert error.message_zh
        assert error.message_en
        return error.code
    return ""


def carried_on(hall: Hall, case_id: str) -> str:
    """The case goes to its end if it is open, and is what its journal says; how it ended."""
    case = hall.finish(case_id)
    hall.verify(case_id)
    check_end(case)
    return " ".join(filter(None, [case.status, case.outcome]))


def check_end(case: Case) -> None:
    """Nothing waits any more, no decision stands twice, and one certificate was given exactly when it was granted."""
    assert not case.timers
    standing = Counter(task.step for task in case.tasks.values() if task.status == "done")
    assert set(standing.values()) <= {1}, "each step was decided once, and the join has fired once"
    given = [result for result in case.results.values() if result.status in {"issued", "revoked"}]
    assert len(given) == (1 if case.outcome == "granted" else 0)
    assert len({result.number for result in case.results.values()}) == len(case.results)
