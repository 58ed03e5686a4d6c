"""Words on a map: names inside their grounds, along their lines, and never one on top of another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_GRID = 22  # candidate places on each side of a ground's bounding box
_LEAST_AIR = 0.35  # of the text height, kept between a word and the border of its ground


class Taken:
    """The rectangles (west, south, east, north) that words already cover."""

    def __init__(self) -> None:
        self._boxes = np.zeros((0, 4))

    def free(self, boxes: Floats) -> NDArray[np.bool_]:
        """Tell which of the boxes, shape (k, 4), touch none that is taken."""
        a, b = boxes[:, None], self._boxes[None]
        apart = (
            (a[..., 2] <= b[..., 0]) | (b[..., 2] <= a[..., 0]) | (a[..., 3] <= b[..., 1]) | (b[..., 3] <= a[..., 1])
        )
        return np.asarray(apart.all(axis=1), dtype=np.bool_)

    def add(self, boxes: Floats) -> None:
        """Take the boxes, shape (k, 4)."""
        self._boxes = np.concatenate([self._boxes, boxes])


def box_around(x: float, y: float, width: float, height: float) -> Floats:
    """Return a rectangle by its middle, shape (1, 4)."""
    return np.array([[x - width / 2, y - height / 2, x + width / 2, y + height / 2]])


def place_inside(ground: shapely.Geometry, width: float, height: float, taken: Taken) -> tuple[float, float] | None:
    """Find the middle of a rectangle that lies well inside a ground and on nothing taken; None where there is no room.

    Parameters
    ----------
    ground
        Polygon or MultiPolygon, metres.
    width, height
        Of the text, metres.
    """
    parts = shapely.get_parts(ground)
    part = parts[int(np.argmax(shapely.area(parts)))]
    west, south, east, north = part.bounds
    if east - west < width or north - south < height:
        return None
    x, y = np.meshgrid(
        np.linspace(west + width / 2, east - width / 2, _GRID),
        np.linspace(south + height / 2, north - height / 2, _GRID),
    )
    middle = np.stack([x.ravel(), y.ravel()], axis=1)
    half = np.array([width, height]) / 2
    boxes = np.concatenate([middle - half, middle + half], axis=1)
    shapely.prepare(part)
    inside = shapely.contains(part, shapely.box(*boxes.T)) & taken.free(boxes)
    middle, boxes = middle[inside], boxes[inside]
    if not len(middle):
        return None
    air = shapely.distance(shapely.box(*boxes.T), part.boundary)
    heart = np.array(part.centroid.coords[0])
    # a wide berth to the border first, nearness to the middle of the ground among equals
    score = np.minimum(air, 2 * height) - 0.12 * np.linalg.norm(middle - heart, axis=1)
    best = int(np.argmax(score))
    return (float(middle[best, 0]), float(middle[best, 1])) if air[best] >= _LEAST_AIR * height * 0.3 else None


def place_beside(
    anchor: tuple[float, float],
    width: float,
    height: float,
    frame: tuple[float, float, float, float],
    obstacles: shapely.Geometry,
    taken: Taken,
) -> tuple[float, float, str] | None:
    """Find a place outside the territory for a name that does not fit into its ground.

    Returns
    -------
    x, y of the end of the text that faces the ground, and how to align it ('left' or 'right'); or None.
    """
    west, south, east, north = frame
    gap = 1.2 * height
    options: list[tuple[float, float, float, str]] = []
    for level in anchor[1] + np.arange(-14, 15) * height * 0.75:
        if not south + height < level < north - height:
            continue
        row = shapely.intersection(obstacles, shapely.box(west, level - height, east, level + height))
        if row.is_empty:
            sides = (anchor[0] + 3 * gap, anchor[0] - 3 * gap)
        else:
            sides = (row.bounds[2] + gap, row.bounds[0] - gap)
        for x, align in zip(sides, ("left", "right"), strict=True):
            reach = np.hypot(x - anchor[0], 2.5 * (level - anchor[1]))
            options.append((float(reach), float(x), float(level), align))
    for _, x, level, align in sorted(options):
        left = x if align == "left" else x - width
        box = np.array([[left, level - height / 2, left + width, level + height / 2]])
        if left < west or left + width > east or not taken.free(box)[0]:
            continue
        if taken.free(boxes_along(anchor, (x, level), height / 2)).all():
            return x, level, align
    return None


def place_along(
    line: shapely.Geometry, words: str, size: float, metres_per_point: float, frame: shapely.Geometry, taken: Taken
) -> list[tuple[float, float, float]] | None:
    """Find places for single characters beside a line, spaced as on Chinese maps.

    Characters turn with a line that runs east and stand upright, one below the other, beside one that runs
    north; both read in the natural direction.

    Returns
    -------
    x, y and rotation in degrees for each character; None where there is no room.
    """
    em = size * metres_per_point
    for pitch in (2.2, 1.6, 1.15):
        need = em * pitch * (len(words) - 1)
        for piece in _longest(line):
            if piece.length < (need + em) * 1.3:
                continue
            piece = _smooth(piece, em)
            for share in (0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78, 0.15, 0.85):
                start = share * piece.length - need / 2
                if start < em or start + need > piece.length - em:
                    continue
                for side in (1, -1):
                    found = _stand(piece, start + np.arange(len(words)) * em * pitch, side * 0.95 * em, em)
                    if found is None:
                        continue
                    boxes = np.concatenate([box_around(x, y, 1.15 * em, 1.15 * em) for x, y, _ in found])
                    if taken.free(boxes).all() and shapely.contains(frame, shapely.box(*boxes.T)).all():
                        taken.add(boxes)
                        return found
    return None


def _stand(piece: shapely.Geometry, at: Floats, aside: float, em: float) -> list[tuple[float, float, float]] | None:
    """Stand characters beside a line; None where the line bends too much for them."""
    back = shapely.get_coordinates(shapely.line_interpolate_point(piece, np.maximum(at - 0.8 * em, 0)))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(piece, np.minimum(at + 0.8 * em, piece.length)))
    way = ahead - back
    heading = np.degrees(np.unwrap(np.arctan2(way[:, 1], way[:, 0])))
    if np.abs(np.diff(heading)).max(initial=0) > 30 or np.ptp(heading) > 70:
        return None
    mean = float(np.median(heading))
    unit = way / np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
    spots = (back + ahead) / 2 + aside * np.stack([-unit[:, 1], unit[:, 0]], axis=1)
    folded = (mean + 90) % 180 - 90  # the line's direction as an angle from -90 to 90
    turn = folded - mean
    if abs(folded) <= 45:
        angle, forward = heading + turn, np.cos(np.radians(mean)) >= 0
    else:
        upright = -90 if folded > 0 else 90
        angle, forward = heading + turn + upright, np.sin(np.radians(mean)) < 0
    order = range(len(at)) if forward else range(len(at) - 1, -1, -1)
    return [(float(spots[k, 0]), float(spots[k, 1]), float(angle[k])) for k in order]


def _smooth(piece: shapely.Geometry, em: float) -> shapely.Geometry:
    """Return a line without the wiggles that are smaller than a few characters."""
    steps = max(int(piece.length / em), 4)
    points = shapely.get_coordinates(shapely.line_interpolate_point(piece, np.linspace(0, piece.length, steps + 1)))
    reach = min(3, steps // 2)
    padded = np.concatenate([np.repeat(points[:1], reach, axis=0), points, np.repeat(points[-1:], reach, axis=0)])
    window = np.ones(2 * reach + 1) / (2 * reach + 1)
    return shapely.linestrings(np.stack([np.convolve(padded[:, d], window, mode="valid") for d in (0, 1)], axis=1))


def _longest(line: shapely.Geometry, most: int = 3) -> Sequence[shapely.Geometry]:
    merged = shapely.line_merge(line) if line.geom_type == "MultiLineString" else line
    return sorted(shapely.get_parts(merged), key=lambda part: -part.length)[:most]


def boxes_along(one: tuple[float, float], other: tuple[float, float], size: float) -> Floats:
    """Cover a segment with little squares, for the question whether it crosses words."""
    steps = np.linspace(0, 1, 40)[:, None]
    points = np.array(one) * (1 - steps) + np.array(other) * steps
    return np.concatenate([points - size / 4, points + size / 4], axis=1)
