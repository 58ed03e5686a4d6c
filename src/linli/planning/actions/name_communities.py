"""Give a plan's new communities their final names: a new version, whose division and proof stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.naming import bare
from linli.org.actors import Actor
from linli.org.policies import permit
from linli.planning.actions.open_project import PERMISSION
from linli.planning.actions.save_plan import MOST_NAME
from linli.planning.actions.sign_step import hold
from linli.planning.models import Plan, next_number
from linli.planning.name_check import WORD, findings_of, new_names

MOST_ORIGIN = 200
KEYED = ("parents", "households", "reasons", "sides", "proposals", "origins")  # fields by a community's name
KEPT = (
    "branch", "scenario", "source", "labels", "locked", "measures", "broken", "proof", "counted",
)  # fmt: skip


def name_communities(actor: Actor, *, plan: Plan, names: Mapping[str, str], origins: Mapping[str, str]) -> Plan:
    """Save a version in which new communities bear other names.

    Parameters
    ----------
    names
        Name of a new community to the name that it shall bear; 社区 behind it is left out.
    origins
        Name of a new community to where the name comes from, and why it is borne though something speaks against it.

    Raises
    ------
    ValidationError
        A community that is not new, a name twice, nothing that changes, or findings of R23 (see `name_check`).
    PermissionDenied
        The actor may not.
    """
    permit(actor, PERMISSION, plan.project.street)
    said = {old: bare(new, WORD) for old, new in names.items()}
    if not set(said) <= set(new_names(plan)):
        raise ValidationError(_("只能给新设的社区定名。"), code="names")
    if any(not new or len(new) > MOST_NAME for new in said.values()):
        raise ValidationError(_("社区须有名称，最多 %(most)d 个字。") % {"most": MOST_NAME}, code="names")
    made = Plan(project=plan.project, parent=plan, by=actor.reference, **renamed(plan, said))
    made.origins |= {said.get(old, old): words.strip()[:MOST_ORIGIN] for old, words in origins.items()}
    if len(set(made.names)) < len(made.names):
        raise ValidationError(_("两个社区用了同一个名称。"), code="names")
    if made.names == plan.names and made.origins == plan.origins:
        raise ValidationError(_("名称没有改动。"), code="names")
    against = [one.words for one in findings_of(made) if one.hard or not made.origins.get(one.name)]
    if against:
        raise ValidationError(against)
    changed = [f"{old} → {new}" for old, new in said.items() if old != new]
    made.why = (_("定名：%(names)s") % {"names": "、".join(changed)})[:200]
    with transaction.atomic():
        held = hold(plan.project)
        made.number = next_number(held.plans.all())
        made.save()
        actor.record(
            "planning.name_communities", object=made.reference, permission=PERMISSION,
            content={"project": held.title, "version": made.number, "names": said, "origins": made.origins},
        )  # fmt: skip
    return made


def renamed(plan: Plan, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a version with other names of its communities."""
    fields: dict[str, Any] = {name: getattr(plan, name) for name in KEPT}
    fields["names"] = [names.get(name, name) for name in plan.names]
    fields["outside"] = [names.get(name, name) for name in plan.outside]
    for field in KEYED:
        fields[field] = {names.get(name, name): value for name, value in getattr(plan, field).items()}
    return fields
