"""四至: write the sides of a community by hand; marked with who and when, kept while the border is the same."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.policies import permit
from linli.planning.actions.open_project import PERMISSION
from linli.planning.engine import found_of
from linli.planning.ground import ground_of
from linli.planning.models import Plan
from linli.plans.sides import SIDES, meet

MOST_WORDS = 120


def write_sides(actor: Actor, *, plan: Plan, community: str, sides: Mapping[str, str]) -> Plan:
    """Write sides by hand; words as the computer has them, or none, take the hand's away.

    Parameters
    ----------
    sides
        `east`, `south`, `west`, `north` to words.

    Raises
    ------
    ValidationError
        A community or side that there is not, words too long, or a version that is published.
    PermissionDenied
        The actor may not.
    """
    permit(actor, PERMISSION, plan.project.street)
    said = {side: " ".join(words.split()).rstrip("。，；") for side, words in sides.items()}
    if community not in plan.names or not set(said) <= set(SIDES):
        raise ValidationError(_("方案里没有这个社区。"), code="name")
    for side, words in said.items():
        if len(words) > MOST_WORDS:
            raise ValidationError(_("四至每一面最多 %(most)d 个字。") % {"most": MOST_WORDS}, code=side)
    found = found_of(plan, ground_of(plan.project))
    drawn = meet(found.blocks, found.community)[community]
    with transaction.atomic():
        held = Plan.objects.select_for_update().get(pk=plan.pk)
        if held.published_at is not None:
            raise ValidationError(_("方案已经公示，四至不能再改，请另存为新版本。"), code="published")
        before = held.sides.get(community, {})
        after = dict(before)
        for side, words in said.items():
            if not words or words == drawn[side].words:
                after.pop(side, None)
            elif before.get(side, {}).get("words") != words or before[side]["stamp"] != drawn[side].stamp:
                after[side] = {
                    "words": words, "stamp": drawn[side].stamp, "by": actor.reference, "at": timezone.now().isoformat(),
                }  # fmt: skip
        held.sides = {**held.sides, community: after}
        held.save(update_fields=["sides"])
        actor.record(
            "planning.write_sides", object=held.reference, permission=PERMISSION,
            before={"sides": before}, after={"sides": after},
            content={"project": held.project.title, "version": held.number, "community": community,
                     "sides": {side: one["words"] for side, one in after.items()}},
        )  # fmt: skip
    return held
