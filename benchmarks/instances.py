"""Synthetic street blocks from seeds: planar maps whose borders bear a hierarchy of rivers, roads and walls."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from heapq import heapify, heappop, heappush
from importlib.resources import files
from itertools import product
from typing import Literal

import numpy as np
import shapely
from numpy.random import Generator
from scipy.spatial import Voronoi, cKDTree

from linli.districting.problem import Bools, Floats, Ints, Problem, connected_pieces
from linli.geodata.blocks import Blocks
from linli.geodata.borders import find_borders

Family = Literal["voronoi", "streets"]
KINDS = ("river", "railway", "arterial", "secondary", "wall", "lane")
RIVER, RAILWAY, ARTERIAL, SECONDARY, WALL, LANE = range(len(KINDS))
SPACING = 100.0  # metres between the middles of neighbouring blocks
LEAST_CONTACT = 1.0  # metres; shorter contacts are no adjacency
LOWER, UPPER, TARGET = 1500, 3500, 2500
COUNT = "dwellings_delivered"


@dataclass(frozen=True)
class Ground:
    """Blocks and borders before anything is counted or priced.

    Parameters
    ----------
    xy
        Shape (n, 2), metres: a point of each block.
    edges
        Shape (m, 2): neighbours that share more than a metre.
    length
        Shape (m,), metres.
    kind
        Shape (m,): position in `KINDS`.
    rim
        Shape (n,): True for blocks that touch the outside.
    box
        Shape (n, 4): west, south, east and north of each block before the map was bent; of street blocks alone.
    """

    xy: Floats
    edges: Ints
    length: Floats
    kind: Ints
    rim: Bools
    box: Floats | None = None


@dataclass(frozen=True)
class Instance:
    """A problem with its bounds; `name` holds everything needed to build it again."""

    name: str
    problem: Problem
    lower: int
    upper: int
    parts: int

    @property
    def digest(self) -> str:
        """First 12 hex digits of a SHA-256 over weights, edges, costs and bounds."""
        bounds = np.array([self.lower, self.upper, self.parts], dtype=np.int64)
        arrays = (self.problem.weights, self.problem.edges, self.problem.costs, bounds)
        return hashlib.sha256(b"".join(a.tobytes() for a in arrays)).hexdigest()[:12]


def seed_suite() -> Iterator[Instance]:
    """45 communities of today: 60 to 250 blocks, two to four parts, bounds 1,500 to 3,500 households."""
    draws: tuple[tuple[Family, int], ...] = (("voronoi", 1), ("streets", 1), ("voronoi", 2))
    for (family, seed), n, parts in product(draws, (60, 100, 150, 200, 250), (2, 3, 4)):
        yield community(family, n, parts, seed)


def hard_cases() -> Iterator[Instance]:
    """Where the exact method is slow: pure length, five parts, bounds within one per cent."""
    draws: tuple[tuple[Family, int], ...] = (("voronoi", 1), ("streets", 1))
    for (family, seed), n, parts in product(draws, (150, 250), (3, 4)):
        yield community(family, n, parts, seed, pure_length=True)
    for (family, seed), n in product(draws, (100, 150, 250)):
        yield community(family, n, 5, seed)
    for (family, seed), n, parts in product(draws, (100, 150, 250), (2, 3, 4)):
        yield community(family, n, parts, seed, tolerance=0.01)


def inertia_cases(seeds: tuple[int, ...] = (1, 2, 3, 4)) -> Iterator[Instance]:
    """Communities whose moment of inertia is minimised: three and four parts, several seeds."""
    families: tuple[Family, ...] = ("voronoi", "streets")
    for n, parts, seed in product((60, 100, 150, 250), (3, 4), seeds):
        yield community(families[seed % 2], n, parts, seed)


def districts(n: int, seeds: tuple[int, ...] = (1, 2)) -> Iterator[Instance]:
    """Whole districts: `n` blocks of 60 households on average, parts of 2,500 on average."""
    families: tuple[Family, ...] = ("voronoi", "streets")
    for seed, family in product(seeds, families):
        yield district(family, n, seed)


def community(
    family: Family,
    n: int,
    parts: int,
    seed: int,
    *,
    pure_length: bool = False,
    tolerance: float | None = None,
) -> Instance:
    """One over-large community of `n` blocks and about `parts` × 2,500 households.

    Parameters
    ----------
    family
        `voronoi` (irregular blocks in an irregular outline) or `streets` (a bent rectangle cut again and again).
    pure_length
        Every metre costs the same, whatever runs there.
    tolerance
        Bounds are total / parts × (1 ± tolerance) instead of 1,500 and 3,500.
    """
    rng = np.random.default_rng([n, parts, seed, family == "streets"])
    ground = _ground(family, n, rng)
    total = int(parts * TARGET * rng.uniform(0.94, 1.06))
    problem = _problem(ground, _households(n, total, rng), pure_length=pure_length)
    name = f"{family}-{n}-k{parts}-s{seed}" + ("-length" if pure_length else "")
    if tolerance is None:
        return Instance(name, problem, LOWER, UPPER, parts)
    lower, upper = int(np.ceil(total / parts * (1 - tolerance))), int(total / parts * (1 + tolerance))
    return Instance(f"{name}-within{tolerance:.0%}", problem, lower, upper, parts)


def district(family: Family, n: int, seed: int, *, mean: int = 60) -> Instance:
    """`n` blocks of `mean` households on average, parts of 2,500 on average, bounds 1,500 and 3,500."""
    rng = np.random.default_rng([n, 0, seed, family == "streets"])
    problem = _problem(_ground(family, n, rng), _households(n, n * mean, rng), pure_length=False)
    return Instance(f"{family}-{n}-s{seed}", problem, LOWER, UPPER, round(n * mean / TARGET))


def town(n: int, seed: int, *, mean: int = 60) -> Blocks:
    """Street blocks with shapes, lines and counts, as a blocks file holds them; the map is not bent."""
    rng = np.random.default_rng([n, 0, seed, True])
    ground = _streets(n, rng)
    assert ground.box is not None
    ids = tuple(f"B{number:05d}" for number in range(1, n + 1))
    shapes = shapely.box(*ground.box.T)
    lines, rim = find_borders(ids, shapes)
    known = ground.edges[:, 0] * n + ground.edges[:, 1]
    key = np.minimum(lines.a, lines.b) * n + np.maximum(lines.a, lines.b)
    place = np.minimum(np.searchsorted(known, key), len(known) - 1)
    kind = np.where(known[place] == key, ground.kind[place], LANE)
    lines = replace(lines, kind=np.array(KINDS, dtype=object)[kind])
    return Blocks(ids, shapes, {COUNT: _households(n, n * mean, rng)}, lines, rim, "EPSG:4543", count=COUNT)


@cache
def prices() -> tuple[float, ...]:
    """Price of a metre of new line for each of `KINDS`, from the common rule profile."""
    table = tomllib.loads(files("linli.plans").joinpath("profiles", "common.toml").read_text(encoding="utf-8"))
    return tuple(float(table["prices"][kind]) for kind in KINDS)


def _problem(ground: Ground, households: Ints, *, pure_length: bool) -> Problem:
    price = 1.0 if pure_length else np.asarray(prices())[ground.kind]
    costs = np.round(ground.length * price, 3)
    return Problem.from_graph(households, ground.edges, costs, ground.xy, rim=ground.rim)


def _households(n: int, total: int, rng: Generator) -> Ints:
    """Unequal counts that sum to `total`: 6 % empty blocks, a few towers, none above 600 or five times the mean."""
    raw = rng.lognormal(0.0, 0.6, n)
    raw[rng.random(n) < 0.06] = 0.0
    most = min(600.0, 5 * total / n)
    for _ in range(50):
        raw = np.minimum(raw * (total / raw.sum()), most)
    whole = np.floor(raw).astype(np.int64)
    whole[np.argsort(whole - raw, kind="stable")[: total - int(whole.sum())]] += 1
    return whole


def _ground(family: Family, n: int, rng: Generator) -> Ground:
    return _voronoi(n, rng) if family == "voronoi" else _streets(n, rng)


def _voronoi(n: int, rng: Generator) -> Ground:
    """Voronoi cells of jittered points, cut out by a wavy outline, so that inside and outside are one piece each."""
    side = int(np.ceil(np.sqrt(3.4 * n)))
    while True:
        grid = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2).astype(np.float64)
        points = (grid - (side - 1) / 2 + rng.uniform(-0.42, 0.42, grid.shape)) * SPACING
        angle, radius = np.arctan2(points[:, 1], points[:, 0]), np.hypot(points[:, 0], points[:, 1])
        phase = rng.uniform(0, 2 * np.pi, 2)
        reach = radius / (1 + 0.18 * np.sin(2 * angle + phase[0]) + 0.1 * np.sin(3 * angle + phase[1]))
        inside = np.zeros(len(points), dtype=np.bool_)
        inside[np.argsort(reach, kind="stable")[:n]] = True
        cells = Voronoi(points)
        corners = np.asarray(cells.ridge_vertices)
        pairs, finite = np.asarray(cells.ridge_points, dtype=np.int64), (corners >= 0).all(axis=1)
        length = np.where(finite, np.linalg.norm(np.diff(cells.vertices[corners], axis=1)[:, 0], axis=1), np.inf)
        pairs, length = pairs[length > LEAST_CONTACT], length[length > LEAST_CONTACT]
        if _one_piece(pairs, inside) and _one_piece(pairs, ~inside):
            break
    number = np.cumsum(inside) - 1
    within = inside[pairs].all(axis=1)
    across = inside[pairs].sum(axis=1) == 1
    rim = np.zeros(len(points), dtype=np.bool_)
    rim[pairs[across].ravel()] = True
    xy, edges = points[inside], np.sort(number[pairs[within]], axis=1)
    return Ground(xy, edges, length[within], _kinds(xy, edges, rng), rim[inside])


def _one_piece(pairs: Ints, chosen: Bools) -> bool:
    number = np.cumsum(chosen) - 1
    return not connected_pieces(int(chosen.sum()), number[pairs[chosen[pairs].all(axis=1)]]).any()


def _kinds(xy: Floats, edges: Ints, rng: Generator) -> Ints:
    """Kinds by nested neighbourhoods (arterial, secondary, lane, wall), then a railway, then a river over them."""
    n, size = len(xy), float(np.ptp(xy, axis=0).mean())
    kind = np.full(len(edges), WALL, dtype=np.int64)
    for blocks, level in ((4, LANE), (14, SECONDARY), (50, ARTERIAL)):
        count = max(2, n // blocks)
        middles = xy[rng.choice(n, count, replace=False)] + rng.normal(0, SPACING / 3, (count, 2))
        home = cKDTree(middles).query(xy)[1]
        kind[home[edges[:, 0]] != home[edges[:, 1]]] = level
    for level, share in ((RAILWAY, 0.6), (RIVER, 0.7)):
        if rng.random() < share:
            turn, phase = rng.uniform(0, np.pi), rng.uniform(0, 2 * np.pi)
            along, off = xy @ [np.cos(turn), np.sin(turn)], xy @ [-np.sin(turn), np.cos(turn)]
            bend = 0.0 if level == RAILWAY else 0.1 * size * np.sin(along / size * 5 + phase)
            side = off > bend + rng.uniform(-0.25, 0.25) * size
            kind[side[edges[:, 0]] != side[edges[:, 1]]] = level
    return kind


def _streets(n: int, rng: Generator) -> Ground:
    """A rectangle cut in two again and again, the largest block first; the earlier the cut, the greater the road."""
    extent = SPACING * np.sqrt(n)
    width, height = extent * 1.15, extent / 1.15
    box = np.zeros((2 * n - 1, 4))  # x0, y0, x1, y1
    side = np.full((2 * n - 1, 4), -1, dtype=np.int64)  # the cut that bounds each side, -1 outside
    level = np.zeros(2 * n - 1, dtype=np.int64)
    box[0] = 0, 0, width, height
    special = rng.permutation(6)[:2] + 1  # a river and a railway among the first cuts
    shares, leaning = rng.uniform(0.36, 0.64, n), rng.uniform(0.8, 1.25, n)
    leaves, used, kinds = [(-width * height, 0)], 1, []
    heapify(leaves)
    for cut in range(n - 1):
        _, k = heappop(leaves)
        x0, y0, x1, y1 = box[k]
        axis = 0 if (x1 - x0) * leaning[cut] > y1 - y0 else 1
        place = box[k, axis] + shares[cut] * (box[k, axis + 2] - box[k, axis])
        for child, face in ((used, axis + 2), (used + 1, axis)):
            box[child], side[child], level[child] = box[k], side[k], level[k] + 1
            box[child, face], side[child, face] = place, cut
            area = (box[child, 2] - box[child, 0]) * (box[child, 3] - box[child, 1])
            heappush(leaves, (-float(area), child))
        used += 2
        kinds.append(_street_kind(cut, n, special, float(rng.random())))
    final = np.array(sorted(k for _, k in leaves), dtype=np.int64)
    box, side = box[final], side[final]
    bend = rng.uniform(0.02, 0.05, 2), rng.uniform(0, 2 * np.pi, 2)

    def bent(p: Floats) -> Floats:
        waves = [bend[0][d] * extent * np.sin(4 * p[:, 1 - d] / extent + bend[1][d]) for d in (0, 1)]
        return p + np.stack(waves, axis=1)

    found = [_contacts(box, side, axis) for axis in (0, 1)]
    edges = np.concatenate([f[0] for f in found])
    length = np.linalg.norm(
        bent(np.concatenate([f[3] for f in found])) - bent(np.concatenate([f[2] for f in found])), axis=1
    )
    kind = np.asarray(kinds, dtype=np.int64)[np.concatenate([f[1] for f in found])]
    order = np.lexsort((edges[:, 1], edges[:, 0]))
    order = order[length[order] > LEAST_CONTACT]
    middle, rim = bent((box[:, :2] + box[:, 2:]) / 2), (side < 0).any(axis=1)
    return Ground(middle, edges[order], length[order], kind[order], rim, box)


def _street_kind(cut: int, n: int, special: Ints, chance: float) -> int:
    if cut in special:
        return RIVER if cut == special[0] else RAILWAY
    if cut < max(2, n // 50):
        return ARTERIAL
    if cut < max(5, n // 14):
        return SECONDARY
    return LANE if cut < n // 3 or chance < 0.3 else WALL


def _contacts(box: Floats, side: Ints, axis: int) -> tuple[Ints, Ints, Floats, Floats]:
    """Pairs that meet along cuts across `axis`: pairs, the cut, and the two ends of the shared line."""
    other = 1 - axis
    stride = float(box[:, other + 2].max()) + 1.0
    before = np.flatnonzero(side[:, axis + 2] >= 0)
    after = np.flatnonzero(side[:, axis] >= 0)
    keys = [side[who, face] * stride + box[who, other] for who, face in ((before, axis + 2), (after, axis))]
    orders = [np.argsort(key, kind="stable") for key in keys]
    before, after, low, high = before[orders[0]], after[orders[1]], keys[0][orders[0]], keys[1][orders[1]]
    marks = np.unique(np.concatenate([low, high]))
    a = before[np.searchsorted(low, marks, side="right") - 1]
    b = after[np.searchsorted(high, marks, side="right") - 1]
    start = np.maximum(box[a, other], box[b, other])
    stop = np.minimum(box[a, other + 2], box[b, other + 2])
    meet = stop > start
    a, b, start, stop = a[meet], b[meet], start[meet], stop[meet]
    ends = []
    for place in (start, stop):
        point = np.empty((len(a), 2))
        point[:, axis], point[:, other] = box[a, axis + 2], place
        ends.append(point)
    return np.sort(np.stack([a, b], axis=1), axis=1), side[a, axis + 2], ends[0], ends[1]
