"""Lines and ground in the plane: noded lines, the faces between them, and who lies on either side of each piece."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Objects = NDArray[np.object_]

GRID_M = 0.01  # coordinates are rounded to a centimetre, so that equal points are equal


@dataclass(frozen=True, eq=False)
class Sides:
    """Straight pieces of border: ends of shape (n, 2), the faces `a` and `b` on either side, -1 for the outside."""

    start: Floats
    end: Floats
    a: Ints
    b: Ints

    @property
    def length(self) -> Floats:
        """Metres, shape (n,)."""
        return np.asarray(np.hypot(*(self.end - self.start).T))

    def relabelled(self, label: Ints) -> Sides:
        """Give each face the number `label[face]` and leave out the pieces that divide nothing any more."""
        extended = np.append(label, -1)
        a, b = extended[self.a], extended[self.b]
        keep = a != b
        return Sides(self.start[keep], self.end[keep], a[keep], b[keep])


def node(lines: Objects) -> Objects:
    """Cut lines wherever they meet; pieces that run on each other become one."""
    pieces: Objects = shapely.get_parts(shapely.line_merge(shapely.union_all(lines, grid_size=GRID_M)))
    return pieces


def faces_between(edges: Objects, territory: Any) -> Objects:
    """Return the faces that noded lines enclose within a territory."""
    faces = shapely.get_parts(shapely.polygonize(edges))
    inside = shapely.contains_properly(territory, shapely.point_on_surface(faces))
    found: Objects = faces[inside]
    return found


def sides_of(faces: Objects) -> Sides:
    """Pair the straight pieces of the rings of faces that come from the same noded lines."""
    rings, owner = shapely.get_rings(faces, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    joined = ring[1:] == ring[:-1]
    key = np.rint(xy / GRID_M).astype(np.int64)
    start, end, face = key[:-1][joined], key[1:][joined], owner[ring[:-1][joined]]
    swap = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    start[swap], end[swap] = end[swap], start[swap]
    order = np.lexsort((end[:, 1], end[:, 0], start[:, 1], start[:, 0]))
    start, end, face = start[order], end[order], face[order]
    same = np.zeros(len(face), dtype=np.bool_)
    same[1:] = (start[1:] == start[:-1]).all(axis=1) & (end[1:] == end[:-1]).all(axis=1)
    first = np.flatnonzero(~same)
    other = np.full(len(face), -1, dtype=np.int64)
    second = np.flatnonzero(same)
    other[second - 1] = face[second]
    return Sides(start[first] * GRID_M, end[first] * GRID_M, face[first].astype(np.int64), other[first])


def border_with(sides: Sides, faces: int) -> coo_array:
    """Return the matrix of shared border length between faces, metres, without the outside."""
    inner = (sides.a >= 0) & (sides.b >= 0) & (sides.a != sides.b)
    a, b, length = sides.a[inner], sides.b[inner], sides.length[inner]
    matrix = coo_array((np.tile(length, 2), (np.append(a, b), np.append(b, a))), shape=(faces, faces))
    matrix.sum_duplicates()
    return matrix


def reunite(sides: Sides, label: Ints, area: Floats) -> Ints:
    """Give pieces cut off from the main part of their label to the neighbour they share most border with.

    Parameters
    ----------
    sides
        Borders between small faces.
    label, area
        Shape (faces,): the label each bears and its square metres.
    """
    label = label.copy()
    for _ in range(10):
        inner = (sides.a >= 0) & (sides.b >= 0)
        same = inner & (label[sides.a] == label[sides.b])
        ones = np.ones(int(same.sum()))
        graph = coo_array((ones, (sides.a[same], sides.b[same])), shape=(len(label), len(label)))
        pieces, piece = connected_components(graph, directed=False)
        ground = np.bincount(piece, area, minlength=pieces)
        piece_label = np.zeros(pieces, dtype=np.int64)
        piece_label[piece] = label
        order = np.lexsort((-ground, piece_label))
        main = np.zeros(pieces, dtype=np.bool_)
        main[order[np.append(True, np.diff(piece_label[order]) != 0)]] = True
        if main.all():
            break
        border = border_with(Sides(sides.start, sides.end, _of(piece, sides.a), _of(piece, sides.b)), pieces)
        useful = ~main[border.row] & main[border.col]
        row, col, length = border.row[useful], border.col[useful], border.data[useful]
        if len(row) == 0:
            break
        best = np.lexsort((col, -length, row))
        lead = best[np.append(True, np.diff(row[best]) != 0)]
        piece_label[row[lead]] = piece_label[col[lead]]
        label = piece_label[piece]
    return label


def dissolve(faces: Objects, label: Ints) -> Objects:
    """Join the faces that bear the same label (0 … n-1) into one ground each."""
    order = np.argsort(label, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(label[order]) != 0))
    groups = np.split(order, starts[1:])
    grounds = [faces[group[0]] if len(group) == 1 else shapely.union_all(faces[group]) for group in groups]
    return np.array(grounds, dtype=np.object_)


def _of(values: Ints, index: Ints) -> Ints:
    found: Ints = np.where(index >= 0, values[index], -1)
    return found
