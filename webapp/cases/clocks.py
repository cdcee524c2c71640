"""The time limits of a case as its page lists them, now or as they stood; what the person who looks may do to them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from engine.calendar import WorkCalendar
from engine.case.parts.terms import Stop
from engine.case.running import TASK
from engine.case.timekeeping.clock_view import STOPPED, ClockStop, ClockView
from engine.case.timekeeping.extending import extendable
from engine.case.timekeeping.suspending import resumable, suspendable
from engine.commands import Actor
from engine.errors import BadInput, BinglianError, NotFound, NotPossible
from engine.instants import aware_utc, to_text
from engine.reader import CaseView
from webapp.cases.clock_words import level_words, procedure_words
from webapp.cases.deadlines import DerivedDay, derived_days
from webapp.cases.history import step_words
from webapp.context import engine
from webapp.errors import message_of
from webapp.i18n import gettext as _
from webapp.words import SIGNS, TimeLeft, day, instant, limit_of, limit_words, local, time_left

LONGEST_INSTANT = 40
"""Characters of an instant somebody asks for that are read at all."""


@dataclass(frozen=True)
class ClockRow:
    """One clock in words; ``stops`` and ``extension`` say what stopped and extended it."""

    clock: ClockView
    name: str
    tag: TimeLeft
    limit: str
    days: tuple[DerivedDay, ...]
    stops: tuple[str, ...]
    extension: str
    reason: str


@dataclass(frozen=True)
class Clocks:
    """The clocks that run and those that have ended.

    ``at``: the past instant they are shown of, None for now; ``asked``: what was typed for it, ``error``: what is wrong
    with that. The rest is what this person may do now.
    """

    running: tuple[ClockRow, ...]
    ended: tuple[ClockRow, ...]
    at: datetime | None
    asked: str
    error: str
    may_suspend: bool
    may_extend: bool
    may_resume: bool

    @property
    def whole(self) -> tuple[ClockRow, ...]:
        """The running clocks of the whole case."""
        return tuple(row for row in self.running if not row.clock.of)

    @property
    def parts(self) -> tuple[ClockRow, ...]:
        """The running clocks of items and steps."""
        return tuple(row for row in self.running if row.clock.of)


def clocks_shown(view: CaseView, actor: Actor, asked: str) -> tuple[Clocks, BinglianError | None]:
    """The clocks at the instant asked for; when that cannot be shown those of now, with the error."""
    case_id, asked = view.case.id, asked.strip()[:LONGEST_INSTANT]
    at, error = None, None
    try:
        at = past_instant(engine().read.calendar, asked) if asked else None
        found = engine().read.clocks(case_id, actor, at)
    except (BadInput, NotFound, NotPossible) as refused:
        at, error = None, refused
        found = engine().read.clocks(case_id, actor)
    rows = [_row(view, clock, at is not None) for clock in found]
    case, deployment, now = view.case, view.deployment, to_text(view.now)
    shown = Clocks(
        running=tuple(row for row in rows if row.clock.ended_at is None),
        ended=tuple(row for row in rows if row.clock.ended_at is not None),
        at=at, asked=asked, error=message_of(error) if error else "",
        may_suspend=bool(suspendable(case, deployment, actor)),
        may_extend=bool(extendable(case, deployment, actor, now)),
        may_resume=bool(resumable(case, deployment, actor)),
    )  # fmt: skip
    return shown, error


def past_instant(calendar: WorkCalendar, text: str) -> datetime:
    """An instant typed in local time, ``2026-03-05T10:00``; of a date alone its end. BadInput for anything else."""
    try:
        if len(text) == len("2026-03-05"):
            return aware_utc(datetime.combine(date.fromisoformat(text), time.max, calendar.zone))
        typed = datetime.fromisoformat(text)
        return aware_utc(typed.replace(tzinfo=calendar.zone) if typed.tzinfo is None else typed)
    except (ValueError, OverflowError) as error:
        raise BadInput(
            "clocks.instant", "请按“年-月-日 时:分”填写时刻", "give the instant as year-month-day hours:minutes", "at"
        ) from error


def clock_words(view: CaseView, clock: ClockView) -> str:
    """What a clock is called; a step with the name of its item."""
    task = view.case.tasks.get(clock.of) if clock.kind == TASK else None
    if task is not None:
        return _("环节 %(name)s", name=step_words(view.deployment.offering, task.step, task.instance))
    name = local(clock)
    return name[:1].upper() + name[1:]


def _row(view: CaseView, clock: ClockView, past: bool) -> ClockRow:
    extension, reason = _extension(clock)
    return ClockRow(
        clock, clock_words(view, clock), _tag(clock, past), limit_words(clock.limit, clock.unit),
        derived_days(clock.days), _stops(clock.suspensions), extension, reason,
    )  # fmt: skip


def _tag(clock: ClockView, past: bool) -> TimeLeft:
    if clock.ended_at is not None:
        late = clock.light == "red"
        return TimeLeft("red", SIGNS["red"], _("超期后结束")) if late else TimeLeft("grey", "", _("已结束"))
    if clock.light == STOPPED:
        return TimeLeft("amber", "", _("计时中止"))
    if past:
        words = {"green": _("在期限内"), "yellow": _("即将到期"), "red": _("已超期")}[clock.light]
        return TimeLeft(clock.light, SIGNS[clock.light], words)
    left = time_left(clock.start, clock.due, limit_of(clock.limit, clock.unit))
    return replace(left, colour=clock.light, sign=SIGNS[clock.light])


def _stops(stops: Sequence[ClockStop]) -> tuple[str, ...]:
    return tuple(_stop(one) for one in stops)


def _stop(shown: ClockStop) -> str:
    stop = shown.stop
    told = {
        "procedure": procedure_words(stop.procedure), "from_": day(stop.started_at), "ground": stop.ground,
        "evidence": stop.evidence or _instead(stop),
    }  # fmt: skip
    if stop.ended_at is None:
        expected = limit_words(stop.expected_days, "working_days")
        return _(
            "中止（%(procedure)s）：%(from_)s 起，预计 %(expected)s。依据：%(ground)s。凭据：%(evidence)s",
            expected=expected, **told,
        )  # fmt: skip
    return _(
        "中止（%(procedure)s）：%(from_)s 至 %(to)s。依据：%(ground)s。凭据：%(evidence)s",
        to=day(stop.ended_at), **told,
    )  # fmt: skip


def _instead(stop: Stop) -> str:
    """What a suspension rests on that has no evidence of its own: a session, or what branches demanded."""
    return _("第 %(n)s 次安排", n=stop.session) if stop.session else _("受理后补正")


def _extension(clock: ClockView) -> tuple[str, str]:
    told = clock.extension
    if told is None:
        return "", ""
    words = _(
        "%(at)s 延长 %(days)s，%(level)s批准（%(approver)s）",
        at=instant(str(told["at"])), days=limit_words(str(told["days"]), "working_days"),
        level=level_words(str(told["level"])), approver=told["approver"],
    )  # fmt: skip
    return words, str(told["reason"])
