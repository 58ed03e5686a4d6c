"""Move a division from preparation to formal standing."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.models import Division
from linli.org.policies import permit

PREPARING, FORMAL, ABOLISHED = Division.Status.PREPARING, Division.Status.FORMAL, Division.Status.ABOLISHED
MOVES: dict[str, tuple[str, ...]] = {PREPARING: (FORMAL, ABOLISHED), FORMAL: (ABOLISHED,), ABOLISHED: ()}


def check_move(division: Division, status: str) -> None:
    """Refuse a move that the table does not have."""
    if status not in MOVES[division.status]:
        raise ValidationError(
            _("%(name)s现为“%(before)s”，不能改为“%(after)s”。")
            % {
                "name": division.title,
                "before": division.get_status_display(),
                "after": Division.Status(status).label if status in Division.Status.values else status,
            },
            code="move",
        )


def change_status(actor: Actor, *, division: Division, status: str, basis: str = "") -> Division:
    """Change the standing of a division now; for its end, which has a date, use `abolish`.

    Raises
    ------
    django.core.exceptions.ValidationError
        The table of moves does not allow it.
    """
    permit(actor, "org.edit", division)
    check_move(division, status)
    if status == ABOLISHED:
        raise ValidationError(_("撤销须写明日期，请用“撤销”。"), code="move")
    with transaction.atomic():
        before = str(division.status)
        division.status = status
        division.save(update_fields=["status"])
        actor.record(
            "org.change_status",
            object=division.reference,
            permission="org.edit",
            before={"status": before},
            after={"status": str(status)},
            public=True,
            content={"before": before, "after": str(status), "basis": basis},
        )
    return division
