"""The territory behind a map: communities dissolved from blocks, their neighbours, what their borders follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from linli.geodata import Lines

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Objects = NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Community:
    """A community on a map: name, its blocks' indices, dissolved ground, count (None where nothing is counted)."""

    name: str
    blocks: Ints
    ground: shapely.Geometry
    count: int | None


def as_labels(labels: Sequence[str | None] | ArrayLike) -> Objects:
    """Return community names of shape (n,), '' where a block has none."""
    return np.array(
        ["" if _absent(name) else str(name).strip() for name in np.asarray(labels, dtype=object)], dtype=object
    )


def dissolve(geometry: Objects, labels: Objects, counts: ArrayLike | None = None) -> list[Community]:
    """Dissolve blocks into communities, from north to south; blocks labelled '' belong to none.

    Parameters
    ----------
    geometry
        Shape (n,): polygons, metres.
    labels
        Shape (n,): community of each block.
    counts
        Shape (n,): count of each block under one counting definition.
    """
    numbers = None if counts is None else np.asarray(counts, dtype=np.int64)
    found = []
    for name in sorted(set(labels) - {""}):
        rows = np.flatnonzero(labels == name)
        total = None if numbers is None else int(numbers[rows].sum())
        found.append(Community(str(name), rows, merge(geometry[rows]), total))
    return sorted(found, key=lambda community: (-community.ground.centroid.y, community.name))


def merge(polygons: Objects) -> shapely.Geometry:
    """Return the union of polygons; quickly where they already fit together without gap or overlap."""
    if shapely.coverage_is_valid(polygons):
        return shapely.coverage_union_all(polygons)
    return shapely.union_all(shapely.make_valid(polygons))


def bordering(lines: Lines, labels: Objects) -> set[tuple[str, str]]:
    """Return pairs of different communities that share a border, each pair in alphabetical order."""
    one, other = labels[lines.a], labels[lines.b]
    return {(min(p, q), max(p, q)) for p, q in zip(one, other, strict=True) if p and q and p != q}


def dividing(lines: Lines, labels: Objects, before: Objects | None = None) -> Bools:
    """Tell which lines divide two communities; with `before`, only lines that divided none then.

    Returns
    -------
    Shape (len(lines),).
    """
    one, other = labels[lines.a], labels[lines.b]
    rows = (one != other) & (one != "") & (other != "")
    if before is not None:
        rows &= before[lines.a] == before[lines.b]
    return np.asarray(rows, dtype=np.bool_)


def length_by_kind(lines: Lines, rows: Bools) -> dict[str, float]:
    """Return metres of the chosen lines by what runs there."""
    found: dict[str, float] = {}
    for kind, length in zip(lines.kind[rows], lines.length_m[rows], strict=True):
        found[str(kind)] = found.get(str(kind), 0.0) + float(length)
    return found


def reliance(lengths: dict[str, float]) -> float | None:
    """Return 界线依托率: the share of a line, by length, that follows anything at all; None for no line."""
    total = sum(lengths.values())
    return None if total <= 0 else (total - lengths.get("none", 0.0)) / total


def _absent(name: object) -> bool:
    return name is None or (isinstance(name, float) and np.isnan(name))
