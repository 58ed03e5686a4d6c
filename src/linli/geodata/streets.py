"""Blocks from streets: lines that divide the ground, mended, and the ground that lies between them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import shapely

from linli.errors import InputError
from linli.geodata.arrangement import (
    GRID_M,
    Bools,
    Floats,
    Ints,
    Objects,
    Sides,
    dissolve,
    faces_between,
    node,
    reunite,
    sides_of,
)
from linli.geodata.corridors import is_corridor, middle_lines, rungs, samples_along, what_runs_around

BUILT_M2 = 300.0  # ground with buildings of this size, or of this share of it, is built on
BUILT_SHARE = 0.08
UNDERPASS_M = 150.0  # a tunnel up to this length is a road that dips under another and divides like one


@dataclass(frozen=True, eq=False)
class Dividers:
    """Lines that divide the ground: arrays of equal length.

    Parameters
    ----------
    geometry
        LineStrings, metres.
    kind
        One of `linli.geodata.KINDS` but none.
    name
        What it is called, '' where it has no name.
    level
        0 on the ground, above it on bridges, below it in underpasses.
    link, roundabout
        Slip roads; roads around a roundabout.
    """

    geometry: Objects
    kind: Objects
    name: Objects
    level: Ints
    link: Bools
    roundabout: Bools

    def __len__(self) -> int:
        return len(self.geometry)

    def take(self, rows: Ints | Bools) -> Dividers:
        """Return the rows that a mask or a list of row numbers names."""
        return Dividers(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})

    @staticmethod
    def none() -> Dividers:
        """Return no lines."""
        empty = np.zeros(0, dtype=np.object_)
        no = np.zeros(0, dtype=np.bool_)
        return Dividers(empty, empty, empty, np.zeros(0, dtype=np.int64), no, no)

    @staticmethod
    def join(parts: list[Dividers]) -> Dividers:
        """Put several sets of lines into one."""
        names = [column.name for column in fields(Dividers)]
        return Dividers(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


@dataclass(frozen=True, eq=False)
class Cover:
    """A territory covered by blocks without gap or overlap.

    Parameters
    ----------
    geometry
        Shape (n,): the blocks' ground.
    sides
        The straight pieces of border between blocks `a` and `b`, `b` or `a` = -1 where the outside begins.
    lake
        Shape (n,): True for blocks that are water only.
    corridor
        The ground of divided roads, junctions and rivers that was shared out along its middle.
    found
        What was met and mended: counts by name.
    """

    geometry: Objects
    sides: Sides
    lake: Bools
    corridor: Any
    found: dict[str, float] = field(default_factory=dict)


def cover_from_streets(
    dividers: Dividers,
    territory: Any,
    *,
    rivers: Objects | None = None,
    lakes: Objects | None = None,
    buildings: Objects | None = None,
    min_block_m2: float = 2000.0,
    reach_m: float = 15.0,
    rim_reach_m: float | None = None,
    keep_slivers: bool = False,
) -> Cover:
    """Cut a territory into blocks along the lines that divide it.

    Parameters
    ----------
    dividers
        Centre lines of roads, rivers, railways and walls, metres.
    territory
        The ground to be covered, a Polygon or MultiPolygon.
    rivers, lakes
        Polygons of running water, which is shared out along its middle, and of standing water, which becomes
        blocks of its own.
    buildings
        Building outlines or points: ground that bears one is never a sliver.
    min_block_m2
        Ground smaller than this without a building is shared out among its neighbours.
    reach_m
        A dead end at most this far from another line is carried on to it.
    rim_reach_m
        The same towards the outer boundary; `reach_m` where absent.
    keep_slivers
        Leave medians, traffic islands and other slivers as blocks of their own.

    Raises
    ------
    InputError
        No line lies in the territory.
    """
    near = shapely.intersects(dividers.geometry, territory)
    dividers = dividers.take(near)
    found: dict[str, float] = {"lines_outside_territory": int((~near).sum())}
    empty = np.zeros(0, dtype=np.object_)
    rivers = empty if rivers is None else rivers
    lakes = empty if lakes is None else lakes
    if len(dividers) + len(rivers) + len(lakes) == 0:
        raise InputError(
            "no road, river, railway or wall lies inside the boundary",
            advice="check that the boundary (--within) and the roads use the same place and coordinate system",
        )
    outline = shapely.get_rings(shapely.get_parts(territory))
    banks = shapely.get_rings(shapely.get_parts(np.concatenate([rivers, lakes])))
    fixed = np.concatenate([outline, banks])
    edges = node(np.concatenate([dividers.geometry, fixed]))
    found["crossings_on_two_levels"] = _crossings_on_two_levels(dividers)
    to_rim = reach_m if rim_reach_m is None else rim_reach_m
    bridged = _carry_on(edges, dividers, fixed, territory, (reach_m, to_rim), found)
    more = np.concatenate([bridged, rungs(dividers)])
    edges = node(np.concatenate([edges, more])) if len(more) else edges
    faces = faces_between(edges, territory)
    found["dead_ends"], found["dead_ends_m"] = _dead_ends(edges, territory)

    lake = _inside(faces, lakes)
    river = _inside(faces, rivers)
    occupied = _holds(faces, buildings)
    corridor = np.zeros(len(faces), dtype=np.bool_)
    if not keep_slivers:
        known = buildings is not None and len(buildings) > 0
        corridor = is_corridor(faces, dividers, occupied, known_buildings=known, min_block_m2=min_block_m2) & ~lake
    found["slivers_shared_out"] = int((corridor & ~river).sum())
    found["river_faces_shared_out"] = int(river.sum())
    corridor |= river
    if corridor.all():
        corridor[np.argmax(shapely.area(faces))] = False
    label = np.where(corridor, -1, np.arange(len(faces)))
    sides = sides_of(faces)
    if not keep_slivers:
        label = _join_loops(faces, sides, label, lake, dividers, found)
    fine, fine_label = _share_out(faces, sides, label, edges, territory)
    fine_sides = sides_of(fine)
    fine_label = reunite(fine_sides, fine_label, shapely.area(fine))
    kept, number = np.unique(fine_label, return_inverse=True)
    number = number.astype(np.int64)
    return Cover(
        geometry=dissolve(fine, number),
        sides=fine_sides.relabelled(number),
        lake=lake[kept],
        corridor=shapely.union_all(faces[corridor]),
        found=found,
    )


def _carry_on(
    edges: Objects,
    dividers: Dividers,
    fixed: Objects,
    territory: Any,
    reaches: tuple[float, float],
    found: dict[str, float],
) -> Objects:
    """Return the short lines that carry dead ends on to what they nearly reach on the same level."""
    ends, back = _loose_ends(edges, territory)
    found["dead_ends_carried_on"] = 0
    if len(ends) == 0 or max(reaches) <= 0:
        return np.zeros(0, dtype=np.object_)
    tips = shapely.points(ends)
    forward = (ends - back) / np.maximum(np.hypot(*(ends - back).T), 1e-9)[:, None]
    source = shapely.STRtree(dividers.geometry).nearest(tips) if len(dividers) else np.zeros(len(ends), np.int64)
    targets = np.concatenate([dividers.geometry, fixed])
    level = np.concatenate([dividers.level, np.zeros(len(fixed), dtype=np.int64)])
    tip, target = shapely.STRtree(targets).query(tips, predicate="dwithin", distance=max(reaches))
    is_fixed = target >= len(dividers)
    reach = np.where(is_fixed, reaches[1], reaches[0])
    meets = (target != source[tip]) & (is_fixed | (level[target] == dividers.level[source[tip]]))
    meets &= shapely.distance(tips[tip], targets[target]) <= reach
    tip, target, reach = tip[meets], target[meets], reach[meets]
    ray = shapely.linestrings(np.stack([ends[tip], ends[tip] + forward[tip] * reach[:, None]], axis=1))
    ahead = shapely.intersection(ray, targets[target])
    straight = ~shapely.is_empty(ahead)
    goal = np.where(straight, ahead, targets[target])
    reached = shapely.get_coordinates(shapely.get_point(shapely.shortest_line(tips[tip], goal), -1))
    step = reached - ends[tip]
    length = np.hypot(*step.T)
    turn = (step * forward[tip]).sum(axis=1) / np.maximum(length, 1e-9)
    good = (length > GRID_M) & (turn > 0.25)
    tip, step, length, straight = tip[good], step[good], length[good], straight[good]
    order = np.lexsort((length, ~straight, tip))
    tip, step, length = tip[order], step[order], length[order]
    first = np.append(True, np.diff(tip) != 0)[: len(tip)]
    tip, step, length = tip[first], step[first], length[first]
    found["dead_ends_carried_on"] = len(tip)
    beyond = ends[tip] + step * (1 + 0.1 / np.maximum(length, 0.1))[:, None]
    lines: Objects = shapely.linestrings(np.stack([ends[tip], beyond], axis=1))
    return lines


def _crossings_on_two_levels(dividers: Dividers) -> int:
    """Count the places where a bridge or underpass crosses a line of another level."""
    raised = np.flatnonzero(dividers.level != 0)
    if len(raised) == 0:
        return 0
    one, other = shapely.STRtree(dividers.geometry).query(dividers.geometry[raised], predicate="crosses")
    return int((dividers.level[raised[one]] != dividers.level[other]).sum())


def _loose_ends(edges: Objects, territory: Any) -> tuple[Floats, Floats]:
    """Return the ends of noded lines where nothing else ends, and the point before each."""
    first, last = shapely.get_point(edges, 0), shapely.get_point(edges, -1)
    ends = shapely.get_coordinates(np.concatenate([first, last]))
    back = shapely.get_coordinates(np.concatenate([shapely.get_point(edges, 1), shapely.get_point(edges, -2)]))
    key = np.rint(ends / (GRID_M)).astype(np.int64)
    _, inverse, count = np.unique(key, axis=0, return_inverse=True, return_counts=True)
    loose = (count[inverse.ravel()] == 1) & shapely.contains_xy(territory, ends)
    return ends[loose], back[loose]


def _dead_ends(edges: Objects, territory: Any) -> tuple[int, float]:
    """Count the lines that end in the middle of ground and divide nothing, and their metres."""
    _, cuts, dangles, _ = shapely.polygonize_full(edges)
    loose = shapely.get_parts(shapely.line_merge(shapely.union_all([dangles, cuts])))
    length = shapely.length(shapely.intersection(loose, territory))
    real = length > 1.0
    return int(real.sum()), round(float(length[real].sum()), 1)


def _inside(faces: Objects, grounds: Objects) -> Bools:
    inside = np.zeros(len(faces), dtype=np.bool_)
    if len(grounds):
        inside[shapely.STRtree(grounds).query(shapely.point_on_surface(faces), predicate="within")[0]] = True
    return inside


def _holds(faces: Objects, buildings: Objects | None) -> Bools:
    """Tell which faces bear buildings to speak of: not just a hut, or the edge of one across the street."""
    if buildings is None or len(buildings) == 0:
        return np.zeros(len(faces), dtype=np.bool_)
    points = shapely.point_on_surface(buildings)
    row, face = shapely.STRtree(faces).query(points, predicate="within")
    size = shapely.area(shapely.intersection(buildings[row], faces[face]))
    # a point stands for a building of unknown size
    size[shapely.get_dimensions(buildings[row]) == 0] = BUILT_M2
    built = np.bincount(face, size, minlength=len(faces))
    held: Bools = (built >= BUILT_M2) | (built >= BUILT_SHARE * shapely.area(faces))
    return held


def _join_loops(
    faces: Objects, sides: Sides, label: Ints, lake: Bools, dividers: Dividers, found: dict[str, float]
) -> Ints:
    """Give ground inside a small loop of lanes to the one block around it."""
    label = label.copy()
    n = len(faces)
    outside = np.zeros(n, dtype=np.bool_)
    outside[np.concatenate([sides.a[sides.b < 0], sides.b[(sides.b >= 0) & (sides.a < 0)]])] = True
    inner = (sides.a >= 0) & (sides.b >= 0)
    pairs = np.unique(np.sort(np.stack([sides.a[inner], sides.b[inner]], axis=1), axis=1), axis=0)
    degree = np.bincount(pairs.ravel(), minlength=n)
    partner = np.full(n, -1, dtype=np.int64)
    partner[pairs[:, 0]], partner[pairs[:, 1]] = pairs[:, 1], pairs[:, 0]
    small = (shapely.area(faces) < 30000) & (degree == 1) & ~outside & (label >= 0)
    small &= (label[partner] >= 0) & ~lake & ~lake[partner]
    loops = np.flatnonzero(small)
    if len(loops):
        strong = dividers.geometry[np.isin(dividers.kind.astype(str), ("arterial", "secondary", "river", "railway"))]
        held = np.zeros(len(loops), dtype=np.bool_)
        if len(strong):
            row, _, shared = what_runs_around(faces[loops], strong)
            held = np.bincount(row, shared, minlength=len(loops)) > 1.0
        loops = loops[~held]
        label[loops] = label[partner[loops]]
    found["lane_loops_joined"] = len(loops)
    return label


def _share_out(faces: Objects, sides: Sides, label: Ints, edges: Objects, territory: Any) -> tuple[Objects, Ints]:
    """Cut corridors along their middle and give each part to the nearest block."""
    from scipy.spatial import cKDTree

    corridor = label < 0
    if not corridor.any():
        return faces, label
    xy, owner = samples_along(sides, label)
    middle = middle_lines(xy, owner, faces[corridor], territory)
    fine = faces_between(node(np.concatenate([edges, middle])), territory) if len(middle) else faces
    inner_points = shapely.point_on_surface(fine)
    place, face = shapely.STRtree(faces).query(inner_points, predicate="within")
    home = np.full(len(fine), -1, dtype=np.int64)
    home[place] = face
    fine, inner_points, home = fine[home >= 0], inner_points[home >= 0], home[home >= 0]
    fine_label = label[home]
    open_ = fine_label < 0
    fine_label[open_] = owner[cKDTree(xy).query(shapely.get_coordinates(inner_points[open_]))[1]]
    return fine, fine_label
