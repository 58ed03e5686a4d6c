"""Check a file of blocks: outlines, codes, labels, counts, and the lines between them."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from linli.geodata.blocks import plain_text
from linli.geodata.blocks_file import notes_in, read_blocks
from linli.geodata.borders import Lines, find_borders
from linli.geodata.coordinates import CGCS2000, local_crs, transform
from linli.geodata.layers import layer_names
from linli.org.hanging import hanging_on
from linli.org.models import Division
from linli.territory.importing.check_counts import put_counts
from linli.territory.importing.draft import Draft, shape_values
from linli.territory.importing.fields import COUNT_NAMES
from linli.territory.importing.ground import Ground
from linli.territory.importing.numbers import plain_name
from linli.territory.importing.problems import Problem
from linli.territory.importing.rows import Rows
from linli.territory.models import Block, ImportBatch, Line
from linli.written import kept as kept_text

SURVEYED = ("affinity", "asked", "agreed")  # of a line
SHARED_M2 = 1.0  # overlaps smaller than this are rounding


def check_blocks(rows: Rows, ground: Ground, batch: ImportBatch, path: Path, draft: Draft) -> None:
    """Fill a draft with blocks, their lines, first memberships and counts."""
    geometry = _outlines(rows)
    codes = rows.codes()
    used = set(rows.mapping.values())
    kept: list[int] = []
    blocks: list[Block | None] = [None] * len(rows)
    sums: dict[str, list[tuple[Block, int]]] = {name: [] for name in COUNT_NAMES if rows.has(name)}
    for index, code in enumerate(codes):
        name = rows.text(index, "compound", 200)
        compound = next((found for one in name.split(";") if (found := ground.compound_called(one))), None)
        if name and compound is None:
            rows.warn(index, "compound_later", "compound")
        community = _community(rows, index, ground, batch.members_from)
        counts = {one: rows.whole(index, one) for one in sums}
        values: dict[str, Any] = {
            "police_area": rows.text(index, "police_area", 60),
            "school_area": rows.text(index, "school_area", 60),
        }
        if index in rows.bad:
            if geometry[index] is not None:
                draft.shapes.append((geometry[index], code, "error"))
            continue
        values = {one: value for one, value in values.items() if rows.has(one)}
        own = {kept_text(column): _cell(cells[index]) for column, cells in rows.columns.items() if column not in used}
        if name:
            own["compound"] = name
        if compound is not None:
            values["compound"] = compound
        values |= {"columns": {key: value for key, value in own.items() if value is not None}}
        values |= shape_values(geometry[index])
        existing = ground.blocks.get(code)
        block, state = draft.put(
            Block, existing, values if existing else {"street": ground.street, "code": code, **values}
        )
        blocks[index] = block
        kept.append(index)
        draft.shapes.append((geometry[index], code, state))
        for one, value in counts.items():
            if value is not None:
                sums[one].append((block, value))
        if community is not None and block.pk not in ground.settled:
            draft.members.setdefault(community.pk, []).append(block)
    ours = path.suffix == ".gpkg" and batch.layer == "blocks"
    told = notes_in(path) if ours else {}  # by column of the file
    estimates = {one: told[rows.mapping[one]].rule for one in sums if rows.mapping[one] in told}
    put_counts(draft, ground, batch, {one: pairs for one, pairs in sums.items() if pairs}, estimates)
    metric = _metric(geometry, kept)
    _overlaps(rows, metric, kept, codes)
    lines = _lines(path, batch, rows, metric, kept, codes)
    _put_lines(draft, ground, lines, [blocks[index] for index in kept])
    _missing(draft, ground, batch, {codes[index] for index in kept})


def _community(rows: Rows, index: int, ground: Ground, day: date | None) -> Division | None:
    """Find the community that a block first belongs to; None where no day is asked for or none is named."""
    name = rows.raw(index, "community")
    if day is None or not name:
        return None
    found = ground.community_called(name, day)
    if found is None and plain_name(name) in ground.communities:
        rows.fail(index, "not_then", "community", day=day.isoformat())
    elif found is None:
        rows.fail(index, "unknown_community", "community")
    return found


def _outlines(rows: Rows) -> NDArray[Any]:
    """Mend outlines, and fail rows without ground."""
    geometry = np.full(len(rows), None, dtype=object) if rows.geometry is None else rows.geometry.copy()
    for index, shape in enumerate(geometry):
        if shape is None:
            rows.fail(index, "no_geometry")
        elif shapely.get_dimensions(shape) != 2:
            rows.fail(index, "not_area")
            geometry[index] = None
        elif not shape.is_valid or shape.geom_type == "GeometryCollection":
            whole = shapely.make_valid(shape, method="structure", keep_collapsed=False)
            geometry[index] = None if whole.is_empty or whole.area == 0 else whole
            if geometry[index] is None:
                rows.fail(index, "no_area")
            else:
                rows.warn(index, "mended")
    return geometry


def _metric(geometry: NDArray[Any], kept: list[int]) -> NDArray[Any]:
    found = geometry[kept]
    if not kept:
        return found
    west, south, east, north = shapely.total_bounds(found)
    return transform(found, CGCS2000, local_crs((west + east) / 2, (south + north) / 2))


def _overlaps(rows: Rows, metric: NDArray[Any], kept: list[int], codes: list[str]) -> None:
    if len(kept) < 2:
        return
    first, second = shapely.STRtree(metric).query(metric, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    meet = shapely.relate_pattern(metric[first], metric[second], "T********")
    first, second = first[meet], second[meet]
    shared = shapely.area(shapely.intersection(metric[first], metric[second]))
    for a, b, area in zip(first, second, shared, strict=True):
        if area > SHARED_M2:
            rows.warn(kept[a], "overlap", "code", other=codes[kept[b]], area=f"{area:,.0f}")


def _lines(
    path: Path, batch: ImportBatch, rows: Rows, metric: NDArray[Any], kept: list[int], codes: list[str]
) -> Lines | None:
    """Take the lines of the engine's own file, else measure them from shared borders."""
    if len(kept) < 2:
        return None
    own = path.suffix == ".gpkg" and batch.layer == "blocks" and "lines" in layer_names(path)
    if own and len(kept) == len(rows):
        found = read_blocks(path, layer=batch.layer, crs=batch.crs or None)
        lines = found.lines
        return Lines(**{**vars(lines), "geometry": transform(lines.geometry, found.crs, CGCS2000)})
    west, south, east, north = shapely.total_bounds(np.asarray(rows.geometry)[kept])
    measured, _ = find_borders([codes[index] for index in kept], metric)
    system = local_crs((west + east) / 2, (south + north) / 2)
    return Lines(**{**vars(measured), "geometry": transform(measured.geometry, system, CGCS2000)})


