"""What the reporters of matters that are there already were promised: by their events, with the limits of today."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import migrations

from linli.matters.search_tables import renew

AT_ONCE = 500


def reckon(apps: Any, schema_editor: Any) -> None:
    """Begin each promise where the matter was opened, or opened again, and let it stand while its reporter was asked."""
    from linli.matters import clocks
    from linli.workdays import Clock, Limit, Unit

    Matter, Event = apps.get_model("matters", "Matter"), apps.get_model("matters", "Event")
    clock = Clock(clocks.calendar())
    last = 0
    while True:
        rows = list(Matter.objects.filter(pk__gt=last).select_related("category").order_by("pk")[:AT_ONCE])
        if not rows:
            return
        last = rows[-1].pk
        acts: dict[int, list[Any]] = {}
        told = Event.objects.filter(matter__in=rows, verb__in=("reopen", "ask")) | Event.objects.filter(
            matter__in=rows, before="waiting"
        )
        for event in told.order_by("at", "pk"):
            acts.setdefault(event.matter_id, []).append(event)
        for one in rows:
            _promise(one, acts.get(one.pk, []), clocks.limit_of(one.kind, clocks.WHOLE, one.category))
            said = one.promise
            spans = [(datetime.fromisoformat(a), datetime.fromisoformat(b) if b else None) for a, b in said["pauses"]]
            limit = Limit(said["limit"][0], Unit(said["limit"][1]), said["rule"])
            began = datetime.fromisoformat(said["began"])
            one.answer_by = clock.deadline(began, limit, pauses=spans, extension=said["extension"]).due
        Matter.objects.bulk_update(rows, ["promise", "answer_by"], batch_size=100)


def _promise(one: Any, acts: list[Any], limit: Any) -> None:
    """Write what a matter's events say of its promise; an extension is known of the stage that runs alone."""
    began, pauses = one.opened_at, []
    for event in acts:
        if event.verb == "reopen":
            began, pauses = event.at, []
        elif event.verb == "ask":
            pauses.append([event.at.isoformat(), None])
        elif event.after != "waiting" and pauses and pauses[-1][1] is None:
            pauses[-1][1] = event.at.isoformat()
    one.promise = {
        "rule": limit.rule, "limit": [limit.amount, str(limit.unit)], "began": began.isoformat(), "pauses": pauses,
        "extension": one.extension,
    }  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("matters", "0008_promises"),
    ]

    operations = [
        migrations.RunPython(reckon, migrations.RunPython.noop),
        migrations.RunPython(renew, migrations.RunPython.noop),
    ]
