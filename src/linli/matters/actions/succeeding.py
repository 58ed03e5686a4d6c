"""Say what becomes of open matters when blocks of a street change community on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.matters.models import Category, Succession, SuccessionChoice
from linli.org.actors import Actor
from linli.org.models import Division
from linli.org.policies import permit

PERMISSION = "territory.membership"


def choose_succession(
    actor: Actor, *, street: Division, from_day: date, choices: Mapping[str, str], paper: str
) -> list[SuccessionChoice]:  # fmt: skip
    """Write the choices of a day by group of categories, in place of those made before.

    A group that is left out goes by what its categories say.

    Raises
    ------
    ValidationError
        A group or a choice that there is not.
    PermissionDenied
        The actor may not.
    """
    permit(actor, PERMISSION, street)
    known = set(Category.objects.values_list("group", flat=True))
    for group, choice in choices.items():
        if group not in known or choice not in Succession.values:
            raise ValidationError(
                _("没有这样的类别或去向：%(group)s %(choice)s") % {"group": group, "choice": choice}, code="choices"
            )
    with transaction.atomic():
        SuccessionChoice.objects.filter(street=street, from_day=from_day).delete()
        made = SuccessionChoice.objects.bulk_create(
            SuccessionChoice(street=street, from_day=from_day, group=group, choice=choice, paper=paper)
            for group, choice in sorted(choices.items())
        )
        actor.record(
            "matters.choose_succession", object=street.reference, permission=PERMISSION, public=True,
            content={"street": street.code, "from": from_day.isoformat(), "choices": dict(choices), "paper": paper},
        )  # fmt: skip
    return made
