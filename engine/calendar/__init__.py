"""Working days, time limits, due dates and lights. Pure: every instant is passed in."""

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
from engine.calendar.load import load_calendar
from engine.calendar.office import OfficeHours
from engine.calendar.suspensions import Suspension

__all__ = [
    "FIRST_YEAR",
    "LAST_YEAR",
    "MAX_LIMIT",
    "DayLine",
    "DayStatus",
    "DayWhy",
    "DueDate",
    "Light",
    "LightThresholds",
    "Limit",
    "MarkedDay",
    "OfficeHours",
    "Suspension",
    "Unit",
    "WorkCalendar",
    "describe",
    "due_date",
    "elapsed_working_days",
    "light",
    "load_calendar",
    "office_time_between",
    "working_days_left",
]
