"""Take an uploaded file through coordinates, columns and check, as far as these are certain without asking."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.territory.actions.prepare_import import check_import, locate_import, map_columns
from linli.territory.importing.checking import path_of
from linli.territory.importing.fields import fields_of, guess_columns
from linli.territory.importing.sight import look
from linli.territory.models import ColumnMapping, ImportBatch


def ready_import(
    actor: Actor,
    *,
    batch: ImportBatch,
    layer: str = "",
    crs: str = "",
    columns: Mapping[str, str] | None = None,
    source: str = "",
    as_of: date | None = None,
    credit: str = "",
    complete: bool = False,
    members_from: date | None = None,
    leave_out: bool = False,
) -> None:
    """Take the steps of the wizard for one who knows the answers, a program or the demo.

    Parameters
    ----------
    batch
        Uploaded; where its coordinates are in doubt and `crs` does not say, it is left so.
    layer, crs
        What the file does not say by itself.
    columns
        Field to column; guessed from the names, and from what the street chose last, where None.
    source, as_of, credit, complete, members_from, leave_out
        As in `map_columns`; the source is the street's last one where not given.

    Raises
    ------
    ValidationError
        A field or column that does not exist.
    InputError
        The file cannot be read.
    """
    sight = look(path_of(batch), kind=batch.kind, layer=layer)
    crs = crs or (sight.guess.crs if sight.guess else "") or ""
    if sight.guess and not crs:
        return
    locate_import(actor, batch=batch, layer=sight.layer, crs=crs)
    foreign = {*(columns or {})} - {field.name for field in fields_of(batch.kind)}
    foreign |= {*(columns or {}).values()} - {*sight.columns}
    if foreign:
        raise ValidationError({"columns": _("没有这些字段或列：%(names)s") % {"names": "、".join(sorted(foreign))}})
    kept = ColumnMapping.objects.filter(street=batch.street, kind=batch.kind).first()
    chosen = columns if columns is not None else guess_columns(
        batch.kind, sight.columns, dict(kept.columns) if kept else {}
    )  # fmt: skip
    map_columns(
        actor, batch=batch, columns=chosen, source=source or (kept.source if kept else ""), as_of=as_of,
        credit=credit, complete=complete, members_from=members_from, leave_out=leave_out,
    )  # fmt: skip
    check_import(actor, batch=batch)
