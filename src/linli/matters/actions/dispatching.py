"""What the one who dispatches does: give a matter to a post, decide whose it is, extend, merge, check."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from linli.matters.actions.moving import acting_post, move, needs
from linli.matters.models import Event, Matter
from linli.org.actors import Actor
from linli.org.models import Post

MOST_EXTENSION = 30


def dispatch(actor: Actor, *, matter: Matter, to: Post, text: str = "") -> Event:
    """Give a matter to a post to handle."""
    return move(actor, matter, "dispatch", text=text, to=to, dispatcher=acting_post(actor, matter, "matters.dispatch"))


def hand_over(actor: Actor, *, matter: Matter, to: Post, text: str) -> Event:
    """Give a matter that is being handled to another post, with a reason."""
    needs(text, _("转派须写明理由。"))
    if matter.holder_id == to.pk:
        raise ValidationError(_("已经在这个岗位。"), code="to")
    return move(actor, matter, "hand_over", text=text, to=to)


def decide(actor: Actor, *, matter: Matter, to: Post, text: str) -> Event:
    """Decide by name whose a matter is that was returned twice."""
    needs(text, _("裁定须写明理由。"))
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


def verify(actor: Actor, *, matter: Matter, text: str = "") -> Event:
    """Find that it is done, and close it."""
    return move(actor, matter, "verify", text=text, public=True)


def send_back(actor: Actor, *, matter: Matter, text: str) -> Event:
    """Find that it is not done: back to who handled it."""
    needs(text, _("请写明哪里没有办好。"))
    last = matter.events.filter(verb="resolve").order_by("-at", "-pk").first()
    to = last.post if last else matter.holder
    return move(actor, matter, "send_back", text=text, to=to, reworks=matter.reworks + 1)
