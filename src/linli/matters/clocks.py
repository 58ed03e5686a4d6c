"""The clock of a matter: which limit runs, since when, with which pauses; when it is up."""

from __future__ import annotations

import tomllib
import warnings
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone

from linli.matters.calendar_models import CalendarYear, Shifts
from linli.matters.models import Category, Matter
from linli.org.brief import brief
from linli.org.models import Division
from linli.workdays import Calendar, Clock, Limit, OfficeHours, Unit, UnloadedYearWarning, read_calendar


@cache
def table() -> dict[str, Any]:
    """Return `limits.toml`."""
    return tomllib.loads((Path(__file__).parent / "limits.toml").read_text(encoding="utf-8"))


@cache
def _shipped() -> Calendar:
    return read_calendar()


@brief
def calendar() -> Calendar:
    """Return the shipped calendar with the years that the district loaded over it."""
    base, own = _shipped(), {row.year: row for row in CalendarYear.objects.all()}
    if not own:
        return base
    off = {day: name for day, name in base.off.items() if day.year not in own}
    work = {day for day in base.work if day.year not in own}
    for row in own.values():
        for first, last, name in row.off:
            for number in range(date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal() + 1):
                off[date.fromordinal(number)] = name
        work |= {date.fromisoformat(day) for day in row.work}
    return Calendar(off, frozenset(work), base.years | set(own))


def office_clock(division: Division | None = None) -> Clock:
    """Return the clock of an office: the calendar, and the hours of the nearest division that has its own."""
    return Clock(calendar(), office_hours(division))


def office_hours(division: Division | None) -> OfficeHours:
    """Return the hours of a division or of the nearest above it that has its own."""
    return OfficeHours() if division is None else _hours(division.path)


@brief
def _hours(path: str) -> OfficeHours:
    above = [int(key) for key in path.strip("/").split("/")]
    rows = Shifts.objects.filter(division__in=above).select_related("division")
    nearest = max(rows, key=lambda row: len(row.division.path), default=None)
    if nearest is None:
        return OfficeHours()
    return OfficeHours(tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in nearest.shifts))


def limit_of(kind: str, stage: str, category: Category | None = None) -> Limit:
    """Return the limit of a stage, with the rule that states it: `report.handle@2026.1`, `0201.handle@2026.1`."""
    shipped = table()
    if category is not None and stage in category.limits:
        amount, unit = category.limits[stage]
        return Limit(amount, Unit(unit), f"{category.code}.{stage}@{shipped['version']}")
    amount, unit = shipped[kind][stage]
    return Limit(amount, Unit(unit), f"{kind}.{stage}@{shipped['version']}")


def begin(matter: Matter, stage: str, now: datetime | None = None) -> None:
    """Start a stage's clock on a matter, unsaved."""
    limit = limit_of(matter.kind, stage, matter.category)
    matter.rule, matter.limit = limit.rule, [limit.amount, str(limit.unit)]
    matter.began_at, matter.pauses, matter.extension, matter.reminded = now or timezone.now(), [], 0, 0
    set_due(matter)


def pause(matter: Matter, now: datetime | None = None) -> None:
    """Let the clock stand still, unsaved."""
    matter.pauses = [*matter.pauses, [(now or timezone.now()).isoformat(), None]]
    set_due(matter)


def go_on(matter: Matter, now: datetime | None = None) -> None:
    """Let the clock run again, unsaved."""
    first, _last = matter.pauses[-1]
    matter.pauses = [*matter.pauses[:-1], [first, (now or timezone.now()).isoformat()]]
    set_due(matter)


def stop(matter: Matter) -> None:
    """End the clock, unsaved."""
    matter.due_at = None


def set_due(matter: Matter, clock: Clock | None = None) -> None:
    """Reckon when the limit that the matter keeps is up; None while the clock stands."""
    assert matter.began_at is not None
    clock = clock or office_clock(matter.holder.division if matter.holder else None)
    with warnings.catch_warnings():  # pages say it where the deadline is shown, see `surely_known`
        warnings.simplefilter("ignore", UnloadedYearWarning)
        found = clock.deadline(matter.began_at, kept_limit(matter), pauses=spans(matter), extension=matter.extension)
    matter.due_at = found.due


def kept_limit(matter: Matter) -> Limit:
    """Return the limit that a matter's clock began with, whatever the table says today."""
    amount, unit = matter.limit
    return Limit(amount, Unit(unit), matter.rule)


def spans(matter: Matter) -> list[tuple[datetime, datetime | None]]:
    """Return when a matter's clock stood still."""
    return [(datetime.fromisoformat(a), datetime.fromisoformat(b) if b else None) for a, b in matter.pauses]


def surely_known(moment: datetime | None, days: Calendar) -> bool:
    """Whether the notice of the year in which a deadline lies is loaded; without it the deadline may be wrong."""
    return moment is None or timezone.localtime(moment).year in days.years
