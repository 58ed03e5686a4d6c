"""A bar chart of communities against the bands that a law or a district sets."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from linli.drawing.fonts import text_width
from linli.drawing.legend import unit_of
from linli.drawing.page import DEMO_NOTE, POINT_MM, Sheet, check_suffix, round_length
from linli.drawing.palette import CINNABAR, HAIRLINE, INK, PAPER, SOFT_INK
from linli.errors import InputError
from linli.geodata.count_notes import CountNote

_WIDTH_MM, _ROW_MM, _EDGE_MM = 180.0, 7.2, 6.0
_BAR, _BAR_INK = "#a9b8be", "#7d8f97"
_BAND_TINT = "#efe9da"


class Band(NamedTuple):
    """A range of sizes that is asked for, with the name it goes by; both ends belong to it."""

    name: str
    lower: int
    upper: int


def bar_chart(
    names: Sequence[str],
    values: ArrayLike,
    path: str | Path,
    *,
    note: CountNote,
    bands: Sequence[Band | tuple[str, int, int]] = (),
    kept: Collection[str] = (),
    title: str | None = None,
    demo: bool = False,
    dpi: float = 200,
) -> Path:
    """Draw one bar for each community, in the order given, against statutory and local bands.

    Bars outside one band are hatched, bars outside every band are cinnabar; a word beside the figure says which.

    Parameters
    ----------
    names, values
        Shape (n,): communities and what is counted in each.
    path
        PNG, SVG or PDF by its suffix.
    note
        What the values rest on: 口径, source, day, and whether they are an estimate.
    bands
        Ranges such as ('法定一般规模', 1000, 3000), drawn in this order.
    kept
        Names that keep their seat, written bold.
    title
        Above the chart.
    demo
        Whether the figures are invented, which is then said.
    dpi
        Dots an inch of a PNG.

    Raises
    ------
    InputError
        A suffix that is no picture's, no community, or as many values as there are names is not met.
    """
    check_suffix(path)
    sizes = np.asarray(values, dtype=np.int64)
    if not len(names) or sizes.shape != (len(names),):
        raise InputError("a bar chart needs one value for each community", field="values", value=sizes.shape)
    ranges = [Band(*band) for band in bands]
    head = (9.0 if title else 0.0) + 5.2 * len(ranges) + 3
    height = 2 * _EDGE_MM + head + _ROW_MM * len(names) + 14.6
    sheet = Sheet((_WIDTH_MM, height))
    left = _EDGE_MM + min(max(text_width(name, 9) for name in names) * POINT_MM + 4, 50)
    right = _WIDTH_MM - _EDGE_MM - 34
    most = max(int(sizes.max()), *(band.upper for band in ranges), 1) * 1.04
    per_mm = most / (right - left)
    top = height - _EDGE_MM - head
    foot = top - _ROW_MM * len(names)

    if title:
        sheet.text(_EDGE_MM, height - _EDGE_MM - 4.2, title, 12, bold=True)
    for k, band in enumerate(ranges):
        _draw_band(sheet, band, left, per_mm, top + 3 + 5.2 * (len(ranges) - 1 - k), top, foot, k)
    step = round_length(most / 3)
    for mark in np.arange(0, most, step):
        x = left + mark / per_mm
        sheet.page.plot([x, x], [foot, foot - 1.2], color=SOFT_INK, lw=0.5)
        sheet.text(x, foot - 4.6, f"{mark:,.0f}", 7.5, colour=SOFT_INK, align="center")
    unit = unit_of(note.count)
    sheet.text(_EDGE_MM, foot - 9.2, note.words(), 7.5, colour=SOFT_INK)
    for k, (name, size) in enumerate(zip(names, sizes, strict=True)):
        y = top - (k + 0.5) * _ROW_MM
        missed = [band for band in ranges if not band.lower <= size <= band.upper]
        alarm = bool(ranges) and len(missed) == len(ranges)
        ink = CINNABAR if alarm else _BAR_INK
        fit = min(9.0, (left - _EDGE_MM - 3) / max(text_width(name, 1) * POINT_MM, 1e-6))
        sheet.text(left - 2.5, y + 0.3, name, fit, align="right", middle=True, bold=name in kept)
        sheet.box(
            left, y - 2.2, size / per_mm, 4.4, facecolor=CINNABAR if alarm else _BAR, edgecolor=ink, lw=0.6,
            hatch="" if alarm or not missed else "////", zorder=4,
        )  # fmt: skip
        words = f"{size:,} {unit}".strip() + _remark(int(size), missed)
        behind = _BAND_TINT if ranges and ranges[0].lower <= size <= ranges[0].upper else PAPER
        ink = CINNABAR if alarm else INK
        sheet.text(left + size / per_mm + 1.6, y + 0.3, words, 8, middle=True, halo=behind, colour=ink)
    sheet.page.plot([left, left], [foot, top], color=INK, lw=0.8, zorder=5)
    if demo:
        sheet.text(_EDGE_MM, _EDGE_MM - 2.5, DEMO_NOTE, 7.5, colour=SOFT_INK)
    return sheet.save(path, title=title or "社区规模", dpi=dpi)


def _draw_band(sheet: Sheet, band: Band, left: float, per_mm: float, y: float, top: float, foot: float, k: int) -> None:
    low, high = left + band.lower / per_mm, left + band.upper / per_mm
    if k == 0:
        sheet.box(low, foot, high - low, top - foot, facecolor=_BAND_TINT, edgecolor="none", zorder=1)
    dashes = "solid" if k == 0 else (0, (3, 2))
    for x in (low, high):
        sheet.page.plot([x, x], [foot, y], color=SOFT_INK if k else HAIRLINE, lw=0.6, ls=dashes, zorder=2)
    sheet.page.plot([low, high], [y, y], color=SOFT_INK, lw=0.8, ls=dashes, zorder=2)
    words = f"{band.name} {band.lower:,}–{band.upper:,}"
    sheet.text((low + high) / 2, y + 1.2, words, 7.5, colour=SOFT_INK, align="center")


def _remark(size: int, missed: Sequence[Band]) -> str:
    words = {"低于" if size < band.lower else "超出" for band in missed}
    if not missed:
        return ""
    name = missed[0].name if len(missed) == 1 else "以上各项标准"
    return f"　{words.pop()}{name}" if len(words) == 1 else "　不符合以上各项标准"
