"""Random diagrams: the runtime does at every step what the token game of the standard does."""

import logging
import random
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest

from engine.diagram.lint import check_sources
from engine.diagram.xml import read_definitions, schema_errors
from engine.errors import BinglianError, LimitExceeded
from engine.runtime.standalone import Limits, Run
from tests.rounds import Rounds
from tests.unit.diagrams import CHOICES, SHAPES, smaller, xml_of
from tests.unit.token_game import DEFAULT, WAITING, Crowded, Endless, Graph, Instance, Mark, NoFlow, TokenGame, Trigger

log = logging.getLogger(__name__)
FILE = "random.bpmn"
TEST, LONG = 500, 20_000
"""Diagrams of one run of the tests, all shapes together."""
ACTS = 16
"""Acts after which a diagram is left alone."""
LIMITS = Limits(steps=2500, tokens=400)
"""More than the longest way between two acts that the game would still go."""
LARGEST = 10
"""Blocks or elements of the largest diagrams."""
SEVERAL, CANDIDATES = 6, 400
"""How often a smaller diagram is played to see whether it still fails, and how many such are tried."""


class Different(AssertionError):
    """The runtime and the game disagree."""


class Left(Exception):
    """The diagram is left where it is: both refused the act, or its outcome is not one that can be compared."""


@dataclass(frozen=True)
class Seen:
    """What must be equal after every act; ``tasks`` are elements with the number of their instance."""

    tasks: list[tuple[str, int]]
    waiting: list[str]
    finished: bool
    completed: Counter[str]


def task_of(element: str, number: int | None) -> tuple[str, int]:
    return element, -1 if number is None else number


def is_clear(one: Instance | Trigger, every: Sequence[Instance | Trigger]) -> bool:
    """Whether there is no doubt which one is meant by its place in the row of those like it, oldest first."""
    return not any(
        alike(one) == alike(other) and one.born.act == other.born.act and one.born.place is not other.born.place
        for other in every
    )


def alike(one: Instance | Trigger) -> object:
    return task_of(one.element, one.number) if isinstance(one, Instance) else one.event


def choose(graph: Graph, rng: random.Random) -> dict[str, int]:
    """An answer to every condition."""
    return {name: rng.randrange(CHOICES) for name in graph.nodes}


def first_choice(graph: Graph, rng: random.Random) -> dict[str, int]:
    """Answers to begin with; mostly such that the game does not run for ever before anybody can act."""
    choice = choose(graph, rng)
    for _ in range(3):
        try:
            TokenGame(graph, choice).start()
        except (Crowded, Endless, NoFlow):
            choice = choose(graph, rng)
    return choice


def racing(graph: Graph) -> bool:
    """Whether what happens on the way depends on which of two free tokens moves first; where it leads to does not."""
    return any(
        mark.terminate or (mark.stops and graph.nodes[name] == "subProcess") for name, mark in graph.marks.items()
    )


