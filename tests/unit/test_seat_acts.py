"""Seats changing hands: 签收 转办 委派 代理 加签 减签 撤回 离岗交接; who may, and what is refused in words."""

from collections.abc import Callable
from functools import partial

import pytest

from engine.case.approvers.seat_adding import add, remove
from engine.case.approvers.seat_hands import assign, claim, delegate, get_back, hand_over, release, transfer
from engine.case.approvers.seat_votes import decide, deem, take_back
from engine.case.seating.seat_checks import decidable
from engine.case.seating.seat_outcome import settled
from engine.case.seating.seats import (
    ABSTAIN,
    ADDED,
    ADVICE,
    AFTER,
    AGREE,
    BEFORE,
    BESIDE,
    DECIDED,
    DISAGREE,
    TAKEN_BACK,
    WITH_CONDITIONS,
    Kept,
    Panel,
    Seats,
)
from engine.commands import SYSTEM
from engine.errors import AlreadyDone, BadInput, BinglianError, NotFound, NotPermitted, NotPossible
from tests.unit.seat_panels import AT, at_desk, now, panel_of, person, result, says, states, voted

A, B, C, D = person("a"), person("b"), person("c"), person("d")
STRANGER = person("s", "market")
LATER = "2026-03-03T01:00:00.000000Z"


def refused(kind: type[BinglianError], code: str, act: Callable[[], Seats]) -> None:
    with pytest.raises(kind) as caught:
        act()
    assert caught.value.code == code
    assert caught.value.message_zh
    assert caught.value.message_en


def taken(panel: Panel, seat: str = "1", who: str = "a") -> Panel:
    return now(panel, claim(panel, seat, person(who)))


@pytest.fixture
def one() -> Panel:
    """A step that says nothing of deciding together."""
    return panel_of(rule="all_sign", seats=[{}], applicant="zhang")


@pytest.fixture
def three() -> Panel:
    """会签 of three."""
    return panel_of(rule="all_sign", applicant="zhang")


def test_签收_the_second_is_told_that_somebody_was_first(one: Panel) -> None:
    panel = taken(one)
    assert (panel.seats[0].person, panel.seats[0].claimed) == ("a", True)
    refused(AlreadyDone, "seat.claimed", lambda: claim(panel, "1", B))
    refused(AlreadyDone, "seat.yours", lambda: claim(panel, "1", A))
    refused(NotPermitted, "seat.holder", lambda: claim(panel, "1", STRANGER))
    refused(NotPermitted, "seat.holder", lambda: claim(one, "1", STRANGER))
    refused(NotFound, "seat.unknown", lambda: claim(one, "2", A))
    refused(NotPermitted, "seat.holder", lambda: decide(panel, "1", B, says(AGREE)))


def test_取消签收_gives_it_back_to_the_role(one: Panel) -> None:
    assert release(taken(one), "1", A) == one.seats
    refused(NotPermitted, "seat.holder", lambda: release(taken(one), "1", B))
    refused(NotPermitted, "seat.holder", lambda: release(one, "1", A))
    given = now(one, transfer(one, "1", A, at_desk("b")))
    refused(NotPossible, "seat.not_claimed", lambda: release(given, "1", B))
    lent = now(one, delegate(one, "1", A, "b"))
    refused(NotPossible, "seat.not_claimed", lambda: release(lent, "1", B))


def test_转办_to_a_person_or_to_another_role(one: Panel) -> None:
    panel = now(one, transfer(one, "1", A, at_desk("b")))
    assert result(now(panel, decide(panel, "1", B, says(AGREE)))) == AGREE
    refused(NotPermitted, "seat.holder", lambda: transfer(panel, "1", A, at_desk("c")))
    elsewhere = now(panel, transfer(panel, "1", B, at_desk("", "market")))
    assert decidable(elsewhere, STRANGER) == elsewhere.seats
    assert decidable(elsewhere, B) == ()
    refused(BadInput, "seat.receiver", lambda: transfer(panel, "1", B, at_desk("b")))
    refused(BadInput, "seat.receiver", lambda: transfer(one, "1", B, at_desk("")))
    refused(BadInput, "seat.receiver", lambda: transfer(one, "1", B, at_desk("c", "fire", " ")))
    refused(BadInput, "seat.receiver", lambda: transfer(one, "1", B, at_desk("c", "")))


