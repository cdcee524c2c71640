"""Escalations (BPMN 2.0.2, 10.5.1, 10.5.6): to the innermost catcher, interrupting or not; without one no effect."""

import pytest

from tests.scenarios.drawing import (
    boundary,
    call,
    cardinality_loop,
    definitions,
    drawing,
    element,
    end,
    escalation,
    event_sub,
    flows,
    message,
    parallel,
    process,
    start,
    sub,
    throw,
    users,
)
from tests.scenarios.runs import Begin


def rising(*parts: str, code: str = "up") -> str:
    """A sub-process ``inner``: task ``a``, an escalation thrown at ``t``, then task ``b``."""
    return sub("inner", start("s1"), users("a", "b"), throw("t", escalation(code)), end("e1"),
               flows("s1 > a > t > b > e1"), *parts)  # fmt: skip


def around(*parts: str) -> bytes:
    """The process around ``rising``: ``inner`` leads to ``after``, the boundary event ``x`` to ``told``."""
    return drawing(start(), users("after", "told"), end(), flows("s > inner > after > e; x > told > e"), *parts)


@pytest.mark.parametrize("code", ["up", ""], ids=["its code", "every code"])
def test_a_non_interrupting_boundary_event_lets_the_sub_process_go_on(begin: Begin, code: str) -> None:
    play = begin(around(rising(), boundary("x", "inner", escalation(code), interrupting=False)))
    assert play.waiting == [], "an escalation is not waited for from outside"
    play.do("a")
    assert (play.sorted, play.cancelled) == (["b", "told"], [])
    play.do("told", "b", "after")
    play.ended()
    assert "inner" in play.done


@pytest.mark.parametrize("code", ["up", ""], ids=["its code", "every code"])
def test_an_interrupting_boundary_event_ends_the_sub_process(begin: Begin, code: str) -> None:
    play = begin(around(rising(), boundary("x", "inner", escalation(code))))
    play.do("a")
    assert play.open == ["told"]
    play.do("told")
    play.ended()
    assert not {"b", "inner"} & set(play.done)


def test_an_escalation_end_event_ends_its_branch_only(begin: Begin) -> None:
    inner = sub("inner", start("s1"), parallel("f1"), users("a", "b"), end("e1"), end("up1", escalation("up")),
                flows("s1 > f1 > a > up1; f1 > b > e1"))  # fmt: skip
    play = begin(around(inner, boundary("x", "inner", escalation("up"), interrupting=False)))
    play.do("a")
    assert play.sorted == ["b", "told"]
    play.do("b")
    assert play.sorted == ["after", "told"]
    play.do("told", "after")
    play.ended()


def test_an_escalation_end_event_as_the_last_token_ends_the_sub_process_normally(begin: Begin) -> None:
    inner = sub("inner", start("s1"), users("a"), end("up1", escalation("up")), flows("s1 > a > up1"))
    play = begin(around(inner, boundary("x", "inner", escalation("up"), interrupting=False)))
    play.do("a")
    assert play.sorted == ["after", "told"]


def test_an_interrupted_sub_process_does_not_end_normally_too(begin: Begin) -> None:
    inner = sub("inner", start("s1"), users("a"), end("up1", escalation("up")), flows("s1 > a > up1"))
    play = begin(around(inner, boundary("x", "inner", escalation("up"))))
    play.do("a")
    assert play.open == ["told"]
    play.do("told")
    play.ended()


@pytest.mark.parametrize("other", ["", "down"], ids=["no catcher", "a catcher of another code"])
def test_an_uncaught_escalation_has_no_effect(begin: Begin, other: str) -> None:
    catcher = (boundary("x", "inner", escalation(other)),) if other else (throw("x"), flows("after > x"))
    play = begin(around(rising(), *catcher))
    play.do("a")
    assert play.open == ["b"]
    assert play.run.failed is None
    play.do("b")
    assert play.open == ["after"]


def test_an_uncaught_escalation_end_event_of_the_process_is_a_plain_end(begin: Begin) -> None:
    play = begin(drawing(start(), users("a"), end("e", escalation("up")), flows("s > a > e")))
    play.do("a")
    play.ended("s a e")


def test_the_exact_code_goes_before_the_catcher_of_all(begin: Begin) -> None:
    play = begin(
        drawing(start(), rising(), boundary("x0", "inner", escalation(), interrupting=False),
                boundary("x1", "inner", escalation("up"), interrupting=False), users("every", "exact"), end(),
                flows("s > inner > e; x0 > every > e; x1 > exact > e"))
    )  # fmt: skip
    play.do("a")
    assert play.sorted == ["b", "exact"]


def test_an_escalation_goes_outward_to_the_first_catcher_and_not_further(begin: Begin) -> None:
    middle = sub("middle", start("s2"), rising(), end("e2"), flows("s2 > inner > e2"))
    outer = sub(
        "outer", start("s3"), middle, boundary("near", "middle", escalation("up"), interrupting=False),
        users("told"), end("e3"), flows("s3 > middle > e3; near > told > e3"),
    )  # fmt: skip
    play = begin(
        drawing(start(), outer, boundary("far", "outer", escalation("up")), users("wrong"), end(),
                flows("s > outer > e; far > wrong > e"))
    )  # fmt: skip
    play.do("a")
    assert (play.sorted, play.cancelled) == (["b", "told"], [])
    play.do("b", "told")
    play.ended()
    assert "far" not in play.done


