"""The picture of the invented town: ground, water, streets, houses as the layers have them, north to the right."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from linli.drawing.fonts import typeface
from linli.drawing.palette import INK, PAPER, SOFT_INK, WATER, WATER_INK
from linli.geodata import Layer, read_layer, replace_when_done

HOMES, GROUNDS, PARK = "#efe7d6", "#e6e3e6", "#dce5cd"
ROAD_METRES = {"primary": 13.0, "secondary": 13.0, "tertiary": 9.0, "residential": 7.0, "living_street": 5.0}
WIDTH_INCHES, DPI = 13.0, 150
AIR = 60.0  # metres around the town


def draw_town(paths: Mapping[str, Path], path: Path) -> Path:
    """Draw the raw layers of the demo district as one wide PNG.

    Parameters
    ----------
    paths
        Layer to file, as `DemoDistrict.paths` has them.
    path
        The PNG.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names = ("boundary", "compounds", "grounds", "water", "roads", "rail", "walls", "buildings", "communities")
    layers = {name: read_layer(paths[name]) for name in names}
    west, south, east, north = shapely.total_bounds(layers["boundary"].geometry)
    long, high = north - south + 2 * AIR, east - west + 2 * AIR
    figure = Figure(figsize=(WIDTH_INCHES, WIDTH_INCHES * high / long), dpi=DPI, facecolor=PAPER)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(south - AIR, north + AIR)
    axes.set_ylim(-east - AIR, -west + AIR)
    axes.set_axis_off()
    points = 72 * WIDTH_INCHES / long  # points a metre

    town = layers["boundary"].geometry
    _fill(axes, town, "#f8f5ec", zorder=1)
    _fill(axes, layers["compounds"].geometry, HOMES, zorder=2)
    uses = layers["grounds"].columns["use"]
    _fill(axes, layers["grounds"].geometry[uses != "公园广场"], GROUNDS, zorder=2)
    _fill(axes, layers["grounds"].geometry[uses == "公园广场"], PARK, zorder=2)
    _fill(axes, shapely.intersection(layers["water"].geometry, town[0].buffer(AIR)), WATER, zorder=3)
    _stroke(axes, layers["walls"].geometry, SOFT_INK, 0.4, zorder=4)
    _roads(axes, layers["roads"], points)
    _stroke(axes, layers["rail"].geometry, INK, 1.1, zorder=7, dash=(3, 2))
    _fill(axes, layers["buildings"].geometry, "#6d6152", zorder=8)
    for ground in layers["communities"].geometry:
        _stroke(axes, np.array([shapely.get_exterior_ring(ground)]), INK, 0.9, zorder=9, dash=(6, 3, 1, 3))
    for ground, name in zip(layers["communities"].geometry, layers["communities"].columns["name"], strict=True):
        middle = ground.representative_point()
        _letter(axes, middle.y, -middle.x, f"{name}社区", 15, INK)
    river = layers["water"].geometry[0]
    reach = shapely.box(west, river.centroid.y + 480, east, river.centroid.y + 520)
    at = river.intersection(reach).centroid
    _letter(axes, at.y, -at.x, "铜源河", 10, WATER_INK)
    axes.annotate(
        "北", xy=(north + AIR - 30, -west + AIR - 110), xytext=(north + AIR - 190, -west + AIR - 110),
        fontproperties=typeface(11), color=INK, va="center", arrowprops={"arrowstyle": "-|>", "color": INK},
    )  # fmt: skip
    axes.plot([south, south + 500], [-east - AIR + 70] * 2, color=INK, linewidth=2, solid_capstyle="butt")
    axes.text(south + 520, -east - AIR + 70, "500 m", fontproperties=typeface(9), color=INK, va="center")
    with replace_when_done(path) as temporary:
        figure.savefig(temporary, dpi=DPI, facecolor=PAPER, metadata={"Software": "linli"})
    return path


def _turned(coordinates: Any) -> Any:
    """Turn the map so that north is to the right."""
    return np.stack([coordinates[:, 1], -coordinates[:, 0]], axis=1)


def _fill(axes: Any, shapes: Any, colour: str, *, zorder: int) -> None:
    from matplotlib.collections import PathCollection
    from matplotlib.path import Path as Outline

    outlines = []
    for part in shapely.get_parts(shapes):
        rings = [_turned(shapely.get_coordinates(ring)) for ring in shapely.get_rings(part)]
        outlines.append(Outline.make_compound_path(*(Outline(ring, closed=True) for ring in rings)))
    axes.add_collection(PathCollection(outlines, facecolor=colour, edgecolor="none", zorder=zorder))


def _stroke(
    axes: Any, lines: Any, colour: str, width: float, *, zorder: int, dash: tuple[float, ...] | None = None
) -> None:
    from matplotlib.collections import LineCollection

    segments = [_turned(shapely.get_coordinates(part)) for part in shapely.get_parts(lines)]
    style = "solid" if dash is None else (0, dash)
    axes.add_collection(
        LineCollection(segments, colors=colour, linewidths=width, linestyles=[style], capstyle="round", zorder=zorder)
    )


def _roads(axes: Any, roads: Layer, points: float) -> None:
    """Draw roads white on a thin casing, the wide ones above the narrow."""
    classes = roads.columns["highway"]
    for level, (name, metres) in enumerate(reversed(ROAD_METRES.items())):
        lines = roads.geometry[classes == name]
        if len(lines):
            _stroke(axes, lines, "#cfc6b3", metres * points + 0.9, zorder=5)
            colour = "#f7dfa8" if name == "primary" else "#ffffff"
            _stroke(axes, lines, colour, metres * points + 0.2, zorder=6 + level / 10)  # type: ignore[arg-type]


def _letter(axes: Any, x: float, y: float, words: str, size: float, colour: str) -> None:
    from matplotlib.patheffects import withStroke

    axes.text(
        x, y, words, fontproperties=typeface(size), color=colour, ha="center", va="center", zorder=12,
        path_effects=[withStroke(linewidth=3.5, foreground=PAPER)],
    )  # fmt: skip
