"""Take back a relabelling that has not become history yet."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.policies import permit
from linli.territory.models import Assignment, Block
from linli.territory.periods import Period, chunks, periods_of, write_periods


def undo_assignment(actor: Actor, *, assignment: Assignment) -> None:
    """Restore the periods that stood before a relabelling.

    It can be undone while it is still to come, on the day it takes effect and on the day it was made; after that it is
    history, and a new relabelling corrects it from a day on.

    Parameters
    ----------
    actor
        Needs `territory.membership` in the community.
    assignment
        What `assign_blocks` returned.

    Raises
    ------
    ValidationError
        It is undone already, is history, or something was built on it.
    PermissionDenied
        The actor may not.
    """
    permit(actor, "territory.membership", assignment.community)
    with transaction.atomic():
        held = Assignment.objects.select_for_update().select_related("community").get(pk=assignment.pk)
        if held.undone_at:
            raise ValidationError(_("这次调整已经撤销过了"), code="undone")
        if timezone.localdate() > max(held.from_day, timezone.localdate(held.made_at)):
            raise ValidationError(_("这次调整已经生效，成为历史：请从今天起另作一次调整"), code="history")
        restore(held)
        actor.record(
            "territory.undo_assignment",
            object=held.reference,
            permission="territory.membership",
            before=held.after,
            after=held.before,
            public=True,
            also=[f"division:{held.community.parent_id}"],
            content={
                "community": held.community.chinese_title,
                "code": held.community.code,
                "from": held.from_day.isoformat(),
                "number": len(held.after),
            },
        )
    assignment.undone_at = held.undone_at


def restore(assignment: Assignment) -> None:
    """Put the periods back, in a transaction of the caller.

    Raises
    ------
    ValidationError
        A block's periods are no longer as the assignment left them.
    """
    before, after = _read(assignment.before), _read(assignment.after)
    for keys in chunks(sorted(after)):
        list(Block.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
    if periods_of(after) != after:
        raise ValidationError(_("其中的地块后来又调整过：请先撤销后来的调整"), code="later")
    write_periods(after, before)
    assignment.undone_at = timezone.now()
    assignment.save(update_fields=["undone_at"])


def _read(stored: dict[str, list[list[object]]]) -> dict[int, tuple[Period, ...]]:
    return {int(key): tuple(Period.from_json(period) for period in periods) for key, periods in stored.items()}