def test_an_interrupting_catcher_further_out_ends_all_levels_between(begin: Begin) -> None:
    middle = sub("middle", start("s2"), parallel("f2"), rising(), users("also"), end("e2"),
                 flows("s2 > f2 > inner > e2; f2 > also > e2"))  # fmt: skip
    play = begin(
        drawing(start(), middle, boundary("x", "middle", escalation("up")), users("told"), end(),
                flows("s > middle > e; x > told > e"))
    )  # fmt: skip
    play.do("a")
    assert play.open == ["told"]
    play.do("told")
    play.ended()
    assert not {"inner", "middle", "b"} & set(play.done)


@pytest.mark.parametrize(("interrupting", "opened"), [(True, ["told"]), (False, ["b", "told"])])
def test_an_escalation_comes_out_of_a_called_process(begin: Begin, interrupting: bool, opened: list[str]) -> None:
    play = begin(
        definitions(
            process(start(), call("k", "called"), boundary("x", "k", escalation("up"), interrupting=interrupting),
                    users("told"), end(), flows("s > k > e; x > told > e")),
            process(start("s0"), users("a", "b"), throw("t", escalation("up")), end("e0"),
                    flows("s0 > a > t > b > e0"), identity="called", executable=False),
        )
    )  # fmt: skip
    play.do("a")
    assert play.sorted == opened
    play.do(*opened)
    play.ended()


@pytest.mark.parametrize(("interrupting", "opened"), [(True, ["told"]), (False, ["b", "told"])])
def test_an_event_sub_process_of_the_same_scope_catches_it_first(
    begin: Begin, interrupting: bool, opened: list[str]
) -> None:
    handler = event_sub("h", start("s2", escalation("up"), interrupting=interrupting), users("told"), end("e2"),
                        flows("s2 > told > e2"))  # fmt: skip
    play = begin(
        drawing(start(), rising(handler), boundary("x", "inner", escalation("up")), users("after", "wrong"), end(),
                flows("s > inner > after > e; x > wrong > e"))
    )  # fmt: skip
    play.do("a")
    assert play.sorted == opened
    play.do(*opened)
    assert play.open == ["after"]


def test_an_event_sub_process_of_the_process_catches_what_the_process_throws(begin: Begin) -> None:
    play = begin(
        drawing(start(), users("a", "b"), throw("t", escalation("up")), end(), flows("s > a > t > b > e"),
                event_sub("h", start("s2", escalation(), interrupting=False), users("told"), end("e2"),
                          flows("s2 > told > e2")))
    )  # fmt: skip
    play.do("a")
    assert play.sorted == ["b", "told"]
    play.do("b", "told")
    play.ended()


def test_a_non_interrupting_catcher_tells_every_escalation(begin: Begin) -> None:
    inner = sub("inner", start("s1"), users("a", "b"), throw("t1", escalation("up")), throw("t2", escalation("up")),
                end("e1", escalation("up")), flows("s1 > a > t1 > t2 > b > e1"))  # fmt: skip
    play = begin(around(inner, boundary("x", "inner", escalation("up"), interrupting=False)))
    play.do("a")
    assert play.sorted == ["b", "told", "told"]
    play.do("b")
    assert play.sorted == ["after", "told", "told", "told"]


def test_every_instance_of_a_multi_instance_sub_process_escalates(begin: Begin) -> None:
    inner = sub("inner", cardinality_loop("2"), start("s1"), users("a"), throw("t", escalation("up")), users("b"),
                end("e1"), flows("s1 > a > t > b > e1"))  # fmt: skip
    play = begin(around(inner, boundary("x", "inner", escalation("up"), interrupting=False)))
    play.do("a", "a")
    assert play.sorted == ["b", "b", "told", "told"]
    play.do("b", "b")
    assert play.sorted == ["after", "told", "told"]


def test_an_escalation_of_an_event_sub_process_goes_to_the_boundary_of_its_scope(begin: Begin) -> None:
    asked = event_sub("h", start("s2", message("m"), interrupting=False), users("c"), end("e2", escalation("up")),
                      flows("s2 > c > e2"))  # fmt: skip
    inner = sub("inner", start("s1"), users("a"), end("e1"), flows("s1 > a > e1"), asked)
    play = begin(around(inner, boundary("x", "inner", escalation("up"), interrupting=False)))
    assert play.message("m")
    play.do("c")
    assert play.sorted == ["a", "told"]


def test_an_escalation_is_known_by_its_code_whatever_its_id(begin: Begin) -> None:
    def up(identity: str) -> str:
        return element("escalationEventDefinition", "", escalationRef=identity)

    inner = sub("inner", start("s1"), end("e1", up("one")), flows("s1 > e1"))
    play = begin(
        definitions(
            element("escalation", "one", escalationCode="U1"), element("escalation", "two", escalationCode="U1"),
            process(start(), inner, boundary("x", "inner", up("two")), end(), end("e9"),
                    flows("s > inner > e; x > e9")),
        )
    )  # fmt: skip
    play.ended("s s1 e1 x e9")
