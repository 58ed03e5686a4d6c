"""The check of an import: from the kept file to a draft, writing nothing."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.utils import timezone

from linli.errors import InputError
from linli.geodata.fingerprint import file_hash
from linli.territory.importing.check_affinities import check_affinities
from linli.territory.importing.check_blocks import check_blocks
from linli.territory.importing.check_counts import check_counts
from linli.territory.importing.check_divisions import check_divisions
from linli.territory.importing.check_places import check_buildings, check_compounds, check_facilities
from linli.territory.importing.draft import Draft
from linli.territory.importing.fields import COUNT_NAMES, fields_of
from linli.territory.importing.ground import Ground
from linli.territory.importing.rows import Rows, read_rows
from linli.territory.models import ImportBatch

PLACES = {"compounds": check_compounds, "buildings": check_buildings, "facilities": check_facilities}


def path_of(batch: ImportBatch) -> Path:
    """Return where the file of an import stands."""
    return Path(settings.MEDIA_ROOT) / batch.path


def rows_of(batch: ImportBatch) -> Rows:
    """Read the rows of an import.

    Raises
    ------
    InputError
        The file is gone or has changed since it was uploaded, cannot be read, or its columns do not do.
    """
    path = path_of(batch)
    if not path.is_file() or file_hash(path) != batch.sha256:
        raise InputError("the uploaded file is gone or has changed", file=batch.name, advice="upload it again")
    for field in fields_of(batch.kind):
        if field.required and field.name not in batch.columns:
            raise InputError("no column is chosen", file=batch.name, field=field.title, advice="choose its column")
    if any(name in batch.columns for name in COUNT_NAMES) and not (batch.source and batch.as_of):
        raise InputError("counts need a source and a day", file=batch.name, advice="say whose numbers, as of when")
    return read_rows(path, layer=batch.layer, crs=batch.crs, mapping=batch.columns)


def draft_of(batch: ImportBatch, rows: Rows) -> Draft:
    """Compare rows with what the street has, and return what would change.

    Raises
    ------
    InputError
        The street has no blocks yet, on which everything else hangs.
    """
    ground = Ground(batch.street, batch.as_of or timezone.localdate())
    draft = Draft(rows=len(rows))
    if batch.kind == ImportBatch.Kind.BLOCKS:
        check_blocks(rows, ground, batch, path_of(batch), draft)
    elif batch.kind == ImportBatch.Kind.DIVISIONS:
        check_divisions(rows, ground, batch, draft)
    elif batch.kind != ImportBatch.Kind.COMPOUNDS and not ground.blocks:
        raise InputError("the street has no blocks yet", file=batch.name, advice="import its blocks first")
    elif batch.kind == ImportBatch.Kind.COUNTS:
        check_counts(rows, ground, batch, draft)
    elif batch.kind == ImportBatch.Kind.AFFINITIES:
        check_affinities(rows, ground, draft)
    else:
        PLACES[batch.kind](rows, ground, batch, draft)
    draft.problems[:0] = rows.problems
    draft.left_out = len(rows.bad)
    return draft
