"""What runs on the ground, drawn as map readers know it: rivers, railways, roads, walls, and their names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.path import Path as Outline
from numpy.typing import NDArray

from linli.drawing.lettering import Taken, place_along
from linli.drawing.page import MapFrame
from linli.drawing.palette import INK, PAPER, WATER, WATER_INK
from linli.geodata import Blocks

KIND_NAMES = {
    "river": "河流",
    "railway": "铁路",
    "arterial": "主干道",
    "secondary": "次干道",
    "lane": "支路巷道",
    "wall": "围墙",
    "none": "无依托",
}

# strokes from below to above: (colour, width in points, dashes)
STROKES: dict[str, tuple[tuple[str, float, tuple[float, ...] | None], ...]] = {
    "lane": (("#b9b1a0", 0.7, None),),
    "wall": (("#7d7668", 0.7, (1.2, 1.6)),),
    "secondary": (("#a89f8d", 1.9, None), ("#fffdf7", 1.2, None)),
    "arterial": (("#8d8473", 3.4, None), ("#f9e3a1", 2.4, None)),
    "railway": (("#5d584e", 1.9, None), (PAPER, 1.1, (4.0, 4.0))),
    "river": ((PAPER, 4.6, None), (WATER, 3.6, None)),
}
_NAMED = {"river": (8.5, WATER_INK), "railway": (6.5, INK), "arterial": (7.0, INK), "secondary": (6.5, INK)}
_MOST_NAMES = 24


def draw_lines(axes: Axes, blocks: Blocks, *, zorder: float = 3, faint: float = 1.0, minor: float = 1.0) -> None:
    """Draw lines and rim by kind; `faint` scales the widths, `minor` once more those of lanes and walls."""
    for level, (kind, strokes) in enumerate(STROKES.items()):
        segments = segments_of(_of_kind(blocks, kind))
        if not segments:
            continue
        for step, (colour, width, dashes) in enumerate(strokes):
            cap = "butt" if dashes else "round"
            axes.add_collection(
                LineCollection(
                    segments,
                    colors=colour,
                    linewidths=width * faint * (minor if kind in ("lane", "wall") else 1.0),
                    linestyles=[dash(dashes)],
                    capstyle=cap,
                    joinstyle="round",
                    zorder=zorder + level * 0.05 + step * 0.01,
                ),
                autolim=False,
            )


def name_lines(frame: MapFrame, blocks: Blocks, taken: Taken) -> None:
    """Write the names of the main rivers, railways and roads beside them, where there is room."""
    named: dict[tuple[str, str], list[shapely.Geometry]] = {}
    for kind in _NAMED:
        for source in (blocks.lines, blocks.rim):
            for row in np.flatnonzero(source.kind == kind):
                name, line = source.name[row], source.geometry[row]
                if name and line is not None:
                    named.setdefault((kind, str(name)), []).append(line)
    whole = {key: shapely.union_all(pieces) for key, pieces in named.items()}
    order = sorted(whole, key=lambda key: (list(_NAMED).index(key[0]), -whole[key].length, key[1]))
    for kind, name in order[:_MOST_NAMES]:
        size, colour = _NAMED[kind]
        line = shapely.intersection(whole[kind, name], frame.frame)
        places = place_along(line, name, size, frame.metres_per_point, frame.frame, taken)
        for character, (x, y, angle) in zip(name, places or (), strict=False):
            frame.sheet.text(
                x, y, character, size, colour=colour, align="center", middle=True, axes=frame.axes, halo=PAPER,
                rotation=angle, zorder=6,
            )  # fmt: skip


def kinds_drawn(blocks: Blocks) -> list[str]:
    """Return the kinds that are there to be drawn, in the contract's order."""
    return [kind for kind in KIND_NAMES if kind in STROKES and len(_of_kind(blocks, kind))]


def segments_of(lines: Iterable[shapely.Geometry | None]) -> list[NDArray[np.float64]]:
    """Return the coordinates of each simple line of LineStrings and MultiLineStrings."""
    there = np.array([line for line in lines if line is not None], dtype=object)
    if not len(there):
        return []
    coordinates, part = shapely.get_coordinates(shapely.get_parts(there), return_index=True)
    return np.split(coordinates, np.flatnonzero(np.diff(part)) + 1) if len(coordinates) else []


def outline_of(ground: shapely.Geometry) -> Outline:
    """Return a polygon with its holes as one matplotlib path."""
    # the outer ring one way and holes the other, so that holes stay holes under the non-zero rule
    rings = shapely.get_rings(shapely.orient_polygons(shapely.get_parts(ground)))
    points = [shapely.get_coordinates(ring) for ring in rings]
    codes = [np.r_[Outline.MOVETO, np.full(len(p) - 2, Outline.LINETO), Outline.CLOSEPOLY] for p in points]
    return Outline(np.concatenate(points), np.concatenate(codes))


def dash(pattern: tuple[float, ...] | None) -> Any:
    """Return matplotlib's name of a dash pattern given in line widths."""
    return (0, pattern) if pattern else "solid"


def _of_kind(blocks: Blocks, kind: str) -> NDArray[np.object_]:
    chosen = [source.geometry[source.kind == kind] for source in (blocks.lines, blocks.rim)]
    lines = np.concatenate(chosen)
    return lines[np.array([line is not None for line in lines], dtype=np.bool_)]
