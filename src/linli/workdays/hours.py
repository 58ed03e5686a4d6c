"""The hours in which an office works, on Beijing time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from itertools import pairwise

from linli.errors import InputError

# China has kept this offset without summer time since 1992, so no table of time zones is needed
BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")


@dataclass(frozen=True)
class OfficeHours:
    """The shifts of a working day, Beijing time; every working day has the same.

    Parameters
    ----------
    shifts
        Opening and closing of each shift, in order, without overlap. The default, 9:00–12:00 and 13:00–17:00, is
        common in Kunming; an office sets its own.

    Raises
    ------
    InputError
        There is no shift, one closes before it opens, or two overlap.
    """

    shifts: tuple[tuple[time, time], ...] = ((time(9), time(12)), (time(13), time(17)))

    def __post_init__(self) -> None:
        if not self.shifts:
            raise InputError("an office without hours never works", field="shifts", advice="give at least one shift")
        marks = [mark for shift in self.shifts for mark in shift]
        for before, after in pairwise(marks):
            if after <= before:
                raise InputError("the shifts are not in order", field="shifts", value=f"{before:%H:%M}–{after:%H:%M}",
                                 advice="let each open after the one before has closed")  # fmt: skip

    @property
    def length(self) -> timedelta:
        """Working time of a whole day."""
        return sum((closes - opens for opens, closes in self.on(date(2000, 1, 1))), timedelta())

    def on(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Go through the shifts of a day."""
        for opens, closes in self.shifts:
            yield datetime.combine(day, opens, BEIJING), datetime.combine(day, closes, BEIJING)

    def closing(self, day: date) -> datetime:
        """Return when the last shift of a day closes."""
        return datetime.combine(day, self.shifts[-1][1], BEIJING)
