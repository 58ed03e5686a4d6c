"""Give blocks to a community from a day on: the relabelling that a split is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.models import Division
from linli.org.policies import permit
from linli.territory.models import Assignment, Block
from linli.territory.periods import chunks, periods_of, relabelled, write_periods

SHOWN = 20  # codes of blocks that the ledger spells out


def assign_blocks(
    actor: Actor, *, community: Division, blocks: Iterable[Block], from_day: date, enactment: str = ""
) -> Assignment | None:
    """Let blocks belong to a community from midnight (Asia/Shanghai) of a day on.

    The community that holds a block on that day ends there; the new one has the rest of its time, so a change that is
    already scheduled for later stays. Done again on the same day it corrects what was done before.

    Parameters
    ----------
    actor
        Needs `territory.membership` in the community.
    community
        A community that exists on `from_day`.
    blocks
        Blocks of the community's street.
    from_day
        The first day on which the blocks belong to it; days to come are scheduled.
    enactment
        The paper that says so, a number and date.

    Returns
    -------
    What was done, or None where every block is there already.

    Raises
    ------
    ValidationError
        No community, not there on that day, no blocks, or blocks of another street.
    PermissionDenied
        The actor may not.
    """
    if community.kind != Division.Kind.COMMUNITY:
        raise ValidationError(_("地块只能划给社区：%(name)s不是社区") % {"name": community.title}, code="kind")
    if not Division.objects.on(from_day).filter(pk=community.pk).exists():
        raise ValidationError(
            _("%(day)s没有%(name)s：请核对日期或社区")
            % {"day": date_format(from_day, "DATE_FORMAT"), "name": community.title},
            code="day",
        )
    codes = {block.pk: block.code for block in blocks if block.street_id == community.parent_id}
    strangers = [block.code for block in blocks if block.street_id != community.parent_id]
    if strangers:
        raise ValidationError(
            _("地块不在该社区所属的街道：%(codes)s") % {"codes": "、".join(strangers[:5])}, code="street"
        )
    if not codes:
        raise ValidationError(_("请至少选一个地块"), code="empty")
    permit(actor, "territory.membership", community)

    with transaction.atomic():
        for keys in chunks(sorted(codes)):  # in one order everywhere, so that two of these never wait on each other
            list(Block.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
        present = periods_of(codes)
        wanted = {key: relabelled(periods, community.pk, from_day, enactment) for key, periods in present.items()}
        changed = sorted(key for key in wanted if wanted[key] != present[key])
        if not changed:
            return None
        before = {key: present[key] for key in changed}
        after = {key: wanted[key] for key in changed}
        write_periods(before, after)
        made = Assignment.objects.create(
            community=community,
            from_day=from_day,
            enactment=enactment,
            before={str(key): [period.as_json() for period in before[key]] for key in changed},
            after={str(key): [period.as_json() for period in after[key]] for key in changed},
            by=actor.reference,
        )
        actor.record(
            "territory.assign_blocks",
            object=made.reference,
            permission="territory.membership",
            before=made.before,
            after=made.after,
            public=True,
            also=[f"division:{community.parent_id}"],
            content={
                "community": community.chinese_title,
                "code": community.code,
                "from": from_day.isoformat(),
                "enactment": enactment,
                "number": len(changed),
                "blocks": [codes[key] for key in changed[:SHOWN]],
            },
        )
    return made
