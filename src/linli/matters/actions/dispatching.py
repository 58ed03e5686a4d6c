"""What the one who dispatches does: give a matter to a post, decide whose it is, extend, join and part, check."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.matters.actions.moving import acting_post, move, needs
from linli.matters.actions.open_matter import open_matter
from linli.matters.duties import refusal
from linli.matters.models import Category, Event, Matter
from linli.matters.states import OPEN
from linli.org.actors import Actor
from linli.org.models import Post

MOST_EXTENSION = 30
MOST_PARTS = 6


def dispatch(actor: Actor, *, matter: Matter, to: Post, text: str = "") -> Event:
    """Give a matter to a post to handle; what was taken back from its level is refused with the entry."""
    _may_be_asked(matter, to)
    return move(actor, matter, "dispatch", text=text, to=to, dispatcher=acting_post(actor, matter, "matters.dispatch"))


def hand_over(actor: Actor, *, matter: Matter, to: Post, text: str) -> Event:
    """Give a matter that is being handled to another post, with a reason."""
    needs(text, _("转派须写明理由。"))
    if matter.holder_id == to.pk:
        raise ValidationError(_("已经在这个岗位。"), code="to")
    _may_be_asked(matter, to)
    return move(actor, matter, "hand_over", text=text, to=to)


def decide(actor: Actor, *, matter: Matter, to: Post, text: str) -> Event:
    """Decide by name whose a matter is that was returned twice."""
    needs(text, _("裁定须写明理由。"))
    _may_be_asked(matter, to)
    return move(actor, matter, "decide", text=text, to=to, returns=0)


def extend(actor: Actor, *, matter: Matter, amount: int, text: str) -> Event:
    """Approve more time, in the limit's own unit, with a reason that the reporter reads."""
    needs(text, _("延期须写明理由，反映人会看到。"))
    if not 1 <= amount <= MOST_EXTENSION:
        raise ValidationError(_("延期须在 1 到 %(most)d 之间。") % {"most": MOST_EXTENSION}, code="amount")
    return move(actor, matter, "extend", text=text, public=True, extension=matter.extension + amount)


def merge(actor: Actor, *, matter: Matter, into: Matter) -> Event:
    """Join a matter to another about the same; both histories stay, the reporter is led to the other."""
    if into.pk == matter.pk or into.merged_into_id is not None:
        raise ValidationError(_("请合并到另一件没有被合并的事。"), code="into")
    return move(actor, matter, "merge", text=into.number or "", public=True, merged_into=into)


def split(actor: Actor, *, matter: Matter, parts: Sequence[str], key: uuid.UUID | None = None) -> list[Matter]:
    """Part a matter that is several: each part is a matter of its own, the first waits until all are closed.

    Parameters
    ----------
    parts
        What each part is about, two to six.
    key
        Of the form: sent twice, the parts are made once.
    """
    parts = [part.strip() for part in parts if part.strip()]
    if not 2 <= len(parts) <= MOST_PARTS:
        raise ValidationError(_("请写出两到六件事，一行一件。"), code="parts")
    if matter.parent_id is not None:
        raise ValidationError(_("这件事本身就是拆出来的，请从原来那件拆。"), code="parts")
    if matter.parts.filter(state__in=OPEN).exists():
        raise ValidationError(_("已经拆过，拆出的还没办完。"), code="parts")
    seed = key or uuid.uuid4()
    with transaction.atomic():
        event = move(actor, matter, "split", text="\n".join(parts), public=True)
        made = [
            open_matter(
                actor, key=uuid.uuid5(seed, str(number)), text=part, kind=matter.kind, source=matter.source,
                place=matter.place, building=matter.building, block=matter.block, category=matter.category,
                guess=matter.guess, holder=matter.holder, urgent=matter.urgent, parent=matter, words=str(matter.number),
            )
            for number, part in enumerate(parts)
        ]  # fmt: skip
        event.text = "\n".join(f"{one.number} {one.text}" for one in made)
        event.save(update_fields=["text"])
    return made


def verify(actor: Actor, *, matter: Matter, text: str = "") -> Event:
    """Find that it is done, and close it; with it all that was joined to it is answered."""
    return move(actor, matter, "verify", text=text, public=True)


def send_back(actor: Actor, *, matter: Matter, text: str) -> Event:
    """Find that it is not done: back to who handled it."""
    needs(text, _("请写明哪里没有办好。"))
    last = matter.events.filter(verb="resolve").order_by("-at", "-pk").first()
    to = last.post if last else matter.holder
    return move(actor, matter, "send_back", text=text, to=to, reworks=matter.reworks + 1)


def categorise(actor: Actor, *, matter: Matter, category: Category, text: str = "") -> Event:
    """Say what a matter is about; from this the suggestions learn, and the limit follows where it runs."""
    before = matter.category
    return move(
        actor, matter, "categorise", text=text or str(category), category=category, guess=Matter.Guess.PERSON,
        urgent=matter.urgent or category.urgent,
        content={"from": before.code if before else None, "category": category.code},
    )  # fmt: skip


def mark(actor: Actor, *, matter: Matter, text: str) -> Event:
    """Say that a matter cannot wait until the office opens: it is first in every list, and tells at any hour."""
    needs(text, _("请写明为什么紧急。"))
    if matter.urgent:
        raise ValidationError(_("已经是紧急事项。"), code="urgent")
    return move(actor, matter, "mark", text=text, urgent=True)


def publish(actor: Actor, *, matter: Matter, text: str) -> Event:
    """Let the public read of a matter, in words that name nobody; empty words take it back."""
    if matter.category is not None and matter.category.private:
        raise ValidationError(_("这类事项涉及个人或家庭，不公开。"), code="text")
    return move(actor, matter, "publish", text=text, published=text.strip())


def _may_be_asked(matter: Matter, to: Post) -> None:
    found = refusal(matter, to.division)
    if found is not None:
        words = {"item": found, "owner": found.owner, "basis": found.basis}
        raise ValidationError(
            _("%(item)s（%(basis)s）由%(owner)s承担，不能派给街道和社区；类别不对请先改类别。") % words, code="to"
        )
