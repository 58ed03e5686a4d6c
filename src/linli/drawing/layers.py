"""What lies on a map, layer by layer: grounds, hairlines, outlines, names, facilities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from matplotlib.collections import LineCollection
from matplotlib.patches import PathPatch
from numpy.typing import ArrayLike, NDArray

from linli.drawing.fonts import text_width
from linli.drawing.legend import hatch_ink, unit_of
from linli.drawing.lettering import Taken, box_around, boxes_along, place_beside, place_inside
from linli.drawing.linework import draw_lines, name_lines, outline_of, segments_of
from linli.drawing.page import MapFrame
from linli.drawing.palette import CINNABAR, GROUND, INK, PAPER, SOFT_INK, Fill
from linli.drawing.territory import Community
from linli.drawing.vision import mix
from linli.geodata import Blocks

_MOST_BLOCK_LABELS = 400


def draw_communities(
    frame: MapFrame,
    blocks: Blocks,
    communities: Sequence[Community],
    fills: dict[str, Fill],
    bold: frozenset[str],
    labels: NDArray[np.object_],
    count: str,
    *,
    marked: NDArray[np.bool_] | None = None,
    facilities: Sequence[str | None] | None = None,
) -> None:
    """Draw communities with all that lies on them: fills, lines, borders, names, facilities.

    Parameters
    ----------
    bold
        Communities with a bold outline inside their border.
    labels
        Shape (n,): community of each block, '' for ground that belongs to none.
    marked
        Shape (len(blocks.lines),): lines drawn in cinnabar, broken where their kind is none.
    facilities
        Shape (n,): kinds in each block, separated by ';'.
    """
    rest = blocks.geometry[labels == ""]
    if len(rest):
        fill_ground(frame, shapely.multipolygons(shapely.get_parts(rest)), GROUND)
    for community in communities:
        fill_ground(frame, community.ground, fills[community.name].colour, fills[community.name])
    draw_hairlines(frame, blocks.geometry, INK, 0.16)
    weight = stroke_weight(frame, [community.ground for community in communities])
    draw_lines(frame.axes, blocks, faint=0.8 * weight, minor=stroke_weight(frame, blocks.geometry, 3.0))
    for community in communities:
        outline_ground(frame, community.ground, weight)
    for community in communities:
        if community.name in bold:
            outline_ground(frame, community.ground, 3.0 * weight, inside=True)
    if marked is not None:
        for supported in (True, False):
            rows = marked & ((blocks.lines.kind != "none") == supported)
            style = "solid" if supported else (0, (2.2, 1.4))
            frame.axes.add_collection(
                LineCollection(
                    segments_of(blocks.lines.geometry[rows]), colors=CINNABAR, linewidths=1.7 * weight,
                    linestyles=[style],
                    capstyle="round" if supported else "butt", zorder=5,
                ),
                autolim=False,
            )  # fmt: skip
    taken = Taken()
    label_communities(frame, communities, blocks.geometry, taken, count, bold, fills)
    if facilities is not None:
        _draw_facilities(frame, blocks, facilities, taken)
    name_lines(frame, blocks, taken)


def label_communities(
    frame: MapFrame,
    communities: Sequence[Community],
    geometry: NDArray[np.object_],
    taken: Taken,
    count: str,
    bold: frozenset[str] = frozenset(),
    fills: dict[str, Fill] | None = None,
) -> None:
    """Write name and count into each ground, as large as fits; beside the territory where nothing fits."""
    unit = unit_of(count) if count else ""
    step = frame.metres_per_point
    homeless = []
    for community in sorted(communities, key=lambda c: -c.ground.area):
        figure = "" if community.count is None else f"{community.count:,} {unit}".strip()
        for size in (13.0, 11.5, 10.0, 9.0, 8.0, 7.0):
            width = max(text_width(community.name, size), text_width(figure, size * 0.78)) + size * 0.4
            height = size * (2.15 if figure else 1.2)
            place = place_inside(community.ground, width * step, height * step, taken)
            if place is not None:
                break
        else:
            homeless.append((community, figure))
            continue
        x, y = place
        taken.add(box_around(x, y, width * step, height * step))
        halo = mix(fills[community.name].colour, PAPER, 0.45) if fills else PAPER
        _two_lines(frame, x, y, community.name, figure, size, heavy=community.name in bold, halo=halo)
    if not homeless or len(communities) > 40:
        return
    territory = shapely.union_all(shapely.envelope(geometry)) if len(geometry) > 2000 else shapely.union_all(geometry)
    bounds = (frame.west, frame.south, frame.east, frame.north)
    for community, figure in homeless:
        words = f"{community.name} {figure}".strip()
        parts = shapely.get_parts(community.ground)
        heart = parts[int(np.argmax(shapely.area(parts)))].representative_point()
        width, height = text_width(words, 8) * step, 9.5 * step
        found = place_beside((heart.x, heart.y), width, height, bounds, territory, taken)
        if found is None:
            continue
        x, y, align = found
        left = x if align == "left" else x - width
        taken.add(np.array([[left, y - height / 2, left + width, y + height / 2]]))
        taken.add(boxes_along((heart.x, heart.y), (x, y), height / 2))
        near = x - 2 * step if align == "left" else x + 2 * step
        frame.axes.plot([heart.x, near], [heart.y, y], color=INK, lw=0.5, zorder=6)
        frame.axes.plot([heart.x], [heart.y], marker="o", ms=2.2, color=INK, zorder=6)
        frame.sheet.text(
            x, y, words, 8, align=align, middle=True, axes=frame.axes, halo=PAPER, bold=community.name in bold
        )


def label_blocks(frame: MapFrame, geometry: NDArray[np.object_], words: Sequence[str], taken: Taken) -> None:
    """Write a small figure into each block that has room for it."""
    if len(geometry) > _MOST_BLOCK_LABELS:
        return
    step = frame.metres_per_point
    for ground, word in zip(geometry, words, strict=True):
        for size in (6.0, 5.0):
            width, height = text_width(word, size) * step, size * 0.9 * step
            x, y = shapely.maximum_inscribed_circle(ground).coords[0]
            box = box_around(x, y, width, height)
            if shapely.contains(ground, shapely.box(*box[0])) and taken.free(box)[0]:
                taken.add(box)
                frame.sheet.text(x, y, word, size, colour=SOFT_INK, align="center", middle=True, axes=frame.axes)
                break


def signs_of(facilities: Sequence[str | None] | None) -> dict[str, str]:
    """Give each kind of facility one character that no other bears: sign → kind."""
    signs: dict[str, str] = {}
    listed = () if facilities is None else facilities
    for kind in dict.fromkeys(kind for kinds in listed for kind in _kinds(kinds)):
        free = [c for c in kind.upper() + "①②③④⑤⑥⑦⑧⑨⑩ABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in signs and not c.isspace()]
        if free:
            signs[free[0]] = kind
    return signs


def stroke_weight(frame: MapFrame, grounds: ArrayLike, usual_mm: float = 12.0) -> float:
    """Return how heavy outlines should be, 0.3 to 1: less where grounds are smaller on paper than usual."""
    side = float(np.sqrt(np.mean(shapely.area(np.asarray(grounds, dtype=object))))) / frame.metres_per_mm
    return float(np.clip(side / usual_mm, 0.3, 1.0))


def fill_ground(frame: MapFrame, ground: shapely.Geometry, colour: str, fill: Fill | None = None) -> None:
    """Fill a ground with a plain colour and the hatch of `fill`."""
    patch = PathPatch(outline_of(ground), facecolor=colour, edgecolor=colour, lw=0.3, zorder=1)
    frame.axes.add_artist(patch)
    if fill is not None and fill.hatch:
        frame.axes.add_artist(
            PathPatch(
                outline_of(ground), facecolor="none", edgecolor=hatch_ink(fill), hatch=fill.hatch, lw=0, zorder=1.5
            )
        )


def draw_hairlines(frame: MapFrame, geometry: NDArray[np.object_], colour: str, alpha: float) -> None:
    """Draw the outlines of polygons as faint hairlines."""
    rings = segments_of(shapely.get_rings(shapely.get_parts(geometry)))
    width = 0.35 * stroke_weight(frame, geometry, 3.0)
    frame.axes.add_collection(
        LineCollection(rings, colors=colour, alpha=alpha, linewidths=width, zorder=2), autolim=False
    )


def outline_ground(frame: MapFrame, ground: shapely.Geometry, width: float, *, inside: bool = False) -> None:
    """Draw the outline of a ground in ink; `inside` keeps the stroke within it."""
    outline = outline_of(ground)
    patch = PathPatch(
        outline, facecolor="none", edgecolor=INK, lw=width, joinstyle="round", zorder=4.5 if inside else 4
    )
    frame.axes.add_artist(patch)
    if inside:  # half of the stroke falls away, so that the neighbour's ground stays whole
        patch.set_clip_path(outline, frame.axes.transData)


def _two_lines(
    frame: MapFrame, x: float, y: float, name: str, figure: str, size: float, *, heavy: bool, halo: str
) -> None:
    step = frame.metres_per_point
    rise = 0.5 * size * step if figure else 0.0
    text = frame.sheet.text
    text(x, y + rise, name, size, align="center", middle=True, axes=frame.axes, halo=halo, bold=heavy)
    if figure:
        text(x, y - 0.62 * size * step, figure, size * 0.78, align="center", middle=True, axes=frame.axes, halo=halo)


def _draw_facilities(frame: MapFrame, blocks: Blocks, facilities: Sequence[str | None], taken: Taken) -> None:
    """Set a framed sign for every facility, side by side in its block, aside from the names."""
    signs = {meaning: sign for sign, meaning in signs_of(facilities).items()}
    side = 7.5 * frame.metres_per_point
    for ground, kinds in zip(blocks.geometry, facilities, strict=True):
        here = _kinds(kinds)
        if not here:
            continue
        place = place_inside(ground, side * len(here), side, taken)
        heart = ground.representative_point()
        x, y = place or (heart.x, heart.y)
        taken.add(box_around(x, y, side * len(here), side))
        for k, kind in enumerate(here):
            middle = x + (k - (len(here) - 1) / 2) * side
            frame.axes.plot([middle], [y], marker="s", ms=6.4, mfc="white", mec=INK, mew=0.5, zorder=7)
            frame.sheet.text(middle, y, signs[kind], 5, align="center", middle=True, axes=frame.axes)


def _kinds(kinds: str | None) -> list[str]:
    return list(dict.fromkeys(word.strip() for word in str(kinds or "").split(";") if word.strip()))
