"""Transactions (BPMN 2.0.2, 10.3.5, 13.4.3): a cancel end event undoes what completed, then its boundary goes on."""

import pytest

from engine.runtime.standalone import DiagramRejected
from tests.scenarios.drawing import (
    boundary,
    cancel,
    compensation,
    drawing,
    end,
    error_event,
    exclusive,
    flow,
    flows,
    handled,
    parallel,
    start,
    sub,
    throw,
    transaction,
    users,
)
from tests.scenarios.runs import Begin


def booking(*parts: str) -> str:
    """The transaction ``trip``: hotel, flight, then a choice that may cancel it, with a task open beside."""
    return transaction(
        "trip", start("s1"), parallel("f1"), *handled("hotel", "flight", "beside"), users("choose"),
        exclusive("x1", default="x1-e1"), end("e1"), end("stop", cancel()),
        flows("s1 > f1 > hotel > flight > choose > x1 > e1; f1 > beside > e1"), flow("x1", "stop", "bad"), *parts,
    )  # fmt: skip


def around(*parts: str) -> bytes:
    """The process around it: ``trip`` leads to ``paid``, the cancel boundary event ``x`` to ``sorry``."""
    return drawing(start(), booking(), boundary("x", "trip", cancel()), users("paid", "sorry"), end(),
                   flows("s > trip > paid > e; x > sorry > e"), *parts)  # fmt: skip


def test_a_transaction_that_is_not_cancelled_ends_like_a_sub_process(begin: Begin) -> None:
    play = begin(around())
    assert play.waiting == []
    play.do("hotel", "flight", "beside")
    play.do("choose", bad=False)
    assert play.open == ["paid"]
    play.do("paid")
    play.ended()
    assert "trip" in play.done


def test_a_cancel_end_event_cancels_the_open_compensates_the_completed_and_goes_on_at_the_boundary(
    begin: Begin,
) -> None:
    play = begin(around())
    play.do("hotel", "flight")
    play.do("choose", bad=True)
    assert play.open == ["undo-flight"]
    assert "beside" in play.cancelled
    play.do("undo-flight")
    assert play.open == ["undo-hotel"]
    play.do("undo-hotel")
    assert play.open == ["sorry"]
    play.do("sorry")
    play.ended()
    assert not {"trip", "paid", "undo-beside"} & set(play.done)
    assert play.done[-3:] == ["x", "sorry", "e"]


def test_a_cancelled_transaction_with_nothing_to_undo_goes_on_at_once(begin: Begin) -> None:
    play = begin(
        drawing(start(), transaction("trip", start("s1"), end("stop", cancel()), flows("s1 > stop")),
                boundary("x", "trip", cancel()), end(), end("e2"), flows("s > trip > e; x > e2"))
    )  # fmt: skip
    play.ended("s s1 stop x e2")


def test_completed_sub_processes_of_a_cancelled_transaction_are_compensated_inside(begin: Begin) -> None:
    deep = sub("deep", start("s2"), *handled("a", "b"), end("e2"), flows("s2 > a > b > e2"))
    play = begin(
        drawing(start(), transaction("trip", start("s1"), deep, users("choose"), end("stop", cancel()),
                                     flows("s1 > deep > choose > stop")),
                boundary("x", "trip", cancel()), end(), end("e3"), flows("s > trip > e; x > e3"))
    )  # fmt: skip
    play.do("a", "b", "choose", "undo-b", "undo-a")
    play.ended()
    assert play.done[-2:] == ["x", "e3"]


def test_a_completed_transaction_is_compensated_from_outside_like_a_sub_process(begin: Begin) -> None:
    play = begin(drawing(start(), booking(), throw("t", compensation("trip")), end(), flows("s > trip > t > e")))
    play.do("hotel", "flight", "beside")
    play.do("choose", bad=False)
    play.do("undo-beside", "undo-flight", "undo-hotel")
    play.ended()


def test_an_error_leaves_a_transaction_without_compensation(begin: Begin) -> None:
    play = begin(
        drawing(start(), transaction("trip", start("s1"), *handled("hotel"), end("bad", error_event("E1")),
                                     flows("s1 > hotel > bad")),
                boundary("x", "trip", cancel()), boundary("y", "trip", error_event("E1")), users("hazard"), end(),
                end("e2"), flows("s > trip > e; x > e2; y > hazard > e"))
    )  # fmt: skip
    play.do("hotel")
    assert play.open == ["hazard"]


def test_a_cancelled_transaction_is_not_compensated_again(begin: Begin) -> None:
    play = begin(
        drawing(start(), transaction("trip", start("s1"), *handled("hotel"), end("stop", cancel()),
                                     flows("s1 > hotel > stop")),
                boundary("x", "trip", cancel()), *handled("z"), throw("t", compensation()), end(), end("e2"),
                flows("s > z > trip > e; x > t > e2"))
    )  # fmt: skip
    play.do("z", "hotel", "undo-hotel")
    assert play.open == ["undo-z"]
    play.do("undo-z")
    play.ended()


def test_a_cancel_event_outside_a_transaction_is_refused(begin: Begin) -> None:
    for drawn in (
        drawing(start(), end("e", cancel()), flows("s > e")),
        drawing(start(), sub("inner", start("s1"), end("e1"), flows("s1 > e1")), boundary("e", "inner", cancel()),
                end("e2"), flows("s > inner > e2; e > e2")),
    ):  # fmt: skip
        with pytest.raises(DiagramRejected) as caught:
            begin(drawn)
        assert "e" in [finding.element for finding in caught.value.findings]


def test_an_inner_transaction_is_cancelled_alone_and_a_completed_one_is_undone_with_the_outer(begin: Begin) -> None:
    def trip(name: str) -> list[str]:
        return [
            transaction(name, start(f"s-{name}"), *handled(f"a-{name}"), users(f"ask-{name}"),
                        exclusive(f"x-{name}", f"x-{name}-e-{name}"), end(f"e-{name}"), end(f"stop-{name}", cancel()),
                        flows(f"s-{name} > a-{name} > ask-{name} > x-{name} > e-{name}"),
                        flow(f"x-{name}", f"stop-{name}", "bad")),
            boundary(f"off-{name}", name, cancel()),
        ]  # fmt: skip

    outer = transaction(
        "outer", start("s0"), *trip("first"), *trip("second"), end("stop", cancel()), users("ask"), end("e0"),
        flows("s0 > first > second > e0; off-second > ask > stop; off-first > e0"),
    )  # fmt: skip
    play = begin(
        drawing(start(), outer, boundary("off", "outer", cancel()), end(), end("e9"), flows("s > outer > e; off > e9"))
    )
    play.do("a-first")
    play.do("ask-first", bad=False)
    play.do("a-second")
    play.do("ask-second", bad=True)
    play.do("undo-a-second")
    assert play.open == ["ask"]
    play.do("ask")
    assert play.open == ["undo-a-first"]
    play.do("undo-a-first")
    play.ended()
    assert play.done[-2:] == ["off", "e9"]
