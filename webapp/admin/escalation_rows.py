"""Escalations as people read them: what happened, who was told and whether it arrived, who answered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.case.parts.escalation import Escalation
from engine.errors import NotFound
from engine.escalations import APP, EscalationLine, Told
from engine.store.escalations import ALL, EscalationFilter
from webapp.admin.operations import CHANNELS, NOTICES
from webapp.cases.history import step_words
from webapp.cases.raised_words import DOES, MEANS, post_words, state_words
from webapp.context import engine
from webapp.i18n import gettext as _
from webapp.words import department_name, local

PAGE = 200


@dataclass(frozen=True)
class Sent:
    """One notice on one channel in words: ``arrived`` an instant, or None; ``problem`` is the code of the last failure,
    of ``tries``."""

    channel: str
    what: str
    receiver: str
    arrived: str | None
    problem: str
    tries: int


@dataclass(frozen=True)
class Answer:
    """Who answered, when, with which words (if any)."""

    who: str
    at: str
    said: str = ""


@dataclass(frozen=True)
class Raised:
    """One escalation as lists and its page show it.

    ``sent`` is what went to those who were told, ``also`` what went to others for the same reason (handlers).
    """

    line: EscalationLine
    offering: str
    step: str
    department: str
    told: str
    state: str
    colour: str
    sent: tuple[Sent, ...]
    also: tuple[Sent, ...]
    acknowledged: Answer | None
    explained: Answer | None
    written_off: Answer | None

    @property
    def record(self) -> Escalation:
        """The record itself."""
        return self.line.record

    @property
    def does(self) -> str:
        """What happened, in a word."""
        return str(DOES.get(self.record.does, self.record.does))

    @property
    def means(self) -> str:
        """What that means for the handling of the step."""
        return str(MEANS.get(self.record.does, ""))


def raised(line: EscalationLine) -> Raised:
    """One escalation in the language of the page."""
    record = line.record
    offering = engine().deployments.get(line.version).offering
    whom = (record.to_department, record.to_role)
    parts = [(one, (one.department, one.role) == whom) for one in line.told]
    return Raised(
        line, local(offering, "short"), step_words(offering, record.step, line.instance),
        department_name(record.department), post_words(*whom), *state_words(record, line.step_open),
        tuple(_sent(one) for one, theirs in parts if theirs), tuple(_sent(one) for one, theirs in parts if not theirs),
        _answer(line.people, record.acknowledged_by, record.acknowledged_at),
        _answer(line.people, record.explained_by, record.explained_at, record.explanation),
        _answer(line.people, record.written_off_by, record.written_off_at, record.remark),
    )  # fmt: skip


def _sent(one: Told) -> Sent:
    channel = _("应用内") if one.channel == APP else str(CHANNELS.get(one.channel, one.channel))
    receiver = post_words(one.department, one.role) if one.department else _("申请人")
    shown = f"{receiver} {one.receiver}".strip()
    problem = "" if one.delivered_at else one.problem
    return Sent(channel, str(NOTICES.get(one.template, one.template)), shown, one.delivered_at, problem, one.tries)


def _answer(people: Mapping[str, str], account: str, at: str | None, said: str = "") -> Answer | None:
    return None if at is None else Answer(people.get(account, account), at, said)


def lines_of(case_id: str) -> Iterator[EscalationLine]:
    """All escalations of a case."""
    wanted, after = EscalationFilter(ALL, case_id=case_id), None
    while True:
        page = engine().read.escalations(wanted, after, PAGE)
        yield from page.lines
        if page.after is None:
            return
        after = page.after


def line_of(case_id: str, number: str) -> EscalationLine:
    """One escalation of a case; NotFound when there is none of this number."""
    for line in lines_of(case_id):
        if line.record.number == number:
            return line
    raise NotFound("escalation.unknown", "没有这条督办", "there is no such escalation", number[:40])
