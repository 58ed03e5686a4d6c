"""What the one who dispatches does: give a matter to a post, decide whose it is, extend, join and part, check."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from linli.matters import clocks
from linli.matters.actions.moving import acting_post, doing, needs
from linli.matters.actions.open_matter import open_matter
from linli.matters.duties import BELOW, duty_of, is_taken_back
from linli.matters.models import Category, Event, Matter
from linli.matters.states import OPEN
from linli.org.actors import Actor
from linli.org.models import Post

MOST_EXTENSION = 30
MOST_PARTS = 6


def dispatch(actor: Actor, *, matter: Matter, to: Post, text: str = "") -> Event:
    """Give a matter to a post to handle; what was taken back from its level is refused with the entry."""
    with doing(actor, matter, "dispatch") as act:
        _may_be_asked(act.matter, to)
        return act.move(text=text, to=to, dispatcher=acting_post(actor, act.matter, "matters.dispatch"))


def hand_over(actor: Actor, *, matter: Matter, to: Post, text: str) -> Event:
    """Give a matter that is being handled to another post, with a reason."""
    needs(text, _("转派须写明理由。"))
    with doing(actor, matter, "hand_over") as act:
        if act.matter.holder_id == to.pk:
            raise ValidationError(_("已经在这个岗位。"), code="to")
        _may_be_asked(act.matter, to)
        return act.move(text=text, to=to)


def decide(actor: Actor, *, matter: Matter, to: Post, text: str) -> Event:
    """Decide by name whose a matter is that was returned twice."""
    needs(text, _("裁定须写明理由。"))
    with doing(actor, matter, "decide") as act:
        _may_be_asked(act.matter, to)
        return act.move(text=text, to=to, returns=0)


def extend(actor: Actor, *, matter: Matter, amount: int, text: str) -> Event:
    """Approve more working days, with a reason that the reporter reads: nothing else puts his answer off."""
    needs(text, _("延期须写明理由，反映人会看到。"))
    if not 1 <= amount <= MOST_EXTENSION:
        raise ValidationError(_("延期须在 1 到 %(most)d 之间。") % {"most": MOST_EXTENSION}, code="amount")
    with doing(actor, matter, "extend") as act:
        clocks.extend_promise(act.matter, amount)
        words = _("延期 %(days)d 个工作日：%(why)s") % {"days": amount, "why": text.strip()}
        return act.move(text=words, public=True, extension=act.matter.extension + amount, content={"amount": amount})


def merge(actor: Actor, *, matter: Matter, into: Matter) -> Event:
    """Join a matter to another about the same; both histories stay, the reporter is led to the other."""
    if into.pk == matter.pk:
        raise ValidationError(_("不能合并到自己，请填另一件的编号。"), code="into")
    with doing(actor, matter, "merge", into) as act:
        other = act.others[0]
        if other.state not in OPEN:
            words = {"number": other.number, "state": other.get_state_display()}
            raise ValidationError(_("%(number)s 现在是“%(state)s”，请合并到一件在办的事。") % words, code="into")
        return act.move(text=other.number or "", public=True, merged_into=other)


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
    seed = key or uuid.uuid4()
    with doing(actor, matter, "split") as act:
        whole = act.matter
        if whole.parent_id is not None:
            raise ValidationError(_("这件事本身就是拆出来的，请从原来那件拆。"), code="parts")
        if whole.parts.filter(state__in=OPEN).exists():
            raise ValidationError(_("已经拆过，拆出的还没办完。"), code="parts")
        made = [
            open_matter(
                actor, key=uuid.uuid5(seed, str(number)), text=part, kind=whole.kind, source=whole.source,
                place=whole.place, building=whole.building, block=whole.block, category=whole.category,
                guess=whole.guess, holder=whole.holder, urgent=whole.urgent, parent=whole, words=str(whole.number),
            )
            for number, part in enumerate(parts)
        ]  # fmt: skip
        act.move(text="\n".join(f"{one.number} {one.text}" for one in made), public=True)
    return made


def verify(actor: Actor, *, matter: Matter, text: str = "") -> Event:
    """Find that it is done, and close it; with it all that was joined to it is answered."""
    with doing(actor, matter, "verify") as act:
        return act.move(text=text, public=True)


def send_back(actor: Actor, *, matter: Matter, text: str) -> Event:
    """Find that it is not done: back to who handled it."""
    needs(text, _("请写明哪里没有办好。"))
    with doing(actor, matter, "send_back") as act:
        last = act.matter.events.filter(verb="resolve").order_by("-at", "-pk").first()
        to = last.post if last else act.matter.holder
        return act.move(text=text, to=to, reworks=act.matter.reworks + 1)


def categorise(actor: Actor, *, matter: Matter, category: Category, text: str = "") -> Event:
    """Say what a matter is about; from this the suggestions learn, and the limit follows where it runs."""
    with doing(actor, matter, "categorise") as act:
        before = act.matter.category
        return act.move(
            text=text or str(category), category=category, guess=Matter.Guess.PERSON,
            urgent=act.matter.urgent or category.urgent,
            content={"from": before.code if before else None, "category": category.code},
        )  # fmt: skip


def mark(actor: Actor, *, matter: Matter, text: str) -> Event:
    """Say that a matter cannot wait until the office opens: it is first in every list, and tells at any hour."""
    needs(text, _("请写明为什么紧急。"))
    with doing(actor, matter, "mark") as act:
        if act.matter.urgent:
            raise ValidationError(_("已经是紧急事项。"), code="urgent")
        return act.move(text=text, urgent=True)


def publish(actor: Actor, *, matter: Matter, text: str, photos: Collection[int] = ()) -> Event:
    """Let the public read of a matter, in words that name nobody, and see some of its photographs, by key.

    Empty words take words and photographs back.
    """
    with doing(actor, matter, "publish") as act:
        if act.matter.category is not None and act.matter.category.private:
            raise ValidationError(_("这类事项涉及个人或家庭，不公开。"), code="text")
        chosen = act.matter.photos.filter(pk__in=photos if text.strip() else ())
        act.matter.photos.update(released=False)
        chosen.update(released=True)
        return act.move(text=text, published=text.strip(), content={"photos": chosen.count()})


def _may_be_asked(matter: Matter, to: Post) -> None:
    found = duty_of(matter, matter.division()) if to.division.kind in BELOW else None
    if found is not None and is_taken_back(found):
        words = {"item": found, "owner": found.owner, "basis": found.basis}
        raise ValidationError(
            _("%(item)s（%(basis)s）由%(owner)s承担，不能派给街道和社区；类别不对请先改类别。") % words, code="to"
        )
