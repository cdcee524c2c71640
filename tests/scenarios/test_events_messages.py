"""Messages (BPMN 2.0.2, 10.5.1, 10.5.5, 13.5): one message goes to one catcher, and is kept until there is one."""

from engine.runtime.standalone import Bus
from tests.scenarios.drawing import (
    boundary,
    catch,
    data_object,
    definitions,
    drawing,
    element,
    end,
    event_sub,
    flows,
    message,
    parallel,
    process,
    receive,
    send,
    standard_loop,
    start,
    sub,
    task,
    throw,
    timer,
    users,
)
from tests.scenarios.runs import Begin

START = start("s", message("go"))


def test_a_message_starts_the_process(begin: Begin) -> None:
    play = begin(drawing(START, users("a"), end(), flows("s > a > e")))
    assert (play.open, play.waiting, play.finished) == ([], ["s"], False)
    assert not play.message("other")
    assert play.open == []
    assert play.message("go", {"x": 1})
    assert (play.open, play.waiting, play.data["x"]) == (["a"], [], 1)
    play.do("a")
    play.ended("s a e")


def test_of_two_message_starts_the_one_that_came_starts_its_flow(begin: Begin) -> None:
    play = begin(
        drawing(start("s1", message("m1")), start("s2", message("m2")), users("a", "b"), end(),
                flows("s1 > a > e; s2 > b > e"))
    )  # fmt: skip
    assert play.waiting == ["s1", "s2"]
    assert play.message("m2")
    assert (play.open, play.waiting) == (["b"], [])
    assert not play.message("m1"), "another message would start another instance of the process"
    play.do("b")
    play.ended("s2 b e")


def test_beside_a_none_start_a_message_start_waits_for_nothing(begin: Begin) -> None:
    play = begin(drawing(start("n"), START, users("a", "b"), end(), flows("n > a > e; s > b > e")))
    assert (play.open, play.waiting) == (["a"], [])
    assert not play.message("go")
    play.do("a")
    play.ended("n a e")


def test_a_catch_event_waits_for_its_message_and_takes_its_payload(begin: Begin) -> None:
    play = begin(drawing(start(), catch("c", message("m")), users("a"), end(), flows("s > c > a > e")), data={"x": 0})
    assert (play.open, play.waiting, play.finished) == ([], ["c"], False)
    assert play.message("m", {"x": 5, "y": "new"})
    assert play.open == ["a"]
    assert play.data == {"x": 5, "y": "new"}
    play.do("a")
    play.ended("s c a e")


def test_a_message_is_known_by_its_name_and_without_one_by_its_id(begin: Begin) -> None:
    roots = element("message", "m1", name="订单 arrived") + element("message", "m2")
    body = process(
        start(), catch("c1", element("messageEventDefinition", "", messageRef="m1")),
        catch("c2", element("messageEventDefinition", "", messageRef="m2")), end(), flows("s > c1 > c2 > e"),
    )  # fmt: skip
    play = begin(definitions(roots, body))
    assert not play.message("m2-typo")
    assert play.message("订单 arrived")
    assert play.message("m2")
    play.ended("s c1 c2 e")


def test_a_payload_goes_to_the_data_object_its_association_names(begin: Begin) -> None:
    given = element("dataOutput", "out") + element(
        "dataOutputAssociation", "", element("sourceRef", "", "out") + element("targetRef", "", "letter")
    )
    play = begin(
        drawing(start(), catch("c", given, message("m")), data_object("letter"), users("a"), end(),
                flows("s > c > a > e"))
    )  # fmt: skip
    assert play.message("m", {"x": 1})
    assert play.data["letter"] == {"x": 1}


def test_a_message_that_came_too_early_is_kept_until_something_waits(begin: Begin) -> None:
    play = begin(drawing(start(), users("a"), catch("c", message("m")), end(), flows("s > a > c > e")))
    assert not play.message("m", {"x": 1})
    assert "x" not in play.data
    play.do("a")
    play.ended("s a c e", {"x": 1})


