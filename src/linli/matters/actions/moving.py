"""The one way a matter moves: by a verb of the table, with check, permission, event, clock and ledger line."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.matters import clocks
from linli.matters.models import Event, Matter, Photo
from linli.matters.search import grams_for
from linli.matters.states import OPEN, VERBS, State
from linli.matters.telling import tell
from linli.org.actors import Actor
from linli.org.models import Post

MOST_TEXT = 2000
MOVED = (
    "state", "holder", "due_at", "closed_at", "returns", "reworks", "extension", "pauses", "rule", "limit", "began_at",
    "reminded",
)  # fmt: skip


def may(actor: Actor, matter: Matter, verb: str) -> bool:
    """Whether an actor may do this to a matter: by his area, or by the post that holds it; never by state."""
    permission = VERBS[verb].permission
    if not permission:
        return actor.may("matters.dispatch", matter.division())
    if actor.may(permission, matter.division()):
        return True
    return any(grant.post.pk == matter.holder_id and permission in grant.permissions for grant in actor.grants)


def move(
    actor: Actor, matter: Matter, verb: str, *, text: str = "", to: Post | None = None, public: bool = False,
    reporter: bool = False, after: str = "", content: Mapping[str, Any] | None = None,
    photos: Sequence[bytes] = (), told: Post | None = None, **changes: Any,
) -> Event:  # fmt: skip
    """Move a matter by a verb.

    Parameters
    ----------
    text
        What is said about it; `public` where the reporter and everybody may read it.
    to
        The post that holds it from now on; as it is where None.
    reporter
        Whether the one who reported it acts, who proved it by number and code.
    after
        Another state than the table's, where the action decides so.
    content
        What the ledger says besides.
    photos
        That go with it, as `linli.matters.photos.clean_photo` wrote them.
    told
        Whose office is told of it; who holds it from now on, where None.
    changes
        Fields of the matter to set besides.

    Raises
    ------
    django.core.exceptions.ValidationError
        The state does not allow it, or the text is too long.
    django.core.exceptions.PermissionDenied
        The actor may not.
    """
    rule = VERBS[verb]
    text = text.strip()
    if len(text) > MOST_TEXT:
        raise ValidationError(_("最多 %(most)d 个字。") % {"most": MOST_TEXT}, code="text")
    with transaction.atomic():
        held = Matter.objects.select_for_update().get(pk=matter.pk)
        if not reporter and not may(actor, held, verb):
            raise PermissionDenied(rule.permission)
        if held.state not in rule.before:
            raise ValidationError(
                _("这件事现在是“%(state)s”，不能%(verb)s。") % {"state": held.get_state_display(), "verb": rule.title},
                code="state",
            )
        before, now = held.state, timezone.now()
        post = None if reporter else acting_post(actor, held, rule.permission)  # by which he acts, before it moves on
        held.state = after or rule.after or held.state
        if to is not None:
            held.holder = to
        for name, value in changes.items():
            setattr(held, name, value)
        if held.state not in OPEN:
            clocks.stop(held)
            held.closed_at = now
        elif held.state == State.WAITING and before != State.WAITING:
            clocks.pause(held, now)
        elif before == State.WAITING and held.state != State.WAITING:
            clocks.go_on(held, now)
        elif verb == "extend":
            clocks.set_due(held)
        elif rule.clock:
            clocks.begin(held, rule.clock, now)
            held.closed_at = None
        if "category" in changes:
            held.grams = grams_for(held)
            _follow_limit(held)
        held.save()
        event = Event.objects.create(
            matter=held, verb=verb, at=now, post=post, to=to, before=before, after=held.state, text=text, public=public
        )
        for photo in photos:
            keep_photo(held, photo, event)
        tell(held, event, told)
        actor.record(
            f"matters.{verb}", object=held.reference, permission=rule.permission,
            before={"state": before}, after={"state": held.state, "text": text},
            content={"number": held.number, "to": to.reference if to else None, **(content or {})},
        )  # fmt: skip
    for name in (*MOVED, *changes):
        setattr(matter, name, getattr(held, name))
    return event


def _follow_limit(matter: Matter) -> None:
    """Let the limit that runs be that of the new category, counted from when it began."""
    stage = matter.rule.partition("@")[0].partition(".")[2]
    if stage and matter.state in OPEN:
        limit = clocks.limit_of(matter.kind, stage, matter.category)
        matter.rule, matter.limit = limit.rule, [limit.amount, str(limit.unit)]
        clocks.set_due(matter)


def acting_post(actor: Actor, matter: Matter, permission: str) -> Post | None:
    """Return the post by which an actor acts on a matter: the one that holds it, else the nearest that may."""
    holding = next((post for post in actor.posts if post.pk == matter.holder_id), None)
    return holding or (actor.post_for(permission, matter.division()) if permission else None)


def keep_photo(matter: Matter, content: bytes, event: Event | None = None) -> None:
    """Write a photograph under a name that tells nothing, in the transaction of its matter."""
    name = f"photos/{uuid.uuid4().hex}.jpg"
    path = Path(settings.MEDIA_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    Photo.objects.create(
        matter=matter, event=event, path=name, size=len(content), sha256=hashlib.sha256(content).hexdigest()
    )


def needs(text: str, words: str) -> str:
    """Return a text that must not be empty."""
    if not text.strip():
        raise ValidationError(words, code="text")
    return text
