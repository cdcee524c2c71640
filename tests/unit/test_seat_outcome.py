"""When several approvers have decided a step: 会签 或签 票签 依次, against counting out every way it may go."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.case.approvers.seat_votes import decide
from engine.case.seating.seat_outcome import Outcome, outcome, settled
from engine.case.seating.seats import ABSTAIN, AGREE, DISAGREE, FORWARD, WITH_CONDITIONS
from tests.unit import seat_model
from tests.unit.seat_panels import now, panel_of, person, result, says, states, voted

FIVE = [{"times": 5}]


@given(data=seat_model.tables(), choices=st.data())
def test_a_step_ends_exactly_when_every_way_it_may_go_on_ends_the_same(
    data: dict[str, Any], choices: st.DataObject
) -> None:
    """People vote in any order that turns allow, until it ends."""
    panel, places = panel_of(**data), seat_model.places(data)
    said = [AGREE, DISAGREE, WITH_CONDITIONS, FORWARD, *([ABSTAIN] if data["rule"] == "vote" else [])]
    votes: list[tuple[seat_model.Data, str]] = []
    voters: list[str] = []
    while True:
        found = outcome(panel.rule, panel.seats)
        missing = [place for number, place in enumerate(places, start=1) if str(number) not in voters]
        expected = seat_model.settled(data, votes, missing)
        assert (None if found is None else found.passes) == expected
        if found is not None:
            assert found.told == tuple(str(n) for n in range(1, len(places) + 1) if str(n) not in voters)
            return
        seat = choices.draw(st.sampled_from([seat for seat in panel.seats if seat.status == "open"]))
        decision = choices.draw(st.sampled_from(said))
        panel = now(panel, decide(panel, seat.id, person(f"p{seat.id}"), says(decision)))
        voters.append(seat.id)
        votes.append((places[int(seat.id) - 1], decision))


def test_one_seat_decides_what_its_person_decides() -> None:
    for decision in (AGREE, DISAGREE, WITH_CONDITIONS, FORWARD):
        panel = panel_of(rule="all_sign", seats=[{}])
        assert result(panel) is None
        assert result(voted(panel, a1=decision)) == decision


def test_会签_passes_when_all_have_agreed_and_ends_with_the_first_refusal() -> None:
    panel = panel_of(rule="all_sign")
    assert result(voted(panel, a1=AGREE, b3=AGREE)) is None
    assert result(voted(panel, a1=AGREE, b3=AGREE, c2=AGREE)) == AGREE
    refused = voted(panel, a1=AGREE, b3=DISAGREE)
    assert outcome(refused.rule, refused.seats) == Outcome(DISAGREE, (("3", "disagree的理由"),), ("2",))
    assert states(now(refused, settled(refused.seats))) == "dtd"


def test_会签_that_hears_everybody_ends_only_then() -> None:
    panel = panel_of(rule="all_sign", hear_all=True)
    assert result(voted(panel, a1=DISAGREE, b2=AGREE)) is None
    assert result(voted(panel, a1=DISAGREE, b2=AGREE, c3=WITH_CONDITIONS)) == DISAGREE


def test_或签_ends_with_the_first_decision_either_way() -> None:
    panel = panel_of(rule="any_signs")
    assert result(voted(panel, b2=WITH_CONDITIONS)) == WITH_CONDITIONS
    assert result(voted(panel, c3=DISAGREE)) == DISAGREE


def test_或签_can_wait_for_somebody_who_agrees() -> None:
    panel = panel_of(rule="any_signs", refusal="all")
    assert result(voted(panel, a1=DISAGREE, b2=DISAGREE)) is None
    assert result(voted(panel, a1=DISAGREE, b2=AGREE)) == AGREE
    assert result(voted(panel, a1=DISAGREE, b2=DISAGREE, c3=DISAGREE)) == DISAGREE


def test_依次_each_has_a_turn_and_a_refusal_ends_it() -> None:
    panel = panel_of(rule="in_order", seats=[{"order": 1}, {"order": 2, "times": 2}, {"order": 3}])
    assert states(panel) == "owww"
    panel = voted(panel, a1=AGREE)
    assert states(panel) == "doow"
    assert result(voted(panel, c3=DISAGREE)) == DISAGREE
    panel = voted(panel, c3=AGREE, b2=WITH_CONDITIONS)
    assert states(panel) == "dddo"
    assert result(voted(panel, d4=AGREE)) == WITH_CONDITIONS


def test_票签_three_of_five() -> None:
    panel = panel_of(rule="vote", count=3, seats=FIVE)
    assert result(voted(panel, a1=AGREE, b2=AGREE, c3=DISAGREE, d4=DISAGREE)) is None
    assert result(voted(panel, a1=AGREE, b2=AGREE, c3=AGREE)) == AGREE
    assert result(voted(panel, a1=DISAGREE, b2=ABSTAIN, c3=DISAGREE)) == DISAGREE


def test_过半数_is_more_than_half_and_以上_includes_the_number() -> None:
    half, seats = {"a1": AGREE, "b2": DISAGREE, "c3": DISAGREE}, [{"times": 4}]
    assert result(voted(panel_of(rule="vote", more_than="1/2", seats=seats), **half)) == DISAGREE
    assert result(voted(panel_of(rule="vote", at_least="1/2", seats=seats), **half)) is None
    assert result(voted(panel_of(rule="vote", at_least="1/2", seats=seats), **half, d4=AGREE)) == AGREE


def test_at_a_tie_the_casting_vote_decides_and_without_one_it_is_not_carried() -> None:
    panel = panel_of(rule="vote", more_than="1/2", seats=[{"times": 3}, {"casting": True}])
    assert result(voted(panel, a1=AGREE, b2=DISAGREE, c3=DISAGREE)) is None
    assert result(voted(panel, a1=AGREE, b2=DISAGREE, c3=DISAGREE, d4=AGREE)) == AGREE
    assert result(voted(panel, a1=AGREE, b2=AGREE, c3=DISAGREE, d4=DISAGREE)) == DISAGREE


def test_弃权_counts_among_all_seats_and_not_among_the_votes_given() -> None:
    said = {"a1": AGREE, "b2": AGREE, "c3": DISAGREE, "d4": ABSTAIN, "e5": ABSTAIN}
    assert result(voted(panel_of(rule="vote", more_than="1/2", seats=FIVE), **said)) == DISAGREE
    assert result(voted(panel_of(rule="vote", more_than="1/2", of="votes", seats=FIVE), **said)) == AGREE


def test_nothing_is_carried_when_everybody_abstains() -> None:
    for threshold in ("at_least", "more_than"):
        seats = [{"casting": threshold == "more_than"}, {}]
        panel = panel_of(rule="vote", of="votes", seats=seats, **{threshold: "1/2"})
        assert result(voted(panel, a1=ABSTAIN, b2=ABSTAIN)) == DISAGREE


def test_weights_are_added_up() -> None:
    seats = [{"weight": 3}, {"weight": 1}, {"weight": 1}]
    assert result(voted(panel_of(rule="vote", more_than="1/2", seats=seats), a1=AGREE)) == AGREE
    assert result(voted(panel_of(rule="vote", count=4, seats=seats), a1=AGREE)) is None
    assert result(voted(panel_of(rule="vote", count=4, seats=seats), b2=DISAGREE, c3=DISAGREE)) == DISAGREE


def test_一票否决_nothing_passes_before_who_has_a_veto_has_voted() -> None:
    panel = panel_of(rule="vote", count=2, seats=[{"times": 3}, {"veto": True}])
    assert result(voted(panel, a1=AGREE, b2=AGREE, c3=AGREE)) is None
    assert result(voted(panel, a1=AGREE, b2=AGREE, d4=AGREE)) == AGREE
    assert result(voted(panel, a1=AGREE, b2=AGREE, d4=ABSTAIN)) == AGREE
    assert result(voted(panel, d4=DISAGREE)) == DISAGREE


def test_a_quorum_is_heard_even_when_the_result_is_plain() -> None:
    panel = panel_of(rule="vote", count=1, quorum=3, seats=FIVE)
    assert result(voted(panel, a1=AGREE, b2=DISAGREE)) is None
    assert result(voted(panel, a1=AGREE, b2=DISAGREE, c3=ABSTAIN)) == AGREE


def test_conditions_of_all_are_collected_and_refusals_that_lost_are_not_among_them() -> None:
    panel = panel_of(rule="vote", count=2, quorum=3, seats=FIVE)
    panel = voted(panel, a1=WITH_CONDITIONS, b2=DISAGREE)
    panel = now(panel, decide(panel, "4", person("d"), says(WITH_CONDITIONS, " 加装喷淋 ")))
    found = outcome(panel.rule, panel.seats)
    assert found == Outcome(WITH_CONDITIONS, (("1", "agree_with_conditions的理由"), ("4", "加装喷淋")), ("3", "5"))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ((AGREE, FORWARD), FORWARD),
        ((FORWARD, WITH_CONDITIONS), WITH_CONDITIONS),
        ((FORWARD, DISAGREE), DISAGREE),
        ((AGREE, AGREE), AGREE),
    ],
)
def test_conditions_come_before_the_suggestion_to_pass_it_upward(said: tuple[str, str], words: str) -> None:
    panel = panel_of(rule="all_sign", seats=[{"times": 2}])
    assert result(voted(panel, a1=said[0], b2=said[1])) == words


def test_a_seat_is_the_steps_own_unless_the_rule_names_another() -> None:
    head = {"department": "planning", "role": "section_head", "weight": 2, "veto": True}
    mine, theirs = panel_of(rule="vote", more_than="1/2", seats=[{"casting": True}, head]).seats
    assert (mine.department, mine.role, mine.weight, mine.veto, mine.casting) == ("fire", "approver", 1, False, True)
    assert (theirs.department, theirs.role, theirs.weight, theirs.veto) == ("planning", "section_head", 2, True)


@given(data=seat_model.tables(4))
def test_the_seats_of_a_rule_open_in_its_order(data: dict[str, Any]) -> None:
    panel = panel_of(**data)
    assert [seat.id for seat in panel.seats] == [str(n) for n in range(1, len(seat_model.places(data)) + 1)]
    assert {(seat.department, seat.role) for seat in panel.seats} == {("fire", "approver")}
    first = min(seat.order for seat in panel.seats)
    assert [seat.status == "open" for seat in panel.seats] == [seat.order == first for seat in panel.seats]
