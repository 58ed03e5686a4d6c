"""When a time limit is up, and how much of it is used: in natural or working hours and days, less what was paused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from linli.errors import InputError
from linli.workdays.calendar import ONE_DAY, Calendar
from linli.workdays.hours import BEIJING, OfficeHours

Span = tuple[datetime, datetime]
Pause = tuple[datetime, datetime | None]
_NOTHING = timedelta()


class Unit(StrEnum):
    """What a time limit is counted in."""

    NATURAL_HOURS = "natural_hours"  # 紧急工作时, 连续时
    WORKING_HOURS = "working_hours"  # 工作时
    WORKING_DAYS = "working_days"  # 工作日
    NATURAL_DAYS = "natural_days"  # 自然日

    @property
    def words(self) -> str:
        """The unit as people write it."""
        return {"natural_hours": "小时", "working_hours": "工作时", "working_days": "工作日", "natural_days": "日"}[
            self
        ]


@dataclass(frozen=True)
class Limit:
    """A time limit as a rule states it, such as 4 工作时.

    Parameters
    ----------
    amount
        At least 1; whole.
    unit
        What it is counted in.
    rule
        Code and version of the rule that states it, kept by the deadline.
    """

    amount: int
    unit: Unit
    rule: str = ""

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise InputError("a time limit must be at least 1", field="amount", value=self.amount,
                             advice="leave the limit out where there is none")  # fmt: skip

    def __str__(self) -> str:
        return f"{self.amount}{self.unit.words}"


@dataclass(frozen=True)
class Deadline:
    """When a limit is up, and everything that made it so.

    Parameters
    ----------
    due
        Beijing time; None while the clock is paused with time left.
    limit, extension
        The limit with its rule, and what was approved beyond it, in the limit's unit.
    calendar
        Version of the calendar, see `Calendar.version`.
    """

    due: datetime | None
    limit: Limit
    extension: int
    calendar: str


@dataclass(frozen=True)
class Clock:
    """A clock of one office.

    Hours run by the second, working hours only inside shifts of working days. The day of the start does not count as
    a day (民法典 Art. 201); a day is used up when it ends — a natural day at midnight, a working day at the last
    closing — with the clock running. A limit in days is therefore up at such an end. A pause holds its first
    instant and not its last.
    """

    calendar: Calendar
    hours: OfficeHours = field(default_factory=OfficeHours)

    def deadline(self, start: datetime, limit: Limit, *, pauses: Sequence[Pause] = (), extension: int = 0) -> Deadline:
        """Say when a limit is up.

        Parameters
        ----------
        start
            When the clock begins; must know its time zone.
        limit
            The time limit.
        pauses
            When the clock stood still, first and last instant; None as the last where it still does.
        extension
            Approved extensions, in the limit's unit.

        Raises
        ------
        InputError
            A time without zone, a pause that ends before it begins, an extension below 0.
        """
        if extension < 0:
            raise InputError("an extension cannot be negative", field="extension", value=extension)
        begin, still, stopped = _ready(start, pauses)
        total = limit.amount + extension
        if limit.unit in (Unit.WORKING_DAYS, Unit.NATURAL_DAYS):
            due = self._end_of_days(begin, total, limit.unit, still, stopped)
        else:
            due = self._end_of_hours(begin, timedelta(hours=total), limit.unit, still, stopped)
        return Deadline(due, limit, extension, self.calendar.version)

    def used(self, start: datetime, now: datetime, unit: Unit, *, pauses: Sequence[Pause] = ()) -> float:
        """Return how much the clock has run from `start` to `now`, in `unit`: hours with a fraction, days whole."""
        begin, still, stopped = _ready(start, pauses)
        end = _beijing(now)
        if stopped is not None:
            end = min(end, stopped)
        if end <= begin:
            return 0.0
        if unit in (Unit.WORKING_DAYS, Unit.NATURAL_DAYS):
            count = 0
            for mark in self._day_ends(begin, unit):
                # an end of day that a lasting pause begins at is not reached with the clock running
                if mark > end or mark == stopped:
                    return float(count)
                count += not _held(mark, still)
        run = _NOTHING
        for opens, closes in self._running(begin, unit, still):
            if opens >= end:
                break
            run += min(closes, end) - opens
        return run / timedelta(hours=1)

    def remaining(
        self, start: datetime, now: datetime, limit: Limit, *, pauses: Sequence[Pause] = (), extension: int = 0
    ) -> float:
        """Return what is left of a limit in its unit; below 0 when overdue."""
        return limit.amount + extension - self.used(start, now, limit.unit, pauses=pauses)

    def is_open(self, now: datetime) -> bool:
        """Say whether the office works at this instant: the only time at which it may be notified."""
        here = _beijing(now)
        if not self.calendar.is_workday(here.date()):
            return False
        return any(opens <= here < closes for opens, closes in self.hours.on(here.date()))

    def next_open(self, now: datetime) -> datetime:
        """Return this instant where the office works, otherwise when it opens next."""
        return next(self._running(_beijing(now), Unit.WORKING_HOURS, []))[0]

    def _end_of_days(
        self, begin: datetime, total: int, unit: Unit, still: list[Span], stopped: datetime | None
    ) -> datetime | None:
        for mark in self._day_ends(begin, unit):
            if stopped is not None and mark >= stopped:
                return None
            total -= not _held(mark, still)
            if total == 0:
                return mark
        raise AssertionError("days do not end")

    def _end_of_hours(
        self, begin: datetime, total: timedelta, unit: Unit, still: list[Span], stopped: datetime | None
    ) -> datetime | None:
        for opens, closes in self._running(begin, unit, still):
            if stopped is not None and opens >= stopped:
                return None
            if closes - opens >= total:
                due = opens + total
                return None if stopped is not None and due > stopped else due
            total -= closes - opens
        raise AssertionError("time does not end")

    def _day_ends(self, begin: datetime, unit: Unit) -> Iterator[datetime]:
        """Go through the ends of the days after the day of the beginning."""
        day = begin.date()
        while True:
            if unit is Unit.WORKING_DAYS:
                day = self.calendar.next_workday(day)
                yield self.hours.closing(day)
            else:
                day += ONE_DAY
                yield _midnight(day + ONE_DAY)

    def _running(self, begin: datetime, unit: Unit, still: list[Span]) -> Iterator[Span]:
        """Go through the spans in which the clock runs, a day at a time, from the beginning on."""
        day = begin.date()
        while True:
            if unit is Unit.NATURAL_HOURS:
                shifts = [(_midnight(day), _midnight(day + ONE_DAY))]
            else:
                shifts = list(self.hours.on(day)) if self.calendar.is_workday(day) else []
            for opens, closes in shifts:
                yield from _without((max(opens, begin), closes), still)
            day += ONE_DAY


def _ready(start: datetime, pauses: Sequence[Pause]) -> tuple[datetime, list[Span], datetime | None]:
    """Return the start, the ended pauses joined and in order, and when a lasting pause began; all Beijing time."""
    begin = _beijing(start)
    still: list[Span] = []
    stopped: datetime | None = None
    for first, last in sorted(((_beijing(a), None if b is None else _beijing(b)) for a, b in pauses), key=_first):
        if last is None:
            stopped = first if stopped is None else min(stopped, first)
        elif last < first:
            raise InputError("a pause ends before it begins", field="pauses", value=f"{first:%Y-%m-%d %H:%M}")
        elif still and first <= still[-1][1]:
            still[-1] = (still[-1][0], max(still[-1][1], last))
        else:
            still.append((first, last))
    return begin, still, stopped


def _first(pause: Pause) -> datetime:
    return pause[0]


def _without(span: Span, still: list[Span]) -> Iterator[Span]:
    """Cut pauses, in order and apart, out of a span."""
    opens, closes = span
    for first, last in still:
        if opens < min(first, closes):
            yield opens, min(first, closes)
        opens = max(opens, last)
    if opens < closes:
        yield opens, closes


def _held(mark: datetime, still: list[Span]) -> bool:
    return any(first <= mark < last for first, last in still)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BEIJING)


def _beijing(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise InputError("this time does not say its zone", field="time", value=moment.isoformat(),
                         advice="give it a tzinfo, such as linli.workdays.BEIJING")  # fmt: skip
    return moment.astimezone(BEIJING)