def test_kept_messages_are_received_one_each_in_the_order_they_came(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a"), catch("c1", message("m")), users("b"), catch("c2", message("m")),
                catch("c3", message("m")), end(), flows("s > a > c1 > b > c2 > c3 > e"))
    )  # fmt: skip
    assert not play.message("m", {"x": 1})
    assert not play.message("m", {"x": 2})
    play.do("a")
    assert (play.open, play.data) == (["b"], {"x": 1})
    play.do("b")
    assert (play.waiting, play.data) == (["c3"], {"x": 2})
    assert play.message("m", {"x": 3})
    play.ended("s a c1 b c2 c3 e", {"x": 3})


def test_one_message_goes_to_the_catcher_that_waits_longest_only(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), users("a"), catch("young", message("m")), catch("old", message("m")), end(),
                flows("s > f > a > young > e; f > old > e"))
    )  # fmt: skip
    play.do("a")
    assert play.waiting == ["old", "young"]
    assert play.message("m")
    assert (play.waiting, play.finished) == (["young"], False)
    assert play.message("m")
    assert play.finished
    assert [name for name in play.done if name in ("old", "young")] == ["old", "young"]
    assert not play.message("m")


def test_several_tokens_at_one_catch_event_take_a_message_each(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), users("a", "b"), catch("c", message("m")), end(),
                flows("s > f > a > c > e; f > b > c"))
    )  # fmt: skip
    play.do("a", "b")
    assert play.message("m")
    assert play.waiting == ["c"]
    assert play.message("m")
    assert play.finished
    assert play.done.count("c") == play.done.count("e") == 2


def test_a_correlation_must_equal_the_values_of_the_run(begin: Begin) -> None:
    play = begin(
        drawing(start(), catch("c", message("m")), end(), flows("s > c > e")), data={"order": 7, "office": "fire"}
    )
    assert not play.message("m", correlation={"order": 8})
    assert not play.message("m", correlation={"order": 7, "office": "market"})
    assert not play.message("m", correlation={"order": 7, "unknown": 1})
    assert play.waiting == ["c"]
    assert play.message("m", {"x": 1}, correlation={"order": 7, "office": "fire"})
    play.ended("s c e")
    assert play.data["x"] == 1


def test_a_kept_message_waits_for_the_run_its_correlation_means(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a"), catch("c1", message("m")), users("b"), end(), flows("s > a > c1 > b > e")),
        data={"order": 0},
    )
    assert not play.message("m", {"x": "other"}, correlation={"order": 1})
    assert not play.message("m", {"x": "this"}, correlation={"order": 2})
    play.do("a", order=2)
    assert (play.open, play.data) == (["b"], {"order": 2, "x": "this"})


def test_on_a_bus_the_correlation_chooses_the_run(begin: Begin) -> None:
    bus = Bus()
    catching = drawing(start(), catch("c", message("answer")), end(), flows("s > c > e"))
    first, second = (begin(catching, bus=bus, data={"order": number}) for number in (1, 2))
    first.message("answer", {"x": 1}, {"order": 2})
    assert (first.finished, second.finished) == (False, True)
    assert (first.data, second.data) == ({"order": 1}, {"order": 2, "x": 1})


def test_a_throw_event_reaches_a_catcher_in_the_same_run(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), catch("c", message("m")), users("a", "b"), throw("t", message("m")), end(),
                flows("s > f > c > a > e; f > b > t > e"))
    )  # fmt: skip
    assert play.waiting == ["c"]
    play.do("b")
    assert (play.open, play.waiting) == (["a"], [])
    play.do("a")
    play.ended()
    assert play.done.index("t") < play.done.index("a")


def test_a_thrown_message_is_kept_for_the_catch_event_behind_it(begin: Begin) -> None:
    play = begin(
        drawing(start(), throw("t", message("m")), users("a"), catch("c", message("m")), end(),
                flows("s > t > a > c > e"))
    )  # fmt: skip
    play.do("a")
    play.ended("s t a c e")


