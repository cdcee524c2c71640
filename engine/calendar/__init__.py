"""Working days, time limits, due dates and lights. Pure: every instant is passed in."""

from engine.calendar.compare import DayDifference, differing_days, differing_years
from engine.calendar.days import (
    FIRST_YEAR,
    LAST_YEAR,
    DayLine,
    DayStatus,
    DayWhy,
    LightThresholds,
    MarkedDay,
    WorkCalendar,
)
from engine.calendar.files import ListedDay
from engine.calendar.incoming import read_list
from engine.calendar.install import Installed, install
from engine.calendar.lights import Light, elapsed_working_days, light, working_days_left
from engine.calendar.limits import (
    MAX_LIMIT,
    DueDate,
    Limit,
    Unit,
    describe,
    due_date,
    office_time_between,
)
from engine.calendar.lists import YearList
from engine.calendar.load import load_calendar
from engine.calendar.moves import Clock, Moved, counted_again, reasons_as_json, without_lists
from engine.calendar.office import OfficeHours
from engine.calendar.suspensions import Suspension
from engine.calendar.watch import WatchedCalendar

__all__ = [
    "FIRST_YEAR",
    "LAST_YEAR",
    "MAX_LIMIT",
    "Clock",
    "DayDifference",
    "DayLine",
    "DayStatus",
    "DayWhy",
    "DueDate",
    "Installed",
    "Light",
    "LightThresholds",
    "Limit",
    "ListedDay",
    "MarkedDay",
    "Moved",
    "OfficeHours",
    "Suspension",
    "Unit",
    "WatchedCalendar",
    "WorkCalendar",
    "YearList",
    "counted_again",
    "describe",
    "differing_days",
    "differing_years",
    "due_date",
    "elapsed_working_days",
    "install",
    "light",
    "load_calendar",
    "office_time_between",
    "read_list",
    "reasons_as_json",
    "without_lists",
    "working_days_left",
]
