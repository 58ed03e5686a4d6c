"""Blocks from raw map layers: the one door from roads, rivers, buildings and tables to blocks."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import shapely

from linli.errors import InputError
from linli.geodata.arrangement import Objects
from linli.geodata.basemap import basemap_of
from linli.geodata.beside import layers_beside
from linli.geodata.blocks import COUNT_COLUMNS, Blocks
from linli.geodata.borders import Lines, Rim
from linli.geodata.connected import leave_out_empty_islands
from linli.geodata.count_notes import KEPT, CountNote, Part
from linli.geodata.credits import KEPT as CREDITS
from linli.geodata.credits import asked_by, together
from linli.geodata.divides import name_borders
from linli.geodata.hang import block_of, compound_column, kinds_by_block, label_by_overlap, overlap_m2
from linli.geodata.hang_affinities import hang_affinities
from linli.geodata.hang_counts import Buildings, counted, read_buildings, tell_twins
from linli.geodata.import_report import Report
from linli.geodata.layers import Layer, bring_together
from linli.geodata.raw_layers import Source, as_layers, as_table, grounds_of, territory_of
from linli.geodata.road_lines import (
    dividers_of,
    water_grounds,
    without_lanes_in_compounds,
    without_lines_under_roundabouts,
)
from linli.geodata.street_classes import COMPOUND_COLUMNS, NAME_COLUMNS, tag
from linli.geodata.streets import Cover, Dividers, cover_from_streets
from linli.geodata.tables import Table
from linli.geodata.twins import number_polygons

Sources = Source | Sequence[Source] | None

HULL_AIR_M = 30.0  # air around the buildings where no boundary is given
HULL_REACH_M = 100.0  # and how far from that boundary a road may end and still be carried on to it
COMPOUND_SHARE = 0.15  # a compound is on a block from this share of its ground on, or with one building
KIND_COLUMNS = ("kind", "类型", "类别", "设施类型", "amenity", "type", "fclass")

# what the cutting met, in words
COVER_WORDS = {
    "slivers_shared_out": (
        "{}处隔离带、交通岛、匝道夹缝等碎块按中线并入两侧",
        "{} slivers (medians, islands, slip roads) were shared out along their middle",
    ),
    "river_faces_shared_out": ("{}段河面按中线分给两岸", "{} pieces of river were shared out along their middle"),
    "dead_ends_carried_on": ("{}处断头路接到邻近线条", "{} dead ends were carried on to the line they nearly reach"),
    "dead_ends": ("{}条断头路不作界线", "{} dead ends divide nothing"),
    "lane_loops_joined": ("{}处小路环线并入外围地块", "{} loops of lanes were joined to the block around them"),
    "lines_outside_territory": ("{}条线在边界之外", "{} lines lie outside the boundary"),
    "crossings_on_two_levels": (
        "{}处立体交叉:两条线都分隔地块,但断头路不在此相接",
        "{} crossings on two levels: both lines divide the ground, but no dead end is carried on to the other level",
    ),
}
AREA_NAMES = {
    "community": ("community", "社区", "社区名称"),
    "police_area": ("police_area", "警务区"),
    "school_area": ("school_area", "学区"),
}


def make_blocks(
    *,
    roads: Sources,
    water: Sources = None,
    rail: Sources = None,
    walls: Sources = None,
    buildings: Sources = None,
    counts: Table | Layer | str | os.PathLike[str] | None = None,
    within: Sources = None,
    communities: Sources = None,
    compounds: Sources = None,
    facilities: Sources = None,
    sites: Sources = None,
    areas: Mapping[str, Sources] | None = None,
    affinities: Table | str | os.PathLike[str] | None = None,
    count_columns: Mapping[str, str] | Sequence[str] | None = None,
    estimate_area_per_dwelling: float = 90.0,
    default_floors: float = 6.0,
    min_block_m2: float = 2000.0,
    reach_m: float = 15.0,
    keep_slivers: bool = False,
    crs: str | None = None,
    count_source: str = "",
    count_day: date | None = None,
    credit: Sequence[str] = (),
    progress: Callable[[str], None] | None = None,
) -> Blocks:
    """Make blocks from map layers.

    Parameters
    ----------
    roads, water, rail, walls
        Lines that divide, as layers or paths (`file.gpkg:layer`; of an OpenStreetMap extract the right layer is
        found); polygons of water too.
    buildings
        Outlines or points with counts, floors or heights, and the compound they belong to.
    counts
        A table whose rows are joined by building id or compound name, or by coordinates where it has no such
        column or there are no buildings and compounds.
    within
        The territory: polygons, or a line that closes; absent, the hull of buildings or roads.
    communities, compounds
        Polygons with a name: present communities, residential compounds that are never cut.
    facilities
        Points with a kind.
    sites
        Polygons with a use: parks, schools, hospitals, works; they are drawn beneath maps and divide nothing.
    areas
        More polygons by column name, such as `police_area` or `school_area`.
    affinities
        A table with columns `a`, `b` (compounds, building ids or block ids) and `affinity` (households).
    count_columns
        The columns that are counts, or count → column; the known 口径 where absent.
    estimate_area_per_dwelling, default_floors
        Where there are no counts, dwellings are estimated as floor area ÷ this many square metres; a building that
        tells no floors has `default_floors`.
    min_block_m2, reach_m, keep_slivers
        See `cover_from_streets`.
    crs
        The system of files that name none: `gcj02`, `bd09`, `wgs84`, `cgcs2000`, `EPSG:…`.
    count_source, count_day
        Who counted, and as of which day; the names of the files, and no day, where absent.
    credit
        Whom maps must name, beside the sources that are known to ask for it (OpenStreetMap).
    progress
        Called with a word on each step.

    Returns
    -------
    Blocks with lines, rim, what maps are drawn on, and a report (`found`: numbers, `notes`: Chinese and English
    sentences, `counts`: what each count rests on, `credits`: whom maps must name).

    Raises
    ------
    InputError
        Layers that cannot be read or do not fit together.
    """
    tell = progress or (lambda _: None)
    report = Report()
    tell("reading layers / 读取图层")
    raw: dict[str, list[Layer]] = {
        "within": as_layers(within, "within", crs),
        "roads": as_layers(roads, "roads", crs),
        "water": as_layers(water, "water", crs),
        "rail": as_layers(rail, "rail", crs),
        "walls": as_layers(walls, "walls", crs),
        "buildings": as_layers(buildings, "buildings", crs),
        "communities": as_layers(communities, "communities", crs),
        "compounds": as_layers(compounds, "compounds", crs),
        "facilities": as_layers(facilities, "facilities", crs),
        "sites": as_layers(sites, "sites", crs),
        **{f"area {name}": as_layers(source, name, crs) for name, source in (areas or {}).items()},
    }
    table = None if counts is None else as_table(counts, crs, joined=buildings is not None or compounds is not None)
    if isinstance(table, Layer):
        raw["counts"] = [table]
    layers, system = _in_one_system(raw, report)
    if isinstance(table, Layer):
        table = layers["counts"][0]

    tell("mending lines / 整理线条")
    waters = water_grounds(layers["water"], report)
    dividers = Dividers.join([dividers_of(layers[role], role, report) for role in ("roads", "water", "rail", "walls")])
    dividers = without_lines_under_roundabouts(dividers, report)
    drawn = grounds_of(layers["compounds"], (*COMPOUND_COLUMNS, *NAME_COLUMNS), report)
    polygons_of_compounds, twins = number_polygons(*drawn)
    tell_twins(twins, report)
    held, held_names = polygons_of_compounds.ground, polygons_of_compounds.name
    stock = read_buildings(
        layers["buildings"],
        report,
        area_per_dwelling=estimate_area_per_dwelling,
        default_floors=default_floors,
        compounds=polygons_of_compounds,
    )
    private = _compound_ground(held, stock)
    if len(private):
        dividers = without_lanes_in_compounds(dividers, private, report)
    territory, own_hull = _territory(layers["within"], stock, dividers, report)

    tell("cutting the ground into blocks / 划分地块")
    cover = cover_from_streets(
        dividers,
        territory,
        rivers=waters.rivers,
        lakes=waters.lakes,
        buildings=None if stock is None else stock.geometry,
        min_block_m2=min_block_m2,
        reach_m=reach_m,
        rim_reach_m=HULL_REACH_M if own_hull else reach_m,
        keep_slivers=keep_slivers,
    )
    _tell_cover(cover, report)
    tell("naming borders / 识别界线")
    lines, rim = name_borders(
        cover, dividers, np.concatenate([waters.rivers, waters.lakes]),
        np.concatenate([waters.river_names, waters.lake_names]),
    )  # fmt: skip

    tell("hanging buildings and counts on blocks / 挂接楼栋和户数")
    ground = cover.geometry
    columns: dict[str, Any] = dict(
        counted(
            stock,
            table,
            count_columns,
            ground,
            _by_name(held, held_names),
            report,
            area_per_dwelling=estimate_area_per_dwelling,
        )
    )
    if stock is not None:
        home = block_of(stock.geometry, ground)
        columns["buildings"] = np.bincount(home[home >= 0], minlength=len(ground)).astype(np.int64)
    compound = _compound_of_blocks(held, held_names, stock, ground)
    if compound is not None:
        columns["compound"] = compound
    for name, source in [("community", "communities"), *((name, f"area {name}") for name in areas or {})]:
        if layers[source]:
            polygons, labels = grounds_of(layers[source], (name, *AREA_NAMES.get(name, ()), *NAME_COLUMNS), report)
            columns[name] = label_by_overlap(ground, polygons, labels, compound if name == "community" else None)
            report.met(
                f"blocks_without_{name}", int(sum(one is None for one in columns[name])),
                f"{{}}个地块不在任何{name}范围内", f"{{}} blocks lie in no {name}",
            )  # fmt: skip
    if layers["facilities"]:
        columns["facilities"] = _facilities(layers["facilities"], ground, report)
    if cover.lake.any():
        columns["water"] = np.array(["lake" if lake else None for lake in cover.lake], dtype=np.object_)

    blocks = _ordered(ground, columns, lines, rim, system)
    blocks = leave_out_empty_islands(blocks, report)
    basemap = basemap_of(layers)
    beside = layers_beside(blocks, _by_name(held, held_names), stock)
    blocks = replace(blocks, beside=beside if basemap is None else (*beside, basemap))
    if affinities is not None:
        hang_affinities(blocks, affinities, stock, report)
    report.count("blocks", len(blocks))
    report.count("neighbour_pairs", len(set(zip(blocks.lines.a.tolist(), blocks.lines.b.tolist(), strict=True))))
    blocks.report.update(report.as_dict())
    blocks.report[KEPT] = {
        name: CountNote(
            name, (Part(count_source or one.source, count_day, one.rule, int(blocks.counts(name).sum())),)
        ).as_json()
        for name, one in report.counts.items()
    }
    used = [asked_by(layer.source, layer.columns) for layers_ in raw.values() for layer in layers_]
    blocks.report[CREDITS] = list(together([*credit, *itertools.chain.from_iterable(used)]))
    return blocks


def _in_one_system(raw: dict[str, list[Layer]], report: Report) -> tuple[dict[str, list[Layer]], str]:
    """Carry all layers into one metric system and take over what their readers noticed."""
    flat = [layer for layers in raw.values() for layer in layers]
    if not raw["roads"]:
        raise InputError("no roads were given", field="roads", advice="name a layer of roads with --roads")
    moved, system = bring_together(flat)
    queue = iter(moved)
    together = {role: [next(queue) for _ in layers] for role, layers in raw.items()}
    notes = set()
    for layer in flat:
        path, file = str(layer.source), "" if layer.source is None else layer.source.name
        notes |= {(note["en"].replace(path, file), note["zh"].replace(path, file)) for note in layer.notes}
    systems = sorted({layer.crs for layer in flat} - {system})
    if systems:
        named = ", ".join(systems)
        report.note(f"图层已由 {named} 转换到 {system}", f"layers were carried from {named} to {system}")
    for english, chinese in sorted(notes):
        report.note(chinese, english)
    return together, system


def _territory(within: list[Layer], stock: Buildings | None, dividers: Dividers, report: Report) -> tuple[Any, bool]:
    """Return the ground to cover, and whether it is a hull of our own making."""
    if within:
        ground, repaired = territory_of(within)
        report.met(
            "rings_repaired", repaired, "边界有{}处自相交,已修复", "{} invalid rings of the boundary were repaired"
        )
        return ground, False
    if stock is not None:
        inside, what = stock.geometry, ("建筑", "buildings")
    else:
        inside, what = dividers.geometry, ("道路", "roads")
    report.note(
        f"没有给出边界,以{what[0]}的外包范围(外扩{HULL_AIR_M:g}米)为界",
        f"no boundary was given: the hull of the {what[1]}, {HULL_AIR_M:g} m wider, serves as one",
    )
    return shapely.buffer(shapely.convex_hull(shapely.geometrycollections(inside)), HULL_AIR_M), True


def _compound_ground(held: Objects, stock: Buildings | None) -> Objects:
    """Return the grounds of compounds: polygons as given, else the ground around buildings of one compound."""
    grounds = list(held)
    if stock is not None and len(held) == 0:
        for name in sorted(set(stock.compound.tolist()) - {""}):
            ours = stock.geometry[stock.compound == name]
            closed = shapely.buffer(shapely.buffer(shapely.union_all(ours), 25.0), -25.0)
            grounds.extend(shapely.get_parts(closed))
    found = np.array(grounds, dtype=np.object_)
    return found[shapely.area(found) > 0] if len(found) else found


def _by_name(grounds: Objects, names: Objects) -> dict[str, Any]:
    joined: dict[str, list[Any]] = {}
    for ground, name in zip(grounds, names, strict=True):
        if name:
            joined.setdefault(name, []).append(ground)
    return {name: shapely.union_all(parts) for name, parts in joined.items()}


def _compound_of_blocks(held: Objects, names: Objects, stock: Buildings | None, ground: Objects) -> Objects | None:
    """Write the column `compound`; None where nothing is known of compounds."""
    pairs: set[tuple[int, str]] = set()
    if len(held):
        block, compound, shared = overlap_m2(ground, held)
        real = (shared >= COMPOUND_SHARE * shapely.area(held[compound])) & (names[compound] != "")
        pairs |= {(int(b), names[c]) for b, c in zip(block[real], compound[real], strict=True)}
    if stock is not None and (stock.compound != "").any():
        home = block_of(stock.geometry, ground)
        pairs |= {(int(b), name) for b, name in zip(home, stock.compound, strict=True) if b >= 0 and name}
    elif stock is not None and len(held):
        # a building on a compound's ground brings the compound to its block, however little ground lies there
        points = shapely.point_on_surface(stock.geometry)
        row, compound = shapely.STRtree(held).query(points, predicate="within")
        home = block_of(stock.geometry[row], ground)
        pairs |= {(int(b), names[c]) for b, c in zip(home, compound, strict=True) if b >= 0 and names[c]}
    return compound_column(pairs, len(ground)) if pairs else None


def _facilities(layers: list[Layer], ground: Objects, report: Report) -> Objects:
    points = np.concatenate([layer.geometry for layer in layers])
    kinds: list[str] = []
    for layer in layers:
        kind = np.full(len(layer), "", dtype=np.object_)
        for name in KIND_COLUMNS:
            kind = np.where(kind == "", tag(layer.columns, len(layer), name), kind)
        if not (kind != "").any():
            raise InputError(
                "the facilities have no column that says of what kind they are",
                file=layer.source,
                layer=layer.name,
                field="kind",
                advice=f"name it kind; the columns are: {', '.join(layer.columns)}",
            )
        kinds.extend(kind)
    found, stray = kinds_by_block(points, np.array(kinds, dtype=np.object_), ground)
    report.count("facilities", len(points))
    report.met("facilities_outside", stray, "{}处设施在边界之外", "{} facilities lie outside the boundary")
    return found


def _ordered(ground: Objects, columns: dict[str, Any], lines: Lines, rim: Rim, system: str) -> Blocks:
    """Number the blocks in lines of reading from the north-west to the south-east."""
    middle = shapely.get_coordinates(shapely.centroid(ground))
    band = np.sqrt(np.median(shapely.area(ground)))
    row = np.floor((middle[:, 1].max() - middle[:, 1]) / band)
    order = np.lexsort((middle[:, 1], middle[:, 0], row))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    digits = max(4, len(str(len(ground))))
    a, b = place[lines.a], place[lines.b]
    first = np.lexsort((lines.name.astype(str), lines.kind.astype(str), np.maximum(a, b), np.minimum(a, b)))
    lines = Lines(
        np.minimum(a, b), np.maximum(a, b), lines.length_m, lines.kind, lines.name, lines.affinity, lines.geometry
    )
    rim = Rim(place[rim.a], rim.length_m, rim.kind, rim.name, rim.geometry)
    return Blocks(
        ids=tuple(f"B{number + 1:0{digits}d}" for number in range(len(ground))),
        geometry=ground[order],
        columns={name: values[order] for name, values in columns.items()},
        lines=lines.take(first),
        rim=rim.take(np.lexsort((rim.name.astype(str), rim.kind.astype(str), rim.a))),
        crs=system,
        count=next((name for name in COUNT_COLUMNS if name in columns), None),
    )


def _tell_cover(cover: Cover, report: Report) -> None:
    """Put what the cutting met into words."""
    for name, number in cover.found.items():
        if name in COVER_WORDS:
            report.met(name, number, *COVER_WORDS[name])
        else:
            report.count(name, number)