class Duel:
    """A game and a run of one diagram; with ``restored`` a second run, saved and restored between all acts."""

    def __init__(self, graph: Graph, rng: random.Random, restored: bool) -> None:
        self.graph, self.rng = graph, rng
        self.racing = racing(graph)
        self.sources = {FILE: xml_of(graph)}
        self.restored = restored
        self.game = TokenGame(graph, first_choice(graph, rng))
        self.runs: list[Run] = []
        self.acts: list[str] = []

    def play(self) -> None:
        """Random acts until the end, until nothing can be done, or long enough."""
        self.begin()
        for _ in range(ACTS):
            possible = list(self.possible())
            if not possible:
                return
            self.rng.choice(possible)()

    # Acts.

    def possible(self) -> Iterator[Callable[[], None]]:
        open_tasks, triggers = self.game.open(), self.game.triggers()
        due = sorted(trigger.due for trigger in triggers if trigger.due is not None)
        clear_tasks = [task for task in open_tasks if is_clear(task, open_tasks)]
        if clear_tasks:
            yield from [partial(self.complete, self.rng.choice(clear_tasks))] * 3
        if due:
            yield partial(self.advance, due[0] - self.game.now)
            yield partial(self.advance, self.rng.randint(0, due[min(2, len(due) - 1)] - self.game.now))
        oldest = {trigger.message: trigger for trigger in reversed(triggers) if trigger.message}
        messages = [name for name, trigger in oldest.items() if is_clear(trigger, triggers)]
        if messages:
            yield from [partial(self.message, self.rng.choice(messages))] * 2
        early = self.unawaited(oldest)
        if early and (open_tasks or triggers) and self.rng.random() < 0.2:
            yield partial(self.message, self.rng.choice(early))

    def unawaited(self, awaited: Container[str]) -> list[str]:
        """Messages that may come before they are waited for; one at a time, so that it is clear who gets it."""
        if self.racing or self.game.kept:
            return []
        kinds = (WAITING | {"receiveTask"}) - {"eventBasedGateway"}
        marks = ((self.graph.nodes[name], mark.message) for name, mark in self.graph.marks.items())
        return sorted(message for kind, message in marks if message and kind in kinds and message not in awaited)

    def begin(self) -> None:
        self.acts.append(f"start with choice {self.game.choice}")
        data = {"choice": self.game.choice}
        self.act(
            self.game.start,
            [lambda: self.runs.append(Run(self.sources, data=data, limits=LIMITS))] * (2 if self.restored else 1),
        )

    def complete(self, task: Instance) -> None:
        wanted = task_of(task.element, task.number)
        position = [t for t in self.game.open() if task_of(t.element, t.number) == wanted].index(task)
        choice = choose(self.graph, self.rng)
        self.acts.append(f"complete {wanted} (the {position + 1}. such) with choice {choice}")
        such = [[t.id for t in run.ready() if task_of(t.element, t.instance) == wanted] for run in self.runs]
        self.game.choice = choice
        self.act(
            partial(self.game.complete, task),
            [
                partial(run.complete, ids[position], {"choice": choice})
                for run, ids in zip(self.runs, such, strict=True)
            ],
        )

    def advance(self, seconds: int) -> None:
        self.acts.append(f"advance {seconds} s")
        self.act(
            partial(self.game.advance, seconds), [partial(run.advance, timedelta(seconds=seconds)) for run in self.runs]
        )

    def message(self, name: str) -> None:
        self.acts.append(f"message {name}")
        self.act(partial(self.game.message, name), [partial(run.message, name) for run in self.runs])

    def act(self, on_game: Callable[[], object], on_runs: list[Callable[[], object]]) -> None:
        """Does one act on both sides and compares what they answer, and then everything that can be seen."""
        before = [whole(run) for run in self.runs]
        try:
            expected = on_game()
        except Crowded as error:
            raise Left from error
        except (NoFlow, Endless) as error:
            for on_run in on_runs:
                self.refuses(error, on_run)
            self.equal("changed by a refused act", before, [whole(run) for run in self.runs])
            raise Left from error
        for on_run in on_runs:
            try:
                self.equal("answer", expected, on_run())
            except BinglianError as error:
                raise Different(f"the runtime refused what the game did: {error}") from error
        self.compare()

    def refuses(self, error: NoFlow | Endless, on_run: Callable[[], object]) -> None:
        wanted = LimitExceeded if isinstance(error, Endless) and not self.open_choices() else BinglianError
        if self.racing:
            raise Left
        try:
            on_run()
        except wanted:
            return
        raise Different(f"the game refused with {error!r}, the runtime did not")

    def open_choices(self) -> bool:
        """Whether some choice may find no flow, so that a diagram can fail in two ways."""
        bits = [[self.graph.flows[i][2] for i in self.graph.out(name)] for name in self.graph.nodes]
        return any(each and not {None, DEFAULT} & set(each) for each in bits)

    # What is compared.

    def compare(self) -> None:
        game = self.game
        tasks = sorted(task_of(task.element, task.number) for task in game.open())
        expected = Seen(tasks, sorted(t.event for t in game.triggers()), game.ended, self.told(game.completed))
        for run in self.runs:
            tasks = sorted(task_of(task.element, task.instance) for task in run.ready())
            completed = Counter(element for element, event in run.trace if event == "completed")
            self.equal(
                "after the act", expected, Seen(tasks, sorted(run.waiting()), run.finished, self.told(completed))
            )
        if len(self.runs) == 2:
            self.equal("straight and restored", whole(self.runs[0]), whole(self.runs[1]))
            self.runs[1] = Run.restore(self.runs[1].dump(), self.sources, limits=LIMITS)
            self.equal("restored", whole(self.runs[0]), whole(self.runs[1]))

    def told(self, completed: Counter[str]) -> Counter[str]:
        if self.racing:
            return Counter()
        return Counter({name: n for name, n in completed.items() if self.graph.nodes[name] != "eventBasedGateway"})

    def equal(self, what: str, expected: object, got: object) -> None:
        if expected != got:
            raise Different(f"{what}\n  expected {expected}\n  got      {got}")

    def story(self) -> str:
        return "\n".join(["", *self.acts, self.sources[FILE].decode()])


