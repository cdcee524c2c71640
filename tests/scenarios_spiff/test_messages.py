"""Messages and conversations: Message*Test, StartMessageEventTest, StartEventSplitTest, CallActivityMessageTest,
CollaborationTest, MessageFlowTest, Multiple{Catch,Throw}EventTest, ExternalMessageBoundaryEventTest.
"""

from collections.abc import Iterator

import pytest

from engine.runtime.standalone import Bus
from tests.scenarios.drawing import (
    boundary,
    call,
    catch,
    collection_loop,
    definitions,
    drawing,
    element,
    end,
    event_sub,
    exclusive,
    expression,
    flow,
    flows,
    message,
    parallel,
    process,
    script,
    send,
    start,
    sub,
    terminate,
    throw,
    timer,
    users,
)
from tests.scenarios.runs import Begin, Play
from tests.scenarios_spiff.steps import chosen, follow, sending, straight

# Caught while something is under way


def test_a_called_process_waits_for_its_message_and_for_no_other(begin: Begin) -> None:
    main = process(straight(users("select"), call("c", "waits"), path="select > c"))
    waits = process(start("s1"), catch("m", message("test")), end("e1"), flows("s1 > m > e1"), identity="waits",
                    executable=False)  # fmt: skip
    play = begin(definitions(main, waits))
    play.do("select")
    assert (play.open, play.waiting) == ([], ["m"])
    assert not play.message("wrong")
    assert play.waiting == ["m"]
    assert play.message("test")
    play.ended("s select s1 m e1 c e")


def long_work(*, interrupting: bool, inside: bool) -> bytes:
    """A long task, alone or in a sub-process, with a message at its border that is acknowledged."""
    work = sub("work", start("s1"), users("a"), end("e1"), flows("s1 > a > e1")) if inside else users("work")
    return drawing(start(), work, boundary("m", "work", message("test"), interrupting=interrupting),
                   users("after", "noticed"), end(), end("e2"),
                   flows("s > work > after > e; m > noticed > e2"))  # fmt: skip


WHERE = pytest.mark.parametrize(("inside", "work"), [(False, "work"), (True, "a")], ids=["task", "sub-process"])


@WHERE
@pytest.mark.parametrize("interrupting", [True, False], ids=["interrupting", "not"])
def test_without_the_message_the_work_goes_on(begin: Begin, interrupting: bool, inside: bool, work: str) -> None:
    play = begin(long_work(interrupting=interrupting, inside=inside))
    assert (play.open, play.waiting) == ([work], ["m"])
    play.do(work)
    assert (play.open, play.waiting) == (["after"], [])
    play.do("after")
    play.ended()
    assert "m" not in play.done


@WHERE
def test_an_interrupting_message_ends_the_work(begin: Begin, inside: bool, work: str) -> None:
    play = begin(long_work(interrupting=True, inside=inside))
    assert play.message("test")
    assert (play.open, play.waiting) == (["noticed"], [])
    assert work in play.cancelled
    play.do("noticed")
    play.ended("s s1 m noticed e2" if inside else "s m noticed e2")


@WHERE
@pytest.mark.parametrize("order", ["work after noticed", "work noticed after", "noticed work after"])
def test_another_message_runs_beside_the_work(begin: Begin, inside: bool, work: str, order: str) -> None:
    play = begin(long_work(interrupting=False, inside=inside))
    assert play.message("test")
    assert play.sorted == sorted([work, "noticed"])
    follow(play, order.replace("work", work))
    play.ended()


def test_one_branch_interrupts_the_other_with_a_message(begin: Begin) -> None:
    inner = (
        start("s1"), exclusive("m1"), users("work"), catch("pause", timer(duration="PT1M")),
        flows("s1 > m1 > work > pause > m1"),
    )  # fmt: skip
    play = begin(
        drawing(start(), parallel("fork"), exclusive("m"), chosen("ask", "stop", "m"), throw("stop", message("stop")),
                sub("home", *inner), boundary("x", "home", message("stop")), end("e1"), end("e2"),
                flows("s > fork > m > ask; fork > home > e2; x > e2; stop > e1"))
    )  # fmt: skip
    for _ in range(2):
        assert play.sorted == ["ask", "work"]
        follow(play, "ask=no work")
        assert (play.open, play.waiting) == (["ask"], ["pause", "x"])
        play.advance(minutes=1)
    play.do("ask", choice="yes")
    play.ended()
    assert "home" in play.cancelled


