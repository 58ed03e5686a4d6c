"""The borders of blocks: pieces that two blocks share, and pieces that face the outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Objects = NDArray[np.object_]

KINDS = ("river", "railway", "arterial", "secondary", "lane", "wall", "none")
LEAST_CONTACT_M = 1.0  # a contact of this length or less is no adjacency
EXACT_M = 0.01  # what runs this close together is one line, drawn twice


@dataclass(frozen=True, eq=False)
class Lines:
    """Borders that two blocks share: one row for each pair and kind/name, arrays of equal length.

    Parameters
    ----------
    a, b
        Indices into `Blocks.ids`, with `ids[a] < ids[b]` as text.
    length_m
        Metres.
    kind
        One of `KINDS`.
    name
        What runs there; '' where it has no name.
    affinity
        Households that feel the two blocks belong together; NaN where nobody asked.
    geometry
        Shapely lines, or None.
    """

    a: Ints
    b: Ints
    length_m: Floats
    kind: Objects
    name: Objects
    affinity: Floats
    geometry: Objects

    def __len__(self) -> int:
        return len(self.a)

    def take(self, rows: Ints | Bools) -> Lines:
        """Return the rows that a mask or a list of row numbers names."""
        return Lines(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})


@dataclass(frozen=True, eq=False)
class Rim:
    """Pieces of border that face the outside of the territory; `a` and the other columns as in `Lines`.

    Parameters
    ----------
    beyond
        The community on the other side, '' where the territory itself ends; None where nobody knows.
    """

    a: Ints
    length_m: Floats
    kind: Objects
    name: Objects
    geometry: Objects
    beyond: Objects | None = None

    def __len__(self) -> int:
        return len(self.a)

    @property
    def neighbour(self) -> Objects:
        """The community beyond each piece, '' where there is none or nobody knows."""
        return _filled(len(self), "") if self.beyond is None else self.beyond

    def take(self, rows: Ints | Bools) -> Rim:
        """Return the rows that a mask or a list of row numbers names."""
        beyond = None if self.beyond is None else self.beyond[rows]
        return Rim(
            self.a[rows], self.length_m[rows], self.kind[rows], self.name[rows], self.geometry[rows], beyond
        )  # fmt: skip


def find_borders(ids: Sequence[str], geometry: Objects, *, tolerance_m: float = 0.5) -> tuple[Lines, Rim]:
    """Find where blocks touch each other and where they face the outside.

    Two stretches of border are shared when they run in opposite directions no further apart than the
    tolerance, so that small gaps and overlaps of hand-drawn ground do no harm, and a point in common is none.

    Parameters
    ----------
    ids
        The blocks' ids.
    geometry
        Shape (n,): valid Polygons or MultiPolygons, metres.
    tolerance_m
        Widest gap or overlap, metres, across which two blocks still touch.

    Returns
    -------
    Lines of kind 'none' for every pair that shares more than a metre, and the rim; rim rows of a metre or
    less are left out.
    """
    borders = shapely.boundary(shapely.orient_polygons(geometry))
    owner, start, end = _segments(borders)
    segment, other, low, high = _shared_stretches(owner, start, end, tolerance_m)

    # shared lines: the stretches on the side of the block whose id comes first
    rank = np.empty(len(ids), dtype=np.int64)
    rank[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
    first = rank[owner[segment]] < rank[other]
    row, low_m, high_m, facing = _united(segment[first], other[first], low[first], high[first])
    pair = owner[row] * len(ids) + facing
    pairs, length, drawn = _gathered(pair, start[row], end[row], low_m, high_m)
    lines = Lines(
        a=pairs // len(ids),
        b=pairs % len(ids),
        length_m=length,
        kind=_filled(len(pairs), "none"),
        name=_filled(len(pairs), ""),
        affinity=np.full(len(pairs), np.nan),
        geometry=drawn,
    ).take(length > LEAST_CONTACT_M)

    # the rim: what is left of every segment when all stretches that face a neighbour are taken away
    row, low_m, high_m, _ = _united(segment, np.zeros_like(other), low, high)
    row, low_m, high_m = _left_over(np.hypot(*(end - start).T), row, low_m, high_m)
    blocks, length, drawn = _gathered(owner[row], start[row], end[row], low_m, high_m)
    rim = Rim(
        a=blocks,
        length_m=length,
        kind=_filled(len(blocks), "none"),
        name=_filled(len(blocks), ""),
        geometry=drawn,
    ).take(length > LEAST_CONTACT_M)
    return lines, rim


def on_outer_border(geometry: Objects, lines: Lines, rim: Rim) -> Bools:
    """Tell which blocks touch the outer border of their piece of territory along more than a metre.

    Parameters
    ----------
    geometry
        Shape (n,): the blocks' polygons, metres.
    lines, rim
        Their borders; a row of `rim` without geometry is taken to lie on the outer border.

    Returns
    -------
    Shape (n,), False for blocks that face only holes such as lakes.
    """
    n = len(geometry)
    length = np.zeros(n)
    drawn = np.array([line is not None for line in rim.geometry], dtype=np.bool_)
    np.add.at(length, rim.a[~drawn], rim.length_m[~drawn])
    if drawn.any():
        outline = _outlines(geometry, lines)
        owner, start, end = _segments(rim.geometry[drawn])
        middle = shapely.points((start + end) / 2)
        near = np.unique(shapely.STRtree(outline).query(middle, predicate="dwithin", distance=LEAST_CONTACT_M)[0])
        np.add.at(length, rim.a[drawn][owner[near]], np.hypot(*(end - start)[near].T))
    return length > LEAST_CONTACT_M


def _outlines(geometry: Objects, lines: Lines) -> Objects:
    """Return the segments of the outer rings of each connected piece of territory."""
    n = len(geometry)
    graph = coo_array((np.ones(len(lines)), (lines.a, lines.b)), shape=(n, n))
    count, piece = connected_components(graph, directed=False)
    # a little air closes the gaps that rounding leaves between neighbours, then goes again
    grown = shapely.buffer(geometry, LEAST_CONTACT_M / 4, join_style="mitre")
    grounds = shapely.get_parts([shapely.union_all(grown[piece == k]) for k in range(count)])
    _, start, end = _segments(shapely.get_exterior_ring(grounds))
    segments: Objects = shapely.linestrings(np.stack([start, end], axis=1))
    return segments


def _segments(lines: Objects) -> tuple[Ints, Floats, Floats]:
    """Cut lines into their straight segments: owner, start and end of each."""
    parts, owner = shapely.get_parts(lines, return_index=True)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    joined = part[1:] == part[:-1]
    return owner[part[:-1][joined]], xy[:-1][joined], xy[1:][joined]


def _shared_stretches(owner: Ints, start: Floats, end: Floats, tolerance: float) -> tuple[Ints, Ints, Floats, Floats]:
    """Find shared stretches: of equal segments first, then to the centimetre, then within the tolerance.

    Only segments that the finer search leaves partly bare go to the coarser one, which is slower and, where borders
    meet at a sharp angle, a little generous.
    """
    length = np.hypot(*(end - start).T)
    twin = _twins(owner, start, end)
    equal = np.flatnonzero(twin >= 0)
    found = [(equal, owner[twin[equal]], np.zeros(len(equal)), length[equal])]
    rest = np.flatnonzero(twin < 0)

    segment, other, low, high = _facing_stretches(owner[rest], start[rest], end[rest], min(EXACT_M, tolerance))
    row, begin, stop, _ = _united(segment, np.zeros_like(segment), low, high)
    bare = length[rest] - np.bincount(row, weights=stop - begin, minlength=len(rest)) > EXACT_M
    settled = ~bare[segment]
    found.append((rest[segment[settled]], other[settled], low[settled], high[settled]))

    segment, other, low, high = _facing_stretches(owner[rest], start[rest], end[rest], tolerance)
    open_ = bare[segment]
    found.append((rest[segment[open_]], other[open_], low[open_], high[open_]))
    segment, other, low, high = (np.concatenate(column) for column in zip(*found, strict=True))
    return segment, other, low, high


def _twins(owner: Ints, start: Floats, end: Floats) -> Ints:
    """Find for each segment the one segment of another block that has the same ends and runs back; -1 where none."""
    back = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    ends = np.concatenate([np.where(back[:, None], end, start), np.where(back[:, None], start, end)], axis=1)
    order = np.lexsort(ends.T)
    same = np.r_[False, (ends[order[1:]] == ends[order[:-1]]).all(axis=1), False]
    lone_pair = np.flatnonzero(same[1:-1] & ~same[:-2] & ~same[2:])  # neither a third before nor after
    one, two = order[lone_pair], order[lone_pair + 1]
    real = (back[one] != back[two]) & (owner[one] != owner[two])
    twin = np.full(len(owner), -1, dtype=np.int64)
    twin[one[real]], twin[two[real]] = two[real], one[real]
    return twin


def _facing_stretches(owner: Ints, start: Floats, end: Floats, tolerance: float) -> tuple[Ints, Ints, Floats, Floats]:
    """Find the stretch of each segment along which a segment of another block runs the opposite way.

    Returns
    -------
    Segment, the other block, and where on the segment the stretch begins and ends, metres from its start.
    """
    tree = shapely.STRtree(shapely.linestrings(np.stack([start, end], axis=1)))
    one, two = tree.query(tree.geometries, predicate="dwithin", distance=tolerance)
    along = end - start
    length = np.hypot(*along.T)
    unit = along / np.where(length > 0, length, 1)[:, None]
    opposite = (owner[one] != owner[two]) & (np.einsum("ij,ij->i", unit[one], unit[two]) < -0.7)
    one, two = one[opposite], two[opposite]

    # both ends of the other segment, measured along this one and across it
    along_start, across_start = _measured(start[two] - start[one], unit[one])
    along_end, across_end = _measured(end[two] - start[one], unit[one])
    run = along_end - along_start  # negative, for the directions are opposite
    slope = (across_end - across_start) / run
    low = np.clip(along_end, 0, length[one])
    high = np.clip(along_start, 0, length[one])
    # where the two are not parallel, only the stretch within the tolerance counts
    with np.errstate(divide="ignore", invalid="ignore"):
        edges = np.sort(along_start + (np.array([[-tolerance], [tolerance]]) - across_start) / slope, axis=0)
    level = np.abs(slope) < 1e-12
    low = np.where(level, low, np.maximum(low, edges[0]))
    high = np.where(level, high, np.minimum(high, edges[1]))
    real = (high > low) & ~(level & (np.abs(across_start) > tolerance))
    return one[real], owner[two[real]], low[real], high[real]


def _measured(vector: Floats, unit: Floats) -> tuple[Floats, Floats]:
    """Split vectors into their parts along and across unit vectors."""
    return np.einsum("ij,ij->i", vector, unit), unit[:, 0] * vector[:, 1] - unit[:, 1] * vector[:, 0]


def _united(segment: Ints, facing: Ints, low: Floats, high: Floats) -> tuple[Ints, Floats, Floats, Ints]:
    """Unite stretches of the same segment, facing the same block, that overlap."""
    order = np.lexsort((low, facing, segment))
    segment, facing, low, high = segment[order], facing[order], low[order], high[order]
    if len(segment) == 0:
        return segment, low, high, facing
    new_group = np.r_[True, (segment[1:] != segment[:-1]) | (facing[1:] != facing[:-1])]
    # a running maximum that starts anew in each group: lift every group above the one before it
    lift = np.cumsum(new_group) * (float(high.max()) + 1)
    reach = np.maximum.accumulate(high + lift) - lift
    begins = new_group.copy()
    begins[1:] |= low[1:] > reach[:-1] + 1e-6
    first = np.flatnonzero(begins)
    last = np.r_[first[1:] - 1, len(segment) - 1]
    return segment[first], low[first], reach[last], facing[first]


def _left_over(length: Floats, row: Ints, low: Floats, high: Floats) -> tuple[Ints, Floats, Floats]:
    """Return what united stretches leave of all segments, in stretches longer than a micrometre."""
    every = np.arange(len(length))
    # a gap opens at the start of a segment and after each stretch; it closes at the next stretch or the end
    rows, opens = np.r_[every, row], np.r_[np.zeros(len(length)), high]
    closes_rows, closes = np.r_[every, row], np.r_[length, low]
    order, closing = np.lexsort((opens, rows)), np.lexsort((closes, closes_rows))
    rows, opens, closes = rows[order], opens[order], closes[closing]
    real = closes - opens > 1e-6
    return rows[real], opens[real], closes[real]


def _gathered(key: Ints, start: Floats, end: Floats, low: Floats, high: Floats) -> tuple[Ints, Floats, Objects]:
    """Gather stretches of segments by key: the keys, metres of each, and its merged line."""
    order = np.argsort(key, kind="stable")
    key, start, end, low, high = key[order], start[order], end[order], low[order], high[order]
    length = np.hypot(*(end - start).T)
    ends = [
        np.where((at / length)[:, None] >= 1, end, start + (at / length)[:, None] * (end - start)) for at in (low, high)
    ]
    keys, group = np.unique(key, return_inverse=True)
    pieces = shapely.linestrings(np.stack(ends, axis=1))
    lines = np.empty(len(keys), dtype=object)
    shapely.multilinestrings(pieces, indices=group, out=lines)
    metres: Floats = np.bincount(group, weights=high - low, minlength=len(keys)).astype(np.float64)
    return keys, metres, shapely.line_merge(lines)


def _filled(n: int, value: str) -> Objects:
    return np.full(n, value, dtype=object)