def whole(run: Run) -> tuple[object, ...]:
    """Everything that can be seen of a run."""
    return run.ready(), run.waiting(), run.finished, run.trace, run.data


def play(graph: Graph, rng: random.Random, restored: bool) -> int:
    """Plays a diagram and says how many acts were compared; what goes wrong is raised with the whole story."""
    duel = Duel(graph, rng, restored)
    try:
        duel.play()
    except Left:
        return len(duel.acts) - 1
    except Exception as error:
        error.add_note(duel.story())
        raise
    return len(duel.acts)


def failure(graph: Graph, restored: bool) -> Exception | None:
    """What goes wrong in a diagram when it is played several times."""
    for number in range(SEVERAL):
        try:
            play(graph, random.Random(number), restored)
        except Exception as error:
            log.debug("a smaller diagram fails too", exc_info=True)
            return error
    return None


def smallest(graph: Graph, restored: bool, found: Exception) -> Exception:
    """The same kind of failure in the smallest diagram that leaving things out leads to."""
    candidates = smaller(graph)
    for _ in range(CANDIDATES):
        candidate = next(candidates, None)
        if candidate is None:
            break
        error = failure(candidate, restored)
        if type(error) is type(found):
            found, candidates = error, smaller(candidate)
    return found


@pytest.mark.parametrize("shape", SHAPES)
def test_the_runtime_plays_the_token_game_of_the_standard(
    shape: str, rounds: Rounds, request: pytest.FixtureRequest
) -> None:
    run_seed = request.config.getoption("randomly_seed", 0)
    diagrams, compared = rounds(test=TEST // len(SHAPES), long=LONG // len(SHAPES)), 0
    for number in range(diagrams):
        seed = f"{shape} {run_seed} {number}"
        rng = random.Random(seed)
        graph, restored = SHAPES[shape](rng, rng.randint(1, LARGEST)), number % 2 == 1
        try:
            compared += play(graph, rng, restored)
        except Exception as error:
            small = smallest(graph, restored, error)
            error.add_note(f"seed {seed!r}, restored {restored}; the smallest diagram found that fails so:\n{small!r}")
            error.add_note("\n".join(getattr(small, "__notes__", ())))
            raise
    assert compared > 2 * diagrams, "most diagrams were left before anything could be compared"


WAYS_BACK_INTO_A_RACE = (
    ("s", "race"), ("race", "timer"), ("race", "message"), ("timer", "join"), ("message", "join"), ("message", "race"),
    ("join", "e"),
)  # fmt: skip


def test_at_an_event_based_gateway_waits_one_token_and_not_one_for_each_event() -> None:
    # A join behind the gateway waited for the timer although the token could also come on the flow that was filled.
    graph = Graph(
        {
            "s": "startEvent", "race": "eventBasedGateway", "timer": "intermediateCatchEvent",
            "message": "intermediateCatchEvent", "join": "inclusiveGateway", "e": "endEvent",
        },
        [(a, b, None) for a, b in WAYS_BACK_INTO_A_RACE],
        {"timer": Mark(seconds=5), "message": Mark(message="m")},
    )  # fmt: skip
    run = Run({FILE: xml_of(graph)})
    assert run.message("m")
    assert ("e", "completed") in run.trace
    assert sorted(run.waiting()) == ["message", "timer"]


@pytest.mark.parametrize("loop", [Mark(loop="parallel", count=0), Mark(loop="sequential", count=0)])
def test_a_loop_through_an_activity_without_instances_stops_at_the_limit(loop: Mark) -> None:
    # It ended in a RecursionError.
    nodes = {"s": "startEvent", "none": "userTask", "e": "endEvent"}
    flows: list[tuple[str, str, int | None]] = [("s", "none", None), ("none", "none", None), ("none", "e", 0)]
    with pytest.raises(LimitExceeded):
        Run({FILE: xml_of(Graph(nodes, flows, {"none": loop}))}, data={"choice": {"none": 0}}, limits=LIMITS)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_drawn_diagrams_are_bpmn(shape: str, rounds: Rounds) -> None:
    for number in range(rounds(test=25, long=250)):
        rng = random.Random(f"{shape} {number}")
        data = xml_of(SHAPES[shape](rng, rng.randint(1, LARGEST)))
        assert not list(schema_errors(read_definitions(data, FILE))), data.decode()
        assert not check_sources({FILE: data}), data.decode()
