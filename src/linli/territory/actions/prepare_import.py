"""The steps of an import before anything is written: upload, coordinates, columns, check, or giving it up."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.errors import InputError
from linli.geodata.blocks_file import kept_credits
from linli.geodata.coordinates import parse_crs
from linli.geodata.credits import SEPARATOR, asked_by, line, together
from linli.org.actors import Actor
from linli.org.models import Division
from linli.org.policies import permit
from linli.territory.importing.checking import draft_of, path_of, rows_of
from linli.territory.importing.draft import Draft
from linli.territory.importing.files import keep
from linli.territory.importing.preview import keep_preview
from linli.territory.models import Block, ColumnMapping, ImportBatch, ImportProblem
from linli.territory.periods import AT_ONCE

EXAMPLES = 5
MOST_CREDIT = 300
MOST_PROBLEMS = 20_000  # more than this tells that the mapping is wrong, not the rows


def upload_import(
    actor: Actor, *, street: Division, kind: str, name: str, chunks: Iterable[bytes], key: uuid.UUID | None = None
) -> ImportBatch:
    """Keep a file; the same key again returns the same import.

    Raises
    ------
    InputError
        The file is not taken.
    ValidationError
        Not a street, or no such kind.
    PermissionDenied
        The actor may not.
    """
    if street.kind != Division.Kind.STREET or kind not in ImportBatch.Kind.values:
        raise ValidationError(_("请选择街道和文件内容"), code="choice")
    _permit(actor, street, kind)
    key = key or uuid.uuid4()
    known = ImportBatch.objects.filter(key=key, by=actor.reference).first()
    if known:
        return known
    path, size, digest = keep(chunks, name, Path(settings.MEDIA_ROOT) / "imports" / uuid.uuid4().hex)
    return ImportBatch.objects.create(
        key=key,
        street=street,
        kind=kind,
        name=name[-200:],
        path=str(path.relative_to(settings.MEDIA_ROOT)),
        size=size,
        sha256=digest,
        by=actor.reference,
    )


def locate_import(actor: Actor, *, batch: ImportBatch, layer: str, crs: str = "") -> None:
    """Settle the layer and the coordinate system; empty for tables without coordinates.

    Raises
    ------
    InputError
        No such coordinate system.
    """
    permit(actor, "territory.import", batch.street)
    _step(batch, "located", layer=layer, crs=parse_crs(crs) if crs else "")


def map_columns(
    actor: Actor,
    *,
    batch: ImportBatch,
    columns: Mapping[str, str],
    source: str = "",
    as_of: date | None = None,
    credit: str = "",
    complete: bool = False,
    members_from: date | None = None,
    leave_out: bool = False,
) -> None:
    """Settle which column holds which field, and what the file does not say; the street's next file starts from it."""
    _permit(actor, batch.street, batch.kind, members_from)
    with transaction.atomic():
        _step(
            batch, "mapped", columns=dict(columns), source=source.strip(), as_of=as_of, credit=credit.strip(),
            complete=complete, members_from=members_from, leave_out=leave_out,
        )  # fmt: skip
        ColumnMapping.objects.update_or_create(
            street=batch.street, kind=batch.kind, defaults={"columns": dict(columns), "source": source.strip()}
        )


def check_import(actor: Actor, *, batch: ImportBatch) -> ImportBatch:
    """Check every row and keep what was found; a file that cannot be read says so in the summary.

    Returns
    -------
    The import, checked where nothing stops it.
    """
    _permit(actor, batch.street, batch.kind, batch.members_from)
    if not batch.may_become("checked"):
        raise ValidationError(_("请先对应列"), code="state")
    try:
        rows = rows_of(batch)
        draft = draft_of(batch, rows)
    except InputError as error:
        _step(batch, "mapped", summary={"stopped": error.message, "advice": error.advice})
        ImportProblem.objects.filter(batch=batch).delete()
        return batch
    gone = [(block.shape, block.code, "gone") for block in draft.gone[Block]]
    keep_preview(path_of(batch).parent, [*draft.shapes, *gone])
    errors = sum(problem.error for problem in draft.problems)
    summary = {
        "rows": draft.rows,
        "left_out": draft.left_out,
        "errors": errors,
        "warnings": len(draft.problems) - errors,
        "numbers": draft.numbers(),
        "members": sum(map(len, draft.members.values())),
        "unfound": _unfound(draft),
    }
    with transaction.atomic():
        ImportProblem.objects.filter(batch=batch).delete()
        ImportProblem.objects.bulk_create(
            [
                ImportProblem(
                    batch=batch, level="error" if one.error else "warning", row=one.row, field=one.field[:80],
                    value=one.value[:120], code=one.code, details=one.details,
                )
                for one in sorted(draft.problems, key=lambda one: not one.error)[:MOST_PROBLEMS]
            ],
            batch_size=AT_ONCE,
        )  # fmt: skip
        good = not errors or (batch.leave_out and draft.left_out < draft.rows)
        _step(batch, "checked" if good else "mapped", summary=summary, credit=_credit(batch, rows.columns))
    return batch


def _permit(actor: Actor, street: Division, kind: str, members_from: date | None = None) -> None:
    """Ask for the import, and for what it will do besides: founding communities, assigning blocks."""
    permit(actor, "territory.import", street)
    if kind == ImportBatch.Kind.DIVISIONS:
        permit(actor, "org.edit", street)
    elif members_from:
        permit(actor, "territory.membership", street)


def _credit(batch: ImportBatch, columns: Iterable[str]) -> str:
    """Return whom maps of the file must name: as was said, as its report keeps it, and OpenStreetMap where it shows."""
    said = batch.credit.split(SEPARATOR)
    return line(together([*said, *kept_credits(path_of(batch)), *asked_by(batch.name, columns)]))[:MOST_CREDIT]


def _unfound(draft: Draft) -> dict[str, list[int]]:
    """By reason the number of buildings that no address will find, and the first rows of them."""
    rows: dict[str, list[int]] = {}
    for one in draft.problems:
        if one.code.startswith("unfound_") and one.row is not None:
            rows.setdefault(one.code, []).append(one.row)
    return {code: [len(found), *found[:EXAMPLES]] for code, found in sorted(rows.items())}


def discard_import(actor: Actor, *, batch: ImportBatch) -> None:
    """Give an import up; its file is removed."""
    permit(actor, "territory.import", batch.street)
    _step(batch, "discarded")
    shutil.rmtree(path_of(batch).parent, ignore_errors=True)


def _step(batch: ImportBatch, state: str, **values: object) -> None:
    """Take one step of the state table, on the row as it stands."""
    with transaction.atomic():
        held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if not held.may_become(state):
            raise ValidationError(_("这次导入%(state)s，不能再改") % {"state": held.get_state_display()}, code="state")
        for name, value in {"state": state, **values}.items():
            setattr(held, name, value)
            setattr(batch, name, value)
        held.save(update_fields=["state", *values])