def test_two_runs_on_one_bus_ask_and_answer(begin: Begin) -> None:
    bus = Bus()
    asking = begin(
        drawing(start(), users("a"), throw("ask", message("question")), catch("c", message("answer")), end(),
                flows("s > a > ask > c > e")),
        bus=bus,
    )  # fmt: skip
    answering = begin(
        drawing(start("s", message("question")), users("b"), end("e", message("answer")), flows("s > b > e")), bus=bus
    )
    assert answering.open == []
    asking.do("a")
    assert (asking.waiting, answering.open) == (["c"], ["b"])
    answering.do("b")
    answering.ended("s b e")
    asking.ended("s a ask c e")


def test_runs_without_a_common_bus_do_not_hear_each_other(begin: Begin) -> None:
    caught = begin(drawing(start(), catch("c", message("m")), end(), flows("s > c > e")))
    begin(drawing(start(), throw("t", message("m")), end(), flows("s > t > e"))).ended("s t e")
    assert caught.waiting == ["c"]


def test_an_end_event_throws_its_message(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), catch("c", message("m")), users("a", "b"), end(), end("e2", message("m")),
                flows("s > f > c > a > e; f > b > e2"))
    )  # fmt: skip
    play.do("b")
    assert play.open == ["a"]
    play.do("a")
    play.ended()
    assert "e2" in play.done


def test_a_receive_task_waits_for_its_message(begin: Begin) -> None:
    play = begin(drawing(start(), receive("r", "m"), users("a"), end(), flows("s > r > a > e")))
    assert (play.open, play.waiting) == ([], ["r"])
    assert play.message("m", {"x": 1})
    assert (play.open, play.data) == (["a"], {"x": 1})
    play.do("a")
    play.ended("s r a e")


def test_a_kept_message_goes_to_a_receive_task_too(begin: Begin) -> None:
    play = begin(drawing(start(), users("a"), receive("r", "m"), end(), flows("s > a > r > e")))
    assert not play.message("m")
    play.do("a")
    play.ended("s a r e")


def test_an_instantiating_receive_task_starts_the_process(begin: Begin) -> None:
    play = begin(drawing(receive("r", "m", instantiate=True), users("a"), end(), flows("r > a > e")))
    assert (play.open, play.waiting, play.finished) == ([], ["r"], False)
    assert play.message("m", {"x": 1})
    assert (play.open, play.data) == (["a"], {"x": 1})
    play.do("a")
    play.ended("r a e")


def test_a_send_task_sends_its_message(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), catch("c", message("m")), users("a", "b"), send("t", "m"), end(),
                flows("s > f > c > a > e; f > b > t > e")),
        services={"t": lambda values: None},
    )  # fmt: skip
    play.do("b")
    assert play.open == ["a"]
    assert "t" in play.done


def test_an_interrupting_message_boundary_event_ends_the_activity(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a", "b"), boundary("x", "a", message("m")), end(), flows("s > a > e; x > b > e"))
    )
    assert (play.open, play.waiting) == (["a"], ["x"])
    assert play.message("m", {"why": "late"})
    assert (play.open, play.waiting, play.data) == (["b"], [], {"why": "late"})
    assert play.cancelled == ["a"]
    play.do("b")
    play.ended("s x b e")


def test_a_message_boundary_event_stops_waiting_when_its_activity_completes(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a", "b", "c"), boundary("x", "a", message("m")), end(),
                flows("s > a > c > e; x > b > e"))
    )  # fmt: skip
    play.do("a")
    assert play.waiting == []
    assert not play.message("m")
    assert play.open == ["c"]


