"""Ground that belongs to a line and not to a block: medians, traffic islands, river beds, and their middle lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from linli.geodata.arrangement import GRID_M, Bools, Floats, Ints, Objects, Sides

if TYPE_CHECKING:
    from linli.geodata.streets import Dividers

SPACING_M = 2.0  # distance of the points along a bank from which the middle is found
MEDIAN_M = 30.0  # ground narrower than this without a building is a median or a verge
BARE_MEDIAN_M = 15.0  # the same where no building layer tells what is built on
RUNG_M = 40.0  # carriageways of one road lie at most this far apart
WIDE_MEDIAN_M = 60.0  # ground narrower than this between carriageways of the same road


def is_corridor(
    faces: Objects, dividers: Dividers, occupied: Bools, *, known_buildings: bool, min_block_m2: float
) -> Bools:
    """Tell which faces are no ground of their own but part of a road, a junction or a railway.

    Parameters
    ----------
    faces
        Shape (n,): polygons between the lines, metres.
    dividers
        The lines.
    occupied
        Shape (n,): True where a building stands.
    known_buildings
        Whether there is a building layer at all.
    min_block_m2
        Ground smaller than this without a building is a sliver.
    """
    area, around = shapely.area(faces), shapely.length(faces)
    width = 2 * area / around
    roundness = 4 * np.pi * area / around**2
    narrow = MEDIAN_M if known_buildings else BARE_MEDIAN_M
    # a face may hold a hut or a kiosk and yet be a traffic island
    tiny = (area < min_block_m2 / 4) | (width < 4)
    sliver = ~occupied & ((width < narrow) | (area < min_block_m2))
    rotunda = ~occupied & (roundness > 0.9) & (area < 8000)
    corridor: Bools = tiny | sliver | rotunda
    unsure = np.flatnonzero(~corridor & ((width < WIDE_MEDIAN_M) | (area < 20000)))
    if len(unsure) and len(dividers):
        face, line, shared = what_runs_around(faces[unsure], dividers.geometry)
        enclosed = around[unsure]
        slip = np.bincount(face, shared * dividers.link[line], minlength=len(unsure)) > 0.5 * enclosed
        turning = np.bincount(face, shared * dividers.roundabout[line], minlength=len(unsure)) > 0.5 * enclosed
        same = _share_of_one_road(face, line, shared, dividers, len(unsure)) > 0.8 * enclosed
        small, slim = area[unsure] < 20000, width[unsure] < WIDE_MEDIAN_M
        bare = ~occupied[unsure]
        # a station or a market hall may stand between the carriageways
        corridor[unsure] |= (bare & (((slip | turning) & small) | (same & slim))) | (same & (width[unsure] < MEDIAN_M))
    return corridor


def rungs(dividers: Dividers) -> Objects:
    """Return short lines from the ends of one carriageway square across to the other carriageway of the same road.

    They close medians that are open at an end, which would otherwise be tongues of some block.
    """
    named = np.flatnonzero(dividers.name != "")
    if len(named) < 2:
        return np.zeros(0, dtype=np.object_)
    lines = dividers.geometry[named]
    tips = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    back = np.concatenate([shapely.get_point(lines, 1), shapely.get_point(lines, -2)])
    source = np.tile(named, 2)
    tip, target = shapely.STRtree(lines).query(tips, predicate="dwithin", distance=RUNG_M)
    target = named[target]
    same = (dividers.name[source[tip]] == dividers.name[target]) & (source[tip] != target)
    same &= dividers.level[source[tip]] == dividers.level[target]
    tip, target = tip[same], target[same]
    across = shapely.get_coordinates(shapely.shortest_line(tips[tip], dividers.geometry[target])).reshape(-1, 2, 2)
    step = across[:, 1] - across[:, 0]
    length = np.hypot(*step.T)
    course = shapely.get_coordinates(tips[tip]) - shapely.get_coordinates(back[tip])
    slant = np.abs((step * course).sum(axis=1)) / np.maximum(length * np.hypot(*course.T), 1e-9)
    square = (length > 2) & (slant < 0.35)
    start, step, length = across[square, 0], step[square], length[square]
    found: Objects = shapely.linestrings(np.stack([start, start + step * (1 + 0.1 / length)[:, None]], axis=1))
    return found


def what_runs_around(faces: Objects, lines: Objects) -> tuple[Ints, Ints, Floats]:
    """Find the lines that the rings of faces consist of: face, line, metres, one row for each straight piece."""
    rings, owner = shapely.get_rings(faces, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    joined = ring[1:] == ring[:-1]
    start, end, face = xy[:-1][joined], xy[1:][joined], owner[ring[:-1][joined]]
    middle = shapely.points((start + end) / 2)
    # coordinates were rounded when the lines were cut, so the faces lie a little beside them
    piece, line = shapely.STRtree(lines).query_nearest(middle, max_distance=5 * GRID_M, all_matches=False)
    length = np.hypot(*(end - start).T)
    return face[piece], line, length[piece]


def samples_along(sides: Sides, label: Ints) -> tuple[Floats, Ints]:
    """Place points along the borders between blocks and corridors.

    Parameters
    ----------
    sides
        Borders between faces.
    label
        Shape (faces,): the block each face belongs to, -1 for corridors.

    Returns
    -------
    Coordinates of shape (points, 2) and the block each lies on.
    """
    extended = np.append(label, -2)
    a, b = extended[sides.a], extended[sides.b]
    bank = ((a == -1) & (b >= 0)) | ((b == -1) & (a >= 0))
    owner = np.maximum(a, b)[bank]
    start, end = sides.start[bank], sides.end[bank]
    number = np.maximum(1, np.ceil(sides.length[bank] / SPACING_M)).astype(np.int64)
    row = np.repeat(np.arange(len(number)), number)
    step = np.arange(len(row)) - np.repeat(np.cumsum(number) - number, number)
    share = ((step + 0.5) / number[row])[:, None]
    return start[row] + share * (end - start)[row], owner[row]


def middle_lines(xy: Floats, owner: Ints, corridors: Objects, territory: Any) -> Objects:
    """Return the lines in corridors that lie as far from one block as from the other.

    Parameters
    ----------
    xy, owner
        Points along the banks and the block each lies on.
    corridors
        Polygons.
    territory
        Lines that leave it are left out.
    """
    from scipy.spatial import Voronoi

    if len(np.unique(owner)) < 2:
        return np.zeros(0, dtype=np.object_)
    middle = xy.mean(axis=0)
    span = 10 * np.ptp(xy, axis=0).max() + 1000
    far = middle + span * np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
    cells = Voronoi(np.concatenate([xy - middle, far - middle]))
    owners = np.concatenate([owner, np.full(4, -1)])
    left, right = owners[cells.ridge_points].T
    ends = np.array(cells.ridge_vertices, dtype=np.int64)
    between = (left != right) & (left >= 0) & (right >= 0) & (ends >= 0).all(axis=1)
    low, high = np.minimum(left, right)[between], np.maximum(left, right)[between]
    ridges = shapely.linestrings(cells.vertices[ends[between]] + middle)
    inside = np.unique(shapely.STRtree(corridors).query(ridges, predicate="intersects")[0])
    ridges, low, high = ridges[inside], low[inside], high[inside]
    if len(ridges) == 0:
        return np.zeros(0, dtype=np.object_)
    reach = shapely.box(*shapely.bounds(shapely.buffer(territory, 50)))
    shapely.prepare(reach)
    long = ~shapely.contains(reach, ridges)
    ridges[long] = shapely.intersection(ridges[long], reach)
    order = np.lexsort((high, low))
    group = np.cumsum(np.append(False, (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)))
    joined = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(ridges[order], indices=group)))
    lines: Objects = shapely.simplify(joined[shapely.length(joined) > 0], 0.8)
    return lines


def _share_of_one_road(face: Ints, line: Ints, shared: Floats, dividers: Dividers, faces: int) -> Floats:
    """Return, for each face, the metres of its border that run on its most frequent named road."""
    best = np.zeros(faces)
    named = np.array([name != "" for name in dividers.name[line]], dtype=np.bool_)
    if named.any():
        _, road = np.unique(dividers.name[line][named].astype(str), return_inverse=True)
        pair, inverse = np.unique(np.stack([face[named], road], axis=1), axis=0, return_inverse=True)
        np.maximum.at(best, pair[:, 0], np.bincount(inverse.ravel(), shared[named]))
    return best
