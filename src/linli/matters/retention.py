"""Keeping no longer than needed: what of closed matters goes when, by `retention.toml`; a dry run, and a register."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from linli.matters import aside
from linli.matters.actions.moving import lock
from linli.matters.models import Deletion, Event, Matter, MatterQuerySet, Photo, SentForm
from linli.matters.search import grams_for
from linli.matters.states import OPEN
from linli.notices.models import Notice
from linli.org.actors import SYSTEM, Actor

AT_ONCE = 500
SENT_FOR = timedelta(days=30)
GONE = "—"


@dataclass(frozen=True)
class Due:
    """What a rule would remove now: how many matters, the first and the last to be closed."""

    rule: str
    after: int
    number: int
    first: datetime | None
    last: datetime | None


@cache
def table() -> dict[str, Any]:
    """Return `retention.toml`."""
    return tomllib.loads((Path(__file__).parent / "retention.toml").read_text(encoding="utf-8"))


def dry_run(now: datetime | None = None) -> list[Due]:
    """Say what each rule would remove now, and remove nothing; two queries a rule."""
    found = []
    for rule in RULES:
        rows = due(rule, now).order_by("closed_at").values_list("closed_at", flat=True)
        number = rows.count()
        ends = (rows[0], rows.reverse()[0]) if number else (None, None)
        found.append(Due(rule, table()[rule]["after"], number, *ends))
    return found


def due(rule: str, now: datetime | None = None) -> MatterQuerySet:
    """Return the matters of which a rule would remove something now."""
    before = (now or timezone.now()) - timedelta(days=table()[rule]["after"])
    closed = Matter.objects.exclude(state__in=OPEN).filter(closed_at__lt=before, anonymised_at=None)
    return closed.filter(RULES[rule][0]).distinct()


def apply(actor: Actor = SYSTEM, now: datetime | None = None) -> int:
    """Remove what is due, batch by batch, each with an entry in register and ledger; return of how many matters."""
    total = 0
    for rule in RULES:
        while True:
            with transaction.atomic():
                keys = list(due(rule, now).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
                if not keys:
                    break
                # asked again under the lock: one that was opened again meanwhile is kept
                rows = list(due(rule, now).filter(pk__in=lock(keys)).order_by("pk"))
                if rows:
                    _remove(rule, rows, actor)
            total += len(rows)
    return total


def sweep(now: datetime | None = None) -> None:
    """Remove what waits for forms that nobody sent, and the keys of forms that nobody sends again."""
    SentForm.objects.filter(at__lt=(now or timezone.now()) - SENT_FOR).delete()
    aside.sweep()


def _remove(rule: str, rows: list[Matter], actor: Actor) -> None:
    RULES[rule][1](rows)
    Deletion.objects.create(
        at=timezone.now(), rule=f"{rule}@{table()['version']}", matters=len(rows), first=str(rows[0].number),
        last=str(rows[-1].number), actor=actor.reference,
    )  # fmt: skip
    actor.record(
        "matters.delete", object="matters", content={"rule": f"{rule}@{table()['version']}", "number": len(rows)},
        also=[one.reference for one in rows],
    )  # fmt: skip


def _contact(matters: list[Matter]) -> None:
    Matter.objects.filter(pk__in=[one.pk for one in matters]).update(contact="")
    for one in matters:
        one.followers.update(contact="")
        Notice.objects.filter(object=one.reference).update(address="", masked=GONE, text=GONE)


def _photos(matters: list[Matter]) -> None:
    photos = Photo.objects.filter(matter__in=matters)
    paths = list(photos.values_list("path", flat=True))
    photos.delete()
    # a file without its row is found by nobody; a row without its file would be a broken picture
    transaction.on_commit(lambda: _unlink(paths))


def _unlink(paths: list[str]) -> None:
    for path in paths:
        (Path(settings.MEDIA_ROOT) / path).unlink(missing_ok=True)


def _text(matters: list[Matter]) -> None:
    for one in matters:
        one.text, one.place, one.longitude, one.latitude = GONE, "", None, None
        one.contact, one.published, one.anonymised_at = "", "", timezone.now()
        one.building = None
        one.grams = grams_for(one)
    fields = ["text", "place", "longitude", "latitude", "contact", "published", "anonymised_at", "building", "grams"]
    Matter.objects.bulk_update(matters, fields, batch_size=100)
    Event.objects.filter(matter__in=matters).exclude(text="").update(text=GONE)
    for one in matters:
        one.followers.exclude(text="").update(text=GONE)
        one.ratings.exclude(text="").update(text=GONE)


Rule = tuple[Q, Callable[[list[Matter]], None]]
RULES: dict[str, Rule] = {
    "contact": (~Q(contact="") | ~Q(followers__contact="") & Q(followers__isnull=False), _contact),
    "photos": (Q(photos__isnull=False), _photos),
    "text": (Q(), _text),
}
