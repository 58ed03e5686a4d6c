"""资源缺口: choose how a community's lacks are to be met, in place of what the rule proposes."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.policies import permit
from linli.planning.actions.open_project import PERMISSION
from linli.planning.models import Plan
from linli.plans.resources import KINDS, ways_of

MOST_NOTE = 120


def choose_proposals(actor: Actor, *, plan: Plan, community: str, chosen: Mapping[str, tuple[str, str]]) -> Plan:
    """Choose ways; one without a way goes back to the rule's.

    Parameters
    ----------
    chosen
        Kind of lack to the way and a note that says why.

    Raises
    ------
    ValidationError
        A community, kind or way that there is not, or a note that lacks or is too long.
    PermissionDenied
        The actor may not.
    """
    permit(actor, PERMISSION, plan.project.street)
    if community not in plan.names or not set(chosen) <= set(KINDS):
        raise ValidationError(_("方案里没有这个社区。"), code="name")
    for kind, (way, note) in chosen.items():
        if way and way not in ways_of(kind):
            raise ValidationError(_("没有这种措施。"), code=f"way_{kind}")
        if way and not 0 < len(note.strip()) <= MOST_NOTE:
            raise ValidationError(_("请写明依据，最多 %(most)d 个字。") % {"most": MOST_NOTE}, code=f"note_{kind}")
    with transaction.atomic():
        held = Plan.objects.select_for_update().get(pk=plan.pk)
        before = held.proposals.get(community, {})
        after = {kind: one for kind, one in before.items() if kind not in chosen}
        for kind, (way, note) in chosen.items():
            said = {"way": way, "note": note.strip()}
            if way:
                same = {name: before.get(kind, {}).get(name) for name in said} == said
                after[kind] = before[kind] if same else {
                    **said, "by": actor.reference, "at": timezone.now().isoformat(),
                }  # fmt: skip
        held.proposals = {**held.proposals, community: after}
        held.save(update_fields=["proposals"])
        actor.record(
            "planning.choose_proposals", object=held.reference, permission=PERMISSION,
            before={"proposals": before}, after={"proposals": after},
            content={"project": held.project.title, "version": held.number, "community": community,
                     "proposals": {kind: [one["way"], one["note"]] for kind, one in after.items()}},
        )  # fmt: skip
    return held