def test_指派_by_somebody_above_whoever_has_it(one: Panel) -> None:
    lent = now(one, delegate(one, "1", A, "b"))
    panel = now(lent, assign(lent, "1", at_desk("c")))
    assert (panel.seats[0].person, panel.seats[0].lent_from, panel.seats[0].claimed) == ("c", "", False)
    assert assign(lent, "1", at_desk("b"))[0].lent_from == ""


def test_委派_the_delegate_advises_and_the_owner_decides(one: Panel) -> None:
    lent = now(one, delegate(one, "1", A, "b"))
    refused(NotPossible, "seat.lent", lambda: decide(lent, "1", A, says(AGREE)))
    for act in (lambda: transfer(lent, "1", B, at_desk("c")), lambda: delegate(lent, "1", B, "c"),
                lambda: add(lent, "1", B, at_desk("c"), BEFORE)):  # fmt: skip
        refused(NotPossible, "seat.borrowed", act)
    advised = now(lent, decide(lent, "1", B, says(DISAGREE, "通道不足")))
    assert result(advised) is None
    assert advised.seats[0].kept == (Kept(ADVICE, "b", DISAGREE, "通道不足", AT),)
    assert result(now(advised, decide(advised, "1", A, says(AGREE)))) == AGREE
    refused(NotPermitted, "seat.holder", lambda: decide(advised, "1", B, says(AGREE)))


def test_委派_is_got_back_by_the_owner_or_given_back(one: Panel) -> None:
    lent = now(one, delegate(one, "1", A, "b"))
    for actor in (A, B):
        assert get_back(lent, "1", actor) == taken(one).seats
    named = now(one, transfer(one, "1", A, at_desk("c")))
    assert get_back(now(named, delegate(named, "1", C, "b")), "1", C) == named.seats
    assert get_back(now(one, delegate(taken(one), "1", A, "b")), "1", A) == taken(one).seats
    refused(NotPermitted, "seat.holder", lambda: get_back(lent, "1", C))
    refused(NotPossible, "seat.not_lent", lambda: get_back(taken(one), "1", A))
    refused(BadInput, "seat.delegate", lambda: delegate(one, "1", A, "a"))
    refused(BadInput, "seat.delegate", lambda: delegate(one, "1", A, " "))


def test_代理_a_substitute_decides_and_both_are_on_record(one: Panel) -> None:
    panel = taken(one)
    panel = now(panel, decide(panel, "1", STRANGER, says(AGREE), absent=A))
    assert (panel.seats[0].person, panel.seats[0].decided_by, panel.seats[0].decided_for) == ("a", "s", "a")
    assert decide(one, "1", A, says(AGREE), absent=A) == decide(one, "1", A, says(AGREE))
    lent = now(one, delegate(one, "1", A, "b"))
    advised = decide(lent, "1", STRANGER, says(AGREE), absent=B)
    assert advised[0].kept == (Kept(ADVICE, "s", AGREE, "", AT, "b"),)
    refused(NotPossible, "seat.lent", lambda: decide(lent, "1", STRANGER, says(AGREE), absent=A))


def test_代理_nobody_sits_twice_by_standing_in(three: Panel) -> None:
    panel = voted(taken(three), b2=AGREE)
    refused(NotPossible, "seat.twice", lambda: decide(panel, "1", B, says(AGREE), absent=A))
    refused(NotPossible, "seat.twice", lambda: decide(panel, "3", STRANGER, says(AGREE), absent=B))
    stood_in = now(panel, decide(panel, "1", C, says(AGREE), absent=A))
    refused(NotPossible, "seat.twice", lambda: decide(stood_in, "3", C, says(AGREE)))
    refused(NotPossible, "seat.twice", lambda: claim(stood_in, "3", A))


