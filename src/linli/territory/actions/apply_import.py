"""Write a checked import into the base: all of it in one transaction, once; and take the last one back."""

from __future__ import annotations

import dataclasses

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.org.actions.found_division import found_division
from linli.org.actions.withdraw_division import take_back_founding
from linli.org.actors import Actor
from linli.org.models import Division
from linli.org.policies import permit
from linli.territory.actions.assign_blocks import assign_blocks
from linli.territory.actions.undo_assignment import restore
from linli.territory.basemap import lay_basemap
from linli.territory.importing.checking import draft_of, rows_of
from linli.territory.importing.writing import pack, take_back, unpack, write_draft
from linli.territory.indexing import index_buildings
from linli.territory.models import Assignment, Building, ImportBatch, ImportUndo

INDEXED = (ImportBatch.Kind.BUILDINGS, ImportBatch.Kind.COMPOUNDS)  # what address search finds places by


def apply_import(actor: Actor, *, batch: ImportBatch) -> ImportBatch:
    """Write a checked import; done again it changes nothing, killed in the middle it leaves nothing.

    The rows are checked once more, since the base may have changed since: what was no error then may be one now.

    Raises
    ------
    ValidationError
        It is not checked, or now has errors that are not to be left out.
    InputError
        The file is gone or has changed.
    """
    permit(actor, "territory.import", batch.street)
    if batch.state == ImportBatch.State.APPLIED:
        return batch
    rows = rows_of(batch)
    lay_basemap(batch)
    with transaction.atomic():
        Division.objects.select_for_update(no_key=True).get(pk=batch.street_id)  # one import a street at a time
        held = ImportBatch.objects.select_for_update().select_related("street").get(pk=batch.pk)
        if held.state == ImportBatch.State.APPLIED:
            return held
        if not held.may_become("applied"):
            raise ValidationError(_("请先检查，再入库"), code="state")
        draft = draft_of(held, rows)
        if draft.left_out and not held.leave_out:
            raise ValidationError(_("检查之后数据又有变化，现有错误：请重新检查"), code="errors")
        undo = write_draft(draft)
        if held.kind in INDEXED:  # a building is found by its compound's names too
            index_buildings(Building.objects.filter(block__street=held.street))
        undo["divisions"] = [
            found_division(
                actor, kind=Division.Kind.COMMUNITY, parent=held.street, basis=held.source, **dataclasses.asdict(one)
            ).pk
            for one in draft.founded
        ]
        undo["assignments"] = []
        for key, blocks in draft.members.items():
            assert held.members_from is not None  # without a day none is a member
            community = Division.objects.get(pk=key)
            made = assign_blocks(actor, community=community, blocks=blocks, from_day=held.members_from)
            undo["assignments"] += [made.pk] if made else []
        ImportUndo.objects.filter(batch__street=held.street).delete()  # only the last import can be taken back
        ImportUndo.objects.create(batch=held, content=pack(undo))
        numbers = draft.numbers()
        held.state, held.applied_at = ImportBatch.State.APPLIED, timezone.now()
        held.summary = {**held.summary, "numbers": numbers, "left_out": draft.left_out}
        held.save(update_fields=["state", "applied_at", "summary"])
        actor.record(
            "territory.apply_import",
            object=held.reference,
            permission="territory.import",
            content={
                "street": held.street.chinese_title,
                "kind": held.kind,
                "file": held.name,
                "sha256": held.sha256,
                "rows": draft.rows,
                "left_out": draft.left_out,
                "numbers": {thing: {became: n for became, n in one.items() if n} for thing, one in numbers.items()},
            },
            also=[held.street.reference],
        )
    batch.refresh_from_db()
    return batch


def undo_import(actor: Actor, *, batch: ImportBatch) -> None:
    """Take back the last import of a street, where nothing hangs on it yet.

    Raises
    ------
    ValidationError
        It is not the last one, or something has come to hang on it.
    """
    permit(actor, "territory.import", batch.street)
    with transaction.atomic():
        Division.objects.select_for_update(no_key=True).get(pk=batch.street_id)
        held = ImportBatch.objects.select_for_update().select_related("street").get(pk=batch.pk)
        kept = ImportUndo.objects.filter(batch=held).first()
        if held.state != ImportBatch.State.APPLIED or kept is None:
            raise ValidationError(_("只能撤销本街道最近一次导入"), code="last")
        undo = unpack(bytes(kept.content))
        undone = list(Assignment.objects.select_for_update().filter(pk__in=undo["assignments"]))
        for assignment in undone:
            restore(assignment)
        take_back(undo)
        for division in Division.objects.filter(pk__in=undo.get("divisions", ())):
            take_back_founding(actor, division=division, basis=held.source)
        kept.delete()
        held.state = ImportBatch.State.UNDONE
        held.save(update_fields=["state"])
        actor.record(
            "territory.undo_import",
            object=held.reference,
            permission="territory.import",
            content={"street": held.street.chinese_title, "file": held.name, "sha256": held.sha256},
            also=[held.street.reference, *(one.reference for one in undone)],
        )
    batch.refresh_from_db()
