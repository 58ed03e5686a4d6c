"""What planning says on the page of a building: published plans that it lies in."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from linli.planning.models import Plan
from linli.planning.status import Statuses
from linli.plans.names import community_words
from linli.territory.models import Block
from linli.territory.notes import Note

MOST = 20


def published(block: Block) -> Iterable[Note]:
    """Plans of the block's street that may still be objected to, or that will move it on a day to come."""
    rows = Plan.objects.filter(project__street=block.street_id).exclude(published_at=None).defer("locked")
    plans = list(rows.select_related("project").order_by("-published_at")[:MOST])
    statuses = Statuses({plan.project_id for plan in plans})
    for plan in plans:
        if block.code not in plan.labels:
            continue
        status, said = (
            statuses.of(plan),
            {"title": plan.project.title, "name": community_words(plan.community_of(block.code))},
        )
        if status.code == "open":
            asks = _("“%(title)s”正在征求意见，看看对您家有什么影响。")
            words = (asks if plan.for_comments else _("“%(title)s”正在公示，看看对您家有什么影响。")) % said
        elif status.code == "scheduled":
            words = _("“%(title)s”已批复，将来归%(name)s：%(status)s。") % {**said, "status": status.words}
        else:
            continue
        address = reverse("planning:public-plan", args=[plan.pk])
        yield Note(words, f"{address}?{urlencode({'block': block.code})}")
