"""What the one who reported a matter does, known by number and code; and a word that anyone on it may leave."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.ledger.recording import record_sight
from linli.matters.actions.moving import acting_post, doing, may, needs
from linli.matters.models import Event, Matter
from linli.matters.routing import dispatcher_for
from linli.org.actors import PUBLIC, Actor
from linli.org.seals import unseal
from linli.org.signals import lacks_factor

REOPEN_WITHIN = timedelta(days=30)
URGE_EVERY = timedelta(hours=24)


def withdraw(*, matter: Matter, text: str = "") -> Event:
    """Take back what nobody has taken up yet, and nobody else waits for."""
    with doing(PUBLIC, matter, "withdraw", reporter=True) as act:
        if act.matter.followers.exists() or act.matter.merged.exists():
            raise ValidationError(_("还有邻居在等这件事办好，不能撤回。您可以催办，或在办结后评价。"), code="state")
        return act.move(text=text, public=True)


def may_reopen(matter: Matter) -> bool:
    """Whether a closed matter may still be opened again by a word of its reporter."""
    return matter.closed_at is None or timezone.now() - matter.closed_at <= REOPEN_WITHIN


def reopen(*, matter: Matter, text: str, actor: Actor = PUBLIC) -> Event:
    """Say that it is not solved, within thirty days: it begins anew, where it lies today."""
    needs(text, _("请写明哪里没有解决。"))
    with doing(actor, matter, "reopen", reporter=actor is PUBLIC) as act:
        one = act.matter
        if not may_reopen(one):
            raise ValidationError(_("结案已超过三十天，请重新反映。"), code="late")
        to = dispatcher_for(one.division()) if one.block else one.dispatcher
        return act.move(text=text, public=True, to=to, dispatcher=to, reworks=one.reworks + 1)


def urge(*, matter: Matter, text: str = "") -> Event:
    """Ask how it stands; once a day, so that nobody drowns."""
    with doing(PUBLIC, matter, "urge", reporter=True) as act:
        last = act.matter.events.filter(verb="urge").order_by("-at").first()
        if last and timezone.now() - last.at < URGE_EVERY:
            raise ValidationError(_("今天已经催过，经办人已收到。"), code="often")
        return act.move(text=text, public=True)


def answer(*, matter: Matter, text: str) -> Event:
    """Add what was asked for; the clock runs again."""
    needs(text, _("请写点什么。"))
    with doing(PUBLIC, matter, "answer", reporter=True) as act:
        return act.move(text=text, public=True)


def comment(actor: Actor, *, matter: Matter, text: str) -> Event:
    """Leave a word for colleagues; the public does not read it."""
    needs(text, _("请写点什么。"))
    with doing(actor, matter, "comment") as act:
        return act.move(text=text)


def see_contact(actor: Actor, *, matter: Matter, why: str) -> str:
    """Return how to reach the reporter, after recording who looked and what for."""
    if not may(actor, matter, "accept"):
        raise PermissionDenied("matters.handle")
    if actor.account is not None and lacks_factor(actor.account):
        raise ValidationError(_("看居民的联系方式之前，请先设置动态口令。"), code="factor")
    needs(why, _("请写明为什么要看联系方式。"))
    post = acting_post(actor, matter, "matters.handle")
    with transaction.atomic():
        record_sight(
            actor=actor.reference, object=matter.reference, fields=["contact"], why=why.strip()[:120],
            post=post.reference if post else "",
        )  # fmt: skip
    return unseal(matter.contact, "matters.contact") if matter.contact else ""
