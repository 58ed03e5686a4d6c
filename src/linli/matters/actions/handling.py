"""What the one who holds a matter does: take it, send it back, let it wait, say that it is done."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from linli.matters.actions.moving import acting_post, doing, needs
from linli.matters.models import Event, Matter
from linli.matters.photos import MOST_PHOTOS
from linli.matters.routing import above, dispatcher_for
from linli.matters.states import OPEN, State
from linli.org.actors import Actor


def accept(actor: Actor, *, matter: Matter, text: str = "") -> Event:
    """Take a matter up oneself: from here on the acting post handles it (首接负责)."""
    with doing(actor, matter, "accept") as act:
        return act.move(text=text, to=acting_post(actor, act.matter, "matters.handle"))


def return_matter(actor: Actor, *, matter: Matter, text: str) -> Event:
    """Send a matter back to who dispatched it, with a reason; the second return goes one level up for a decision."""
    needs(text, _("退回须写明理由。"))
    with doing(actor, matter, "return") as act:
        back, returns = act.matter.dispatcher or dispatcher_for(act.matter.division()), act.matter.returns + 1
        if returns == 1:
            return act.move(text=text, to=back, returns=returns)
        judge = above(back, "matters.decide") if back else None
        return act.move(text=text, to=judge or back, after=State.DISPUTED, returns=returns)


def pause(actor: Actor, *, matter: Matter, text: str) -> Event:
    """Let the clock stand still, with a reason that the reporter reads."""
    needs(text, _("挂起须写明在等什么。"))
    with doing(actor, matter, "pause") as act:
        return act.move(text=text, public=True)


def resume(actor: Actor, *, matter: Matter, text: str = "") -> Event:
    """Let the clock run again."""
    with doing(actor, matter, "resume") as act:
        return act.move(text=text)


def ask(actor: Actor, *, matter: Matter, text: str) -> Event:
    """Ask the reporter for what is missing; the clock stands until he answers, or until it is taken up again."""
    needs(text, _("请写明要反映人补充什么。"))
    with doing(actor, matter, "ask") as act:
        return act.move(text=text, public=True)


def resolve(actor: Actor, *, matter: Matter, text: str, photos: Sequence[bytes] = ()) -> Event:
    """Say what was done; the reporter reads it, and whoever dispatched the matter checks it."""
    needs(text, _("请写明办了什么、结果怎样，反映人会看到。"))
    if len(photos) > MOST_PHOTOS:
        raise ValidationError(_("最多 %(most)d 张照片。") % {"most": MOST_PHOTOS}, code="photos")
    with doing(actor, matter, "resolve") as act:
        if act.matter.parts.filter(state__in=OPEN).exists():
            raise ValidationError(_("拆出的事还没有办完。"), code="state")
        return act.move(
            text=text, public=True, photos=photos,
            to=act.matter.dispatcher or dispatcher_for(act.matter.division()),
        )  # fmt: skip


def escalate(actor: Actor, *, matter: Matter, text: str) -> Event:
    """Hand a matter one level up, with a reason: what cannot be done here is not left lying (兜底)."""
    needs(text, _("上报须写明为什么本级办不了。"))
    with doing(actor, matter, "escalate") as act:
        here = act.matter.holder or dispatcher_for(act.matter.division())
        upper = above(here, "matters.dispatch") if here else None
        if upper is None:
            raise ValidationError(_("上面没有可以接收的岗位。"), code="to")
        return act.move(text=text, to=upper, dispatcher=upper)
