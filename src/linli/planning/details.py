"""What people add to a version, and what a later version keeps of it: sides by hand, chosen proposals, workers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from linli.org.masks import mask_name
from linli.org.models import Account
from linli.planning.checkup import held_by, held_posts
from linli.planning.models import Plan, Project
from linli.planning.standards import profile_of
from linli.plans.plan import Plan as Found
from linli.plans.resources import Proposal
from linli.plans.sides import ByHand, stamps
from linli.written import chinese_day, number_in


def who(reference: str) -> str:
    """Return the masked name behind an actor's reference; '' for the system."""
    return names_behind([reference]).get(reference, "")


def names_behind(references: Iterable[str]) -> dict[str, str]:
    """Return the masked name behind each reference that is an account's; at most one query."""
    numbers = (number_in(one.removeprefix("account:")) for one in references if one.startswith("account:"))
    keys = {number for number in numbers if number is not None}
    rows = Account.objects.filter(pk__in=keys).values_list("pk", "name") if keys else ()
    return {f"account:{pk}": mask_name(name) for pk, name in rows}


def by_hand_of(plan: Plan) -> dict[str, dict[str, ByHand]]:
    """Return the sides of a version that somebody wrote, each with its mark in the words of the papers."""
    names = names_behind({one["by"] for sides in plan.sides.values() for one in sides.values()})
    return {
        name: {side: ByHand(one["words"], hand_mark(one, names)) for side, one in sides.items()}
        for name, sides in plan.sides.items()
        if sides
    }


def hand_mark(one: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Say in Chinese that something was written by hand, by whom (`names_behind`) and when."""
    day = timezone.localdate(datetime.fromisoformat(one["at"]))
    return "，".join(part for part in ("人工修改", names.get(one["by"], ""), chinese_day(day)) if part)


def chosen_of(plan: Plan) -> list[Proposal]:
    """Return the proposals that somebody chose in place of the rule's."""
    return [
        Proposal(name, kind, one["way"], note=one["note"])
        for name, kinds in plan.proposals.items()
        for kind, one in kinds.items()
    ]


def staff_of(project: Project) -> dict[str, int | None]:
    """Return the community workers in post today in each community of a project; None where it has no such post."""
    roles = profile_of(project.standard).norms["worker_roles"]
    communities = list(project.scope.all())
    posts = held_posts(communities, timezone.localdate())
    return {str(one.name): held_by(posts, one.pk, roles) for one in communities}


def carried(parent: Plan | None, found: Found) -> dict[str, dict[str, Any]]:
    """Return the sides written by hand that a new version keeps: those whose border is still the same."""
    if parent is None or not any(parent.sides.values()):
        return {}
    now = stamps(found.blocks, found.community)
    kept = {
        name: {side: one for side, one in sides.items() if now.get(name, {}).get(side) == one["stamp"]}
        for name, sides in parent.sides.items()
    }
    return {name: sides for name, sides in kept.items() if sides}