def test_one_branch_tells_the_other_and_both_are_joined(begin: Begin) -> None:
    inner = (
        start("s1"), exclusive("m1"), chosen("work", "report", "m1"), users("report"), end("e1"),
        flows("s1 > m1 > work; report > e1"),
    )  # fmt: skip
    play = begin(
        drawing(start(), parallel("fork", "join"), exclusive("m"), chosen("late", "tell", "m"),
                sending("tell", "late", "note"), sub("home", *inner), users("reason"),
                boundary("x", "home", message("late"), interrupting=False), end(), end("e2"),
                flows("s > fork > m > late; tell > e2; fork > home > join > e; x > reason > join")),
        data={"note": "You are late"},
    )  # fmt: skip
    follow(play, "late=no work=no late=no work=no late=yes")
    assert play.sorted == ["reason", "work"]
    play.do("reason", why="rain")
    follow(play, "work=no work=yes report")
    play.ended(data={"note": "You are late", "why": "rain", "choice": "yes"})


def test_messages_from_outside_beside_the_work_and_back_to_the_start(begin: Begin) -> None:
    inner = (start("s2"), users("work"), end("e1"), flows("s2 > work > e1"))
    play = begin(
        drawing(start(), exclusive("m"), script("w", "caught = False"), sub("home", *inner),
                boundary("pause", "home", message("interrupt"), interrupting=False), script("v", "caught = True"),
                users("paused"), boundary("again", "home", message("reset")), end(), end("e2"),
                flows("s > m > w > home > e; pause > v > paused > e2; again > m"))
    )  # fmt: skip
    assert play.message("interrupt", {"news": "important"})
    assert play.sorted == ["paused", "work"]
    assert play.data == {"caught": True, "news": "important"}
    play.do("paused")
    assert play.message("reset", {"reason": "drastic"})
    assert play.open == ["work"]
    assert play.data == {"caught": False, "news": "important", "reason": "drastic"}
    play.do("work")
    play.ended()


def test_back_at_the_event_the_next_message_is_waited_for(begin: Begin) -> None:
    play = begin(
        drawing(start(), exclusive("m"), catch("c", message("news")), chosen("a", "m", "e"), end(),
                flows("s > m > c > a"))
    )  # fmt: skip
    assert play.message("news")
    play.do("a", choice="yes")
    assert (play.open, play.waiting) == ([], ["c"])
    assert play.message("news")
    play.do("a", choice="no")
    play.ended()


# Starting


def test_each_request_starts_an_approval_of_its_own(begin: Begin) -> None:
    bus = Bus()
    asking = begin(
        drawing(start(), exclusive("m"), users("plan"), sending("ask", "request", "details"),
                catch("c", message("answer")), exclusive("x", default="x-m"), users("enable"), end("e", terminate()),
                flows("s > m > plan > ask > c > x > m; enable > e"), flow("x", "enable", 'approved == "yes"')),
        bus=bus,
    )  # fmt: skip
    approval = drawing(start("s", message("request")), users("approve"), sending("t", "answer", "approved"), end(),
                       flows("s > approve > t > e"))  # fmt: skip
    for details, approved in (("bad", "no"), ("better", "no"), ("best", "yes")):
        approving = begin(approval, bus=bus)
        asking.do("plan", details=details)
        assert (asking.open, approving.open) == ([], ["approve"])
        assert approving.data == {"details": details}
        approving.do("approve", approved=approved)
        approving.ended("s approve t e")
    assert asking.open == ["enable"]
    asking.do("enable", done="OK")
    asking.ended(data={"details": "best", "approved": "yes", "done": "OK"})


