"""Sessions of a case as its pages show them, in words; and what the person who looks may do."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.case.parts.session import CLOSED, LEFT, OPEN, OUTCOMES, Session
from engine.case.sessions.choices import Choices, arrangeable, choices, joinable
from engine.commands import Actor
from engine.instants import to_text
from engine.reader import CaseView
from webapp.auth import current_account
from webapp.cases.clock_words import whose
from webapp.cases.session_words import OUTCOMES as OUTCOME_WORDS
from webapp.cases.session_words import STATES, numbered, when_words
from webapp.context import engine
from webapp.i18n import gettext as _
from webapp.words import department_name, limit_words

NOBODY = Actor("")


@dataclass(frozen=True)
class Tag:
    """A word and its colour."""

    words: str
    colour: str


@dataclass(frozen=True)
class Part:
    """One item of a session: ``tag`` is its outcome, or why there is none; ``note`` what was found, or said instead."""

    code: str
    item: str
    department: str
    tag: Tag
    note: str = ""
    attended: str = ""
    by: str = ""
    at: str = ""


@dataclass(frozen=True)
class Shown:
    """One session in words; ``stopped`` says which clocks stand still, ``may`` what this person may do."""

    one: Session
    name: str
    tag: Tag
    when: str
    parts: tuple[Part, ...]
    stopped: str
    chair: str
    may: Choices


@dataclass(frozen=True)
class Sessions:
    """The sessions of a case, the last first; ``may_arrange``, and the open ones an item of theirs could join."""

    rows: tuple[Shown, ...]
    may_arrange: bool
    join: tuple[Shown, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rows) or self.may_arrange


def sessions_of(view: CaseView) -> Sessions:
    """The sessions of a case for whoever is signed in."""
    account = current_account()
    actor = NOBODY if account is None else account.actor
    rows = tuple(shown(view, one, actor) for one in reversed(view.case.sessions.values()))
    mine = {one.number for one, _item in joinable(view.case, view.deployment, actor)}
    may = bool(arrangeable(view.case, view.deployment, actor))
    return Sessions(rows, may, tuple(row for row in rows if row.one.number in mine))


def shown(view: CaseView, one: Session, actor: Actor) -> Shown:
    """One session for a person."""
    names = engine().records.names({one.chair, *(found["by"] for found in one.findings.values())} - {""})
    order = [item.code for item in view.deployment.offering.items]
    codes = sorted(one.items, key=lambda code: order.index(code) if code in order else len(order))
    words, colour = STATES[one.status]
    return Shown(
        one, numbered(one), Tag(str(words), colour), when_words(one.planned_at),
        tuple(_part(view, one, code, names) for code in codes), _stopped(one), names.get(one.chair, one.chair),
        choices(view.case, view.deployment, one, actor, to_text(view.now)),
    )  # fmt: skip


def _part(view: CaseView, one: Session, code: str, names: Mapping[str, str]) -> Part:
    item, department = whose(view.deployment.offering, code), department_name(one.items[code])
    found = one.findings.get(code)
    if found is not None:
        words, colour = OUTCOME_WORDS[found["outcome"]]
        return Part(
            code, item, department, Tag(str(words), colour), found["findings"], found["attended"],
            names.get(found["by"], found["by"]), found["at"],
        )  # fmt: skip
    if code in one.left:
        words, colour = STATES[LEFT]
        return Part(code, item, department, Tag(str(words), colour))
    if code in one.absent:
        return Part(code, item, department, Tag(_("未到场"), "amber"), one.absent[code])
    return Part(code, item, department, Tag(_("待记录") if one.status == OPEN else _("无记录"), "grey"))


def _stopped(one: Session) -> str:
    """Which clocks stand still, or stood still, because of it."""
    if not one.stops:
        return _("不影响时限")
    expected = limit_words(one.expected_days, "working_days")
    if one.status == OPEN:
        return _("时限中止至结束，预计 %(expected)s", expected=expected)
    return _("期间时限中止") if one.status == CLOSED else _("时限已恢复")


def outcome_options() -> list[tuple[str, str]]:
    """What can be found: code and word."""
    return [(code, str(OUTCOME_WORDS[code][0])) for code in OUTCOMES]
