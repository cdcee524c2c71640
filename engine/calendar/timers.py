"""When a timer event in working time comes due: ``workdays(3)`` as a limit of three working days, ``office(PT4H)`` as
four hours while offices are open.

Office time passes from the starting instant on working days within the office hours; used up exactly at a pause or at
the close it ends there, not at the next opening.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from engine.calendar.compare import differing_days
from engine.calendar.days import WorkCalendar
from engine.calendar.limits import Limit, due_date
from engine.calendar.load import load_calendar
from engine.calendar.moves import Clock, Moved, counted_again, without_lists
from engine.diagram.schedule import WORKING_DAYS, WorkingTime
from engine.settings import default_processes

Due = tuple[datetime, bool]
"""An instant (UTC), and whether it is provisional: a day consulted lies in a year without a published list."""


def timer_calendar(calendar: WorkCalendar | None = None) -> Callable[[datetime, WorkingTime], Due]:
    """What ``Run(…, calendar=…)`` asks: this calendar, else the national one that comes with the package."""
    known = load_calendar(default_processes() / "calendars") if calendar is None else calendar
    return lambda start, time: timer_due(known, start, time)


def timer_due(calendar: WorkCalendar, start: datetime, time: WorkingTime) -> Due:
    """When working time is over that begins at ``start`` (aware); CalendarError outside the years of the calendar."""
    if time.unit == WORKING_DAYS:
        due = due_date(calendar, start, Limit(time.amount))
        return due.at, due.provisional
    return office_due(calendar, start, time.amount)


def office_due(calendar: WorkCalendar, start: datetime, seconds: Decimal) -> Due:
    """When so many seconds (> 0) of office time have passed since ``start`` (aware)."""
    local, office = calendar.local(start), calendar.office
    wall, rest = local.time(), timedelta(microseconds=int(seconds * 1_000_000))
    for line in calendar.lines_from(local.date()):
        left = office.time_left(wall) if line.counted else timedelta()
        if rest <= left:
            break
        rest, wall = rest - left, office.opening
    years = range(local.year, line.date.year + 1)
    return calendar.at(line.date, office.after(wall, rest)), not calendar.published.issuperset(years)


def timer_counted_again(calendar: WorkCalendar, start: datetime, time: WorkingTime, before: Due) -> Moved | None:
    """The change of a timer that had ``before`` as its instant, as ``counted_again`` tells that of a clock."""
    due, provisional = before
    if time.unit == WORKING_DAYS:
        return counted_again(calendar, Clock(start, Limit(time.amount), due, provisional))
    now, unsure = office_due(calendar, start, time.amount)
    if now == due or not (provisional or calendar.local_date(now) != calendar.local_date(due)):
        return None if unsure == provisional else Moved(due, unsure, False, ())
    first, last = calendar.local_date(start), calendar.local_date(max(now, due))
    # The days that differ from the calendar that gave the old instant; when none did, a list was corrected.
    years = [year for year in range(last.year + 1, first.year - 1, -1) if year in calendar.published]
    earlier = (without_lists(calendar, range(year, last.year + 2)) for year in years)
    instead = next((one for one in earlier if office_due(one, start, time.amount)[0] == due), calendar)
    return Moved(now, unsure, True, tuple(differing_days(instead, calendar, first, last)))
