"""Deciding together the slow way: every way the votes still to come may fall is counted out.

Works on the table a designer writes, not on what the engine makes of it, and shares nothing with the engine but words.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

from hypothesis import strategies as st

YES, NO, IF, UP, OUT = "agree", "disagree", "agree_with_conditions", "forward", "abstain"
Data = Mapping[str, Any]
Votes = Sequence[tuple[Data, str]]
"""Seats as designed with what each says, in the order they said it."""


def places(data: Data) -> list[Data]:
    """The seats of a table one by one."""
    return [seat for seat in data["seats"] for _ in range(seat.get("times", 1))]


def passes(data: Data, votes: Votes) -> bool:
    """What a step is decided as when everybody has voted."""
    said = [vote for _, vote in votes]
    if data["rule"] == "any_signs":
        return said[0] != NO if data.get("refusal", "first") == "first" else said.count(NO) < len(said)
    if data["rule"] != "vote":
        return NO not in said
    if any(seat.get("veto") and vote == NO for seat, vote in votes):
        return False
    weight = {wanted: sum(seat.get("weight", 1) for seat, vote in votes if vote == wanted) for wanted in (NO, OUT)}
    whole = sum(seat.get("weight", 1) for seat, _ in votes)
    yes = whole - weight[NO] - weight[OUT]
    if "count" in data:
        return bool(yes >= data["count"])
    base = whole - weight[OUT] if data.get("of") == "votes" else whole
    if base == 0:
        return False
    if "at_least" in data:
        return Fraction(yes, base) >= Fraction(data["at_least"])
    if Fraction(yes, base) == Fraction(data["more_than"]):
        return any(seat.get("casting") and vote not in {NO, OUT} for seat, vote in votes)
    return Fraction(yes, base) > Fraction(data["more_than"])


def settled(data: Data, given: Votes, missing: Sequence[Data]) -> bool | None:
    """What every completion of the votes gives; None when they differ, or when more have to be heard first."""
    heard = len(given) + len(missing) if data.get("hear_all") else data.get("quorum", 1)
    if len(given) < heard:
        return None
    said = (YES, NO, OUT) if data["rule"] == "vote" else (YES, NO)
    ends = {passes(data, [*given, *zip(missing, rest, strict=True)]) for rest in product(said, repeat=len(missing))}
    return ends.pop() if len(ends) == 1 else None


WEIGHTS = st.integers(1, 4)
SHARES = st.sampled_from(["1/2", "2/3", "1/3", "3/4", "1/5", "5/7"])


@st.composite
def tables(draw: st.DrawFn, most: int = 5) -> dict[str, Any]:
    """Tables of rules as designers write them, with at most so many seats."""
    kind = draw(st.sampled_from(["all_sign", "any_signs", "vote", "vote", "in_order"]))
    seats: list[dict[str, Any]] = [{} for _ in range(draw(st.integers(1, most)))]
    data: dict[str, Any] = {"rule": kind, "seats": seats}
    if kind == "in_order" and draw(st.booleans()):
        for seat in seats:
            seat["order"] = draw(st.integers(1, 3))
    if kind == "any_signs":
        data["refusal"] = draw(st.sampled_from(["first", "all"]))
    if kind in {"all_sign", "vote"}:
        data["hear_all"] = draw(st.booleans())
    if kind == "vote":
        _draw_vote(draw, data)
    return data


def _draw_vote(draw: st.DrawFn, data: dict[str, Any]) -> None:
    seats = data["seats"]
    for seat in seats:
        seat["weight"] = draw(WEIGHTS)
        seat["veto"] = draw(st.integers(0, 5)) == 0
    data["quorum"] = draw(st.integers(1, len(seats)))
    threshold = draw(st.sampled_from(["at_least", "more_than", "count"]))
    if threshold == "count":
        data["count"] = draw(st.integers(1, sum(seat["weight"] for seat in seats)))
        return
    data[threshold] = draw(SHARES)
    data["of"] = draw(st.sampled_from(["seats", "votes"]))
    if threshold == "more_than" and data[threshold] == "1/2" and draw(st.booleans()):
        draw(st.sampled_from(seats))["casting"] = True