def test_回避_nobody_has_a_say_in_their_own_application(three: Panel) -> None:
    zhang = person("zhang")
    for act in (
        lambda: claim(three, "1", zhang),
        lambda: decide(three, "1", zhang, says(AGREE)),
        lambda: decide(three, "1", zhang, says(AGREE), absent=A),
        lambda: decide(three, "1", A, says(AGREE), absent=zhang),
        lambda: transfer(three, "1", A, at_desk("zhang")),
        lambda: assign(three, "1", at_desk("zhang")),
        lambda: delegate(three, "1", A, "zhang"),
        lambda: add(three, "1", A, at_desk("zhang"), BESIDE),
        lambda: add(three, "1", zhang, at_desk("d"), BESIDE),
        lambda: remove(three, "1", zhang),
        lambda: hand_over(taken(three), "a", at_desk("zhang")),
        lambda: hand_over(now(three, delegate(three, "1", A, "b")), "a", at_desk("zhang")),
    ):
        refused(NotPermitted, "seat.own_application", act)
    assert decidable(three, zhang) == ()


def test_a_person_has_one_seat_in_a_step_not_two(three: Panel) -> None:
    panel = taken(three)
    for act in (
        lambda: claim(panel, "2", A),
        lambda: decide(panel, "2", A, says(AGREE)),
        lambda: transfer(panel, "2", B, at_desk("a")),
        lambda: delegate(panel, "2", B, "a"),
        lambda: add(panel, "2", B, at_desk("a"), BESIDE),
    ):
        refused(NotPossible, "seat.twice", act)
    lent = now(three, delegate(three, "1", A, "b"))
    for actor in (A, B):
        refused(NotPossible, "seat.twice", partial(claim, lent, "2", actor))
    assert [seat.id for seat in decidable(panel, A)] == ["1"]
    assert [seat.id for seat in decidable(panel, B)] == ["2", "3"]


def test_前加签_ones_own_turn_comes_after_theirs(one: Panel) -> None:
    panel = now(one, add(one, "1", A, at_desk("d"), BEFORE))
    added = panel.seats[1]
    assert (added.kind, added.added_by, added.added_to, states(panel)) == (ADDED, "a", "1", "wo")
    refused(NotPossible, "seat.waiting", lambda: decide(panel, "1", A, says(AGREE)))
    assert result(voted(panel, d2=DISAGREE)) == DISAGREE
    assert result(voted(panel, d2=WITH_CONDITIONS, a1=AGREE)) == WITH_CONDITIONS


def test_后加签_theirs_comes_after_ones_own(one: Panel) -> None:
    panel = now(one, add(one, "1", A, at_desk("d"), AFTER))
    assert states(panel) == "ow"
    panel = voted(panel, a1=AGREE)
    assert (states(panel), result(panel)) == ("do", None)
    assert result(voted(panel, d2=AGREE)) == AGREE


def test_并加签_both_at_once_and_somebody_added_may_add(one: Panel) -> None:
    panel = now(one, add(one, "1", A, at_desk("b"), BESIDE))
    panel = now(panel, add(panel, "2", B, at_desk("c"), BEFORE))
    assert states(panel) == "owo"
    assert result(voted(panel, a1=AGREE, c3=AGREE)) is None
    assert result(voted(panel, a1=AGREE, c3=AGREE, b2=AGREE)) == AGREE


def test_加签_in_order_those_who_come_later_wait_for_the_added_one_too() -> None:
    panel = panel_of(rule="in_order")
    panel = now(panel, add(panel, "1", A, at_desk("d"), AFTER))
    panel = voted(panel, a1=AGREE)
    assert states(panel) == "dwwo"
    assert states(voted(panel, d4=AGREE)) == "dowd"
    refused(NotPossible, "seat.went_on", lambda: take_back(voted(panel, d4=AGREE), "1", A, LATER))


def test_加签_only_where_the_rule_lets_it_be() -> None:
    vote = panel_of(rule="vote", count=2)
    refused(NotPossible, "seat.no_adding", lambda: add(vote, "1", A, at_desk("d"), BESIDE))
    anyone = panel_of(rule="any_signs")
    refused(NotPossible, "seat.only_beside", lambda: add(anyone, "1", A, at_desk("d"), BEFORE))
    assert states(now(anyone, add(anyone, "1", A, at_desk("d"), BESIDE))) == "oooo"
    refused(BadInput, "seat.placed", lambda: add(anyone, "1", A, at_desk("d"), "behind"))
    full = panel_of(rule="all_sign", seats=[{"times": 100}])
    refused(NotPossible, "seat.too_many", lambda: add(full, "1", A, at_desk("d"), BESIDE))


