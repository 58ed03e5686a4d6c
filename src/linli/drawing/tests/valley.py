"""A bent valley of Voronoi blocks with a river, roads and communities, for the drawing tests."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
import shapely

from linli.geodata import Blocks, Lines, Rim

AFTER = ("团结", "白云", "京铜", "矿工路", "学府", "春晖", "滨河", "昇堃", "新村")
BEFORE = ("团结", "白云", "京铜")


def valley(n: int = 240, *, seed: int = 1, demo: bool = True) -> Blocks:
    """Return n blocks of a valley about 4.6 km by 1.6 km that bends to the east."""
    rng = np.random.default_rng(seed)
    along = np.linspace(0, 4600, 60)
    axis = np.stack([500 * np.sin(along / 1500), along], axis=1)
    territory = shapely.LineString(axis).buffer(780, cap_style="flat")
    west, south, east, north = territory.bounds
    points = np.zeros((0, 2))
    while len(points) < n:
        more = rng.uniform((west, south), (east, north), (n, 2))
        points = np.concatenate([points, more[shapely.contains_xy(territory, more)]])[:n]
    for _ in range(3):
        cells = _cells(points, territory)
        points = shapely.get_coordinates(shapely.centroid(cells))
    cells = _cells(points, territory)
    ids = tuple(f"B{k:04d}" for k in range(n))
    lines, rim = _borders(cells, territory, shapely.LineString(axis))
    households = rng.gamma(2.0, 46.0, n).astype(np.int64)
    households[rng.random(n) < 0.05] = 0
    columns: dict[str, Any] = {"households_resident": households, "persons": (households * 2.6).astype(np.int64)}
    blocks = Blocks(ids, cells, columns, lines, rim, "EPSG:4543", {"demo": demo})
    columns["community"] = labels(blocks, BEFORE, seed)
    return blocks


def labels(blocks: Blocks, names: tuple[str, ...], seed: int = 1) -> np.ndarray:
    """Grow one connected community of about equal size for each name."""
    rng = np.random.default_rng(seed)
    n = len(blocks)
    around: list[list[int]] = [[] for _ in range(n)]
    for a, b in zip(blocks.lines.a, blocks.lines.b, strict=True):
        around[a].append(int(b))
        around[b].append(int(a))
    xy = blocks.xy()
    order = np.argsort(xy[:, 1])
    seeds = [int(order[int((k + 0.5) / len(names) * n)]) for k in range(len(names))]
    rng.shuffle(seeds)
    found = np.full(n, "", dtype=object)
    queues = [deque([s]) for s in seeds]
    while any(queues):
        for name, queue in zip(names, queues, strict=True):
            while queue:
                block = queue.popleft()
                if found[block] == "":
                    found[block] = name
                    queue.extend(around[block])
                    break
    return found


def nested(blocks: Blocks, names: tuple[str, ...] = AFTER, parents: tuple[str, ...] = BEFORE) -> np.ndarray:
    """Divide each present community into equally many, the first named like the parent."""
    before = blocks.columns["community"]
    found = np.full(len(blocks), "", dtype=object)
    fresh = [name for name in names if name not in parents]
    per = len(names) // len(parents)
    for k, parent in enumerate(parents):
        rows = np.flatnonzero(before == parent)
        part = blocks.only(rows)
        found[rows] = labels(part, (parent, *fresh[k * (per - 1) : (k + 1) * (per - 1)]), seed=k)
    return found


def _cells(points: np.ndarray, territory: Any) -> np.ndarray:
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=territory, ordered=True))
    return shapely.intersection(cells, territory, grid_size=0.001)


def _borders(cells: np.ndarray, territory: Any, axis: Any) -> tuple[Lines, Rim]:
    pairs = shapely.STRtree(cells).query(cells, predicate="intersects").T
    pairs = pairs[pairs[:, 0] < pairs[:, 1]]
    shared = shapely.intersection(cells[pairs[:, 0]], cells[pairs[:, 1]])
    keep = (shapely.length(shared) > 1) & np.isin(shapely.get_type_id(shared), (1, 5))
    pairs, shared = pairs[keep], shared[keep]
    middle = shapely.get_coordinates(shapely.centroid(cells))
    side = _across(axis, middle)
    kind = np.full(len(pairs), "lane", dtype=object)
    name = np.full(len(pairs), "", dtype=object)

    def run(value: np.ndarray, what: str, called: str) -> None:
        crossed = value[pairs[:, 0]] != value[pairs[:, 1]]
        kind[crossed], name[crossed] = what, called

    rng = np.random.default_rng(0)
    kind[rng.random(len(pairs)) < 0.2] = "wall"
    kind[rng.random(len(pairs)) < 0.12] = "none"
    for level, called in ((700, "古渡路"), (1500, "市府街"), (2300, "兴铜路"), (3100, "矿工路"), (3900, "炎龙路")):
        run(middle[:, 1] > level, "secondary", called)
    run(side > 420, "railway", "铜源专线")
    run(side > -120, "river", "铜源河")
    run(side > -480, "arterial", "铜源大道")
    lines = Lines(pairs[:, 0], pairs[:, 1], shapely.length(shared), kind, name, np.full(len(pairs), np.nan), shared)
    edge = shapely.intersection(shapely.boundary(cells), shapely.buffer(territory.boundary, 0.01))
    on = np.flatnonzero(shapely.length(edge) > 1)
    blank = np.full(len(on), "", dtype=object)
    none = np.full(len(on), "none", dtype=object)
    return lines, Rim(on, shapely.length(edge[on]), none, blank, edge[on])


def _across(axis: Any, points: np.ndarray) -> np.ndarray:
    where = shapely.line_locate_point(axis, shapely.points(points))
    base = shapely.get_coordinates(shapely.line_interpolate_point(axis, where))
    return np.sign(points[:, 0] - base[:, 0]) * np.linalg.norm(points - base, axis=1)
