"""The four sides (四至) of a community: what is met on its east, south, west and north, and what lies beyond."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from linli.districting.problem import Bools, Floats
from linli.geodata import Blocks
from linli.geodata.blocks import IN_NONE
from linli.plans.groups import rows_of
from linli.plans.names import community_words

SIDES = {
    "east": ("东", np.array([1.0, 0.0])),
    "south": ("南", np.array([0.0, -1.0])),
    "west": ("西", np.array([-1.0, 0.0])),
    "north": ("北", np.array([0.0, 1.0])),
}
NAMED_SHARE = 0.25  # what takes less of a side than this is left out
MOST_NAMES = 2
OUTSIDE = "街道界"  # what an unnamed piece of the outer border is called where nothing is known beyond it


class ByHand(NamedTuple):
    """A side that somebody wrote: its words, and the mark that says who and when."""

    words: str
    mark: str


@dataclass
class Side:
    """What a community meets on one side: how much of each line and neighbour, and the pieces of border it has."""

    met: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    pieces: set[tuple[str, str, str, str]] = field(default_factory=set)  # block, what is beyond, line, neighbour

    @property
    def words(self) -> str:
        """The lines that take most of it, each with the communities beyond."""
        return _words(self.met) or OUTSIDE

    @property
    def stamp(self) -> str:
        """Changes when a piece of border joins or leaves the side, or what runs there or lies beyond is another."""
        return hashlib.sha256("\n".join("\t".join(one) for one in sorted(self.pieces)).encode()).hexdigest()[:16]


def four_sides(blocks: Blocks, communities: NDArray[np.object_]) -> dict[str, dict[str, str]]:
    """Name what each community meets on its four sides: the line, and the community on the other side of it.

    Every segment of border counts for a side by its length, by how squarely it faces that side, and by how far
    out on that side it lies. A line without a name gives the neighbouring community's.

    Parameters
    ----------
    communities
        Shape (n,): community of each block.

    Returns
    -------
    dict
        Community to {'east': …, 'south': …, 'west': …, 'north': …}; names joined by 、.
    """
    return {name: {side: one.words for side, one in sides.items()} for name, sides in meet(blocks, communities).items()}


def stamps(blocks: Blocks, communities: NDArray[np.object_]) -> dict[str, dict[str, str]]:
    """Return the stamp of each community's sides, by which one tells whether a side is still the same."""
    return {name: {side: one.stamp for side, one in sides.items()} for name, sides in meet(blocks, communities).items()}


def sides_text(sides: Mapping[str, str], marks: Mapping[str, str] | None = None) -> str:
    """Write the four sides as approvers read them: 东至…,南至…,西至…,北至…; a mark stands behind its side."""
    marked = marks or {}
    return "，".join(
        f"{word}至{sides[side]}" + (f"（{marked[side]}）" if side in marked else "")
        for side, (word, _) in SIDES.items()
    )


def meet(blocks: Blocks, communities: NDArray[np.object_]) -> dict[str, dict[str, Side]]:
    """Find what each community meets on its four sides."""
    lines, rim, points = blocks.lines, blocks.rim, blocks.xy()
    cut = np.flatnonzero(communities[lines.a] != communities[lines.b])
    owner = np.concatenate([lines.a[cut], lines.b[cut], rim.a])
    other = np.concatenate([lines.b[cut], lines.a[cut], np.full(len(rim), -1)])
    name = np.concatenate([lines.name[cut], lines.name[cut], rim.name])
    beyond = np.concatenate([communities[lines.b[cut]], communities[lines.a[cut]], rim.neighbour])
    geometry = np.concatenate([lines.geometry[cut], lines.geometry[cut], rim.geometry])
    length = np.concatenate([lines.length_m[cut], lines.length_m[cut], rim.length_m])

    found: dict[str, dict[str, Side]] = {}
    borders, ground = rows_of(communities[owner]), rows_of(communities)
    for community, here in ground.items():
        rows = borders.get(community, np.zeros(0, np.int64))
        box = shapely.total_bounds(blocks.geometry[here])
        middle = np.array([box[0] + box[2], box[1] + box[3]]) / 2
        half = np.maximum(np.array([box[2] - box[0], box[3] - box[1]]) / 2, 1e-9)
        sides = {side: Side() for side in SIDES}
        for row in rows:
            start, end = _segments(geometry[row], points[owner[row]], points[other[row]] if other[row] >= 0 else None)
            normal, size = _outward(start, end, geometry[row], blocks.geometry[owner[row]], points[owner[row]])
            if not size.sum():
                continue
            size = size * (length[row] / size.sum())
            away = ((start + end) / 2 - middle) / half
            line, next_door = str(name[row] or ""), str(beyond[row] or "")
            faced = {}
            for side, (_, direction) in SIDES.items():
                facing = np.clip(normal @ direction, 0, None) ** 2
                faced[side] = float((size * facing).sum())
                weight = float((size * facing * np.clip(away @ direction, 0, None)).sum())
                sides[side].met[line, next_door] += weight
            far = blocks.ids[other[row]] if other[row] >= 0 else f"{length[row]:.0f}"
            sides[max(faced, key=lambda side: faced[side])].pieces.add((blocks.ids[owner[row]], far, line, next_door))
        found[str(community)] = sides
    return found


def _words(met: Mapping[tuple[str, str], float]) -> str:
    """Name the lines that take most of a side, each with the communities beyond it."""
    weight: dict[str, float] = defaultdict(float)
    neighbours: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for (line, next_door), share in met.items():
        if share <= 0:
            continue
        weight[line or _border(next_door) or OUTSIDE] += share
        if line and next_door:
            neighbours[line][next_door] += share
    total = sum(weight.values())
    named = list(_most(weight, total))
    return "、".join(
        name + (f"（与{'、'.join(map(_called, _most(neighbours[name], total)))}为界）" if neighbours[name] else "")
        for name in named
    )


def _most(weight: Mapping[str, float], total: float) -> Iterator[str]:
    """The few that take a good share, the largest first; at least one."""
    ranked = sorted((name for name, w in weight.items() if w > 0), key=lambda name: (-weight[name], name))
    yield from [name for name in ranked if weight[name] >= NAMED_SHARE * total][:MOST_NAMES] or ranked[:1]


def _called(community: str) -> str:
    return community if community == IN_NONE else community_words(community)


def _border(community: str) -> str:
    return f"{_called(community)}界" if community else ""


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
