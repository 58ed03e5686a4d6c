"""The borders of blocks: pieces that two blocks share, and pieces that face the outside."""

from __future__ import annotations

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
    """Pieces of border that face the outside of the territory; `a` and the other columns as in `Lines`."""

    a: Ints
    length_m: Floats
    kind: Objects
    name: Objects
    geometry: Objects

    def __len__(self) -> int:
        return len(self.a)

    def take(self, rows: Ints | Bools) -> Rim:
        """Return the rows that a mask or a list of row numbers names."""
        return Rim(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})


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