def test_a_non_interrupting_message_boundary_event_fires_each_time(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a", "b"), boundary("x", "a", message("m"), interrupting=False), end(),
                flows("s > a > e; x > b > e"))
    )  # fmt: skip
    assert play.message("m")
    assert play.message("m")
    assert (play.sorted, play.waiting, play.cancelled) == (["a", "b", "b"], ["x"], [])
    play.do("a")
    assert not play.message("m")
    play.do("b", "b")
    play.ended()
    assert (play.done.count("x"), play.done.count("e")) == (2, 3)


def test_an_interrupting_message_event_sub_process_replaces_the_rest_of_the_process(begin: Begin) -> None:
    play = begin(
        drawing(start(), parallel("f"), users("a"), catch("c", message("n")), end(), flows("s > f > a > e; f > c > e"),
                event_sub("h", start("s2", message("m")), users("b"), end("e2"), flows("s2 > b > e2")))
    )  # fmt: skip
    assert play.waiting == ["c", "s2"]
    assert play.message("m", {"x": 1})
    assert (play.open, play.waiting, play.data) == (["b"], [], {"x": 1})
    assert not play.message("m")
    play.do("b")
    play.ended("s f s2 b e2 h")


def test_a_non_interrupting_message_event_sub_process_runs_beside_the_process_several_times(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a"), end(), flows("s > a > e"),
                event_sub("h", start("s2", message("m"), interrupting=False), users("b"), end("e2"),
                          flows("s2 > b > e2")))
    )  # fmt: skip
    assert play.message("m")
    assert play.message("m")
    assert play.sorted == ["a", "b", "b"]
    play.do("b")
    play.do("a")
    assert (play.open, play.finished) == (["b"], False)
    play.do("b")
    play.ended()
    assert play.done.count("h") == 2


def test_a_message_for_a_cancelled_catch_event_is_not_received(begin: Begin) -> None:
    inner = sub("inner", start("s1"), catch("c", message("m")), end("e1"), flows("s1 > c > e1"))
    play = begin(
        drawing(start(), inner, boundary("x", "inner", message("stop")), users("b"), end(),
                flows("s > inner > e; x > b > e"))
    )  # fmt: skip
    assert play.waiting == ["c", "x"]
    assert play.message("stop")
    assert (play.waiting, play.open) == ([], ["b"])
    assert not play.message("m")
    assert "c" in play.cancelled


def test_messages_kept_for_a_non_interrupting_event_sub_process_all_start_it(begin: Begin) -> None:
    play = begin(
        drawing(START, users("a"), end(), flows("s > a > e"),
                event_sub("h", start("s2", message("m"), interrupting=False), users("b"), end("e2"),
                          flows("s2 > b > e2")))
    )  # fmt: skip
    assert not play.message("m")
    assert not play.message("m")
    assert play.message("go")
    assert play.sorted == ["a", "b", "b"]


def test_a_message_kept_for_a_boundary_event_interrupts_its_activity_at_once(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("first", "a", "b"), boundary("x", "a", message("m")), end(),
                flows("s > first > a > e; x > b > e"))
    )  # fmt: skip
    assert not play.message("m")
    play.do("first")
    assert (play.open, play.cancelled) == (["b"], ["a"])


def test_a_message_interrupts_a_loop_and_its_remaining_rounds(begin: Begin) -> None:
    play = begin(
        drawing(start(), task("userTask", "a", standard_loop("loopCounter < 5")), boundary("x", "a", message("m")),
                end(), end("e2"), flows("s > a > e; x > e2"))
    )  # fmt: skip
    play.do("a", "a")
    assert play.message("m")
    play.ended("s a a x e2")


def test_a_receive_task_may_be_interrupted(begin: Begin) -> None:
    play = begin(
        drawing(start(), receive("r", "m"), boundary("x", "r", timer(duration="PT1H")), end(), end("e2"),
                flows("s > r > e; x > e2"))
    )  # fmt: skip
    assert play.waiting == ["r", "x"]
    play.advance(hours=1)
    play.ended("s x e2")
    assert not play.message("m")