def test_减签_by_who_added_or_whose_seat_it_was_added_to(one: Panel) -> None:
    panel = now(one, add(one, "1", A, at_desk("d"), BEFORE))
    assert states(now(panel, remove(panel, "2", A))) == "or"
    assert remove(panel, "2", B)[1].status == "removed"  # B may take the seat it was added to
    refused(NotPermitted, "seat.remove", lambda: remove(panel, "2", STRANGER))
    refused(NotPermitted, "seat.remove", lambda: remove(panel, "2", person("d", "market")))
    gone = now(panel, remove(panel, "2", A))
    refused(AlreadyDone, "seat.removed", lambda: decide(gone, "2", D, says(AGREE)))
    assert add(gone, "1", A, at_desk("d"), BESIDE)[2].id == "3"
    decided = voted(panel, d2=AGREE)
    refused(AlreadyDone, "seat.decided", lambda: remove(decided, "2", A))


def test_减签_whose_own_seat_was_removed_has_none_to_remove_from(one: Panel) -> None:
    panel = now(one, add(one, "1", A, at_desk("", "market"), BESIDE))
    panel = now(panel, add(panel, "2", STRANGER, at_desk("d"), BESIDE))
    colleague = person("t", "market")
    assert states(now(panel, remove(panel, "3", colleague))) == "oor"
    gone = now(panel, remove(panel, "2", A))
    refused(NotPermitted, "seat.remove", lambda: remove(gone, "3", colleague))
    assert states(now(gone, remove(gone, "3", STRANGER))) == "orr"


def test_减签_the_last_one_missing_ends_the_step(one: Panel) -> None:
    panel = now(one, add(one, "1", A, at_desk("d"), AFTER))
    panel = voted(panel, a1=AGREE)
    assert result(now(panel, remove(panel, "2", A))) == AGREE


def test_减签_seats_of_the_design_stay_unless_the_rule_says_otherwise(three: Panel) -> None:
    refused(NotPossible, "seat.original", lambda: remove(three, "1", A))
    seats = [{"veto": True}, {"times": 3}]
    panel = panel_of(rule="vote", count=2, quorum=3, seats=seats, may_remove=True)
    refused(NotPossible, "seat.original", lambda: remove(panel, "1", A))
    refused(NotPermitted, "seat.remove", lambda: remove(panel, "2", STRANGER))
    fewer = now(panel, remove(panel, "2", A))
    refused(NotPossible, "seat.too_few", lambda: remove(fewer, "3", A))
    casting = panel_of(rule="vote", more_than="1/2", seats=[{"casting": True}, {"times": 3}], may_remove=True)
    refused(NotPossible, "seat.original", lambda: remove(casting, "1", A))
    alone = panel_of(rule="all_sign", seats=[{}], may_remove=True)
    refused(NotPermitted, "seat.remove", lambda: remove(alone, "1", A))


def test_撤回_ones_own_decision_while_the_step_is_undecided(three: Panel) -> None:
    panel = voted(three, a1=WITH_CONDITIONS, b2=AGREE)
    refused(NotPermitted, "seat.not_yours", lambda: take_back(panel, "1", B, LATER))
    refused(NotPossible, "seat.undecided", lambda: take_back(panel, "3", C, LATER))
    back = now(panel, take_back(panel, "1", A, LATER))
    seat = back.seats[0]
    kept = Kept(TAKEN_BACK, "a", WITH_CONDITIONS, "agree_with_conditions的理由", AT, "", LATER)
    assert (states(back), seat.decision, seat.opinion, seat.kept) == ("odo", "", "", (kept,))
    assert result(voted(back, a1=AGREE, c3=AGREE)) == AGREE
    over = voted(panel, c3=AGREE)
    refused(AlreadyDone, "seat.settled", lambda: take_back(over, "1", A, LATER))


