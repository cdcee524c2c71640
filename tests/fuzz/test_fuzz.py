"""Whatever a file says, the checker and the runtime answer with findings or with an error in words."""

import json
import random
import signal
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engine.diagram.lint import check_sources, lint
from engine.errors import BinglianError
from engine.runtime.standalone import BpmnError, DiagramRejected, Limits, Run
from tests.fuzz.shaking import BASES, changed_files, random_files, random_flows
from tests.fuzz.words import START_VALUES
from tests.hostile.runner import wordless
from tests.rounds import Rounds

CPU_SECONDS = 30
"""What one example may cost; the largest diagram of ``processes/`` takes less than one."""

LIMITS = Limits(steps=2_000, tokens=300, depth=50)
"""Small ones, so that examples reach them often and soon."""

WAITS = (timedelta(0), timedelta(minutes=30), timedelta(hours=3), timedelta(days=400))
DATA: tuple[dict[str, Any], ...] = ({}, {"n": 7}, {"ready": None}, {"names": []}, {"one": "丙", "out": 3.5})
NAMES = ("m", "go", "done", "", "审批")


class TooSlow(Exception):
    """One example took more than ``CPU_SECONDS`` of processor time."""


@contextmanager
def in_time() -> Iterator[None]:
    """Raises TooSlow inside what takes too long."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def fail(_given: dict[str, Any]) -> dict[str, Any]:
    """A service that ends with an error the diagram may catch."""
    raise BpmnError("no", "as told")


SERVICES: Mapping[str, Callable[[dict[str, Any]], dict[str, Any] | None]] = {"a": lambda _: {"n": 3}, "b": fail}


def state(run: Run) -> tuple[Any, ...]:
    """All that can be seen of a run."""
    return run.ready(), list(run.trace), repr(run.data), run.finished, str(run.failed), sorted(run.waiting())


def step(run: Run, files: Mapping[str, bytes], number: int) -> Run:
    """One thing that can be done to a run."""
    what, which = number % 8, number // 8
    ready = run.ready()
    if what < 4 and ready:
        run.complete(ready[which % len(ready)].id, DATA[number % len(DATA)])
    elif what == 4:
        run.message(NAMES[which % len(NAMES)], DATA[which % len(DATA)])
    elif what == 5:
        run.signal(NAMES[which % len(NAMES)], DATA[which % len(DATA)])
    elif what == 6:
        run.advance(WAITS[which % len(WAITS)])
    else:
        again = Run.restore(run.dump(), files, services=SERVICES, limits=LIMITS)
        assert state(again) == state(run)
        return again
    return run


def in_words(error: BinglianError) -> None:
    """An error of ours says what is wrong in both languages."""
    assert error.code
    assert error.message_zh
    assert error.message_en


def drive(files: Mapping[str, bytes], plan: Iterable[int]) -> None:
    """Starts a run and does what the plan says; after an error in words the run is as before."""
    run = Run(files, data=START_VALUES, services=SERVICES, limits=LIMITS)
    for number in plan:
        before = state(run)
        try:
            run = step(run, files, number)
        except BinglianError as error:
            in_words(error)
            assert state(run) == before


def answer(files: Mapping[str, bytes], plan: Iterable[int]) -> None:
    """Checks the files and, when nothing speaks against it, runs them."""
    findings = check_sources(files, services=SERVICES)
    told = [*findings, *(found for name, data in files.items() if name.endswith("bpmn") for found in lint(data, name))]
    assert not wordless(told)
    json.dumps([finding.as_dict() for finding in told], ensure_ascii=False).encode()
    refused = any(finding.level == "error" for finding in findings)
    try:
        drive(files, plan)
    except DiagramRejected as error:
        assert refused
        assert error.findings
    except BinglianError as error:
        assert not refused
        in_words(error)
    else:
        assert not refused


pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")  # of a diagram of ``processes/``

PLANS = st.lists(st.integers(0, 100), min_size=4, max_size=25)
FILES = {"changed": changed_files(), "random": random_files(), "flows": random_flows()}
QUIET = settings(
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


def answers(
    files: st.SearchStrategy[Mapping[str, bytes]], examples: int, phases: Collection[Phase] = tuple(Phase)
) -> Callable[[], None]:
    """A test of so many examples."""

    @settings(QUIET, max_examples=examples, phases=phases)
    @given(files, PLANS)
    def check(files: Mapping[str, bytes], plan: Iterable[int]) -> None:
        with in_time():
            answer(files, plan)

    return check


@pytest.mark.parametrize("name", BASES)
def test_what_the_fuzzer_starts_from_runs(name: str) -> None:
    answer(BASES[name], range(24))


@pytest.mark.parametrize("kind", FILES)
def test_a_random_file_gets_findings_or_runs(kind: str, rounds: Rounds) -> None:
    answers(FILES[kind], rounds(test=60, long=2_000))()


@pytest.mark.long
@pytest.mark.parametrize("kind", FILES)
def test_minutes_of_random_files_get_findings_or_run(kind: str, rounds: Rounds) -> None:
    """Ten minutes together; a failure tells the seed of its round, and is not made smaller: that could take hours."""
    ends = time.monotonic() + rounds(test=0, long=200)
    while time.monotonic() < ends:
        seed = random.getrandbits(32)
        try:
            hypothesis.seed(seed)(answers(FILES[kind], 100, [Phase.generate]))()
        except BaseException as error:
            error.add_note(f"hypothesis.seed({seed})")
            raise
