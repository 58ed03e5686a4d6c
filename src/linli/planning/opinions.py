"""An opinion on a published plan: what its reference means to the form, and what the public reads of those received."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.matters.about import About
from linli.matters.models import Matter
from linli.matters.states import State
from linli.planning.models import Plan
from linli.planning.status import Status, Statuses
from linli.territory.models import Block

GIVEN_UP = ("withdrawn", "replaced")  # whose opinions were not gathered to the end


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
    return About(about_plan(plan.pk), words, here, over(Statuses([plan.project_id]).of(plan)))


def over(status: Status) -> str:
    """Say that the time for opinions is over, and what becomes of one that comes now; '' before."""
    if status.code == "open":
        return ""
    if status.code in GIVEN_UP:
        return _("这个方案不再征求意见（%(status)s）。您现在提的按普通建议受理，一样有答复。") % {
            "status": status.words
        }
    return _("这个方案的意见已经收齐（%(status)s）。您现在提的按普通建议受理，一样有答复，不再计入这次意见。") % {
        "status": status.words
    }


def opinions_on(plan: Plan) -> QuerySet[Matter]:
    """Return what was said of a plan, as far as the public may read it, the newest first; never whose it is."""
    rows = Matter.objects.filter(about=about_plan(plan.pk), parent=None)
    rows = rows.exclude(state__in=(State.WITHDRAWN, State.MERGED)).exclude(category__private=True)
    return rows.select_related("category", "block__compound").order_by("-pk")