def test_撤回_not_once_a_later_seat_has_decided_upon_it() -> None:
    panel = panel_of(rule="in_order")
    first = voted(panel, a1=AGREE)
    assert states(now(first, take_back(first, "1", A, LATER))) == "oww"
    refused(NotPossible, "seat.went_on", lambda: take_back(voted(first, b2=AGREE), "1", A, LATER))


def test_撤回_gives_a_turn_back_to_who_waited_for_it(one: Panel) -> None:
    panel = now(one, add(one, "1", A, at_desk("d"), BEFORE))
    panel = now(panel, add(panel, "2", D, at_desk("c"), AFTER))
    advised = voted(panel, d2=AGREE)
    assert states(advised) == "odo"
    assert states(now(advised, take_back(advised, "2", D, LATER))) == "wow"


def test_离岗交接_moves_what_the_leaver_has_still_to_do(three: Panel) -> None:
    panel = taken(three)
    assert hand_over(panel, "a", at_desk("d"))[0].person == "d"
    assert hand_over(panel, "a", at_desk())[0] == three.seats[0]
    assert hand_over(panel, "b", at_desk("d")) == panel.seats
    done = voted(panel, a1=AGREE)
    assert hand_over(done, "a", at_desk("d")) == done.seats
    refused(NotPossible, "seat.twice", lambda: hand_over(voted(panel, b2=AGREE), "a", at_desk("b")))
    refused(BadInput, "seat.receiver", lambda: hand_over(panel, "a", at_desk("a")))


def test_离岗交接_of_lent_seats(three: Panel) -> None:
    lent = now(three, delegate(three, "1", A, "b"))
    owner = hand_over(lent, "b", at_desk("d"))[0]
    assert (owner.person, owner.lent_from) == ("a", "")
    heir = hand_over(lent, "a", at_desk("d"))[0]
    assert (heir.person, heir.lent_from) == ("b", "d")
    pooled = hand_over(lent, "a", at_desk())[0]
    assert (pooled.person, pooled.lent_from) == ("", "")
    delegates = hand_over(lent, "a", at_desk("b"))[0]
    assert (delegates.person, delegates.lent_from) == ("b", "")


def test_silence_decides_where_the_caller_says_so(three: Panel) -> None:
    panel = now(three, deem(three, "1", says(AGREE, "逾期未反馈视为同意")))
    assert (panel.seats[0].decided_by, panel.seats[0].status) == (SYSTEM.id, DECIDED)
    assert deem(panel, "2", says(AGREE))[1].decided_by == SYSTEM.id
    refused(BadInput, "opinion.missing", lambda: deem(panel, "2", says(DISAGREE, " ")))


def test_a_decision_needs_its_reasons_and_a_known_name(three: Panel) -> None:
    for decision in ("approve", "", ABSTAIN):
        refused(BadInput, "seat.decision", partial(decide, three, "1", A, says(decision, "理由")))
    refused(BadInput, "opinion.missing", lambda: decide(three, "1", A, says(DISAGREE, " ")))
    refused(BadInput, "opinion.missing", lambda: decide(three, "1", A, says(WITH_CONDITIONS, "条件：")))
    refused(BadInput, "opinion.too_long", lambda: decide(three, "1", A, says(AGREE, "好" * 4001)))


def test_nothing_happens_to_a_step_that_is_decided(three: Panel) -> None:
    panel = voted(taken(three, "3", "c"), a1=DISAGREE)
    for over in (panel, now(panel, settled(panel.seats))):
        for act in (
            partial(decide, over, "3", C, says(AGREE)),
            partial(claim, over, "2", B),
            partial(release, over, "3", C),
            partial(transfer, over, "3", C, at_desk("d")),
            partial(assign, over, "3", at_desk("d")),
            partial(delegate, over, "3", C, "d"),
            partial(get_back, over, "3", C),
            partial(add, over, "3", C, at_desk("d"), BESIDE),
            partial(remove, over, "3", C),
            partial(deem, over, "3", says(AGREE)),
        ):
            refused(AlreadyDone, "seat.settled", act)
        refused(AlreadyDone, "seat.decided", partial(decide, over, "1", A, says(AGREE)))
        assert hand_over(over, "c", at_desk("d")) == over.seats
        assert decidable(over, C) == ()
