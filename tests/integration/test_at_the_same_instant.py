"""People acting at the same instant: everybody is served, nothing happens twice, nobody reads about locks."""

import threading
from collections.abc import Callable
from functools import partial

from engine.bootstrap import build_engine
from engine.commands import DecideStep, Outcome
from engine.errors import AlreadyDone
from tests.builders import Office, handler_of
from tests.rounds import Rounds


def at_once(*acts: Callable[[], Outcome]) -> list[Outcome | Exception]:
    """Runs the acts in threads that start together; results in the order of the acts."""
    barrier = threading.Barrier(len(acts))
    results: list[Outcome | Exception] = [RuntimeError("did not run")] * len(acts)

    def run(position: int, act: Callable[[], Outcome]) -> None:
        barrier.wait()
        try:
            results[position] = act()
        except Exception as error:  # noqa: BLE001 the test looks at whatever came out
            results[position] = error

    threads = [threading.Thread(target=run, args=(n, act)) for n, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_approvers_finishing_the_last_two_branches_both_succeed_and_the_join_fires_once(
    office: Office, rounds: Rounds
) -> None:
    others = [build_engine(office.engine.settings, office.clock) for _ in range(2)]
    last = ("VACCERT.review", "BIRTHREG.review")
    for _ in range(rounds(test=20, long=200)):
        case_id = office.accept("B13")
        while rest := sorted(set(office.open(case_id)) - set(last)):
            office.decide(case_id, rest[0])
        tasks = [office.open(case_id)[step] for step in last]
        commands = [(DecideStep(case_id, task.id, "agree"), handler_of(task)) for task in tasks]
        results = at_once(*(partial(e.execute, *c) for e, c in zip(others, commands, strict=True)))
        assert all(isinstance(result, Outcome) for result in results), results
        assert set(office.open(case_id)) == {"B13.deliver"}
        delivered = [t for t in office.case(case_id).tasks.values() if t.step == "B13.deliver"]
        assert len(delivered) == 1
        opened = [result.opened for result in results if isinstance(result, Outcome)]
        assert sorted(map(len, opened)) == [0, 1], "exactly one of the two decisions opened the delivery"
    for engine in others:
        engine.close()


def test_two_people_deciding_one_task_at_once_get_one_decision_and_one_explanation(office: Office) -> None:
    others = [build_engine(office.engine.settings, office.clock) for _ in range(2)]
    for _ in range(10):
        case_id = office.accept("B02")
        task = office.open(case_id)["LIC_CHECK.review"]
        agree, refuse = DecideStep(case_id, task.id, "agree"), DecideStep(case_id, task.id, "disagree", "no")
        first, second = at_once(
            partial(others[0].execute, agree, handler_of(task, "one")),
            partial(others[1].execute, refuse, handler_of(task, "two")),
        )
        assert {type(first), type(second)} == {Outcome, AlreadyDone}
        assert office.case(case_id).tasks[task.id].actor == ("one" if isinstance(first, Outcome) else "two")
    for engine in others:
        engine.close()


def test_many_applications_at_once_get_different_numbers(office: Office) -> None:
    results = at_once(*(lambda: office.submit("B13") for _ in range(8)))
    assert all(isinstance(result, Outcome) for result in results), results
    numbers = {result.case_number for result in results if isinstance(result, Outcome)}
    assert len(numbers) == 8
