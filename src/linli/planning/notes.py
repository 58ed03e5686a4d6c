"""What planning says on the page of a building: published plans that it lies in."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from linli.planning.models import Plan
from linli.territory.models import Block
from linli.territory.notes import Note


def published(block: Block) -> Iterable[Note]:
    """Plans of the block's street that may still be objected to."""
    rows = Plan.objects.filter(project__street=block.street_id, published_to__gte=timezone.localdate())
    for plan in rows.select_related("project").defer("locked")[:5]:
        if block.code in plan.labels:
            words = _("“%(title)s”正在公示，看看对您家有什么影响。") % {"title": plan.project.title}
            address = reverse("planning:public-plan", args=[plan.pk])
            yield Note(words, f"{address}?{urlencode({'block': block.code})}")
