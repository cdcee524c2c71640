"""Large, but within the default bounds: long chains, wide forks, many instances."""

from tests.scenarios.drawing import (
    call,
    cardinality_loop,
    collection_loop,
    definitions,
    drawing,
    end,
    exclusive,
    flow,
    flows,
    inclusive,
    parallel,
    process,
    script,
    start,
    sub,
    task,
    users,
)
from tests.scenarios.runs import Begin, Play

CHAIN = [f"t{number}" for number in range(1_000)]


def scripts_of(names: list[str]) -> bytes:
    body = "".join(script(name, "n = n + 1") for name in names)
    return drawing(start(), body, end(), flows(f"s > {' > '.join(names)} > e"))


def test_a_chain_of_a_thousand_tasks_without_a_person() -> None:
    play = Play(False, scripts_of(CHAIN), data={"n": 0})
    play.ended(f"s {' '.join(CHAIN)} e", {"n": 1_000})


def test_a_chain_of_tasks_without_a_person_saved_after_each(begin: Begin) -> None:
    names = CHAIN[:150]
    begin(scripts_of(names), data={"n": 0}).ended(f"s {' '.join(names)} e", {"n": 150})


def test_a_chain_of_a_thousand_people() -> None:
    # Straight only: a thousand readings of this file would cost time and show nothing new.
    play = Play(False, drawing(start(), users(*CHAIN), end(), flows(f"s > {' > '.join(CHAIN)} > e")))
    for name in CHAIN:
        play.do(name)
    play.ended(f"s {' '.join(CHAIN)} e")


def test_a_loop_of_a_thousand_rounds_of_a_person() -> None:
    # The library stops at round 333, with a task nobody finds.
    sources = drawing(
        start(), exclusive("m"), users("a"), exclusive("x", default="x-e"), end(), flows("s > m > a > x > e"),
        flow("x", "m", "again"),
    )  # fmt: skip
    play = Play(False, sources)
    for _ in range(1_000):
        play.do("a", again=True)
    play.do("a", again=False)
    play.ended()
    assert play.done.count("a") == 1_001


def test_a_thousand_instances_at_once() -> None:
    loop = collection_loop("names", "name", into="results", of="result")
    sources = drawing(start(), task("userTask", "t", loop), end(), flows("s > t > e"))
    play = Play(False, sources, data={"names": list(range(1_000))})
    ready = play.run.ready()
    assert [one.instance for one in ready] == list(range(1_000))
    for one in reversed(ready):
        assert one.instance is not None
        play.run.complete(one.id, {"result": one.instance * 2})
    play.ended()
    assert play.data["results"] == [number * 2 for number in range(1_000)]


def test_a_thousand_scripts_at_once_and_one_by_one(begin: Begin) -> None:
    for sequential in (False, True):
        loop = cardinality_loop("1000", sequential=sequential)
        play = begin(drawing(start(), script("t", "n = n + 1", loop), end(), flows("s > t > e")), data={"n": 0})
        play.ended(data={"n": 1_000})
        assert play.done.count("t") == 1_000


def test_two_hundred_branches() -> None:
    names = [f"b{number}" for number in range(200)]
    for join in (parallel, inclusive):
        body = flows("; ".join(f"f > {name} > j" for name in names))
        sources = drawing(start(), parallel("f"), users(*names, "z"), join("j"), end(), flows("s > f; j > z > e"), body)
        play = Play(False, sources)
        assert play.sorted == sorted(names)
        for name in reversed(names):
            assert "z" not in play.open
            play.do(name)
        assert play.open == ["z"]
        play.do("z")
        play.ended(" ".join(["s", "f", *reversed(names), "j", "z", "e"]))


def test_twenty_blocks_of_ten_branches_one_after_the_other(begin: Begin) -> None:
    body, chains = "", ["s > g0", "j19 > e"]
    for block in range(20):
        names = [f"b{block}_{number}" for number in range(10)]
        body += parallel(f"g{block}", f"j{block}") + "".join(script(name, "n = n + 1") for name in names)
        chains += [f"g{block} > {name} > j{block}" for name in names]
        chains += [f"j{block} > g{block + 1}"] if block < 19 else []
    play = begin(drawing(start(), body, end(), flows("; ".join(chains))), data={"n": 0})
    play.ended(data={"n": 200})


def test_sub_processes_in_a_chain_and_calls_in_a_chain(begin: Begin) -> None:
    homes = [f"h{number}" for number in range(100)]
    calls = [f"c{number}" for number in range(100)]
    inner = "".join(sub(name, script(f"w{name}", "n = n + 1")) for name in homes)
    inner += "".join(call(name, "other") for name in calls)
    main = process(start(), inner, end(), flows(f"s > {' > '.join(homes + calls)} > e"))
    other = process(start("s1"), script("w", "n = n + 1"), end("e1"), flows("s1 > w > e1"), identity="other",
                    executable=False)  # fmt: skip
    begin(definitions(main, other), data={"n": 0}).ended(data={"n": 200})


def test_recursion_twenty_deep(begin: Begin) -> None:
    body = process(
        start(), script("w", "n = n - 1"), exclusive("x", default="x-e"), call("c", "p"), end(),
        flows("s > w > x > e; c > e"), flow("x", "c", "n > 0"),
    )  # fmt: skip
    begin(definitions(body), data={"n": 20}).ended(data={"n": 0})
