"""The one way a matter moves: by a verb of the table, under a lock, with permission, event, clock and ledger line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

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
from linli.org.files import write_file
from linli.org.models import Division, Post

MOST_TEXT = 2000


def may(actor: Actor, matter: Matter, verb: str, place: Division | None = None) -> bool:
    """Whether an actor may do this to a matter: by his area, or by the post that holds it; never by state.

    Parameters
    ----------
    place
        Where it lies, of a caller who has asked already.
    """
    permission, place = VERBS[verb].permission, place or matter.division()
    if not permission:
        return actor.may("matters.dispatch", place)
    if actor.may(permission, place):
        return True
    return any(grant.post.pk == matter.holder_id and permission in grant.permissions for grant in actor.grants)


class Act:
    """One verb that is being done to a matter, which is locked and may be done so; `move` does it.

    Attributes
    ----------
    matter, others
        As they are now, under the lock: what an action requires it asks of these.
    """

    def __init__(
        self, actor: Actor, verb: str, matter: Matter, others: Sequence[Matter] = (), *, reporter: bool = False
    ) -> None:
        self.actor, self.verb, self.matter, self.others, self.reporter = actor, verb, matter, others, reporter
        self.rule = VERBS[verb]
        if not reporter and not may(actor, matter, verb):
            raise PermissionDenied(self.rule.permission)
        if matter.state not in self.rule.before:
            words = {"state": matter.get_state_display(), "verb": self.rule.title}
            raise ValidationError(_("这件事现在是“%(state)s”，不能%(verb)s。") % words, code="state")

    def move(
        self, *, text: str = "", to: Post | None = None, public: bool = False, after: str = "",
        content: Mapping[str, Any] | None = None, photos: Sequence[bytes] = (), told: Post | None = None,
        **changes: Any,
    ) -> Event:  # fmt: skip
        """Do it, once.

        Parameters
        ----------
        text
            What is said about it; `public` where the reporter and everybody may read it.
        to
            The post that holds it from now on; as it is where None.
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
            The text is too long.
        """
        held, rule, text = self.matter, self.rule, text.strip()
        if len(text) > MOST_TEXT:
            raise ValidationError(_("最多 %(most)d 个字。") % {"most": MOST_TEXT}, code="text")
        before, now = held.state, timezone.now()
        # by which he acts, before it moves on
        post = None if self.reporter else acting_post(self.actor, held, rule.permission)
        held.state = after or rule.after or held.state
        if to is not None:
            held.holder = to
        for name, value in changes.items():
            setattr(held, name, value)
        if self.verb == "reopen":
            clocks.promise(held, now)
        elif held.state in OPEN:
            clocks.keep_promise(held, self.verb, before, now)
        if held.state not in OPEN:
            clocks.stop(held)
            held.closed_at = now
        elif held.state == State.WAITING and before != State.WAITING:
            clocks.pause(held, now)
        elif before == State.WAITING and held.state != State.WAITING:
            clocks.go_on(held, now)
        elif self.verb == "extend":
            clocks.set_due(held)
        elif rule.clock:
            clocks.begin(held, rule.clock, now)
            held.closed_at = None
        if "category" in changes:
            held.grams = grams_for(held)
            if held.state in OPEN:
                clocks.hasten(held)
            _follow_limit(held)
        held.save()
        event = Event.objects.create(
            matter=held, verb=self.verb, at=now, post=post, to=to, before=before, after=held.state, text=text,
            public=public,
        )  # fmt: skip
        for photo in photos:
            keep_photo(held, photo, event)
        tell(held, event, told)
        self.actor.record(
            f"matters.{self.verb}", object=held.reference, permission=rule.permission,
            before={"state": before}, after={"state": held.state, "text": text},
            content={"number": held.number, "to": to.reference if to else None, **(content or {})},
        )  # fmt: skip
        return event


@contextmanager
def doing(
    actor: Actor, matter: Matter, verb: str, *others: Matter, reporter: bool = False
) -> Iterator[Act]:  # fmt: skip
    """Lock a matter and all others that a verb concerns, ask whether it may be done, and let the action go on.

    All of it is one transaction; the objects given are as the database has them once it went through.

    Parameters
    ----------
    others
        Matters that must not change meanwhile.
    reporter
        Whether the one who reported it acts, who proved it by number and code.

    Raises
    ------
    django.core.exceptions.ValidationError
        The state does not allow it.
    django.core.exceptions.PermissionDenied
        The actor may not.
    """
    given = (matter, *others)
    with transaction.atomic():
        now = lock([one.pk for one in given])
        yield Act(actor, verb, now[matter.pk], [now[one.pk] for one in others], reporter=reporter)
    for one in given:
        for field in Matter._meta.concrete_fields:
            setattr(one, field.attname, getattr(now[one.pk], field.attname))


def lock(keys: Collection[int]) -> dict[int, Matter]:
    """Lock matters by key until the transaction ends, and return them as they are now.

    All by one query, in the order of their keys: two that locked the same ones one after another would wait for each
    other. What refers to them may still be written (`no_key`).
    """
    rows = Matter.objects.select_for_update(no_key=True).filter(pk__in=set(keys)).order_by("pk")
    return {row.pk: row for row in rows}


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
    kept = write_file(content, "photos", ".jpg")
    Photo.objects.create(matter=matter, event=event, path=kept.path, size=kept.size, sha256=kept.sha256)


def needs(text: str, words: str) -> str:
    """Return a text that must not be empty."""
    if not text.strip():
        raise ValidationError(words, code="text")
    return text
