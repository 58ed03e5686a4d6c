"""Blocks from a file, and back: our GeoPackage, or any file of polygons."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from linli.errors import InputError
from linli.geodata.atomic import replace_when_done
from linli.geodata.blocks import COUNT_COLUMNS, Blocks, plain_text
from linli.geodata.borders import KINDS, Floats, Ints, Lines, Objects, Rim, find_borders
from linli.geodata.coordinates import parse_crs, transform, working_crs
from linli.geodata.count_notes import KEPT, CountNote
from linli.geodata.credits import credits_in
from linli.geodata.fingerprint import iso_wkb
from linli.geodata.layers import Layer, layer_names, read_attributes, read_layer_and_wkb
from linli.geodata.tables import TABLE_ENDINGS, must_exist

Pieces = TypeVar("Pieces", Lines, Rim)
OVERLAP_M2 = 1.0  # less than this is rounding


def read_blocks(
    path: str | os.PathLike[str], *, count: str | None = None, crs: str | None = None, layer: str | None = None
) -> Blocks:
    """Read blocks from a blocks file (docs/architecture.md) or any file of polygons.

    Polygons in degrees, in feet or in a system that stretches lengths are carried into the local metric system;
    invalid rings are mended; where the file has no `lines` or `rim` they are measured from shared borders. All of it is
    told in `Blocks.report`.

    Parameters
    ----------
    path
        GeoPackage, Shapefile, GeoJSON …, or CSV or XLSX with a column of well-known text.
    count
        The counting definition (口径) to use: a column, checked at once. Where absent, the only count column there is.
    crs
        The system of the numbers, where the file names none or a wrong one: see `parse_crs`.
    layer
        The layer of polygons; `blocks`, or the only one, where absent.

    Raises
    ------
    InputError
        The file, a geometry, an id, a line or a count cannot be used.
    """
    path = Path(path)
    must_exist(path)
    present = [] if path.suffix.lower() in TABLE_ENDINGS else layer_names(path)
    if layer is None and "blocks" in present:
        layer = "blocks"
    found, wkb = read_layer_and_wkb(path, layer=layer, crs=crs)
    _must_be_polygons(found)
    ids, columns = _ids(found)
    report = _kept_report(path, present)
    notes = list(found.notes)

    metric = working_crs(found.crs, shapely.total_bounds(found.geometry))
    if metric != found.crs:
        notes.append(
            {
                "zh": f"地块已由 {found.crs} 转换到 {metric}",
                "en": f"the blocks were carried from {found.crs} to {metric}",
            }
        )
    geometry = transform(found.geometry, found.crs, metric)
    geometry, mended = _mended(geometry, found, ids)
    if mended:
        shown = ", ".join(mended[:10])
        notes.append(
            {
                "zh": f"{len(mended)}个地块边界自相交,已修复:{shown}",
                "en": f"{len(mended)} blocks had invalid rings, which were mended: {shown}",
            }
        )

    own = layer == "blocks"
    lines = _read_lines(path, ids) if own and "lines" in present else None
    rim = _read_rim(path, ids) if own and "rim" in present else None
    if lines is None or rim is None:
        measured_lines, measured_rim = find_borders(ids, geometry)
        overlaps = _overlaps(ids, geometry)
        if overlaps:
            shown = "; ".join(overlaps[:10])
            notes.append(
                {
                    "zh": f"{len(overlaps)}对地块相互重叠:{shown}",
                    "en": f"{len(overlaps)} pairs of blocks overlap: {shown}",
                }
            )
    blocks = Blocks(
        ids=ids,
        geometry=geometry,
        columns=columns,
        lines=measured_lines if lines is None else _moved(lines, found.crs, metric),
        rim=measured_rim if rim is None else _moved(rim, found.crs, metric),
        crs=metric,
        report=report | ({"reading": notes} if notes else {}),
        source=path,
        count=count,
        lines_measured=lines is None,
        ground_sha256=None if wkb is None else tuple(hashlib.sha256(iso_wkb(outline)).hexdigest() for outline in wkb),
    )
    if count is not None:
        blocks.counts(count)
        return blocks
    known = [name for pair in COUNT_COLUMNS.items() for name in pair if name in columns]
    return replace(blocks, count=known[0]) if len(known) == 1 else blocks


def write_blocks(blocks: Blocks, path: str | os.PathLike[str]) -> None:
    """Write a blocks file (GeoPackage, docs/architecture.md): whole, or not at all.

    Parameters
    ----------
    blocks
        What to write.
    path
        The file; one that stands there is replaced.
    """
    ids = np.array(blocks.ids, dtype=object)
    lines, rim = blocks.lines, blocks.rim
    with replace_when_done(path) as temporary, _unhurried_disk():
        _write(temporary, "blocks", blocks.crs, blocks.geometry, {"id": ids, **blocks.columns})
        columns = {"length_m": lines.length_m, "kind": lines.kind, "name": lines.name, "affinity": lines.affinity}
        _write(temporary, "lines", blocks.crs, lines.geometry, {"a": ids[lines.a], "b": ids[lines.b], **columns})
        columns = {"length_m": rim.length_m, "kind": rim.kind, "name": rim.name}
        _write(temporary, "rim", blocks.crs, rim.geometry, {"a": ids[rim.a], **columns})
        for layer in blocks.beside:
            _write(temporary, layer.name, blocks.crs, layer.geometry, layer.columns)
        report = json.dumps(blocks.report, ensure_ascii=False, default=str)
        _write(temporary, "report", None, None, {"json": np.array([report], dtype=object)})


@contextmanager
def _unhurried_disk() -> Iterator[None]:
    """Let SQLite leave the flushing to us, who flush once, before the file is moved into place."""
    before = pyogrio.get_gdal_config_option("OGR_SQLITE_SYNCHRONOUS")
    pyogrio.set_gdal_config_options({"OGR_SQLITE_SYNCHRONOUS": "OFF"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_SQLITE_SYNCHRONOUS": before})


def _must_be_polygons(layer: Layer) -> None:
    dimensions = shapely.get_dimensions(layer.geometry)
    wrong = dimensions != 2
    if not wrong.any():
        return
    row = int(np.argmax(wrong))
    shape = layer.geometry[row]
    where = {"file": layer.source, "layer": layer.name, "row": int(layer.rows[row])}
    if shape is None:
        raise InputError("a block has no geometry, or a broken one", **where, advice="draw it, or delete the row")
    raise InputError(
        "blocks must be polygons",
        **where,
        field="geometry",
        value=shape.geom_type,
        advice="make blocks from streets with `linli blocks`, or name the layer of polygons with --layer",
    )


def _ids(layer: Layer) -> tuple[tuple[str, ...], dict[str, NDArray[Any]]]:
    """Return ids as text, made from row numbers where there is no column `id`, and the other columns."""
    name = next((name for name in layer.columns if name.lower() == "id"), None)
    columns = {other: values for other, values in layer.columns.items() if other != name}
    if name is None:
        return tuple(f"B{row:05d}" for row in layer.rows), columns
    ids = tuple(plain_text(value) for value in layer.columns[name])
    first: dict[str, int] = {}
    for row, key in zip(layer.rows, ids, strict=True):
        where = {"file": layer.source, "layer": layer.name, "row": int(row), "field": name}
        if not key.strip():
            raise InputError("a block has no id", **where, advice="give every block an id of its own")
        if key in first:
            raise InputError(
                f"two blocks have the same id (the other is row {first[key]})",
                **where,
                value=key,
                advice="give every block an id of its own",
            )
        first[key] = int(row)
    return ids, columns


def _mended(geometry: Objects, layer: Layer, ids: tuple[str, ...]) -> tuple[Objects, list[str]]:
    """Mend invalid rings and keep what has an area."""
    broken = np.flatnonzero(~shapely.is_valid(geometry) | (shapely.get_type_id(geometry) == 7))
    if len(broken) == 0:
        return geometry, []
    geometry = geometry.copy()
    whole = shapely.make_valid(geometry[broken], method="structure", keep_collapsed=False)
    for row, shape in zip(broken, whole, strict=True):
        parts = [part for part in shapely.get_parts(shapely.get_parts([shape])) if shapely.get_dimensions(part) == 2]
        if shapely.area(shape) == 0 or not parts:
            raise InputError(
                "a block has no area",
                file=layer.source,
                layer=layer.name,
                row=int(layer.rows[row]),
                field="geometry",
                value=ids[row],
                advice="draw it again, or delete the row",
            )
        geometry[row] = shape if shape.geom_type != "GeometryCollection" else shapely.union_all(parts)
    return geometry, [ids[row] for row in broken]


def _overlaps(ids: tuple[str, ...], geometry: Objects) -> list[str]:
    """Name pairs of blocks that share ground, with the square metres."""
    first, second = shapely.STRtree(geometry).query(geometry, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    # where outlines only touch, interiors do not meet: T in the first place of the relation means they do
    meet = shapely.relate_pattern(geometry[first], geometry[second], "T********")
    first, second = first[meet], second[meet]
    shared = shapely.area(shapely.intersection(geometry[first], geometry[second]))
    return [
        f"{ids[a]} / {ids[b]} ({area:,.0f} m²)"
        for a, b, area in zip(first, second, shared, strict=True)
        if area > OVERLAP_M2
    ]


def _read_lines(path: Path, ids: tuple[str, ...]) -> Lines:
    columns, geometry = read_attributes(path, "lines")
    a, b = _ends(path, "lines", "a", columns, ids), _ends(path, "lines", "b", columns, ids)
    if np.any(a == b):
        row = int(np.argmax(a == b))
        raise InputError(
            "a line divides a block from itself",
            file=path,
            layer="lines",
            row=row + 1,
            value=ids[a[row]],
            advice="delete the row, or write the block on the other side",
        )
    swapped = np.array([ids[i] > ids[j] for i, j in zip(a, b, strict=True)], dtype=np.bool_)
    affinity = columns.get("affinity")
    return Lines(
        a=np.where(swapped, b, a),
        b=np.where(swapped, a, b),
        length_m=_lengths(path, "lines", columns),
        kind=_kinds(path, "lines", columns),
        name=_names(columns, len(a)),
        affinity=np.full(len(a), np.nan) if affinity is None else affinity.astype(np.float64),
        geometry=geometry,
    )


def _read_rim(path: Path, ids: tuple[str, ...]) -> Rim:
    columns, geometry = read_attributes(path, "rim")
    a = _ends(path, "rim", "a", columns, ids)
    kind, name = _kinds(path, "rim", columns), _names(columns, len(a))
    return Rim(a=a, length_m=_lengths(path, "rim", columns), kind=kind, name=name, geometry=geometry)


def _ends(path: Path, layer: str, field: str, columns: dict[str, NDArray[Any]], ids: tuple[str, ...]) -> Ints:
    """Turn a column of block ids into indices."""
    index = {key: row for row, key in enumerate(ids)}
    values = [plain_text(value) for value in _needed(path, layer, field, columns)]
    for row, key in enumerate(values, start=1):
        if key not in index:
            raise InputError(
                "a line names a block that does not exist",
                file=path,
                layer=layer,
                row=row,
                field=field,
                value=key,
                advice=f"write an id of the layer blocks, or delete the layer {layer}: it is then measured",
            )
    return np.array([index[key] for key in values], dtype=np.int64)


def _lengths(path: Path, layer: str, columns: dict[str, NDArray[Any]]) -> Floats:
    values = _needed(path, layer, "length_m", columns)
    lengths = values.astype(np.float64) if values.dtype.kind in "iuf" else np.full(len(values), np.nan)
    wrong = ~np.isfinite(lengths) | (lengths < 0)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InputError(
            "a length is no number of zero or more",
            file=path,
            layer=layer,
            row=row + 1,
            field="length_m",
            value=values[row],
            advice="write metres",
        )
    return lengths


def _kinds(path: Path, layer: str, columns: dict[str, NDArray[Any]]) -> Objects:
    if "kind" not in columns:
        raise _missing(path, layer, "kind", columns)
    kinds = np.array([kind or "none" for kind in columns["kind"]], dtype=object)
    for row, kind in enumerate(kinds, start=1):
        if kind not in KINDS:
            raise InputError(
                "this kind of line is unknown",
                file=path,
                layer=layer,
                row=row,
                field="kind",
                value=kind,
                advice=f"the kinds are: {', '.join(KINDS)}",
            )
    return kinds


def _names(columns: dict[str, NDArray[Any]], n: int) -> Objects:
    names = columns.get("name", np.full(n, None))
    return np.array(["" if name is None or name != name else str(name) for name in names], dtype=object)


def _needed(path: Path, layer: str, field: str, columns: dict[str, NDArray[Any]]) -> NDArray[Any]:
    if field not in columns:
        raise _missing(path, layer, field, columns)
    return columns[field]


def _missing(path: Path, layer: str, field: str, columns: dict[str, NDArray[Any]]) -> InputError:
    return InputError(
        "the column is missing",
        file=path,
        layer=layer,
        field=field,
        advice=f"the columns are: {', '.join(columns)}; without the layer {layer} it is measured",
    )


def _moved(pieces: Pieces, source: str, target: str) -> Pieces:
    return replace(pieces, geometry=transform(pieces.geometry, source, target))


def notes_in(path: Path) -> dict[str, CountNote]:
    """Return what the counts of a blocks file rest on, by column."""
    told = _kept_report(path, layer_names(path)).get(KEPT)
    return (
        {str(count): CountNote.from_json(str(count), kept) for count, kept in told.items()}
        if isinstance(told, dict)
        else {}
    )


def kept_credits(path: Path) -> tuple[str, ...]:
    """Return whom maps of a blocks file must name, as its report keeps it; nothing of other files."""
    return credits_in(_kept_report(path, layer_names(path))) if path.suffix.lower() == ".gpkg" else ()


def _kept_report(path: Path, present: list[str]) -> dict[str, object]:
    """Read what the import of this file found, if it says so."""
    if "report" not in present:
        return {}
    columns, _ = read_attributes(path, "report")
    try:
        kept = json.loads(columns["json"][0])
    except (KeyError, IndexError, TypeError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _write(path: Path, layer: str, crs: str | None, geometry: Objects | None, columns: dict[str, NDArray[Any]]) -> None:
    """Add a layer to a GeoPackage."""
    names = _distinct(columns)
    lower = {name.lower() for name in names}
    fields = [_storable(values) for values in columns.values()]
    kinds = set() if geometry is None else {shape.geom_type for shape in geometry if shape is not None}
    pyogrio.raw.write(
        path,
        None if geometry is None else shapely.to_wkb(geometry, flavor="iso", byte_order=1),
        fields,
        np.array(names, dtype=object),
        layer=layer,
        driver="GPKG",
        geometry_type=None if geometry is None else (kinds.pop() if len(kinds) == 1 else "Unknown"),
        crs=None if crs is None else parse_crs(crs),
        append=path.exists(),
        layer_options={
            "FID": "linli_row" if "fid" in lower else "fid",
            "GEOMETRY_NAME": "ground" if "geom" in lower else "geom",
        },
    )


def _distinct(names: Iterable[str]) -> list[str]:
    """Number names that differ in capitals only, which a GeoPackage takes for the same."""
    taken: set[str] = set()
    distinct = []
    for name in names:
        candidates = (name if k == 1 else f"{name}_{k}" for k in itertools.count(1))
        distinct.append(next(candidate for candidate in candidates if candidate.lower() not in taken))
        taken.add(distinct[-1].lower())
    return distinct


def _storable(values: NDArray[Any]) -> NDArray[Any]:
    """Turn a column of mixed objects into text, which a layer can hold."""
    if values.dtype != object or all(value is None or isinstance(value, str) for value in values):
        return values
    return np.array([None if value is None else str(value) for value in values], dtype=object)
