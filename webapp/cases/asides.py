"""抄送 征询 of a case as its page shows them: who read it when, what was answered, and what waits for the reader."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from engine.case.offers.hand_choices import may_send
from engine.case.parts.aside import QUESTION, Aside
from engine.commands import Actor
from engine.reader import CaseView
from webapp.i18n import gettext as _
from webapp.words import instant


@dataclass(frozen=True)
class AsideRow:
    """One copy or question; ``waits``: it is the reader who has to confirm or answer, with the form's ``key``."""

    number: str
    question: bool
    head: str
    text: str
    state: str
    colour: str
    answer: str
    waits: bool
    key: str


@dataclass(frozen=True)
class Asides:
    """All of a case, oldest first; ``may_send``: the reader may send more."""

    rows: tuple[AsideRow, ...]
    may_send: bool

    @property
    def any(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.rows) or self.may_send


def asides_of(view: CaseView, actor: Actor, people: Mapping[str, str]) -> Asides:
    """For somebody who may see the case."""
    return Asides(tuple(_row(one, actor, people) for one in view.case.asides.values()), may_send(view.case, actor))


def _row(one: Aside, actor: Actor, people: Mapping[str, str]) -> AsideRow:
    asks = one.kind == QUESTION
    told = {"by": people.get(one.by, one.by), "to": people.get(one.to, one.to), "time": instant(one.at)}
    head = _("%(by)s 于 %(time)s 征询 %(to)s", **told) if asks else _("%(by)s 于 %(time)s 抄送 %(to)s", **told)
    if one.answered_at is None:
        state, colour = (_("待答复"), "amber") if asks else (_("未读"), "grey")
    else:
        at = instant(one.answered_at)
        state, colour = (_("%(time)s 已答复", time=at) if asks else _("%(time)s 已阅", time=at)), "green"
    waits = one.to == actor.id and one.answered_at is None
    key = secrets.token_urlsafe(12) if waits else ""
    return AsideRow(one.number, asks, head, one.text, state, colour, one.answer, waits, key)
