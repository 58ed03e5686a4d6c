"""Open a matter: keep what was said, find whose it is, start its clock."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
import uuid
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.matters import clocks
from linli.matters.models import Event, Matter, Photo
from linli.matters.photos import MOST_PHOTOS
from linli.matters.routing import dispatcher_for
from linli.matters.states import State
from linli.org.actors import Actor
from linli.org.passwords import ALPHABET
from linli.org.policies import permit
from linli.org.seals import seal
from linli.territory.models import Block, Building

MOST_TEXT, MOST_PLACE, MOST_CONTACT = 4000, 160, 60


def open_matter(
    actor: Actor, *, key: uuid.UUID, text: str, kind: str = Matter.Kind.REPORT, source: str = Matter.Source.WEB,
    place: str = "", building: Building | None = None, block: Block | None = None, contact: str = "",
    photos: Sequence[bytes] = (),
) -> Matter:  # fmt: skip
    """Open a matter for whoever asks, or for a caller; the same key again returns the same matter.

    Parameters
    ----------
    text
        What it is about, at most 4,000 characters; control characters go, line breaks stay.
    place
        Where it is, in the reporter's own words.
    building, block
        Where it is, as far as it was found; without either it goes to the district, so that nothing is lost.
    photos
        At most three, as `linli.matters.photos.clean_photo` wrote them.
    contact
        How to reach the reporter; kept sealed, seen only with a reason.

    Raises
    ------
    django.core.exceptions.ValidationError
        The text is empty or too long, or another field is.
    """
    if source != Matter.Source.WEB:
        permit(actor, "matters.handle")
    text, place, contact = clean(text), clean(place).replace("\n", " "), clean(contact).replace("\n", " ")
    if not text:
        raise ValidationError({"text": _("请写明是什么事。")})
    for name, value, most in (
        ("text", text, MOST_TEXT),
        ("place", place, MOST_PLACE),
        ("contact", contact, MOST_CONTACT),
    ):
        if len(value) > most:
            raise ValidationError(
                {name: _("最多 %(most)d 个字，现在有 %(now)d 个。") % {"most": most, "now": len(value)}}
            )
    known = Matter.objects.filter(key=key).first()
    if known is not None:
        return known
    if len(photos) > MOST_PHOTOS:
        raise ValidationError({"photos": _("最多 %(most)d 张照片。") % {"most": MOST_PHOTOS}})
    block = building.block if building is not None else block
    with transaction.atomic():
        matter = Matter(
            key=key, secret="".join(secrets.choice(ALPHABET) for _ in range(8)), kind=kind, source=source, text=text,
            place=place, building=building, block=block, contact=seal(contact, "matters.contact") if contact else "",
        )  # fmt: skip
        matter.holder = matter.dispatcher = dispatcher_for(matter.division() if block else None)
        clocks.begin(matter, "accept")
        matter.save()
        matter.number = f"{timezone.localdate():%Y}{matter.pk:08d}"
        matter.save(update_fields=["number"])
        for photo in photos:
            _keep(matter, photo)
        post = actor.post_for("matters.handle") if source != Matter.Source.WEB else None
        Event.objects.create(
            matter=matter,
            verb="open",
            at=timezone.now(),
            post=post,
            to=matter.holder,
            after=State.RECEIVED,
            public=True,
        )
        actor.record(
            "matters.open", object=matter.reference, permission="matters.handle" if post else "",
            after={"state": str(State.RECEIVED), "text": text},
            content={"number": matter.number, "to": matter.holder.reference if matter.holder else None},
        )  # fmt: skip
    return matter


def _keep(matter: Matter, content: bytes) -> None:
    """Write a photograph under a name that tells nothing, in the transaction of its matter."""
    name = f"photos/{uuid.uuid4().hex}.jpg"
    path = Path(settings.MEDIA_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    Photo.objects.create(matter=matter, path=name, size=len(content), sha256=hashlib.sha256(content).hexdigest())


def clean(text: str) -> str:
    """Return a text without control characters, line breaks kept, in one Unicode form."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(mark for mark in text if mark in "\n\t" or unicodedata.category(mark)[0] != "C").strip()
