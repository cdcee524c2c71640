"""Times in timer events: ISO 8601 dates, durations and cycles (BPMN 2.0.2, table 10.101), and our working time.

A date without a zone is a time in China (Asia/Shanghai). Days are 24 hours and months calendar months of that zone.
``workdays(3)`` and ``office(PT4H)`` are read here too; only a calendar knows when they are over (docs/calendar.md).
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from engine.errors import DiagramError

ZONE = ZoneInfo("Asia/Shanghai")
MAX_MONTHS = 12 * 200
MAX_DAYS = 366 * 200
MIN_PERIOD = timedelta(seconds=1)
FOR_EVER = -1
WORKING_DAYS, OFFICE_SECONDS = "working_days", "office_seconds"
"""Units of working time."""
MOST_WORKING_DAYS = 10_000
MOST_OFFICE_TIME = timedelta(hours=10_000)
LEAST_SHARE = Decimal("0.001")
"""Of a working day, between two firings of a cycle: some seconds."""

_DURATION = re.compile(
    r"P(?:(?P<years>[0-9]+)Y)?(?:(?P<months>[0-9]+)M)?(?:(?P<weeks>[0-9.,]+)W)?(?:(?P<days>[0-9.,]+)D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9.,]+)H)?(?:(?P<minutes>[0-9.,]+)M)?(?:(?P<seconds>[0-9.,]+)S)?)?"
)
_NUMBER = re.compile(r"[0-9]{1,9}")
_FRACTION = re.compile(r"[0-9]{1,9}[.,][0-9]{1,6}")
_DATE = re.compile(r"[0-9]{4}-?([0-9]|W)[-0-9T:.,Zz+ W]*")
_WORKING = re.compile(r"(workdays|office)\s*\(\s*([^()]*?)\s*\)", re.IGNORECASE)
_WORKING_DAYS = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,6})?")
_MEANT = re.compile(r"(?:work(?:ing)?_?days?|office\w*)\s*[(（]", re.IGNORECASE)
"""What is meant as working time, rightly written or not: no function of expressions is called so."""


def _refuse(text: str, zh: str, en: str) -> DiagramError:
    shown = text if len(text) <= 60 else text[:59] + "…"
    return DiagramError("timer.format", f"时间“{shown}”:{zh}", f"the time {shown!r}: {en}")


@dataclass(frozen=True)
class Duration:
    """Calendar months, then an exact length."""

    months: int
    rest: timedelta

    def after(self, start: datetime) -> datetime:
        """The instant (UTC) this much after an aware ``start``; a day the month lacks becomes its last.

        DiagramError when there is no such instant.
        """
        try:
            local = start.astimezone(ZONE)
            year, month = divmod(local.year * 12 + local.month - 1 + self.months, 12)
            day = min(local.day, monthrange(year, month + 1)[1])
            moved = local.replace(year=year, month=month + 1, day=day) if self.months else local
            return moved.astimezone(UTC) + self.rest
        except (OverflowError, ValueError) as error:
            raise DiagramError("timer.range", "时间超出范围", "the time is out of range") from error

    def times(self, count: int) -> "Duration":
        """This much, so many times; DiagramError when that is out of range."""
        try:
            return Duration(self.months * count, self.rest * count)
        except OverflowError as error:
            raise DiagramError("timer.range", "时间超出范围", "the time is out of range") from error

    def before(self, end: datetime) -> datetime:
        """The instant (UTC) this much before an aware ``end``."""
        return Duration(-self.months, -self.rest).after(end)


@dataclass(frozen=True)
class Cycle:
    """``times`` firings (``FOR_EVER`` without a number), ``every`` apart; the first at ``start``, or one length on."""

    times: int
    every: Duration
    start: datetime | None = None
    end: datetime | None = None

    def begin(self, now: datetime) -> tuple[datetime, int]:
        """The first firing of a cycle armed at ``now``, and how many follow (``FOR_EVER``: without end).

        A cycle with an end fires at whole lengths before it, as often as it says, but not before now.
        """
        times = self.times
        if self.end is not None:
            fits = self._fitting(now)
            times = fits if times == FOR_EVER else min(times, fits)
        further = FOR_EVER if times == FOR_EVER else max(times - 1, 0)
        return self.instant(0, further, now), further

    def instant(self, number: int, further: int, armed: datetime) -> datetime:
        """The firing ``number`` (from 0) of a cycle armed at ``armed``, when ``further`` follow it.

        Counted in whole lengths from the start (or back from the end), so a short month moves no later day.
        """
        if self.start is not None:
            return self.every.times(number).after(self.start)
        if self.end is not None:
            return self.every.times(further).before(self.end)
        return self.every.times(number + 1).after(armed)

    def _fitting(self, now: datetime) -> int:
        """How many firings lie between now and the end."""
        if self.end is None or self.end < now:
            return 1
        if not self.every.months:
            whole, rest = divmod(self.end - now, self.every.rest)
            return max(whole + bool(rest), 1)
        count = 1
        while self.every.times(count).before(self.end) > now:
            count += 1
        return count


@dataclass(frozen=True)
class WorkingTime:
    """``amount`` ≥ 0 in ``unit``: a limit of so many working days, or so many seconds while offices are open."""

    amount: Decimal
    unit: str


@dataclass(frozen=True)
class WorkingCycle:
    """``times`` firings (``FOR_EVER`` without a number), each one ``every`` after the instant of the one before.

    The first at ``start``, or one ``every`` after it was armed.
    """

    times: int
    every: WorkingTime
    start: datetime | None = None


def read_duration(text: str) -> Duration:
    """``P1Y2M3DT4H5M6S`` or ``P2W``; DiagramError for anything else, negative or longer than 200 years."""
    found = _DURATION.fullmatch(text.strip().upper())
    parts = found.groupdict() if found else {}
    given = [value for value in parts.values() if value]
    # The smallest unit alone may have a fraction (ISO 8601, 4.4.3.2).
    whole = all(_NUMBER.fullmatch(value) for value in given[:-1])
    if not given or not whole or not (_NUMBER.fullmatch(given[-1]) or _FRACTION.fullmatch(given[-1])):
        raise _refuse(text, "不是 ISO 8601 时长(如 P3D、PT4H)", "not an ISO 8601 duration such as P3D or PT4H")
    number = {name: float((value or "0").replace(",", ".")) for name, value in parts.items()}
    months = int(number["years"]) * 12 + int(number["months"])
    seconds = number["hours"] * 3600 + number["minutes"] * 60 + number["seconds"]
    days = number["weeks"] * 7 + number["days"] + seconds / 86400
    if months > MAX_MONTHS or days > MAX_DAYS:
        raise _refuse(text, "超过 200 年", "longer than 200 years")
    return Duration(months, timedelta(days=number["weeks"] * 7 + number["days"], seconds=seconds))


def read_date(text: str) -> datetime:
    """An ISO 8601 date or date and time as an instant (UTC); DiagramError when there is no such day."""
    plain = text.strip()
    try:
        if not _DATE.fullmatch(plain):
            raise ValueError(plain)
        moment = datetime.fromisoformat(plain)
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _refuse(text, "不是 ISO 8601 日期时间", "not an ISO 8601 date or date and time") from error


def read_working_time(text: str) -> WorkingTime:
    """``workdays(3)``, ``workdays(0.5)`` or ``office(PT4H)``; DiagramError for anything else, or out of bounds.

    At most 10,000 working days with six decimals; office time of a second to 10,000 hours.
    """
    found = _WORKING.fullmatch(text.strip())
    kind, amount = ("", "") if found is None else (found[1].lower(), found[2].upper())
    if kind == "workdays" and _WORKING_DAYS.fullmatch(amount):
        if Decimal(amount) <= MOST_WORKING_DAYS:
            return WorkingTime(Decimal(amount), WORKING_DAYS)
        raise _refuse(text, "超过 10000 个工作日", "more than 10,000 working days")
    if kind == "office" and amount.startswith("PT"):
        length = read_duration(amount).rest
        if MIN_PERIOD <= length <= MOST_OFFICE_TIME:
            return WorkingTime(Decimal(length // timedelta(microseconds=1)) / 1_000_000, OFFICE_SECONDS)
        raise _refuse(text, "办公时间应为 1 秒至 10000 小时", "office time is from a second to 10,000 hours")
    raise _refuse(
        text, "工作日写作 workdays(3) 或 workdays(0.5),办公时间写作 office(PT4H),"
        "要计算的写作 \"workdays(\" + str(n) + \")\"",
        "working days are written workdays(3) or workdays(0.5), office time office(PT4H), "
        "and what has to be computed \"workdays(\" + str(n) + \")\"",
    )  # fmt: skip


def read_cycle(text: str) -> Cycle | WorkingCycle:
    """``R3/PT10M``, ``R/P1D``, ``R3/<start>/PT10M`` or ``R3/PT10M/<end>``; DiagramError for anything else.

    In working time ``R3/workdays(2)`` or ``R3/<start>/workdays(2)``.
    """
    head, *parts = text.strip().upper().split("/")
    if not re.fullmatch(r"R[0-9]{0,6}", head) or len(parts) not in {1, 2}:
        raise _refuse(
            text, "不是 ISO 8601 循环(如 R3/PT10M;不支持 cron)",
            "not an ISO 8601 cycle such as R3/PT10M (cron is not supported)",
        )  # fmt: skip
    times = int(head[1:]) if head[1:] else FOR_EVER
    if any(map(_MEANT.match, parts)):
        return _working_cycle(text, times, parts)
    if len(parts) == 1:
        return Cycle(times, _period(text, parts[0]))
    if parts[0].startswith("P"):
        return Cycle(times, _period(text, parts[0]), end=read_date(parts[1]))
    return Cycle(times, _period(text, parts[1]), start=read_date(parts[0]))


def _period(text: str, part: str) -> Duration:
    found = read_duration(part)
    if not found.months and found.rest < MIN_PERIOD:
        raise _refuse(text, "循环间隔不足一秒", "a cycle shorter than a second")
    return found


def _working_cycle(text: str, times: int, parts: list[str]) -> WorkingCycle:
    *start, period = parts
    if not _MEANT.match(period):
        raise _refuse(
            text, "按工作日或办公时间的循环只能写开始时间(如 R3/2026-03-02T09:00:00/workdays(2))",
            "a cycle in working time may have a start, but no end: R3/2026-03-02T09:00:00/workdays(2)",
        )  # fmt: skip
    every = read_working_time(period)
    if every.unit == WORKING_DAYS and every.amount < LEAST_SHARE:
        raise _refuse(text, f"循环间隔不足 {LEAST_SHARE} 个工作日", f"a cycle shorter than {LEAST_SHARE} working days")
    return WorkingCycle(times, every, read_date(start[0]) if start else None)


def read_timer(kind: str, text: str) -> datetime | Duration | Cycle | WorkingTime | WorkingCycle:
    """What a ``timeDate``, ``timeDuration`` or ``timeCycle`` says; each also accepts the forms of the others, as
    other engines do.
    """
    plain = text.strip()
    if _MEANT.match(plain):
        return read_working_time(plain)
    if plain[:1] in {"R", "r"}:
        return read_cycle(plain)
    if plain[:1] in {"P", "p"}:
        return read_duration(plain)
    return read_cycle(plain) if kind == "timeCycle" else read_date(plain)


def is_literal(text: str) -> bool:
    """Whether a text is meant as a time itself and not as an expression that gives one."""
    plain = text.strip()
    if _MEANT.match(plain):
        return True
    return bool(re.match(r"-?P[0-9YMWDTHS.,]*$|R(?=[0-9]*/)|[0-9]{4}-?[0-9W]", plain)) or plain.startswith("0 ")
