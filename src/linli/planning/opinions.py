"""An opinion on a published plan: what its reference means to the form that it is written in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from linli.matters.about import About
from linli.planning.models import Plan
from linli.territory.models import Block


def about_plan(key: int) -> str:
    """Return how an opinion names a plan."""
    return f"plan:{key}"


def published_plan(key: int, block: str) -> About | None:
    """Return a plan that was published, seen from one of its blocks where a code of one is given."""
    plan = Plan.objects.exclude(published_at=None).select_related("project__street").filter(pk=key).first()
    if plan is None:
        return None
    rows = Block.objects.filter(street=plan.project.street, code=block).select_related("street", "compound")
    here = rows.first() if block in plan.labels else None
    words = _("%(project)s，方案第 %(number)d 版") % {"project": plan.project.title, "number": plan.number}
    return About(about_plan(plan.pk), words, here)
