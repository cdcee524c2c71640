"""What went wrong in other products, each as a test that bears its number; ``KNOWN`` says where each one is."""

import ast
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from engine.bootstrap import build_engine
from engine.commands import DecideStep, Outcome, ReturnStep, TransferTask
from tests.architecture.source import ROOT
from tests.builders import Office
from tests.integration.test_at_the_same_instant import at_once
from tests.rounds import Rounds
from tests.scenarios.approvals.hall import Hall, opened_hall, person, states

STATES = states()
HERE = "tests/integration/test_known_failures.py"
RETURNING, SAME_INSTANT = "tests/integration/test_returning.py", "tests/integration/test_at_the_same_instant.py"
KNOWN = {
    "jeecgboot #5813": (RETURNING, "test_to_a_branch_after_the_join_fired_keeps_the_sibling_and_the_join_fires_once"),
    "ruoyi-vue-pro #867": (
        RETURNING, "test_to_a_branch_after_the_join_fired_keeps_the_sibling_and_the_join_fires_once",
    ),
    "ruoyi-vue-pro #668": (RETURNING, "test_all_votes_of_a_multi_instance_step_are_given_anew_after_a_return"),
    "ruoyi-vue-pro #1018": (RETURNING, "test_a_timer_event_that_waits_keeps_its_due_instant"),
    "ProcessMaker #3242": (HERE, "test_one_refusal_ends_what_it_refuses_and_the_case"),
    "flowable #4166": (HERE, "test_a_branch_that_was_passed_twice_does_not_satisfy_the_join"),
    "spiff-arena #1391": (HERE, "test_people_of_different_branches_at_the_same_instant_lose_no_decision"),
    "spiff-arena #1062": (HERE, "test_nobody_is_shown_the_task_of_somebody_else"),
}  # fmt: skip


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with opened_hall(tmp_path, restored=False) as opened:
        yield opened


@pytest.mark.parametrize("failure", KNOWN)
def test_every_known_failure_has_a_test_that_names_it(failure: str) -> None:
    path, name = KNOWN[failure]
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    assert len(found) == 1, f"{path} has no {name}"
    assert failure in (ast.get_docstring(found[0]) or ""), f"{name} does not say that it is about {failure}"


@pytest.mark.parametrize("code", ["B02", "B05", "SIGN"])
def test_one_refusal_ends_what_it_refuses_and_the_case(office: Office, code: str) -> None:
    """ProcessMaker #3242: one of the parallel approvers refused, and the case stayed "in progress" for ever."""
    steps = office.engine.deployments.current(code).offering.steps.values()
    decisive = {step.item: step.id for step in steps if step.decisive}
    items = office.case(office.accept(code)).items
    for refused in items:

        def says(step: str, bad: str = decisive[refused]) -> str:
            return "disagree" if step == bad else "agree"

        case = office.finish(office.accept(code), says)
        ends = {item.status for item in case.items.values()}
        assert case.items[refused].status == "refused"
        assert ends <= {"granted", "refused", "not_reached"}
        assert (case.status, case.outcome) == ("closed", "partly_granted" if "granted" in ends else "refused")
        assert not case.open_tasks()


def test_a_branch_that_was_passed_twice_does_not_satisfy_the_join(hall: Hall) -> None:
    """flowable #4166: two tokens on one branch were taken for one of each, and the join fired without the other."""
    case_id = hall.case_in(STATES["some_decided"])
    for _ in range(3):
        task = hall.task(case_id, "a2")
        assert task is not None
        command = ReturnStep(case_id, task.id, "T.a1", "材料不清")
        hall.office.engine.execute(command, person("police", "reviewer"))
        hall.decide(case_id, "a1")
    hall.decide(case_id, "a2")
    assert [*hall.office.open(case_id)] == ["T.c"], "the join waits for c, however often a was passed"
    hall.decide(case_id, "c 2")
    assert [*hall.office.open(case_id)] == ["T.decide"]
    assert hall.finish(case_id).outcome == "granted"
    hall.verify(case_id)


def test_people_of_different_branches_at_the_same_instant_lose_no_decision(hall: Hall, rounds: Rounds) -> None:
    """spiff-arena #1391: of two branches saved at the same time, the later one wrote over what the earlier had said."""
    office = hall.office
    others = [build_engine(office.engine.settings, office.clock) for _ in range(4)]
    people = [("a1", "police", 1), ("b", "tax", 1), ("c", "hrss", 1), ("c", "hrss", 2)]
    for _ in range(rounds(test=10, long=100)):
        case_id = hall.case_in(STATES["open_siblings"])
        tasks = office.open(case_id)
        acts = [
            partial(
                engine.execute, DecideStep(case_id, tasks[f"T.{step}"].id, "agree", f"{department}{number}"),
                person(department, "reviewer", number),
            )
            for engine, (step, department, number) in zip(others, people, strict=True)
        ]  # fmt: skip
        results = at_once(*acts)
        assert all(isinstance(result, Outcome) for result in results), results
        case = office.case(case_id)
        said = [task.opinion + task.seats for task in case.tasks.values() if task.status == "done"]
        assert all(any(f"{department}{number}" in one for one in said) for _, department, number in people)
        assert [*office.open(case_id)] == ["T.a2"]
        hall.verify(case_id)
    for engine in others:
        engine.close()


def test_nobody_is_shown_the_task_of_somebody_else(hall: Hall) -> None:
    """spiff-arena #1062: a task given to somebody was in the lists of others."""
    case_id = hall.case_in(STATES["open_siblings"])
    task = hall.office.open(case_id)["T.b"]
    given = TransferTask(case_id, task.id, "police", "reviewer", "police_reviewer_2", "归口不同")
    hall.office.engine.execute(given, person("tax", "reviewer"))
    lists = {
        "police_reviewer_1": ["T.a1"], "police_reviewer_2": ["T.a1", "T.b"], "hrss_reviewer_3": ["T.c"],
        "tax_reviewer_1": [], "tax_reviewer_2": [], "market_reviewer_1": [], "market_head_1": [],
        "health_reviewer_1": [], "window_window_clerk_1": [],
    }  # fmt: skip
    for name, expected in lists.items():
        department, _, rest = name.partition("_")
        role, _, number = rest.rpartition("_")
        rows = hall.office.engine.read.inbox(person(department, role, int(number))).rows
        assert sorted(row["step"] for row in rows) == expected, name
