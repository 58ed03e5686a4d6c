"""The phases of a project as a Gantt chart: when each began and ended, until when it is planned, how late it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from linli.planning.procedure.course import Phase
from linli.planning.procedure.standing import Gate, Standing


@dataclass(frozen=True)
class Span:
    """One phase in time.

    Parameters
    ----------
    phase, state
        The phase: `done`, `going` or `off` where it has not begun.
    since, until
        Its first day, planned where it has not begun and None where that cannot be told; the day on which it was
        passed, None while it is not.
    planned
        The day until which it is planned; None where the procedure plans none.
    late
        Days by which it is, or was, later than planned.
    bar, plan
        Left edge and width in percent of the whole: of what passed already, of what is planned.
    """

    phase: Phase
    state: str
    since: date | None
    until: date | None
    planned: date | None
    late: int
    bar: tuple[float, float]
    plan: tuple[float, float]


def spans_of(standing: Standing) -> list[Span]:
    """Return every phase; those that have not begun follow the one before them as planned."""
    today = standing.facts.today
    rows: list[tuple[Gate, date | None, date | None, date | None]] = []
    cursor: date | None = timezone.localdate(standing.project.made_at)
    for gate in standing.gates:
        since = timezone.localdate(gate.since) if gate.since else cursor
        marks = [one.mark.at for one in gate.stages if one.mark]
        until = timezone.localdate(max(marks, default=gate.since)) if gate.passed and gate.since else None
        planned = since + timedelta(days=gate.phase.within) if since and gate.phase.within else None
        rows.append((gate, since, until, planned))
        cursor = until or (max(planned, today) if planned and gate.open else planned)
    first = next((since for _gate, since, *_days in rows if since), today)
    last = max([today, *(day for _gate, *days in rows for day in days if day)]) + timedelta(days=1)
    whole = (last - first).days

    def share(since: date, to: date) -> tuple[float, float]:
        begin = max(0, (since - first).days)
        return round(100 * begin / whole, 2), round(100 * max(1, (to - since).days) / whole, 2)

    spans = []
    for gate, since, until, planned in rows:
        state = "done" if until else "going" if gate.open else "off"
        end = until or today
        late = max(0, (end - planned).days) if planned and gate.open else 0
        bar = share(since, end) if since and gate.open else (0.0, 0.0)
        plan = share(since, planned) if since and planned else (0.0, 0.0)
        spans.append(Span(gate.phase, state, since, until, planned, late, bar, plan))
    return spans
