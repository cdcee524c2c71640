"""How much of a limit is used, what is left, and the colour of the light (红黄牌).

Nothing here needs to know about suspensions to judge what is left: they have moved the due date already.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Literal

from engine.calendar.days import LightThresholds, WorkCalendar
from engine.calendar.limits import Limit, due_date, length_in_days, office_time_between
from engine.calendar.suspensions import Suspension, united

Light = Literal["green", "yellow", "red"]


def elapsed_working_days(
    calendar: WorkCalendar, start: datetime, now: datetime, suspensions: Sequence[Suspension] = ()
) -> Decimal:
    """Working days d with day 0 < d ≤ today that are not suspended; 0 while ``now`` is not after day 0.

    A suspension without end lasts through today.
    """
    day0, today = calendar.local_date(start), calendar.local_date(now)
    used = calendar.working_days_between(day0, today)
    for pause in united(suspensions):
        used -= _suspended_working_days(calendar, pause, (day0, today))
    return Decimal(used)


def working_days_left(calendar: WorkCalendar, now: datetime, due: datetime) -> int:
    """Working days after today up to and including the due day: 0 on the last day.

    Negative once past the due day: how many working days over.
    """
    today, last = calendar.local_date(now), calendar.local_date(due)
    if today <= last:
        return calendar.working_days_between(today, last)
    return -calendar.working_days_between(last, today)


def light(
    calendar: WorkCalendar, start: datetime, due: datetime, now: datetime, limit: Limit,
    lights: LightThresholds | None = None,
) -> Light:  # fmt: skip
    """Red when past ``due``; yellow from the earlier of 90 % of the limit used or 1 working day left.

    Limits of a day or less only have the 90 %, of their office time. The figures are ``lights``, the calendar's
    own when none are given. Longer limits are used up in whole days, as people are told: on day 18 of 20, 90 % is used.
    All instants aware, or CalendarError.
    """
    start, due, now = calendar.local(start), calendar.local(due), calendar.local(now)
    if now > due:
        return "red"
    lights = lights or calendar.lights
    short = Decimal(0) if limit.unit == "months" else lights.short_limit
    judge = _short_limit_nearly_used if limit.value <= short else _nearly_used
    nearly = judge(calendar, (start, due), now, limit, lights)
    return "yellow" if nearly else "green"


def _nearly_used(
    calendar: WorkCalendar, span: tuple[datetime, datetime], now: datetime, limit: Limit, lights: LightThresholds
) -> bool:
    start, due = span
    left = working_days_left(calendar, now, due)
    if left <= lights.yellow_days_left:
        return True
    if limit.unit == "working_days":
        total, used = limit.value, ceil(limit.value) - left
    else:
        length = length_in_days(calendar.local_date(start), limit)
        total, used = Decimal(length), length - (calendar.local_date(due) - calendar.local_date(now)).days
    return used >= lights.yellow_used * total


def _short_limit_nearly_used(
    calendar: WorkCalendar, span: tuple[datetime, datetime], now: datetime, limit: Limit, lights: LightThresholds
) -> bool:
    """What is left until the due date, against the office time the limit has without any suspension."""
    start, due = span
    own = office_time_between(calendar, start, due_date(calendar, start, limit).at)
    left = office_time_between(calendar, max(start, now), due)
    return Decimal(left.total_seconds()) <= Decimal(own.total_seconds()) * (1 - lights.yellow_used)


def _suspended_working_days(calendar: WorkCalendar, pause: Suspension, within: tuple[date, date]) -> int:
    day0, today = within
    first = max(pause.starts, day0 + timedelta(days=1))
    last = today if pause.ends is None else min(pause.ends - timedelta(days=1), today)
    return calendar.working_days_between(first - timedelta(days=1), last)