def _put_lines(draft: Draft, ground: Ground, lines: Lines | None, blocks: list[Block | None]) -> None:
    keys = {block.pk for block in blocks if block is not None and block.pk}
    old: dict[tuple[object, ...], list[Line]] = defaultdict(list)  # a pair of blocks has a line for each thing
    felt: dict[frozenset[int], dict[str, Any]] = {}  # what a survey told stays where the file tells nothing
    for line in Line.objects.filter(a__street=ground.street).order_by("pk"):
        if line.a_id in keys and line.b_id in keys:
            pair = frozenset((line.a_id, line.b_id))
            old[pair, line.kind, line.name].append(line)
            if line.affinity is not None:
                felt.setdefault(pair, {name: getattr(line, name) for name in SURVEYED})
    if lines is not None:
        for k in np.flatnonzero(np.isfinite(lines.affinity)).tolist():
            felt.pop(_pair(blocks[int(lines.a[k])], blocks[int(lines.b[k])]), None)
    for k in range(0 if lines is None else len(lines)):
        assert lines is not None
        a, b = blocks[int(lines.a[k])], blocks[int(lines.b[k])]
        assert a is not None
        assert b is not None
        shape, pair = lines.geometry[k], _pair(a, b)
        said: dict[str, Any] = dict.fromkeys(SURVEYED)
        said = said | {"affinity": float(lines.affinity[k])} if np.isfinite(lines.affinity[k]) else felt.pop(pair, said)
        values = {
            "length_m": round(float(lines.length_m[k]), 3),
            "kind": str(lines.kind[k]),
            "name": str(lines.name[k] or "")[:60],
            "wkb": None if shape is None else shapely.to_wkb(shape),
            **said,
        }
        known = old[pair, values["kind"], values["name"]] if a.pk and b.pk else []
        existing = known.pop(0) if known else None
        draft.put(Line, existing, values if existing else {"a": a, "b": b, **values})
    draft.gone[Line] += [line for left in old.values() for line in left]


def _pair(a: Block | None, b: Block | None) -> frozenset[int]:
    return frozenset(one.pk for one in (a, b) if one is not None and one.pk)


def _missing(draft: Draft, ground: Ground, batch: ImportBatch, present: set[str]) -> None:
    """Tell blocks that the file lacks; remove those that nothing hangs on, where the file is said to be complete."""
    missing = {block.pk: block for code, block in ground.blocks.items() if code not in present}
    if not batch.complete or not missing:
        return
    held = hanging_on(Block, list(missing), besides=(Line,))
    for key, block in missing.items():
        draft.problems.append(Problem("kept" if key in held else "removed", None, "", block.code, False))
        if key not in held:
            draft.gone[Block].append(block)


def _cell(value: object) -> object:
    """Return a cell as JSON holds it, None where it is empty."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value != value or value == "":
        return None
    plain = isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value))
    return value if plain else kept_text(plain_text(value))  # JSON knows no infinity
