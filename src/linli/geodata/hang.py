"""What hangs on blocks: buildings, counts, compounds, communities and facilities."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from linli.geodata.arrangement import Bools, Floats, Ints, Objects

SAME_BUILDING = 0.8  # two outlines that share more than this part of the larger are one building drawn twice
STOREY_M = 3.0

# classes of buildings nobody lives in (OpenStreetMap key building, and what Chinese layers write)
NOT_HOMES = frozenset(
    """
    commercial retail mall office supermarket kiosk hotel industrial warehouse factory manufacture garage garages
    parking carport roof shed hut service transformer_tower train_station transportation station public civic
    government school university college kindergarten hospital clinic church chapel cathedral temple mosque
    stadium sports_hall museum theatre library construction ruins greenhouse toilets guardhouse bridge
    商业 办公 写字楼 学校 医院 工业 厂房 仓库 车库 公共 酒店 宾馆 配电房 门卫
    """.split()  # noqa: SIM905
)


def mend(geometry: Objects) -> tuple[Objects, int]:
    """Repair invalid rings; return the geometries and how many were repaired."""
    wrong = ~shapely.is_valid(geometry)
    if not wrong.any():
        return geometry, 0
    mended = geometry.copy()
    for row in np.flatnonzero(wrong):
        dimension = shapely.get_dimensions(geometry[row])
        parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(geometry[row])))
        mended[row] = shapely.union_all(parts[shapely.get_dimensions(parts) == dimension])
    return mended, int(wrong.sum())


def drawn_twice(geometry: Objects) -> Ints:
    """Find buildings drawn twice: shape (n,), the earlier building each one repeats, -1 for the others."""
    repeats = np.full(len(geometry), -1, dtype=np.int64)
    flat = np.flatnonzero(shapely.get_dimensions(geometry) == 2)
    if len(flat) == 0:
        return repeats
    later, earlier = shapely.STRtree(geometry[flat]).query(geometry[flat], predicate="intersects")
    once = later > earlier
    later, earlier = flat[later[once]], flat[earlier[once]]
    shared = shapely.area(shapely.intersection(geometry[later], geometry[earlier]))
    larger = np.maximum(shapely.area(geometry[later]), shapely.area(geometry[earlier]))
    same = shared > SAME_BUILDING * larger
    for row, first in sorted(zip(later[same].tolist(), earlier[same].tolist(), strict=True)):
        root = first if repeats[first] < 0 else int(repeats[first])
        repeats[row] = root if repeats[row] < 0 else min(root, int(repeats[row]))
    return repeats


def block_of(features: Objects, blocks: Objects) -> Ints:
    """Find the block on which each feature lies, the largest overlap where it lies on several; -1 outside.

    Parameters
    ----------
    features
        Shape (n,): points, lines or polygons.
    blocks
        Shape (m,): the blocks' ground.
    """
    home = np.full(len(features), -1, dtype=np.int64)
    row, block = shapely.STRtree(blocks).query(features, predicate="intersects")
    if len(row) == 0:
        return home
    several = np.bincount(row, minlength=len(features))[row] > 1
    overlap = np.ones(len(row))
    if several.any():
        common = shapely.intersection(features[row[several]], blocks[block[several]])
        flat = shapely.get_dimensions(features[row[several]]) == 2
        overlap[several] = np.where(flat, shapely.area(common), shapely.length(common))
    order = np.lexsort((block, -overlap, row))
    first = order[np.append(True, np.diff(row[order]) != 0)]
    home[row[first]] = block[first]
    # a building of which most lies outside the territory belongs outside
    flat = (shapely.get_dimensions(features) == 2) & (home >= 0)
    inside = shapely.STRtree(blocks).query(shapely.point_on_surface(features), predicate="intersects")[0]
    held = np.zeros(len(features), dtype=np.bool_)
    held[inside] = True
    home[flat & ~held] = -1
    return home


def sum_by_block(home: Ints, values: Floats, blocks: int) -> Ints:
    """Add up whole numbers by block; features outside (-1) are left out."""
    inside = home >= 0
    total = np.bincount(home[inside], values[inside], minlength=blocks)
    return np.asarray(np.rint(total), dtype=np.int64)


def estimate_dwellings(
    footprint_m2: Floats, floors: Floats, homes: Bools, *, area_per_dwelling: float, default_floors: float
) -> Ints:
    """Estimate the dwellings of each building: footprint × floors ÷ area of a dwelling; 0 where nobody lives.

    Parameters
    ----------
    footprint_m2, floors
        Shape (n,); floors NaN where unknown.
    homes
        Shape (n,): whether people may live there.
    area_per_dwelling
        Square metres of floor a dwelling, stairs included.
    default_floors
        Floors of a building that does not say.
    """
    known = np.where(np.isfinite(floors), floors, default_floors)
    return np.asarray(np.where(homes, np.rint(footprint_m2 * known / area_per_dwelling), 0), dtype=np.int64)


def apportion(total: int, weights: Floats) -> Ints:
    """Divide a whole number in proportion to weights so that the parts add up to it (largest remainders).

    Parameters
    ----------
    total
        The number to divide.
    weights
        Shape (n,): at least 0; all alike where they are all 0.
    """
    share = weights if weights.sum() > 0 else np.ones(len(weights))
    exact = total * share / share.sum()
    part: Ints = np.asarray(np.floor(exact), dtype=np.int64)
    order = np.argsort(-(exact - part), kind="stable")
    part[order[: total - int(part.sum())]] += 1
    return part


def compound_column(pairs: set[tuple[int, str]], blocks: int) -> Objects:
    """Write for each block the compounds that must stay whole with it.

    Compounds that meet in a block are kept together by nature; where one of them goes on into another block, all
    blocks so linked bear the same value, the names joined by ';'.

    Parameters
    ----------
    pairs
        (block, compound) wherever a compound has ground or buildings on a block.
    blocks
        Number of blocks.
    """
    names = sorted({name for _, name in pairs})
    number = {name: blocks + k for k, name in enumerate(names)}
    rows = np.array([block for block, _ in sorted(pairs)], dtype=np.int64)
    cols = np.array([number[name] for _, name in sorted(pairs)], dtype=np.int64)
    size = blocks + len(names)
    _, piece = connected_components(coo_array((np.ones(len(rows)), (rows, cols)), shape=(size, size)), directed=False)
    joined: dict[int, list[str]] = {}
    for name in names:
        joined.setdefault(int(piece[number[name]]), []).append(name)
    return np.array([";".join(joined.get(int(piece[block]), [])) or None for block in range(blocks)], dtype=np.object_)


def overlap_m2(blocks: Objects, grounds: Objects) -> tuple[Ints, Ints, Floats]:
    """Return for each meeting of a block with another ground: block, ground, shared square metres."""
    block, ground = shapely.STRtree(grounds).query(blocks, predicate="intersects")
    shared = shapely.area(shapely.intersection(blocks[block], grounds[ground]))
    real = shared > 0
    return block[real], ground[real], shared[real]


def label_by_overlap(blocks: Objects, grounds: Objects, labels: Objects, together: Objects | None = None) -> Objects:
    """Give each block the label of the ground it shares most area with; None where it lies on none.

    Parameters
    ----------
    blocks, grounds
        Polygons.
    labels
        Shape (grounds,): text.
    together
        Shape (blocks,): blocks of one value (None aside) get one label, that of their largest common overlap.
    """
    block, ground, shared = overlap_m2(blocks, grounds)
    group = np.arange(len(blocks))
    if together is not None:
        first: dict[Any, int] = {}
        for row, value in enumerate(together):
            if value is not None:
                group[row] = first.setdefault(value, row)
    names, code = np.unique(labels.astype(str), return_inverse=True)
    best: NDArray[Any] = np.full(len(blocks), None, dtype=np.object_)
    if len(block):
        pair, inverse = np.unique(np.stack([group[block], code[ground]], axis=1), axis=0, return_inverse=True)
        total = np.bincount(inverse.ravel(), shared)
        order = np.lexsort((pair[:, 1], -total, pair[:, 0]))
        lead = order[np.append(True, np.diff(pair[order, 0]) != 0)]
        best[pair[lead, 0]] = names[pair[lead, 1]]
    found: Objects = best[group]
    return found


def kinds_by_block(points: Objects, kinds: Objects, blocks: Objects, *, reach_m: float = 50.0) -> tuple[Objects, int]:
    """List the facilities on each block, one kind for each facility, joined by ';'.

    Parameters
    ----------
    points
        Shape (n,): facilities; one outside the territory goes to a block at most `reach_m` away.
    kinds
        Shape (n,): text.
    blocks
        Polygons.

    Returns
    -------
    Shape (blocks,): text, None where there is none; and how many facilities lie too far outside.
    """
    home = block_of(points, blocks)
    stray = np.flatnonzero(home < 0)
    if len(stray):
        tree = shapely.STRtree(blocks)
        found, block = tree.query_nearest(points[stray], max_distance=reach_m, all_matches=False)
        home[stray[found]] = block
    held: list[list[str]] = [[] for _ in range(len(blocks))]
    for block, kind in zip(home, kinds, strict=True):
        if block >= 0 and kind:
            held[block].append(kind)
    column = np.array([";".join(sorted(kinds_here)) or None for kinds_here in held], dtype=np.object_)
    return column, int((home < 0).sum())
