"""Open a matter: keep what was said, find whose it is, start its clock."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.matters import clocks
from linli.matters.actions.moving import keep_photo
from linli.matters.models import Category, Event, Matter
from linli.matters.photos import MOST_PHOTOS
from linli.matters.routing import dispatcher_for
from linli.matters.search import grams_for
from linli.matters.states import State
from linli.matters.telling import tell
from linli.org.actors import Actor
from linli.org.models import Post
from linli.org.passwords import ALPHABET
from linli.org.policies import permit
from linli.org.seals import seal
from linli.territory.models import Block, Building
from linli.written import kept

MOST_TEXT_OF_REPORT, MOST_PLACE, MOST_CONTACT = 4000, 160, 60


def open_matter(
    actor: Actor, *, key: uuid.UUID, text: str, kind: str = Matter.Kind.REPORT, source: str = Matter.Source.WEB,
    place: str = "", building: Building | None = None, block: Block | None = None, contact: str = "",
    photos: Sequence[bytes] = (), point: tuple[float, float] | None = None, category: Category | None = None,
    guess: str = "", confidence: float | None = None, holder: Post | None = None, urgent: bool = False,
    parent: Matter | None = None, words: str = "", about: str = "",
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
    point
        Longitude and latitude that the reporter gave, degrees (CGCS2000).
    category, guess, confidence
        What it is about, who said so, and how sure the model was.
    holder
        Who receives it; whoever dispatches where it lies, where None. `words` say why, for colleagues.
    urgent
        Whether it cannot wait until the office opens.
    parent
        The matter that it is a part of.
    about
        What an opinion is about, see `linli.matters.about`.
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
        ("text", text, MOST_TEXT_OF_REPORT),
        ("place", place, MOST_PLACE),
        ("contact", contact, MOST_CONTACT),
    ):
        if len(value) > most:
            raise ValidationError(
                {name: _("最多 %(most)d 个字，现在有 %(now)d 个。") % {"most": most, "now": len(value)}}
            )
    if len(photos) > MOST_PHOTOS:
        raise ValidationError({"photos": _("最多 %(most)d 张照片。") % {"most": MOST_PHOTOS}})
    block = building.block if building is not None else block
    matter = Matter(
        key=key, secret="".join(secrets.choice(ALPHABET) for _ in range(8)), kind=kind, source=source, text=text,
        place=place, about=about, building=building, block=block,
        contact=seal(contact, "matters.contact") if contact else "",
        longitude=point[0] if point else None, latitude=point[1] if point else None, category=category,
        guess=guess, confidence=confidence, urgent=urgent or (category is not None and category.urgent), parent=parent,
    )  # fmt: skip
    # all that can be reckoned before, so that others who write wait as short as can be
    matter.holder = matter.dispatcher = holder or dispatcher_for(matter.division() if block else None)
    matter.grams = grams_for(matter)
    clocks.promise(matter)
    clocks.begin(matter, "accept")
    post = actor.post_for("matters.handle") if source != Matter.Source.WEB else None
    try:
        with transaction.atomic():
            _write(actor, matter, photos, post, words)
    except IntegrityError:
        known = Matter.objects.filter(key=key).first()  # the same form, sent twice
        if known is None:
            raise
        return known
    return matter


def _write(actor: Actor, matter: Matter, photos: Sequence[bytes], post: Post | None, words: str) -> None:
    matter.save()
    matter.number = f"{timezone.localdate():%Y}{matter.pk:08d}"
    Matter.objects.filter(pk=matter.pk).update(number=matter.number)
    for photo in photos:
        keep_photo(matter, photo)
    said: dict[str, Any] = {"matter": matter, "at": timezone.now(), "after": State.RECEIVED}
    event = Event.objects.create(**said, verb="open", post=post, to=matter.holder, public=True)
    if words:
        Event.objects.create(**said, verb="comment", before=State.RECEIVED, text=words)
    tell(matter, event)
    actor.record(
        "matters.open", object=matter.reference, permission="matters.handle" if post else "",
        after={"state": str(State.RECEIVED), "text": matter.text},
        content={"number": matter.number, "to": matter.holder.reference if matter.holder else None},
    )  # fmt: skip


def clean(text: str) -> str:
    """Return a text as it is kept, without the blanks around it."""
    return kept(text).strip()
