"""Any people do anything with the seats of a step, in any order: what must hold holds after each act."""

import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.case.approvers.seat_adding import add, remove
from engine.case.approvers.seat_hands import assign, claim, delegate, get_back, hand_over, release, transfer
from engine.case.approvers.seat_votes import decide, deem, take_back
from engine.case.seating.seat_checks import decidable
from engine.case.seating.seat_outcome import outcome, settled
from engine.case.seating.seats import BESIDE, DECIDED, REMOVED, TOLD, Given, Panel, Seat, Seats
from engine.commands import SYSTEM
from engine.errors import BinglianError
from engine.journal import canonical_text
from tests.unit import seat_model
from tests.unit.seat_panels import APPROVER, FIRE, at_desk, now, panel_of, person

APPLICANT = "zhang"
MOST_PENDING = 6
NAMES = st.sampled_from(["a", "b", "c", "d", "e", "f", APPLICANT])
WHICH = st.integers(0, 7)
"""A seat, counted from the last one; every eighth time it is none."""
WHO = NAMES | st.none()
"""Somebody; None: the one who has the seat, or has decided in it."""
DECISIONS = st.sampled_from(["agree", "agree", "agree_with_conditions", "disagree", "forward", "abstain"])
PLACED = st.sampled_from(["before", "after", "beside"])


