"""Counts of households and dwellings: from building columns, from a table, or estimated from floor area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from linli.errors import InputError
from linli.geodata.arrangement import Bools, Floats, Ints, Objects
from linli.geodata.count_notes import COUNT_COLUMNS, Part
from linli.geodata.hang import (
    NOT_HOMES,
    STOREY_M,
    apportion,
    block_of,
    drawn_twice,
    estimate_dwellings,
    mend,
    sum_by_block,
)
from linli.geodata.import_report import Report
from linli.geodata.layers import Layer
from linli.geodata.street_classes import COMPOUND_COLUMNS, ID_COLUMNS, text
from linli.geodata.tables import Table
from linli.geodata.twins import Compounds, called, number_buildings

FLOOR_COLUMNS = ("building:levels", "levels", "floors", "层数", "楼层", "楼层数", "num_floors")
HEIGHT_COLUMNS = ("height", "高度", "楼高")
USE_COLUMNS = ("building", "kind_detail", "fclass", "type", "use", "用途", "类型")
PART_COLUMNS = ("kind", "building:part")


@dataclass(frozen=True, eq=False)
class Buildings:
    """Buildings that stand once: arrays of equal length.

    Parameters
    ----------
    geometry
        Outlines or points, metres.
    compound
        The compound each belongs to, '' for none.
    columns
        All other attributes.
    floors
        NaN where unknown.
    floor_m2
        Footprint × floors, square metres.
    dwellings
        Estimate from floor area.
    source
        Names of the files, '' where the layers were made in memory.
    """

    geometry: Objects
    compound: Objects
    columns: dict[str, NDArray[Any]]
    floors: Floats
    floor_m2: Floats
    dwellings: Ints
    source: str


def read_buildings(
    layers: Sequence[Layer],
    report: Report,
    *,
    area_per_dwelling: float,
    default_floors: float,
    compounds: Compounds,
) -> Buildings | None:
    """Mend building outlines, leave out those drawn twice, and estimate their dwellings; None without any layer.

    Their compounds are numbered as the polygons of `compounds` are, where there are any.
    """
    if not layers:
        return None
    geometry, repaired = mend(np.concatenate([layer.geometry for layer in layers]))
    report.met("rings_repaired", repaired, "{}个建筑轮廓自相交,已修复", "{} invalid building outlines were repaired")
    columns = _stack([layer.columns for layer in layers], [len(layer) for layer in layers])
    part = _is_part(columns, len(geometry))
    drawn = np.flatnonzero(~shapely.is_empty(geometry) & (shapely.get_dimensions(geometry) != 1) & ~part)
    report.met("building_parts", int(part.sum()), "{}个建筑部件未单独计算", "{} parts of buildings were left out")
    repeats = drawn_twice(geometry[drawn])
    double = repeats >= 0
    report.met(
        "duplicate_buildings", int(double.sum()),
        "{}个建筑重复绘制,只算一次", "{} buildings were drawn twice and count once",
    )  # fmt: skip
    # of two drawings of one building the one with the greater count stays
    keep = drawn[_better_of_two(repeats, {k: v[drawn] for k, v in columns.items()})]
    _tell_lost_counts(columns, np.setdiff1d(drawn, keep), report)
    geometry = geometry[keep]
    columns = {name: values[keep] for name, values in columns.items()}
    compound = texts_of(columns, COMPOUND_COLUMNS, len(geometry))
    compound, twins = number_buildings(compound, geometry, compounds)
    tell_twins(twins, report)
    floors = _floors(columns, len(geometry))
    homes = np.array([one.lower() not in NOT_HOMES for one in texts_of(columns, USE_COLUMNS, len(geometry))], np.bool_)
    footprint = shapely.area(geometry)
    report.count("buildings", len(geometry))
    report.count("buildings_without_floors", int((~np.isfinite(floors)).sum()))
    report.count("buildings_not_homes", int((~homes).sum()))
    dwellings = estimate_dwellings(
        footprint, floors, homes, area_per_dwelling=area_per_dwelling, default_floors=default_floors
    )
    known = np.where(np.isfinite(floors), floors, default_floors)
    source = "、".join(dict.fromkeys(layer.source.name for layer in layers if layer.source is not None))
    return Buildings(geometry, compound, columns, floors, footprint * known, dwellings, source)


def tell_twins(twins: Sequence[str], report: Report) -> None:
    """Note the names that several compounds bear."""
    if twins:
        names = "、".join(twins[:5])
        report.count("compounds_of_one_name", len(twins))
        report.note(
            f"同名小区不止一个,已编号区分:{names}", f"several compounds bear one name and were numbered: {names}"
        )


def counted(
    buildings: Buildings | None,
    table: Table | Layer | None,
    count_columns: Mapping[str, str] | Sequence[str] | None,
    blocks: Objects,
    compounds: Mapping[str, Any],
    report: Report,
    *,
    area_per_dwelling: float,
) -> dict[str, Ints]:
    """Sum counts by block.

    Parameters
    ----------
    buildings
        What stands on the ground.
    table
        Rows with counts, joined by building id, by compound name, or by coordinates (a layer of points).
    count_columns
        Column names of counts, or count → column name; the known names of `COUNT_COLUMNS` where absent.
    blocks
        The blocks' ground.
    compounds
        Ground by compound name, for counts that are told by compound.
    report
        Sums in and out, and what was lost.
    area_per_dwelling
        What the estimate supposed, for the note.
    """
    size = len(blocks)
    home = np.zeros(0, dtype=np.int64) if buildings is None else block_of(buildings.geometry, blocks)
    if buildings is not None:
        report.met(
            "buildings_outside", int((home < 0).sum()),
            "{}个建筑在边界之外,未计入", "{} buildings lie outside the boundary and do not count",
        )  # fmt: skip
    sums: dict[str, Ints] = {}
    if buildings is not None:
        for name, values in _count_values(buildings.columns, count_columns, len(home), "buildings").items():
            sums[name] = sum_by_block(home, values, size)
            report.counts[name] = Part(buildings.source)
            _balance(report, name, int(values.sum()), int(sums[name].sum()))
    if table is not None:
        told = _from_table(table, buildings, home, count_columns, blocks, compounds, report)
        sums.update(told)
        report.counts |= dict.fromkeys(told, Part("" if table.source is None else table.source.name))
    asked = set(count_columns or ()) - sums.keys()
    if asked:
        raise InputError(
            f"no layer or table has the count column asked for: {', '.join(sorted(asked))}",
            field="count column",
            value=", ".join(str(_column_of(count_columns, name)) for name in sorted(asked)),
            advice="name a column of the buildings or of the table of counts",
        )
    if not sums and buildings is not None:
        sums["dwellings"] = sum_by_block(home, buildings.dwellings.astype(np.float64), size)
        missing = int(report.found["buildings_without_floors"])
        total = int(sums["dwellings"].sum())
        report.count("dwellings_estimated", total)
        report.counts["dwellings"] = Part(buildings.source, rule=f"floor_area:{area_per_dwelling:g}")
        report.note(
            f"没有户数资料:套数按建筑面积÷{area_per_dwelling:g}㎡估算,共{total:,}套,仅供参考;"
            f"{missing}个建筑没有层数,按默认层数计",
            f"no counts were given: dwellings are an ESTIMATE, floor area ÷ {area_per_dwelling:g} m², {total:,} in "
            f"all; {missing} buildings have no floors and were given the default",
        )
    return sums


def _column_of(count_columns: Mapping[str, str] | Sequence[str] | None, name: str) -> str:
    return count_columns[name] if isinstance(count_columns, Mapping) else name


def _from_table(
    table: Table | Layer,
    buildings: Buildings | None,
    home: Ints,
    count_columns: Mapping[str, str] | Sequence[str] | None,
    blocks: Objects,
    compounds: Mapping[str, Any],
    report: Report,
) -> dict[str, Ints]:
    rows = len(table.rows)
    values = _count_values(table.columns, count_columns, rows, table.name, source=table)
    if not values:
        raise InputError(
            "the table of counts has no count column (口径)",
            file=table.source,
            layer=table.name,
            advice=f"name one of: {', '.join(COUNT_COLUMNS)}; the columns are: {', '.join(table.columns)}",
        )
    if isinstance(table, Layer):
        place = block_of(table.geometry, blocks)
        lost = [str(row) for row in table.rows[place < 0]]
        sums = {name: sum_by_block(place, one, len(blocks)) for name, one in values.items()}
    else:
        sums, lost = _join(table, values, buildings, home, blocks, compounds)
    for name, one in values.items():
        _balance(report, name, int(one.sum()), int(sums[name].sum()))
    if lost:
        report.count("count_rows_without_place", len(lost))
        shown = "、".join(lost[:5]) + ("…" if len(lost) > 5 else "")
        report.note(
            f"户数表中{len(lost)}行找不到位置:{shown}", f"{len(lost)} rows of the counts have no place: {shown}"
        )
    return sums


def _join(
    table: Table,
    values: dict[str, Floats],
    buildings: Buildings | None,
    home: Ints,
    blocks: Objects,
    compounds: Mapping[str, Any],
) -> tuple[dict[str, Ints], list[str]]:
    """Join rows to buildings by id, else to compounds by name."""
    size = len(blocks)
    by_id: dict[str, list[int]] = {}
    best = _best_id(table, buildings)
    if best is not None and buildings is not None:
        for row, value in enumerate(buildings.columns[best[1]]):
            by_id.setdefault(text(value), []).append(row)
    named = next((name for name in (*COMPOUND_COLUMNS, "name", "名称") if name in table.columns), None)
    shares: dict[str, Floats] = {}
    listed = frozenset() if named is None else frozenset(text(one) for one in table.columns[named])
    sums = {name: np.zeros(size, dtype=np.int64) for name in values}
    lost = []
    for row in range(len(table.rows)):
        key = "" if best is None else text(table.columns[best[0]][row])
        name = "" if named is None else text(table.columns[named][row])
        if key in by_id and (home[by_id[key]] >= 0).any() and key:
            weight = np.zeros(size)
            weight[home[by_id[key][0]]] = 1.0 if home[by_id[key][0]] >= 0 else 0.0
        elif name:
            if name not in shares:
                shares[name] = _share_of_compound(name, listed, buildings, home, blocks, compounds)
            weight = shares[name]
        else:
            weight = np.zeros(size)
        if weight.sum() == 0:
            lost.append(key or name or f"row {table.rows[row]}")
            continue
        where = np.flatnonzero(weight)
        for column, one in values.items():
            sums[column][where] += apportion(int(one[row]), weight[where])
    return sums, lost


def _share_of_compound(
    name: str,
    listed: frozenset[str],
    buildings: Buildings | None,
    home: Ints,
    blocks: Objects,
    compounds: Mapping[str, Any],
) -> Floats:
    """Return the weight of each block in a compound: floor area there, else ground there."""
    weight = np.zeros(len(blocks))
    known = {*compounds, *(() if buildings is None else buildings.compound.tolist())}
    meant = called(name, known, listed)
    if buildings is not None:
        ours = np.array([one in meant for one in buildings.compound]) & (home >= 0)
        if ours.any():
            floor = np.maximum(buildings.floor_m2[ours], 1.0)
            return np.asarray(np.bincount(home[ours], floor, minlength=len(blocks)), dtype=np.float64)
    for ground in (ground for one, ground in compounds.items() if one in meant):
        found = shapely.STRtree(blocks).query(ground, predicate="intersects")
        weight[found] += shapely.area(shapely.intersection(blocks[found], ground))
    weight[weight < 0.05 * weight.sum()] = 0
    return weight


def _best_id(table: Table, buildings: Buildings | None) -> tuple[str, str] | None:
    """Find the columns of table and buildings that agree most often."""
    if buildings is None:
        return None
    best, most = None, 0
    for left in table.columns:
        keys = {text(value) for value in table.columns[left]} - {""}
        for right in ID_COLUMNS:
            if right in buildings.columns and (left in ID_COLUMNS or left == right):
                agree = len(keys & {text(value) for value in buildings.columns[right]})
                if agree > most:
                    best, most = (left, right), agree
    return best


def _count_values(
    columns: Mapping[str, NDArray[Any]],
    wanted: Mapping[str, str] | Sequence[str] | None,
    rows: int,
    layer: str,
    source: Table | Layer | None = None,
) -> dict[str, Floats]:
    """Pick the count columns and read them as whole numbers; a missing cell is 0."""
    if wanted is None:
        pick = {name: name if name in columns else chinese for name, chinese in COUNT_COLUMNS.items()}
    else:
        pick = dict(wanted) if isinstance(wanted, Mapping) else {name: name for name in wanted}
    found = {}
    for name, column in pick.items():
        if column not in columns:
            continue
        numbers = np.zeros(rows)
        for row, value in enumerate(columns[column]):
            if text(value) == "":
                continue
            try:
                numbers[row] = float(value)
            except (TypeError, ValueError):
                numbers[row] = np.nan
            if not np.isfinite(numbers[row]) or numbers[row] < 0 or numbers[row] != np.floor(numbers[row]):
                raise InputError(
                    "a count is no whole number of zero or more",
                    file=None if source is None else source.source,
                    layer=layer,
                    row=row + 1 if source is None else int(source.rows[row]),
                    field=column,
                    value=text(value),
                    advice="write a whole number; leave it empty or 0 where nobody lives",
                )
        found[name] = numbers
    return found


def _balance(report: Report, name: str, put_in: int, came_out: int) -> None:
    report.found[f"{name}_in"] = put_in
    report.found[f"{name}_out"] = came_out
    if put_in != came_out:
        report.note(
            f"{name}:输入{put_in:,},落到地块{came_out:,},差{put_in - came_out:,}在边界之外或找不到位置",
            f"{name}: {put_in:,} in, {came_out:,} on blocks; {put_in - came_out:,} lie outside or have no place",
        )


def _tell_lost_counts(columns: Mapping[str, NDArray[Any]], dropped: Ints, report: Report) -> None:
    for name, values in _count_values({k: v[dropped] for k, v in columns.items()}, None, len(dropped), "").items():
        report.met(
            f"{name}_of_duplicates", int(values.sum()),
            f"重复绘制的建筑上的{COUNT_COLUMNS[name]}{{}}未计", f"{name} {{}} on duplicate buildings does not count",
        )  # fmt: skip


def _better_of_two(repeats: Ints, columns: Mapping[str, NDArray[Any]]) -> Ints:
    """Return the rows to keep: one of each set of drawings, the one with the greatest counts."""
    root = np.where(repeats >= 0, repeats, np.arange(len(repeats)))
    if not (repeats >= 0).any():
        return np.arange(len(repeats))
    total = np.zeros(len(repeats))
    for values in _count_values(columns, None, len(repeats), "").values():
        total += values
    order = np.lexsort((np.arange(len(root)), -total, root))
    lead = order[np.append(True, np.diff(root[order]) != 0)]
    return np.sort(lead)


def _floors(columns: Mapping[str, NDArray[Any]], rows: int) -> Floats:
    """Read floors, else height ÷ 3 m; NaN where neither is known."""
    floors = np.full(rows, np.nan)
    for names, scale in ((FLOOR_COLUMNS, 1.0), (HEIGHT_COLUMNS, STOREY_M)):
        for name in names:
            for row in np.flatnonzero(~np.isfinite(floors)) if name in columns else ():
                try:
                    value = float(text(columns[name][row]).split(";")[0].removesuffix("m"))
                except ValueError:
                    continue
                if value > 0:
                    floors[row] = max(1.0, np.rint(value / scale))
    return floors


def _is_part(columns: Mapping[str, NDArray[Any]], rows: int) -> Bools:
    part = np.zeros(rows, dtype=np.bool_)
    for name in PART_COLUMNS:
        if name in columns:
            part |= np.array([text(one) == "building_part" for one in columns[name]], dtype=np.bool_)
    return part


def texts_of(columns: Mapping[str, NDArray[Any]], names: Sequence[str], rows: int) -> Objects:
    """Return the first of some columns that says something, row by row, '' where none does."""
    found = np.full(rows, "", dtype=np.object_)
    for name in names:
        if name in columns:
            for row in np.flatnonzero(found == ""):
                found[row] = text(columns[name][row])
    return found


def _stack(parts: Sequence[Mapping[str, NDArray[Any]]], sizes: Sequence[int]) -> dict[str, NDArray[Any]]:
    names = dict.fromkeys(name for part in parts for name in part)
    if len(parts) == 1:
        return dict(parts[0])
    return {
        name: np.concatenate(
            [
                part[name].astype(np.object_) if name in part else np.full(size, None, dtype=np.object_)
                for part, size in zip(parts, sizes, strict=True)
            ]
        )
        for name in names
    }
