"""The two clocks of a matter: what its reporter is promised, and the stage within it; since when, with which pauses."""

from __future__ import annotations

import tomllib
import warnings
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from linli.matters.calendar_models import CalendarYear, Shifts
from linli.matters.models import Category, Matter
from linli.matters.states import State
from linli.org.brief import brief
from linli.org.models import Division
from linli.workdays import Calendar, Clock, Limit, OfficeHours, Unit, UnloadedYearWarning, read_calendar

WHOLE = "whole"
HOURS = {"working_hours": 8, "natural_hours": 24}  # of a day, where a limit in hours is set beside one in days

STAGES = {"whole": _lazy("全程"), "accept": _lazy("受理"), "handle": _lazy("处置"), "verify": _lazy("核查")}
LENGTHS = {
    "working_days": _lazy("%(n)d 个工作日"), "working_hours": _lazy("%(n)d 个工作时"),
    "natural_days": _lazy("%(n)d 天"), "natural_hours": _lazy("%(n)d 小时"),
}  # fmt: skip


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
    if stage == WHOLE and category is not None and "handle" in category.limits:
        amount += _days(category.limits["handle"]) - _days(shipped[kind]["handle"])
        return Limit(max(amount, 1), Unit(unit), f"{category.code}.{stage}@{shipped['version']}")
    return Limit(amount, Unit(unit), f"{kind}.{stage}@{shipped['version']}")


def _days(limit: list[Any]) -> int:
    """Return a limit in days, hours rounded up to whole ones."""
    amount, unit = limit
    return int(-(-amount // HOURS.get(unit, 1)))


def promise(matter: Matter, now: datetime | None = None) -> None:
    """Begin the clock of what the reporter is promised, unsaved."""
    limit = limit_of(matter.kind, WHOLE, matter.category)
    matter.promise = {
        "rule": limit.rule, "limit": [limit.amount, str(limit.unit)], "began": (now or timezone.now()).isoformat(),
        "pauses": [], "extension": 0,
    }  # fmt: skip
    matter.told_late = 0
    set_answer_by(matter)


def keep_promise(matter: Matter, verb: str, before: str, now: datetime) -> None:
    """Let the promise stand, run on or be extended as an act has it, unsaved; every other act leaves it as it is."""
    said = matter.promise
    if not said:
        return
    pauses = said["pauses"]
    if verb in table()["stands"]:
        matter.promise = {**said, "pauses": [*pauses, [now.isoformat(), None]]}
    elif before == State.WAITING and matter.state != State.WAITING and pauses and pauses[-1][1] is None:
        matter.promise = {**said, "pauses": [*pauses[:-1], [pauses[-1][0], now.isoformat()]]}
    set_answer_by(matter)


def extend_promise(matter: Matter, amount: int) -> None:
    """Add to the promise what was approved, unsaved."""
    if matter.promise:
        matter.promise = {**matter.promise, "extension": matter.promise["extension"] + amount}


def hasten(matter: Matter) -> None:
    """Let another category bring the promise forward where its own is shorter, never put it off; unsaved."""
    limit, said, before = limit_of(matter.kind, WHOLE, matter.category), matter.promise, matter.answer_by
    if not said or before is None:
        return
    matter.promise = {**said, "rule": limit.rule, "limit": [limit.amount, str(limit.unit)]}
    set_answer_by(matter)
    if matter.answer_by is None or matter.answer_by >= before:
        matter.promise, matter.answer_by = said, before


def set_answer_by(matter: Matter, clock: Clock | None = None) -> None:
    """Reckon by when the reporter has his answer; None while he himself is waited for."""
    said = matter.promise
    amount, unit = said["limit"]
    matter.answer_by = _due(
        matter, datetime.fromisoformat(said["began"]), Limit(amount, Unit(unit), said["rule"]), said["pauses"],
        said["extension"], clock,
    )  # fmt: skip


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
    """Reckon when the stage's limit is up, within the promise where that is not broken; None while it stands."""
    assert matter.began_at is not None
    due = _due(matter, matter.began_at, kept_limit(matter), matter.pauses, matter.extension, clock)
    within = matter.answer_by if matter.answer_by is not None and matter.answer_by > matter.began_at else None
    matter.due_at = min(due, within) if due is not None and within is not None else due


def _due(
    matter: Matter, began: datetime, limit: Limit, pauses: list[list[str | None]], extension: int, clock: Clock | None
) -> datetime | None:
    clock = clock or office_clock(matter.holder.division if matter.holder else None)
    with warnings.catch_warnings():  # pages say it where the deadline is shown, see `surely_known`
        warnings.simplefilter("ignore", UnloadedYearWarning)
        return clock.deadline(began, limit, pauses=_spans(pauses), extension=extension).due


def kept_limit(matter: Matter) -> Limit:
    """Return the limit that a matter's clock began with, whatever the table says today."""
    amount, unit = matter.limit
    return Limit(amount, Unit(unit), matter.rule)


def _spans(pauses: list[list[str | None]]) -> list[tuple[datetime, datetime | None]]:
    """Return when a clock stood still."""
    return [(datetime.fromisoformat(str(a)), datetime.fromisoformat(b) if b else None) for a, b in pauses]


def words_of(rule: str, limit: list[Any], extension: int = 0) -> str:
    """Return which limit runs, as people read it: 处置 5 个工作日（时限表 2026.1 版）."""
    if not rule or not limit:
        return ""
    name, _at, version = rule.partition("@")
    words = {
        "stage": STAGES[name.rpartition(".")[2]], "limit": LENGTHS[limit[1]] % {"n": limit[0]}, "version": version
    }  # fmt: skip
    if extension:
        words["limit"] = _("%(limit)s，延期 %(n)d 个工作日") % {"limit": words["limit"], "n": extension}
    return _("%(stage)s %(limit)s（时限表 %(version)s 版）") % words


def surely_known(moment: datetime | None, days: Calendar) -> bool:
    """Whether the notice of the year in which a deadline lies is loaded; without it the deadline may be wrong."""
    return moment is None or timezone.localtime(moment).year in days.years
