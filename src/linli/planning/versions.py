"""Writing a version of a plan: numbered, with the blocks that it moves against the one before."""

from __future__ import annotations

from typing import Any

from linli.org.actors import Actor
from linli.planning.beside import changes
from linli.planning.details import carried
from linli.planning.engine import fields_of
from linli.planning.models import Plan, PlanChange, Project, Scenario, next_number
from linli.plans.plan import Plan as Found


def head(project: Project, branch: str) -> Plan | None:
    """Return the newest version of a branch."""
    return project.plans.filter(branch=branch).order_by("-number").first()


def write_version(
    actor: Actor, project: Project, found: Found, *, source: str, parent: Plan | None, branch: str,
    scenario: Scenario | None = None, why: str = "",
) -> Plan:  # fmt: skip
    """Write a version in the caller's transaction; what it moves is told against its parent, or against today."""
    held = Project.objects.select_for_update().get(pk=project.pk)  # numbers follow one another
    number = next_number(held.plans.all())
    fields = fields_of(project, found)
    made = Plan.objects.create(
        project=held, number=number, branch=branch, parent=parent, scenario=scenario, source=source, why=why,
        by=actor.reference, sides=carried(parent, found),
        proposals={} if parent is None else {n: w for n, w in parent.proposals.items() if n in fields["names"]},
        **fields,
    )  # fmt: skip
    before = project.present.__getitem__ if parent is None else parent.community_of
    moved = changes(found.blocks.ids, before, made.community_of)
    PlanChange.objects.bulk_create(
        [PlanChange(plan=made, block=code, before=a, after=b) for code, a, b in moved], batch_size=500
    )
    content: dict[str, Any] = {
        "project": held.title, "version": number, "branch": branch, "parent": parent.number if parent else None,
        "moved": len(moved), "why": why, "households": fields["households"], "counted": fields["counted"],
    }  # fmt: skip
    actor.record("planning.save_plan", object=made.reference, permission="planning.plan", content=content)
    return made
