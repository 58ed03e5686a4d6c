"""The Chinese working calendar: days off, make-up working days, and clocks that run in working time."""

from __future__ import annotations

from linli.workdays.calendar import Calendar, UnloadedYearWarning, read_calendar
from linli.workdays.clock import Clock, Deadline, Limit, Unit
from linli.workdays.hours import BEIJING, OfficeHours

__all__ = [
    "BEIJING",
    "Calendar",
    "Clock",
    "Deadline",
    "Limit",
    "OfficeHours",
    "Unit",
    "UnloadedYearWarning",
    "read_calendar",
]
