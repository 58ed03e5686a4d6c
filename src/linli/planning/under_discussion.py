"""Plans that residents are asked about now, as the first page tells of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from linli.matters.models import Matter
from linli.planning.counted import counted_of
from linli.planning.models import Plan
from linli.planning.opinions import about_plan
from linli.planning.status import Status, Statuses
from linli.territory.counts import Said

MOST = 3


@dataclass(frozen=True)
class UnderDiscussion:
    """A published plan whose time runs: how it stands, days left, opinions and answers, what its counts rest on."""

    plan: Plan
    status: Status
    left: int
    opinions: int
    answered: int
    counted: Said

    @property
    def parents(self) -> int:
        """How many communities it divides anew."""
        return len({name for code, name in self.plan.project.present.items() if code in self.plan.labels} - {""})

    @property
    def households(self) -> int:
        """How many households live in them."""
        return sum(self.plan.households.values())


def under_discussion() -> list[UnderDiscussion]:
    """Return the plans whose time for opinions or objections runs, the one that ends first in front; five queries."""
    today = timezone.localdate()
    rows = Plan.objects.filter(published_to__gte=today, withdrawn_at=None).exclude(published_at=None)
    plans = list(rows.defer("locked").select_related("project__street").order_by("published_to", "pk"))
    statuses = Statuses({one.project_id for one in plans})
    held = [(one, statuses.of(one)) for one in plans]
    held = [(one, status) for one, status in held if status.code == "open"][:MOST]
    received = Matter.objects.filter(about__in=[about_plan(one.pk) for one, _status in held], parent=None)
    counts = {
        about: (every, answered)
        for about, every, answered in received.values_list("about").annotate(
            every=Count("pk"), answered=Count("pk", filter=Q(closed_at__isnull=False))
        )
    }
    return [
        UnderDiscussion(
            one, status, (one.published_to - today).days, *counts.get(about_plan(one.pk), (0, 0)), counted_of(one)
        )
        for one, status in held
        if one.published_to
    ]
