"""The office's own calendar, hours, and keeping no longer than needed."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.errors import InputError
from linli.matters import retention
from linli.matters.models import CalendarYear, Shifts
from linli.org.actors import Actor
from linli.org.brief import forget_brief
from linli.org.models import Division
from linli.org.policies import permit
from linli.workdays import OfficeHours

PERMISSION = "matters.office"
WEEKEND = 5
LONGEST = timedelta(days=20)
LINE = 3  # first day, last day, name


def load_year(actor: Actor, *, year: int, off: str, work: str, source: str) -> CalendarYear:
    """Load the days off and make-up working days of a year; deadlines that begin from now on follow them.

    Parameters
    ----------
    off
        A line a stretch: first day, last day, name; `2027-01-01 2027-01-03 元旦`.
    work
        A line a make-up working day.
    source
        The notice.

    Raises
    ------
    django.core.exceptions.ValidationError
        A line cannot be read, or contradicts another; the line is named.
    """
    permit(actor, PERMISSION)
    stretches: list[list[str]] = []
    rest: set[date] = set()
    for number, line in enumerate(filter(str.strip, off.splitlines()), 1):
        parts = line.split(maxsplit=2)
        if len(parts) != LINE:
            raise ValidationError(_("第 %(n)d 行：要写首日、末日、名称。") % {"n": number}, code="off")
        first, last = (_day(part, year, number, "off") for part in parts[:2])
        if not first <= last <= first + LONGEST:
            raise ValidationError(_("第 %(n)d 行：末日早于首日，或一段太长。") % {"n": number}, code="off")
        stretches.append([first.isoformat(), last.isoformat(), parts[2].strip()[:20]])
        rest |= {first + timedelta(days=k) for k in range((last - first).days + 1)}
    made_up = []
    for number, line in enumerate(filter(str.strip, work.splitlines()), 1):
        day = _day(line.strip(), year, number, "work")
        if day.weekday() < WEEKEND or day in rest:
            raise ValidationError(_("第 %(n)d 行：不是周末，或同时在放假里。") % {"n": number}, code="work")
        made_up.append(day.isoformat())
    with transaction.atomic():
        values = {"off": stretches, "work": made_up, "source": source.strip()}
        forget_brief()
        row, _new = CalendarYear.objects.update_or_create(year=year, defaults=values)
        actor.record(
            "matters.load_year", object=f"year:{year}", permission=PERMISSION, after=values,
            content={"year": year, "off": len(rest), "work": len(made_up), "source": source.strip()},
        )  # fmt: skip
    return row


def set_hours(actor: Actor, *, division: Division, shifts: str) -> Shifts:
    """Set an office's hours, `09:00-12:00、13:00-17:00`; deadlines that are reckoned from now on follow them."""
    permit(actor, PERMISSION, division)
    try:
        read: list[list[str]] = [
            [f"{time.fromisoformat(mark.strip()):%H:%M}" for mark in part.split("-", 1)]
            for part in shifts.replace("，", "、").replace("–", "-").split("、") if part.strip()
        ]  # fmt: skip
        OfficeHours(tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in read))
    except (ValueError, InputError):
        raise ValidationError(_("要写成 09:00-12:00、13:00-17:00，按先后、不重叠。"), code="shifts") from None
    with transaction.atomic():
        forget_brief()
        row, _new = Shifts.objects.update_or_create(division=division, defaults={"shifts": read})
        actor.record("matters.set_hours", object=division.reference, permission=PERMISSION, content={"shifts": read})
    return row


def remove_due(actor: Actor) -> int:
    """Remove what is kept long enough, now instead of tonight; returns of how many matters."""
    permit(actor, PERMISSION)
    return retention.apply(actor)


def _day(text: str, year: int, number: int, field: str) -> date:
    words: dict[str, Any] = {"n": number, "value": text[:20], "year": year}
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValidationError(_("第 %(n)d 行：“%(value)s”不是日期，写成 2027-01-01。") % words, code=field) from None
    if day.year != year:
        raise ValidationError(_("第 %(n)d 行：“%(value)s”不在 %(year)d 年。") % words, code=field)
    return day
