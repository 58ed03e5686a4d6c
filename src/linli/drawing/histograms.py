"""Histograms of neutral plans, with the marks of the plans that are compared with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from linli.drawing.fonts import text_width
from linli.drawing.page import DEMO_NOTE, POINT_MM, Sheet, check_suffix
from linli.drawing.palette import CINNABAR, HAIRLINE, INK, SOFT_INK
from linli.errors import InputError

_WIDTH_MM, _PANEL_MM, _EDGE_MM = 180.0, 40.0, 8.0
_BAR = "#a9b8be"
_BINS = 48


class Panel(NamedTuple):
    """One histogram: its title, what was drawn by chance, and name to value of each plan marked on it."""

    title: str
    drawn: NDArray[np.float64]
    marks: Mapping[str, float]


def draw_histograms(
    panels: Sequence[Panel], path: str | Path, *, title: str, note: str = "", demo: bool = False, dpi: float = 200
) -> Path:
    """Draw a histogram for each measure, one below another, the plans as cinnabar marks with their names.

    Parameters
    ----------
    panels
        At least one.
    path
        PNG, SVG or PDF by its suffix.
    title, note
        Above and below the histograms.
    demo
        Whether the figures are invented, which is then said.
    dpi
        Dots an inch of a PNG.

    Raises
    ------
    InputError
        A suffix that is no picture's, or no panel.
    """
    check_suffix(path)
    if not panels:
        raise InputError("there is nothing to draw", field="panels", advice="compare a measure that the plans have")
    height = 2 * _EDGE_MM + 12 + _PANEL_MM * len(panels) + 6
    sheet = Sheet((_WIDTH_MM, height))
    sheet.text(_EDGE_MM, height - _EDGE_MM - 4.5, title, 12, bold=True)
    for number, panel in enumerate(panels):
        _draw_panel(sheet, panel, height - _EDGE_MM - 12 - _PANEL_MM * (number + 1))
    sheet.text(_EDGE_MM, _EDGE_MM - 2, note, 7.5, colour=SOFT_INK)
    if demo:
        sheet.text(_WIDTH_MM - _EDGE_MM, _EDGE_MM - 2, DEMO_NOTE, 7.5, colour=SOFT_INK, align="right")
    return sheet.save(path, title=title, dpi=dpi)


def _draw_panel(sheet: Sheet, panel: Panel, foot: float) -> None:
    left, right, base, room = _EDGE_MM, _WIDTH_MM - _EDGE_MM, foot + 8.0, 18.0
    values = np.asarray(panel.drawn, dtype=np.float64).ravel()
    ends = [float(values.min()), float(values.max()), *panel.marks.values()]
    low, high = min(ends), max(ends)
    air = max((high - low) * 0.04, abs(high) * 1e-6, 1e-9)
    low, high = low - air, high + air
    heights, edges = np.histogram(values, _BINS, (low, high))
    per_mm = (high - low) / (right - left)
    sheet.text(left, base + room + 8.5, panel.title, 9)
    for tall, start, end in zip(heights / max(heights.max(), 1) * room, edges[:-1], edges[1:], strict=True):
        if tall > 0:
            x = left + (start - low) / per_mm
            sheet.box(x, base, (end - start) / per_mm, tall, facecolor=_BAR, edgecolor="none")
    sheet.rule(left, right, base, colour=HAIRLINE)
    for value in MaxNLocator(6).tick_values(low, high):
        if not low <= value <= high:
            continue
        sheet.text(left + (value - low) / per_mm, base - 4, _figure(value), 7.5, colour=SOFT_INK, align="center")
    taken: list[tuple[float, float, int]] = []
    for name, value in sorted(panel.marks.items(), key=lambda mark: mark[1]):
        x = left + (value - low) / per_mm
        words = f"{name} {_figure(value)}"
        wide = text_width(words, 8) * POINT_MM
        at = min(max(x, left + wide / 2), right - wide / 2)
        row = next(r for r in range(9) if all(r != q or at - wide / 2 > end or at + wide / 2 < start
                                              for start, end, q in taken))  # fmt: skip
        taken.append((at - wide / 2 - 1, at + wide / 2 + 1, row))
        top = base + room + 1 - 4 * row
        sheet.page.plot([x, x], [base, top], color=CINNABAR, lw=1.4)
        sheet.text(at, top + 0.8, words, 8, colour=INK, align="center", halo="white")


def _figure(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