class Deciding(RuleBasedStateMachine):
    """One step from its opening to its outcome."""

    panel: Panel
    data: dict[str, Any]

    @initialize(data=seat_model.tables(4), may_add=st.booleans(), may_remove=st.booleans())
    def opens(self, data: dict[str, Any], may_add: bool, may_remove: bool) -> None:
        self.data = {**data, "may_add": may_add, "may_remove": may_remove}
        self.panel = panel_of(APPLICANT, **self.data)
        self.given: list[tuple[str, str, str]] = []
        self.acts = 0

    @precondition(lambda self: outcome(self.panel.rule, self.panel.seats) is not None)
    @rule(data=seat_model.tables(4), may_add=st.booleans(), may_remove=st.booleans())
    def another_step_opens(self, data: dict[str, Any], may_add: bool, may_remove: bool) -> None:
        """A step that is decided bears some more acts, then there is another one."""
        self.opens(data, may_add, may_remove)

    def at(self) -> str:
        """Each act has an instant of its own."""
        self.acts += 1
        return f"2026-03-02T01:00:00.{self.acts:06d}Z"

    def tries(self, act: Callable[[], Seats]) -> bool:
        """Whether it was done; refused, it says so in words and nothing has changed."""
        before = self.panel.seats
        try:
            after = act()
        except BinglianError as error:
            assert error.message_zh
            assert error.message_en
            return False
        assert [seat.id for seat in after][: len(before)] == [seat.id for seat in before]
        assert outcome(self.panel.rule, before) is None or after == before
        self.panel = now(self.panel, after)
        return True

    def seat(self, number: str) -> Seat | None:
        return next((seat for seat in self.panel.seats if seat.id == number), None)

    def pick(self, which: int, who: str | None) -> tuple[str, str]:
        """A seat and somebody who acts on it."""
        if which == 7:
            return "99", who or "a"
        seat = self.panel.seats[-1 - which % len(self.panel.seats)]
        return seat.id, who or seat.decided_by or seat.lent_from or seat.person or "a"

    @rule(which=WHICH, who=WHO, decision=DECISIONS, absent=st.none() | NAMES)
    def decides(self, which: int, who: str | None, decision: str, absent: str | None) -> None:
        (number, name), at = self.pick(which, who), self.at()
        seat, stands_for = self.seat(number), person(absent) if absent else None
        if self.tries(lambda: decide(self.panel, number, person(name), Given(decision, "意见", at), stands_for)):
            assert seat is not None
            assert seat.person in {"", absent or name}
            self.given.append((number, name, at))

    @rule(who=st.data(), decision=DECISIONS)
    def decides_what_is_theirs(self, who: st.DataObject, decision: str) -> None:
        """Somebody takes a seat the inbox shows them; nothing but the kind of decision can be refused."""
        name, at = who.draw(NAMES), self.at()
        mine = decidable(self.panel, person(name))
        assert name != APPLICANT or not mine
        if mine:
            number = who.draw(st.sampled_from([seat.id for seat in mine]))
            done = self.tries(lambda: decide(self.panel, number, person(name), Given(decision, "意见", at)))
            assert done == (decision != "abstain" or self.data["rule"] == "vote")
            if done:
                self.given.append((number, name, at))

    @rule(which=WHICH, decision=DECISIONS, often=st.integers(0, 3))
    def keeps_silent(self, which: int, decision: str, often: int) -> None:
        (number, _), at = self.pick(which, None), self.at()
        if not often and self.tries(lambda: deem(self.panel, number, Given(decision, "逾期未反馈", at))):
            self.given.append((number, SYSTEM.id, at))

    @rule(which=WHICH, who=WHO)
    def takes_back(self, which: int, who: str | None) -> None:
        number, name = self.pick(which, who)
        seat = self.seat(number)
        if self.tries(lambda: take_back(self.panel, number, person(name), self.at())):
            assert seat is not None
            assert seat.decided_by == name

    @rule(which=WHICH, who=WHO)
    def claims(self, which: int, who: str | None) -> None:
        number, name = self.pick(which, who)
        self.tries(lambda: claim(self.panel, number, person(name)))

    @rule(which=WHICH, who=WHO)
    def releases(self, which: int, who: str | None) -> None:
        number, name = self.pick(which, who)
        self.tries(lambda: release(self.panel, number, person(name)))

    @rule(which=WHICH, who=WHO, to=st.just("") | NAMES, by_a_superior=st.booleans())
    def transfers(self, which: int, who: str | None, to: str, by_a_superior: bool) -> None:
        number, name = self.pick(which, who)
        if by_a_superior:
            self.tries(lambda: assign(self.panel, number, at_desk(to)))
        else:
            self.tries(lambda: transfer(self.panel, number, person(name), at_desk(to)))

    @rule(which=WHICH, who=WHO, to=NAMES)
    def lends(self, which: int, who: str | None, to: str) -> None:
        number, name = self.pick(which, who)
        self.tries(lambda: delegate(self.panel, number, person(name), to))

    @rule(which=WHICH, who=WHO)
    def gets_back(self, which: int, who: str | None) -> None:
        number, name = self.pick(which, who)
        self.tries(lambda: get_back(self.panel, number, person(name)))

    @rule(name=NAMES, to=st.just("") | NAMES)
    def leaves(self, name: str, to: str) -> None:
        if self.tries(lambda: hand_over(self.panel, name, at_desk(to))):
            pending = [seat for seat in self.panel.seats if seat.pending]
            over = outcome(self.panel.rule, self.panel.seats) is not None
            assert over or not [seat for seat in pending if name in {seat.person, seat.lent_from}]

    @precondition(lambda self: sum(seat.pending for seat in self.panel.seats) < MOST_PENDING)
    @rule(which=WHICH, who=WHO, to=st.just("") | NAMES, placed=PLACED)
    def adds(self, which: int, who: str | None, to: str, placed: str) -> None:
        number, name = self.pick(which, who)
        if self.tries(lambda: add(self.panel, number, person(name), at_desk(to), placed)):
            assert self.data["may_add"]
            assert self.data["rule"] != "any_signs" or placed == BESIDE
            assert outcome(self.panel.rule, self.panel.seats) is None

    @rule(which=WHICH, who=WHO)
    def removes(self, which: int, who: str | None) -> None:
        number, name = self.pick(which, who)
        seat = self.seat(number)
        if self.tries(lambda: remove(self.panel, number, person(name))):
            assert seat is not None
            assert seat.pending
            assert seat.added_to or self.data["may_remove"]

    @invariant()
    def no_decision_is_lost(self) -> None:
        there = {(seat.id, seat.decided_by, seat.decided_at) for seat in self.panel.seats}
        there |= {(seat.id, kept.by, kept.at) for seat in self.panel.seats for kept in seat.kept}
        assert set(self.given) <= there

    @invariant()
    def nobody_sits_twice_and_the_applicant_never(self) -> None:
        people = [
            name for seat in self.panel.seats if seat.status != REMOVED for name in seat.people() if name != SYSTEM.id
        ]
        assert len(people) == len(set(people))
        assert APPLICANT not in people

    @invariant()
    def it_ends_exactly_when_every_way_to_go_on_ends_the_same(self) -> None:
        standing = [seat for seat in self.panel.seats if seat.status != REMOVED]
        voted = sorted([seat for seat in standing if seat.status == DECIDED], key=lambda seat: seat.decided_at)
        given = [(self.designed(seat), seat.decision) for seat in voted]
        missing = [self.designed(seat) for seat in standing if seat.status != DECIDED]
        found = outcome(self.panel.rule, self.panel.seats)
        assert (None if found is None else found.passes) == seat_model.settled(self.data, given, missing)
        if found is None:
            assert any(seat.status == "open" for seat in standing), "somebody can always go on"
        else:
            over = settled(self.panel.seats)
            assert outcome(self.panel.rule, over) == found
            assert tuple(seat.id for seat in over if seat.status == TOLD) == found.told

    def designed(self, seat: Seat) -> seat_model.Data:
        """What the table says of a seat; nothing of an added one."""
        places = seat_model.places(self.data)
        return places[int(seat.id) - 1] if int(seat.id) <= len(places) else {}

    @invariant()
    def those_wait_whose_turn_it_is_not(self) -> None:
        pending = [seat for seat in self.panel.seats if seat.pending]
        waits = {other.added_to for other in pending if other.placed == "before"}
        waits |= {seat.id for seat in pending if seat.placed == "after" and self.is_pending(seat.added_to)}
        if self.data["rule"] == "in_order":
            waits |= {seat.id for seat in pending if seat.order > min(other.order for other in pending)}
        assert {seat.id for seat in pending if seat.status == "waiting"} == waits & {seat.id for seat in pending}

    def is_pending(self, number: str) -> bool:
        seat = self.seat(number)
        return seat is not None and seat.pending

    @invariant()
    def it_comes_back_from_the_record_as_it_was(self) -> None:
        for seat in self.panel.seats:
            text = canonical_text({f.name: getattr(seat, f.name) for f in fields(seat)})
            assert Seat(**json.loads(text)) == seat

    def teardown(self) -> None:
        """Whatever happened, the step can be brought to its end by people who have nothing to do with it yet."""
        if not hasattr(self, "panel"):
            return
        for fresh in range(len(self.panel.seats) + 1):
            if outcome(self.panel.rule, self.panel.seats) is not None:
                return
            number = next(seat.id for seat in self.panel.seats if seat.status == "open")
            self.panel = now(self.panel, assign(self.panel, number, at_desk(f"x{fresh}")))
            given = Given("agree", "", self.at())
            self.panel = now(self.panel, decide(self.panel, number, person(f"x{fresh}", FIRE, APPROVER), given))
        raise AssertionError("the step does not end")


TestDeciding = Deciding.TestCase
TestDeciding.settings = settings(settings(), stateful_step_count=40)
