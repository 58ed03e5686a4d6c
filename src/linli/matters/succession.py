"""After an enactment: open matters follow their block to another community, or stay, by category."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from linli.matters.actions.moving import Act, lock
from linli.matters.models import Matter, Succession, SuccessionChoice
from linli.matters.routing import dispatcher_for
from linli.matters.states import OPEN
from linli.matters.telling import LANGUAGE
from linli.org.actors import SYSTEM
from linli.org.models import Division, Post
from linli.territory.models import Membership

LOOK_BACK = timedelta(days=7)  # a site that slept over midnight still does it


def follow(day: date | None = None) -> int:
    """Hand on what lies in blocks that changed community lately; return how many. Idempotent.

    What is handled by a seat above the communities stays there; so does what a category leaves to who began it, and
    what nobody has said the category of.
    """
    today, moved = day or timezone.localdate(), 0
    changed = Membership.objects.on(today).filter(valid_from__gt=today - LOOK_BACK, valid_from__lte=today)
    with override(LANGUAGE):
        for membership in changed.select_related("community__parent").iterator(200):
            before = Membership.objects.filter(block=membership.block_id, valid_to=membership.valid_from).first()
            if before is None or before.community_id == membership.community_id:
                continue
            left = f"/{before.community_id}/"
            rows = Matter.objects.filter(
                _following(membership.community.parent_id, membership.valid_from), block=membership.block_id,
                state__in=OPEN, holder__division__path__contains=left,
            )  # fmt: skip
            to = dispatcher_for(membership.community)
            for matter in rows.select_related("holder__division", "category", "block__street"):
                if to is None or matter.holder_id == to.pk:
                    continue
                words = _("%(day)s起归%(community)s，随地块转交。") % {
                    "day": membership.valid_from, "community": membership.community.title,
                }  # fmt: skip
                moved += hand_on(matter, left, to, words)
    return moved


def to_follow(street: Division, day: date) -> int:
    """Count the open matters that would go with their block when communities of a street change on a day to come."""
    changed = Membership.objects.on(day).filter(valid_from=day, block__street=street).values_list("block", "community")
    now, rule = dict(changed), _following(street.pk, day)
    before = Membership.objects.filter(block__in=list(now), valid_to=day).values_list("block", "community")
    left: dict[int, list[int]] = {}
    for block, community in before:
        if community != now[block]:
            left.setdefault(community, []).append(block)
    rows = Matter.objects.filter(rule, state__in=OPEN)
    return sum(
        rows.filter(block__in=blocks, holder__division__path__contains=f"/{community}/").count()
        for community, blocks in left.items()
    )


def hand_on(matter: Matter, left: str, to: Post, words: str) -> bool:
    """Hand on one matter, unless somebody closed it or took it up elsewhere meanwhile."""
    with transaction.atomic():
        now = lock([matter.pk])[matter.pk]
        if now.state not in OPEN or now.holder is None or left not in now.holder.division.path or now.holder == to:
            return False
        Act(SYSTEM, "succeed", now).move(text=words, to=to, public=True, dispatcher=to)
    return True


def _following(street: int | None, day: date) -> Q:
    """Matters whose group was to follow on that day, or, where nobody said so, whose category follows."""
    said = dict(SuccessionChoice.objects.filter(street=street, from_day=day).values_list("group", "choice"))
    follow = [group for group, choice in said.items() if choice == Succession.FOLLOW]
    return Q(category__group__in=follow) | (
        Q(category__succession=Succession.FOLLOW) & ~Q(category__group__in=list(said))
    )
