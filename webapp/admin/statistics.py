"""What is late by step and department, where the time of late cases went, and what is likely to be late next."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus

from flask import render_template, request
from flask_babel import lazy_gettext as _l

from engine.errors import BadInput
from engine.statistics import Late, Lateness, Overview, Risk, overview, reason
from engine.statistics.chain import APPLICANT, BETWEEN, OTHER_ITEM, OWN, SUSPENDED, WINDOW
from engine.statistics.lateness import Group
from webapp.auth import is_supervisor, signed_in
from webapp.context import engine
from webapp.errors import message_of
from webapp.i18n import language
from webapp.words import Words, local

PERIOD = timedelta(days=90)
MOST_CASES, MOST_PREDICTED, MOST_SHOWN = 1000, 100, 30
"""Cases read for a page, predictions made for it, lines of each table: what the page costs stays the same."""
PIECES = 20
"""Bars are drawn in twentieths: a strict policy for styles has no widths of its own."""
CAUSES: Words = {
    OWN: _l("办理用时"), OTHER_ITEM: _l("等待其他事项"), APPLICANT: _l("申请人补正"), SUSPENDED: _l("中止（特别程序）"),
    WINDOW: _l("受理前"), BETWEEN: _l("环节之间"),
}  # fmt: skip
THERE: Words = {**CAUSES, OTHER_ITEM: _l("其他事项等待它")}
"""The same seen from the step that was open: what was a wait for the last item was work of this one."""


@dataclass(frozen=True)
class Piece:
    """A part of a bar: working days, their share in percent, and in twentieths of the whole (at least one)."""

    cause: str
    words: str
    days: float
    percent: int
    size: int


@dataclass(frozen=True)
class Line:
    """A step or department: its figures, where the time of late cases went there, and how much was past due dates.

    The longest bar of a table is full; ``rest`` is what this one is shorter by, in twentieths.
    """

    code: str
    name: str
    finished: Late
    open: Late
    pieces: tuple[Piece, ...]
    over_days: float

    @property
    def rest(self) -> int:
        """Twentieths of the bar that stay empty."""
        return max(0, PIECES - sum(piece.size for piece in self.pieces))


@dataclass(frozen=True)
class Table:
    """The first lines; ``more`` late ones were left out."""

    lines: tuple[Line, ...]
    more: int


@dataclass(frozen=True)
class RiskLine:
    """A running case that is likely to be late, in words; ``chance`` in percent, ``size`` in twentieths."""

    risk: Risk
    offering: str
    chance: int
    size: int
    why: str


@dataclass(frozen=True)
class Figures:
    """Everything the page shows; ``unpredicted``: running cases in time of which too little is known to say more."""

    whole: Overview
    departments: Table
    steps: Table
    causes: tuple[Piece, ...]
    risks: tuple[RiskLine, ...]
    likely: int
    unpredicted: int


@dataclass(frozen=True)
class Period:
    """From day to day as typed (``2026-03-02``); both days are included, empty ``until`` is today."""

    since: str
    until: str

    def days(self) -> tuple[date | None, date | None]:
        """The days; BadInput when one cannot be read."""
        return _day(self.since), _day(self.until)


@signed_in(is_supervisor)
def page() -> str | tuple[str, int]:
    """``since`` and ``until`` are the days of acceptance; without them the last ninety."""
    asked = request.args.get
    period = Period(asked("since", "").strip()[:10] or _default(), asked("until", "").strip()[:10])
    try:
        figures = _figures(overview(engine(), period.days(), MOST_CASES, MOST_PREDICTED))
    except BadInput as error:
        return _render(period, None, message_of(error)), HTTPStatus.BAD_REQUEST
    return _render(period, figures, "")


def _render(period: Period, figures: Figures | None, problem: str) -> str:
    return render_template(
        "admin/statistics.html", period=period, figures=figures, problem=problem, now=engine().read.now(),
        days_back=PERIOD.days, most=MOST_PREDICTED, full=PIECES, twentieths=twentieths,
    )  # fmt: skip


def _default() -> str:
    calendar = engine().read.calendar
    return (calendar.local_date(engine().read.now()) - PERIOD).isoformat()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadInput("stats.day", "日期应写作 2026-03-02", "write the day as 2026-03-02", "since") from error


def _figures(found: Overview) -> Figures:
    late = found.lateness
    chances = [one for one in found.risks if one.share is not None and one.probability]
    return Figures(
        whole=found,
        departments=_table(late, late.departments, "department"),
        steps=_table(late, late.steps, "step"),
        causes=_pieces(late.causes, CAUSES, sum(late.causes.values())),
        risks=tuple(_risk(one) for one in chances[:MOST_SHOWN]),
        likely=sum(one.likely for one in found.risks),
        unpredicted=sum(one.share is None for one in found.risks),
    )


def _table(found: Lateness, groups: Sequence[Group], by: str) -> Table:
    """Those of which something is late, most late ones first."""
    late = [one for one in groups if one.finished.share.number or one.open.share.number]
    spent, over = _spent(found, by)
    longest = max((sum(spent.get(one.code, {}).values()) for one in late), default=0.0)
    lines = tuple(
        Line(
            one.code, local(one), one.finished, one.open, _pieces(spent.get(one.code, {}), THERE, longest),
            found.time.days(over[one.code]),
        )
        for one in late[:MOST_SHOWN]
    )  # fmt: skip
    return Table(lines, len(late) - len(lines))


def _spent(found: Lateness, by: str) -> tuple[dict[str, dict[str, float]], Counter[str]]:
    """Of each step or department on the chains of late cases: working days by cause, office time past due dates."""
    time, over = Counter[tuple[str, str]](), Counter[str]()
    for stretch in (stretch for case in found.late_cases for stretch in case.stretches):
        time[getattr(stretch, by), stretch.cause] += stretch.time
        over[getattr(stretch, by)] += stretch.over
    spent: dict[str, dict[str, float]] = {}
    for (code, cause), total in time.items():
        spent.setdefault(code, {})[cause] = found.time.days(total)
    return spent, over


def _pieces(days: Mapping[str, float], words: Words, whole: float) -> tuple[Piece, ...]:
    """The parts of a bar in the order of causes, of a full one of ``whole`` days; those of no time are left out."""
    total = sum(days.values())
    found = [(cause, days[cause]) for cause in words if days.get(cause)]
    return tuple(
        Piece(cause, str(words[cause]), part, round(100 * part / total), max(1, round(PIECES * part / whole)))
        for cause, part in found
    )


def twentieths(late: Late) -> int:
    """The late share of all, in twentieths; none is 0, and less than one is one."""
    share = late.share
    return max(1, round(PIECES * share.number / share.total)) if share.number else 0


def _risk(one: Risk) -> RiskLine:
    offering = engine().deployments.catalogue.offerings.get(one.case.offering)
    chance = one.probability or 0.0
    zh, en = reason(one)
    return RiskLine(
        one, local(offering, "short") if offering else one.case.offering, round(100 * chance),
        max(1, round(PIECES * chance)), en if language() == "en" else zh,
    )  # fmt: skip
