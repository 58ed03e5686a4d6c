"""The four sides (四至) of a community: the names of the lines met on its east, south, west and north."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import shapely
from numpy.typing import NDArray

from linli.districting.problem import Bools, Floats
from linli.geodata import Blocks
from linli.plans.groups import rows_of
from linli.plans.names import community_words

SIDES = {
    "east": ("东", np.array([1.0, 0.0])),
    "south": ("南", np.array([0.0, -1.0])),
    "west": ("西", np.array([-1.0, 0.0])),
    "north": ("北", np.array([0.0, 1.0])),
}
NAMED_SHARE = 0.25  # a name that takes less of a side than this is left out
MOST_NAMES = 2


def four_sides(
    blocks: Blocks, communities: NDArray[np.object_], *, outside: str = "街道界"
) -> dict[str, dict[str, str]]:
    """Name what each community meets on its four sides.

    Every segment of border counts for a side by its length, by how squarely it faces that side, and by how far
    out on that side it lies. A line without a name gives the neighbouring community's.

    Parameters
    ----------
    communities
        Shape (n,): community of each block.
    outside
        What an unnamed piece of the outer border is called.

    Returns
    -------
    dict
        Community to {'east': …, 'south': …, 'west': …, 'north': …}; names joined by 、.
    """
    lines, rim, points = blocks.lines, blocks.rim, blocks.xy()
    cut = np.flatnonzero(communities[lines.a] != communities[lines.b])
    owner = np.concatenate([lines.a[cut], lines.b[cut], rim.a])
    other = np.concatenate([lines.b[cut], lines.a[cut], np.full(len(rim), -1)])
    name = np.concatenate([lines.name[cut], lines.name[cut], rim.name])
    geometry = np.concatenate([lines.geometry[cut], lines.geometry[cut], rim.geometry])
    length = np.concatenate([lines.length_m[cut], lines.length_m[cut], rim.length_m])

    found: dict[str, dict[str, str]] = {}
    borders, ground = rows_of(communities[owner]), rows_of(communities)
    for community, here in ground.items():
        rows = borders.get(community, np.zeros(0, np.int64))
        box = shapely.total_bounds(blocks.geometry[here])
        middle = np.array([box[0] + box[2], box[1] + box[3]]) / 2
        half = np.maximum(np.array([box[2] - box[0], box[3] - box[1]]) / 2, 1e-9)
        weight: dict[str, dict[str, float]] = {side: defaultdict(float) for side in SIDES}
        for row in rows:
            start, end = _segments(geometry[row], points[owner[row]], points[other[row]] if other[row] >= 0 else None)
            normal, size = _outward(start, end, geometry[row], blocks.geometry[owner[row]], points[owner[row]])
            if not size.sum():
                continue
            size = size * (length[row] / size.sum())
            away = ((start + end) / 2 - middle) / half
            word = str(name[row] or "") or (
                outside if other[row] < 0 else community_words(str(communities[other[row]])) + "界"
            )
            for side, (_, direction) in SIDES.items():
                facing = np.clip(normal @ direction, 0, None) ** 2
                weight[side][word] += float((size * facing * np.clip(away @ direction, 0, None)).sum())
        found[str(community)] = {side: _words(weight[side]) or outside for side in SIDES}
    return found


def sides_text(sides: dict[str, str]) -> str:
    """Write the four sides as approvers read them: 东至…,南至…,西至…,北至…."""
    return "，".join(f"{word}至{sides[side]}" for side, (word, _) in SIDES.items())


def _words(weight: dict[str, float]) -> str:
    total = sum(weight.values())
    ranked = sorted((name for name, w in weight.items() if w > 0), key=lambda name: (-weight[name], name))
    return "、".join([name for name in ranked if weight[name] >= NAMED_SHARE * total][:MOST_NAMES] or ranked[:1])


def _segments(geometry: object, inside: Floats, outside: Floats | None) -> tuple[Floats, Floats]:
    """Return the ends of a border's segments; for a border without geometry one segment between the two blocks."""
    if geometry is None or shapely.is_empty(geometry):
        if outside is None:
            return np.zeros((0, 2)), np.zeros((0, 2))
        half, across = (inside + outside) / 2, (outside - inside)[::-1] * np.array([-0.5, 0.5])
        return (half - across)[None], (half + across)[None]
    pieces = [shapely.get_coordinates(part) for part in shapely.get_parts(geometry)]
    pieces = [piece for piece in pieces if len(piece) > 1]
    if not pieces:
        return np.zeros((0, 2)), np.zeros((0, 2))
    return np.concatenate([p[:-1] for p in pieces]), np.concatenate([p[1:] for p in pieces])


def _outward(start: Floats, end: Floats, geometry: object, block: object, inside: Floats) -> tuple[Floats, Floats]:
    """Return unit normals that point out of the block, and lengths."""
    along = end - start
    size = np.hypot(along[:, 0], along[:, 1])
    normal = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.maximum(size, 1e-12)[:, None]
    middle = (start + end) / 2
    if geometry is None:
        inward: Bools = ((middle - inside) * normal).sum(1) < 0
    else:
        # step a metre to either side: the side that is nearer to the block's ground is inside
        right, left = (shapely.points(middle + step * normal) for step in (1.0, -1.0))
        inward = shapely.distance(right, block) < shapely.distance(left, block)
    normal[inward] *= -1
    return normal, size
