"""Which community a point lies in: 10,000 communities with crooked borders, one by one and in bulk."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import shapely

from .report import Section, publish, table

SIDE = 100  # communities along each side of the square
BENDS = 7  # corners between two corners of a community
POINTS, SINGLE = 400_000, 100_000
REPEATS = 5
TARGETS = {"one by one": 100_000, "in bulk": 400_000}


def run_lookup(options: Namespace) -> None:
    """Figure of the spine: ≥ 100,000 look-ups a second one by one, ≥ 400,000 in bulk, on one core."""
    from linli.web.start import start_django

    start_django(Path("demo/site"))  # the rooms of the site are imported only where Django is awake
    from linli.territory.lookup import GroundIndex

    section = Section("lookup", f"Look-up: the community of a point among {SIDE * SIDE:,}")
    index = GroundIndex.of(communities(), np.arange(SIDE * SIDE, dtype=np.int64))
    points = np.random.default_rng(1).uniform(0, SIDE, (POINTS, 2))
    single = [(float(x), float(y)) for x, y in points[:SINGLE]]
    rates: dict[str, list[float]] = {name: [] for name in TARGETS}
    for _ in range(REPEATS):
        bulk, spent = _timed(lambda: index.at_all(points))
        rates["in bulk"].append(POINTS / spent)
        found, spent = _timed(lambda: [index.at(x, y) for x, y in single])
        rates["one by one"].append(SINGLE / spent)
        if found != bulk[:SINGLE].tolist():
            raise AssertionError("the two ways disagree")
    rows: list[list[Any]] = []
    for name, target in TARGETS.items():
        rate = median(rates[name])
        rows.append([name, f"{rate:,.0f}", f"{min(rates[name]):,.0f}", f"{target:,}"])
        if rate < target:
            section.misses.append(f"{name}: {rate:,.0f} a second, target {target:,}")
    section.body.append(
        f"Polygons of {4 * (BENDS + 1)} corners; {POINTS:,} points drawn evenly; median of {REPEATS}; CPU of one core."
    )
    section.body.append(table(["", "a second", "slowest run", "target"], rows))
    publish(section, packages=("shapely",), to=options.results)


def communities() -> np.ndarray[Any, np.dtype[np.object_]]:
    """A square of communities whose common borders are crooked and meet without a gap, shape (SIDE²,)."""
    draw = np.random.default_rng(20261123)
    corner = np.stack(np.meshgrid(np.arange(SIDE + 1.0), np.arange(SIDE + 1.0), indexing="ij"), axis=-1)
    corner[1:-1, 1:-1] += draw.uniform(-0.3, 0.3, (SIDE - 1, SIDE - 1, 2))
    along = np.linspace(0, 1, BENDS + 2)[None, None, :, None]

    def border(begin: Any, end: Any) -> Any:
        line = begin[:, :, None, :] * (1 - along) + end[:, :, None, :] * along
        line[:, :, 1:-1] += draw.uniform(-0.03, 0.03, line[:, :, 1:-1].shape)
        return line

    east, north = border(corner[:-1], corner[1:]), border(corner[:, :-1], corner[:, 1:])
    rings = np.concatenate(
        [
            east[:, :-1, :-1],
            north[1:, :, :-1],
            east[:, 1:, :0:-1],
            north[:-1, :, ::-1],
        ],
        axis=2,
    )
    shapes: np.ndarray[Any, np.dtype[np.object_]] = shapely.polygons(rings.reshape(SIDE * SIDE, -1, 2))
    if not shapely.is_valid(shapes).all():
        raise AssertionError("a border crosses itself")
    return shapes


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.process_time()
    return work(), time.process_time() - began
