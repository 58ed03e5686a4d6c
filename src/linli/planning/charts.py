"""Small pictures of figures in SVG: where a value lies in a distribution, how plans trade one measure for another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

BINS, WIDE, TALL = 24, 240.0, 56.0
FRAME = 50.0, 60.0, 560.0, 310.0  # of a scatter: left, top, right, foot


@dataclass(frozen=True)
class Histogram:
    """Bars (x, y, height) of a distribution, and where a value stands in it; `WIDE` by `TALL`."""

    bars: tuple[tuple[float, float, float], ...]
    bar: float
    at: float
    low: float
    high: float


def histogram(values: Sequence[float], value: float) -> Histogram:
    """Draw a distribution with a value marked; a value beyond it widens the axis."""
    drawn = np.asarray(values, dtype=np.float64)
    low, high = min(float(drawn.min()), value), max(float(drawn.max()), value)
    span = (high - low) or 1.0
    counts, _edges = np.histogram(drawn, bins=BINS, range=(low, low + span))
    top, wide = max(int(counts.max()), 1), WIDE / BINS
    bars = tuple(
        (round(k * wide, 1), round(TALL * (1 - n / top), 1), round(TALL * n / top, 1))
        for k, n in enumerate(counts.tolist())
        if n
    )
    return Histogram(bars, round(wide - 1, 1), round(WIDE * (value - low) / span, 1), low, high)


@dataclass(frozen=True)
class Point:
    """The plans at one place of a scatter, and whether none beats them in both measures."""

    plans: tuple[Any, ...]
    x: float
    y: float
    best: bool


@dataclass(frozen=True)
class Scatter:
    """Plans by two measures, those that none beats joined in a line; ends of both axes as written."""

    points: tuple[Point, ...]
    line: str
    x_ends: tuple[str, str]
    y_ends: tuple[str, str]


def scatter(
    plans: Sequence[tuple[Any, float, float]], more: tuple[bool, bool], forms: tuple[str, str]
) -> Scatter | None:
    """Draw plans, (plan, x, y); better lies left and down whichever way a measure counts. None without plans."""
    if not plans:
        return None
    signs = [-1.0 if one else 1.0 for one in more]
    cost = np.array([[signs[0] * x, signs[1] * y] for _plan, x, y in plans])
    low, high = cost.min(axis=0), cost.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    place = (cost - low) / span
    best = [not any((other <= one).all() and (other < one).any() for other in cost) for one in cost]
    left, top, right, foot = FRAME
    spots: dict[tuple[float, float, bool], list[Any]] = {}
    for (plan, _x, _y), (a, b), good in zip(plans, place.tolist(), best, strict=True):
        at = round(left + (right - left) * a, 1), round(foot - (foot - top) * b, 1), good
        spots.setdefault(at, []).append(plan)
    points = [Point(tuple(here), x, y, good) for (x, y, good), here in spots.items()]
    line = " ".join(f"{one.x},{one.y}" for one in sorted(points, key=lambda p: (p.x, p.y)) if one.best)
    ends = [
        (form.format(sign * float(low[k])), form.format(sign * float(high[k])))
        for k, (sign, form) in enumerate(zip(signs, forms, strict=True))
    ]
    return Scatter(tuple(points), line, ends[0], ends[1])
