"""The clock of a matter: which limit runs, since when, with which pauses; when it is up."""

from __future__ import annotations

import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone

from linli.matters.models import Matter
from linli.workdays import Clock, Limit, Unit, read_calendar


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "limits.toml").read_text(encoding="utf-8"))


@cache
def office_clock() -> Clock:
    """Return the clock of the office: the Chinese working calendar and usual hours."""
    return Clock(read_calendar())


def limit_of(kind: str, stage: str) -> Limit:
    """Return the limit of a stage, with the rule that states it: `report.handle@2026.1`."""
    table = _table()
    amount, unit = table[kind][stage]
    return Limit(amount, Unit(unit), f"{kind}.{stage}@{table['version']}")


def begin(matter: Matter, stage: str, now: datetime | None = None) -> None:
    """Start a stage's clock on a matter, unsaved."""
    matter.rule = limit_of(matter.kind, stage).rule
    matter.began_at, matter.pauses, matter.extension = now or timezone.now(), [], 0
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


def set_due(matter: Matter) -> None:
    """Reckon when the limit is up; None while the clock stands."""
    assert matter.began_at is not None
    stage = matter.rule.partition("@")[0].partition(".")[2]
    spans = [(datetime.fromisoformat(a), datetime.fromisoformat(b) if b else None) for a, b in matter.pauses]
    found = office_clock().deadline(
        matter.began_at, limit_of(matter.kind, stage), pauses=spans, extension=matter.extension
    )
    matter.due_at = found.due