def test_called_processes_talk_by_messages(begin: Begin) -> None:
    main = process(
        start(), parallel("fork"), call("plans", "planning"), call("answers", "approving"), end("e", terminate()),
        end("e2"), flows("s > fork > plans > e; fork > answers > e2"),
    )  # fmt: skip
    planning = process(
        start("s1"), exclusive("m1"), users("plan"), sending("ask", "request", "details"),
        catch("c1", message("answer")), exclusive("x1", default="x1-m1"), users("enable"), end("e1"),
        flows("s1 > m1 > plan > ask > c1 > x1 > m1; enable > e1"), flow("x1", "enable", 'approved == "yes"'),
        identity="planning", executable=False,
    )  # fmt: skip
    approving = process(
        start("s3"), exclusive("m3"), catch("c3", message("request")), users("approve"),
        sending("t", "answer", "approved"), flows("s3 > m3 > c3 > approve > t > m3"), identity="approving",
        executable=False,
    )  # fmt: skip
    play = begin(definitions(main, planning, approving))
    for details, approved in (("bad", "no"), ("better", "no"), ("best", "yes")):
        assert (play.open, play.waiting) == (["plan"], ["c3"])
        play.do("plan", details=details)
        assert (play.open, play.waiting) == (["approve"], ["c1"])
        play.do("approve", approved=approved)
    play.do("enable", done="OK")
    play.ended(data={"details": "best", "approved": "yes", "done": "OK"})


@pytest.mark.parametrize(("name", "first"), [("one", "s1"), ("two", "s2")])
def test_of_two_message_starts_one_starts_and_the_other_is_over(begin: Begin, name: str, first: str) -> None:
    play = begin(
        drawing(start("s1", message("one")), start("s2", message("two")), exclusive("m"), users("a"), end(),
                flows("s1 > m > a > e; s2 > m"))
    )  # fmt: skip
    assert play.waiting == ["s1", "s2"]
    assert play.message(name)
    assert (play.open, play.waiting) == (["a"], [])
    play.do("a")
    play.ended(f"{first} m a e")


@pytest.mark.parametrize("name", ["one", "two"])
def test_a_multiple_start_event_needs_one_of_its_messages(begin: Begin, name: str) -> None:
    play = begin(drawing(start("s", message("one"), message("two")), users("a"), end(), flows("s > a > e")))
    assert play.waiting == ["s"]
    assert play.message(name)
    assert play.open == ["a"]


@pytest.mark.parametrize("order", [("one", "two"), ("two", "one")], ids=" ".join)
def test_a_parallel_multiple_start_event_needs_all_its_messages(begin: Begin, order: tuple[str, str]) -> None:
    play = begin(drawing(start("s", message("one"), message("two"), every=True), users("a"), end(), flows("s > a > e")))
    assert play.message(order[0])
    assert (play.open, play.waiting) == ([], ["s"])
    assert play.message(order[1])
    assert play.open == ["a"]


@pytest.mark.parametrize("at_start", [False, True], ids=["on the way", "at the start"])
def test_a_multiple_throw_event_reaches_who_needs_all_its_messages(begin: Begin, at_start: bool) -> None:
    bus = Bus()
    both = (message("one"), message("two"))
    hearing = begin(
        drawing(start("c", *both, every=True), users("a"), end(), flows("c > a > e"))
        if at_start
        else drawing(straight(catch("c", *both, every=True), users("a"), path="c > a")),
        bus=bus,
    )
    assert (hearing.open, hearing.waiting) == ([], ["c"])
    begin(drawing(straight(throw("t", *both), path="t")), bus=bus).ended("s t e")
    assert hearing.open == ["a"]
    hearing.do("a")
    hearing.ended()


# Conversations


def pools(*keys: str) -> str:
    """The two participants of a conversation; each key has a property read from ``number`` in every message."""
    participants = element("participant", "asker", processRef="p") + element("participant", "answerer", processRef="q")
    return element(
        "collaboration", "talk",
        participants + "".join(element("correlationKey", f"key-{name}", element("correlationPropertyRef", "", name))
                               for name in keys),
    )  # fmt: skip


def property_of(name: str, **paths: str) -> str:
    """A correlation property: message → the expression that gives it."""
    return element("correlationProperty", name, *(
        element("correlationPropertyRetrievalExpression", "", expression("messagePath", path),
                messageRef=f"message-{message_name}")
        for message_name, path in paths.items()
    ))  # fmt: skip


