"""How several decide a step, as designers write it."""

import tomllib
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from engine.catalogue.seat_rules import ONE_SEAT, Place, SeatRule, read_rule
from engine.catalogue.table import Table
from engine.errors import CatalogueError
from tests.unit.seat_panels import rule_of

EXAMPLE = """
rule = "vote"
more_than = "1/2"
of = "votes"
quorum = 4
[[seats]]
times = 3
[[seats]]
department = "planning"
role = "section_head"
weight = 2
veto = true
[[seats]]
casting = true
"""


def test_the_example_of_the_manual_is_read() -> None:
    rule = read_rule(Table(tomllib.loads(EXAMPLE, parse_float=Decimal), "BUILD/item.toml", "steps[3].deciding"))
    member, head = Place(), Place(department="planning", role="section_head", weight=2, veto=True)
    assert rule == SeatRule(
        kind="vote", places=(member, member, member, head, Place(casting=True)), share=Fraction(1, 2), beyond=True,
        of="votes", quorum=4, may_add=False,
    )  # fmt: skip


def test_in_order_seats_come_one_after_the_other_as_they_are_written() -> None:
    assert [place.order for place in rule_of(rule="in_order", seats=[{}, {"times": 2}, {}]).places] == [1, 2, 3, 4]
    written = rule_of(rule="in_order", seats=[{"order": 2}, {"order": 1}, {"order": 2, "times": 2}])
    assert [place.order for place in written.places] == [2, 1, 2, 2]


@pytest.mark.parametrize(
    ("written", "share"),
    [("2/3", Fraction(2, 3)), (0, None), ("4/6", Fraction(2, 3)), (Decimal("0.6"), Fraction(3, 5))],
)
def test_a_share_is_exact(written: object, share: Fraction | None) -> None:
    if share is None:
        with pytest.raises(CatalogueError):
            rule_of(rule="vote", at_least=written)
    else:
        assert rule_of(rule="vote", at_least=written).share == share


def test_an_approver_can_be_added_except_to_a_vote_unless_it_says_so() -> None:
    assert rule_of(rule="all_sign").may_add
    assert not rule_of(rule="vote", count=2).may_add
    assert rule_of(rule="vote", count=2, may_add=True).may_add
    assert not rule_of(rule="in_order", may_add=False).may_add


def test_a_step_that_says_nothing_has_one_seat_of_its_own_role() -> None:
    assert SeatRule(kind="all_sign", places=(Place(),)) == ONE_SEAT


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"rule": "most"}, "rule"),
        ({}, "rule"),
        ({"rule": "all_sign", "seats": []}, "seats"),
        ({"rule": "all_sign", "seats": [{"times": 101}]}, "seats[1].times"),
        ({"rule": "all_sign", "seats": [{"times": 60}, {"times": 60}]}, "seats"),
        ({"rule": "all_sign", "seats": [{"department": "fire"}]}, "seats[1].role"),
        ({"rule": "all_sign", "seats": [{"wieght": 2}]}, "seats[1].wieght"),
        ({"rule": "all_sign", "seats": [{"weight": 2}]}, "seats[1].weight"),
        ({"rule": "in_order", "seats": [{}, {"veto": True}]}, "seats[2].veto"),
        ({"rule": "vote", "count": 1, "seats": [{"order": 1}]}, "seats[1].order"),
        ({"rule": "vote"}, "count"),
        ({"rule": "vote", "count": 2, "at_least": "1/2"}, "count"),
        ({"rule": "vote", "at_least": "1/2", "more_than": "1/2"}, "more_than"),
        ({"rule": "vote", "count": 4}, "count"),
        ({"rule": "vote", "count": Decimal("1.5")}, "count"),
        ({"rule": "vote", "count": 0}, "count"),
        ({"rule": "vote", "at_least": "0/3"}, "at_least"),
        ({"rule": "vote", "at_least": "4/3"}, "at_least"),
        ({"rule": "vote", "at_least": "half"}, "at_least"),
        ({"rule": "vote", "at_least": True}, "at_least"),
        ({"rule": "vote", "at_least": "1/0"}, "at_least"),
        ({"rule": "vote", "more_than": "1/1"}, "more_than"),
        ({"rule": "vote", "count": 2, "quorum": 4}, "quorum"),
        ({"rule": "vote", "count": 2, "of": "votes"}, "of"),
        ({"rule": "vote", "count": 2, "seats": [{"weight": 0}, {}]}, "seats[1].weight"),
        ({"rule": "vote", "at_least": "1/2", "seats": [{"casting": True}, {}]}, "seats"),
        ({"rule": "vote", "more_than": "2/3", "seats": [{"casting": True}, {}]}, "seats"),
        ({"rule": "vote", "more_than": "1/2", "seats": [{"casting": True, "times": 2}]}, "seats"),
        ({"rule": "vote", "count": 2, "refusal": "all"}, "refusal"),
        ({"rule": "any_signs", "refusal": "most"}, "refusal"),
        ({"rule": "any_signs", "hear_all": True}, "hear_all"),
        ({"rule": "all_sign", "count": 2}, "count"),
        ({"rule": "all_sign", "quorum": 2}, "quorum"),
        ({"rule": "all_sign", "may_remove": "yes"}, "may_remove"),
        ({"rule": "all_sign", "early": True}, "early"),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused_at_its_place(data: dict[str, Any], key: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        rule_of(**data)
    assert caught.value.where == f"FIRE/item.toml: steps[2].deciding.{key}"
    assert caught.value.message_zh
    assert caught.value.message_en
