"""The seats of a task as pages show them: who sits there, what each has said, what the reader may do with each."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from engine.case.approvers.panels import panel_of
from engine.case.offers.hand_choices import (
    ADD,
    ASSIGN,
    CLAIM,
    DELEGATE,
    GET_BACK,
    RELEASE,
    REMOVE,
    TAKE_BACK,
    TRANSFER,
    HandChoices,
    hand_choices,
)
from engine.case.seating.seats import ABSTAIN, ADVICE, DECIDED, DISAGREE, FORWARD, WITH_CONDITIONS, Kept, Panel, Seat
from engine.case.state import OPEN, Task
from engine.commands import SYSTEM, Actor
from engine.reader import CaseView
from webapp.cases.history import step_words
from webapp.cases.seat_words import by_words, holder, kept_words, place, remarks, rule_words, state, tally
from webapp.i18n import gettext as _
from webapp.words import instant

PRESSED = (CLAIM, RELEASE, GET_BACK)
"""Acts that ask for nothing: one press does them."""
COLOURS: Mapping[str, str] = {DISAGREE: "red", WITH_CONDITIONS: "amber", FORWARD: "blue", ABSTAIN: "grey"}


@dataclass(frozen=True)
class Opinion:
    """What somebody said in a seat: ``head`` says who, when and as what; ``stands`` unless it was taken back."""

    head: str
    decision: str
    colour: str
    text: str
    stands: bool = True


@dataclass(frozen=True)
class SeatAct:
    """Something the reader may do with a seat; ``key`` of one that a press does, empty for one with a form."""

    act: str
    words: str
    address: str
    key: str = ""


@dataclass(frozen=True)
class SeatRow:
    """One seat; ``mine``: the reader sits there."""

    id: str
    who: str
    place: str
    colour: str
    state: str
    remarks: tuple[str, ...]
    said: Opinion | None
    kept: tuple[Opinion, ...]
    acts: tuple[SeatAct, ...]
    mine: bool


@dataclass(frozen=True)
class Seating:
    """The seats of one task; ``rule`` and ``tally`` are empty where one person decides."""

    task: str
    step: str
    rule: str
    tally: str
    rows: tuple[SeatRow, ...]

    @property
    def acts(self) -> bool:
        """Whether the reader may do something here."""
        return any(row.acts for row in self.rows)


def seatings(view: CaseView, actor: Actor, people: Mapping[str, str]) -> tuple[Seating, ...]:
    """Of all tasks whose seats say something, or in which this person may do something; open ones first."""
    tasks = sorted(view.case.tasks.values(), key=lambda task: task.status != OPEN)
    found = ((seating(view, task, actor, people), task) for task in tasks if task.seats or task.status == OPEN)
    return tuple(one for one, task in found if _says(one, task))


def _says(one: Seating, task: Task) -> bool:
    if task.status == OPEN:
        return bool(task.seats) or one.acts
    return len(one.rows) > 1 or any(row.kept for row in one.rows)


def seating(view: CaseView, task: Task, actor: Actor, people: Mapping[str, str]) -> Seating:
    """The seats of one task."""
    panel = panel_of(view.case, view.deployment, task)
    may = hand_choices(view.case, view.deployment, task, actor)
    rows = tuple(_row(view, panel, task, seat, (may, actor, people)) for seat in panel.seats)
    rule = rule_words(panel)
    counted = tally(panel.seats) if rule and task.status == OPEN else ""
    return Seating(task.id, step_words(view.deployment.offering, task.step, task.instance), rule, counted, rows)


def _row(
    view: CaseView, panel: Panel, task: Task, seat: Seat, reader: tuple[HandChoices, Actor, Mapping[str, str]]
) -> SeatRow:
    may, actor, people = reader
    acts = tuple(_acts(view.case.id, task.id, seat, may, actor))
    mine = actor.id in {seat.person, seat.lent_from, seat.decided_by}
    return SeatRow(
        seat.id, holder(seat, people), place(seat), *state(seat), tuple(remarks(seat, panel.seats, people)),
        _said(seat, people), tuple(_kept(one, people) for one in seat.kept), acts, mine,
    )  # fmt: skip


def _said(seat: Seat, people: Mapping[str, str]) -> Opinion | None:
    if seat.status != DECIDED:
        return None
    who = people.get(seat.decided_by, seat.decided_by)
    if seat.decided_by == SYSTEM.id:
        who = _("逾期未表态，按规定视为")
    head = f"{by_words(who, people.get(seat.decided_for, seat.decided_for))} {instant(seat.decided_at)}"
    return Opinion(head, seat.decision, COLOURS.get(seat.decision, "green"), seat.opinion)


def _kept(one: Kept, people: Mapping[str, str]) -> Opinion:
    who = by_words(people.get(one.by, one.by), people.get(one.behalf, one.behalf))
    stands = one.kind == ADVICE
    colour = COLOURS.get(one.decision, "green") if stands else "grey"
    return Opinion(kept_words(one.kind, who, one.at), one.decision, colour, one.opinion, stands)


def _acts(case_id: str, task_id: str, seat: Seat, may: HandChoices, actor: Actor) -> Iterator[SeatAct]:
    words = {
        CLAIM: _("签收本环节"), RELEASE: _("取消本人签收"), TRANSFER: _("转办…"), DELEGATE: _("委派…"),
        GET_BACK: _("收回") if seat.lent_from == actor.id else _("退还"),
        ADD: _("加签…"), REMOVE: _("减签…"), ASSIGN: _("指派…"), TAKE_BACK: _("撤回表决…"),
    }  # fmt: skip
    for act in _shown(may, seat):
        if act == TAKE_BACK:
            address = url_for("cases.take_back", case_id=case_id, task=task_id)
        else:
            address = url_for("hands.act", case_id=case_id, task_id=task_id, act=act, seat=seat.id)
        yield SeatAct(act, words[act], address, secrets.token_urlsafe(12) if act in PRESSED else "")


def _shown(may: HandChoices, seat: Seat) -> Sequence[str]:
    """Possible acts in the order of the buttons; whoever can transfer a seat needs not assign it."""
    order = (CLAIM, RELEASE, GET_BACK, TAKE_BACK, DELEGATE, ADD, TRANSFER, REMOVE, ASSIGN)
    found = [act for act in order if may.may(act, seat.id)]
    return [act for act in found if act != ASSIGN or TRANSFER not in found]