def test_a_letter_is_sent_and_its_answer_received(begin: Begin) -> None:
    talk = element(
        "collaboration", "talk",
        element("participant", "me", processRef="p") + element("participant", "you", processRef="q")
        + element("messageFlow", "f1", sourceRef="letter", targetRef="you")
        + element("messageFlow", "f2", sourceRef="you", targetRef="c"),
    )  # fmt: skip
    other = process(identity="q", executable=False)
    body = process(straight(send("letter", "letter"), catch("c", message("answer")), path="letter > c"))
    play = begin(definitions(talk, body, other))
    assert (play.open, play.waiting) == ([], ["c"])
    assert play.message("answer", {"name": "Peggy"})
    play.ended("s letter c e", {"name": "Peggy"})


def asking(rounds: int) -> str:
    """Two conversations at once: each asks with its number and must hear the answer to it, ``rounds`` times."""
    steps = "".join(
        sending(f"ask{n}", f"question{n}", "number") + catch(f"hear{n}", message(f"answer{n}"))
        + exclusive(f"x{n}", default=f"x{n}-wrong") + flows(f"ask{n} > hear{n} > x{n} > wrong")
        + flow(f"x{n}", f"ask{n + 1}" if n + 1 < rounds else "right", "reply == number")
        for n in range(rounds)
    )  # fmt: skip
    inner = (start("s1"), steps, end("right"), end("wrong"), flows("s1 > ask0"))
    return process(straight(sub("both", *inner, collection_loop("numbers", "number")), path="both"))


def answering(rounds: int) -> str:
    """Asks a person between question and answer; further questions come in the same conversation."""
    steps = [users(f"think{n}") + sending(f"reply{n}", f"answer{n}", "reply") for n in range(rounds)]
    later = [catch(f"more{n}", message(f"question{n}")) for n in range(1, rounds)]
    path = " > ".join(f"{f'more{n} > ' if n else ''}think{n} > reply{n}" for n in range(rounds))
    return process(start("s9", message("question0")), *steps, *later, end("e9"), flows(f"s9 > {path} > e9"),
                   identity="q")  # fmt: skip


def conversations(begin: Begin, rounds: int) -> Iterator[Play]:
    """The asking run, then the two answering ones, in the order of their questions."""
    bus = Bus()
    messages = [f"{kind}{n}" for n in range(rounds) for kind in ("question", "answer")]
    paths = {name: "number" if name.startswith("question") else "reply" for name in messages}
    roots = [element("message", f"message-{name}", name=name) for name in messages]
    sources = definitions(*roots, property_of("who", **paths), pools("who"), asking(rounds), answering(rounds))
    answers = [begin(sources, process_id="q", bus=bus) for _ in range(2)]
    yield begin(sources, process_id="p", bus=bus, data={"numbers": [1, 2]})
    yield from answers


@pytest.mark.parametrize("rounds", [1, 2])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in order", "the other way round"])
def test_answers_find_the_conversation_they_belong_to(begin: Begin, rounds: int, order: tuple[int, int]) -> None:
    asker, *answerers = conversations(begin, rounds)
    for number in range(rounds):
        for chosen_one in order:
            play = answerers[chosen_one]
            if play.open == [f"think{number}"]:  # a lost conversation shows below
                play.do(f"think{number}", reply=play.data["number"])
    asker.ended()
    assert asker.done.count("right") == 2


def test_from_outside_the_values_say_which_conversation_is_meant(begin: Begin) -> None:
    bus = Bus()
    waiting = drawing(straight(users("a"), catch("c", message("answer")), path="a > c"))
    first, second = (begin(waiting, bus=bus, data={"number": number}) for number in (1, 2))
    first.do("a")
    second.do("a")
    first.message("answer", {"reply": "for 2"}, {"number": 2})
    assert (first.finished, second.finished) == (False, True)
    assert second.data == {"number": 2, "reply": "for 2"}


def test_an_event_sub_process_hears_a_message_beside_the_process(begin: Begin) -> None:
    play = begin(
        drawing(straight(users("a"), path="a"),
                event_sub("h", start("s2", message("m"), interrupting=False), users("b"), end("e2"),
                          flows("s2 > b > e2")))
    )  # fmt: skip
    assert play.message("m")
    assert play.sorted == ["a", "b"]
    follow(play, "a b")
    play.ended()
