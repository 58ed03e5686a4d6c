"""The column beside a map: communities with their households, what the lines mean, scale and north."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.patches import Rectangle

from linli.drawing.fonts import text_width
from linli.drawing.linework import KIND_NAMES, STROKES, dash
from linli.drawing.page import POINT_MM, Sheet, north_arrow, scale_bar
from linli.drawing.palette import INK, SOFT_INK, Fill
from linli.drawing.vision import mix
from linli.geodata import COUNT_COLUMNS

_UNITS = {
    "households_registered": "户",
    "households_resident": "户",
    "dwellings": "套",
    "dwellings_delivered": "套",
    "persons": "人",
}
_ROW_MM, _LEAST_ROW_MM = 6.2, 3.9
_SUMMARY_MM, _GUTTER_MM = 38.0, 5.0


@dataclass(frozen=True)
class Row:
    """A line of a legend's table: name, how it is filled, its count, and whether its outline is bold."""

    name: str
    fill: Fill | None
    count: int | None
    bold: bool = False
    remark: str = ""


@dataclass(frozen=True)
class Table:
    """A table of communities under a heading."""

    heading: str
    rows: Sequence[Row]


class Legend:
    """Writes entries from the top of a column down; every position in millimetres."""

    def __init__(self, sheet: Sheet, x: float, top: float, width: float, foot: float) -> None:
        self.sheet, self.x, self.y, self.width, self.foot = sheet, x, top, width, foot

    def tables(self, tables: Sequence[Table], count: str, brief: str, *, reserve: float) -> None:
        """Write tables of communities so that `reserve` mm stay free below: in one column, in two, or summed up."""
        room = self.y - self.foot - reserve
        for most_columns, summed in [(1, 0), (2, 0), *((2, k + 1) for k in range(len(tables)))]:
            longest = sorted(tables, key=lambda table: -len(table.rows))[:summed]
            whole = [table for table in tables if table not in longest]
            lines = sum(np.ceil(len(table.rows) / most_columns) + 2.6 for table in whole)
            row = min(_ROW_MM, (room - _SUMMARY_MM * summed) / max(lines, 1))
            if row >= _LEAST_ROW_MM or not whole:
                break
        for table in tables:
            if table in longest:
                self._summary(table, count, brief)
            else:
                self._table(table, brief, row, most_columns if len(table.rows) > 3 else 1)

    def lines(
        self, kinds: Sequence[str], extra: Sequence[tuple[str, str, float, tuple[float, ...] | None]] = ()
    ) -> None:
        """Explain strokes in two columns: kinds on the ground, then (words, colour, width, dashes)."""
        entries = [(KIND_NAMES[kind], STROKES[kind]) for kind in kinds]
        entries += [(words, ((colour, width, dashes),)) for words, colour, width, dashes in extra]
        for k, (words, strokes) in enumerate(entries):
            x = self.x + (k % 2) * self.width / 2
            y = self.y - 3.6
            for step, (colour, width, dashes) in enumerate(strokes):
                self.sheet.page.plot(
                    [x, x + 9], [y, y], color=colour, lw=width, ls=dash(dashes),
                    dash_capstyle="butt", solid_capstyle="butt", zorder=3 + step * 0.1,
                )  # fmt: skip
            self.sheet.text(x + 11, y + 0.2, words, 8, middle=True)
            if k % 2 or k == len(entries) - 1:
                self.y -= 5.4
        self.y -= 2

    def words(self, words: str, *, size: float = 8.5, colour: str = INK, bold: bool = False) -> None:
        """Write one line."""
        self.y -= size * POINT_MM * 1.55
        self.sheet.text(self.x, self.y, words, size, colour=colour, bold=bold)

    def pairs(self, pairs: Sequence[tuple[str, str]], *, size: float = 8.5) -> None:
        """Write lines with a word at the left and a figure at the right."""
        for left, right in pairs:
            self.y -= size * POINT_MM * 1.75
            self.sheet.text(self.x, self.y, left, size, colour=SOFT_INK)
            self.sheet.text(self.x + self.width, self.y, right, size, align="right")
        self.y -= 1.5

    def symbols(self, glyphs: Sequence[tuple[str, str]]) -> None:
        """Explain facility signs (sign, what it stands for) in two columns."""
        for k, (sign, meaning) in enumerate(glyphs):
            x = self.x + (k % 2) * self.width / 2
            y = self.y - 3.4
            sign_at(self.sheet, x + 2, y, sign)
            self.sheet.text(x + 5.5, y + 0.2, meaning, 7.5, middle=True)
            if k % 2 or k == len(glyphs) - 1:
                self.y -= 5.2
        self.y -= 2

    def swatches(self, entries: Sequence[tuple[str, str]]) -> None:
        """Explain plain tints (colour, words)."""
        for colour, words in entries:
            self.y -= 5.6
            self.sheet.box(self.x, self.y, 9, 4.2, facecolor=colour, edgecolor=mix(INK, colour, 0.5), lw=0.5)
            self.sheet.text(self.x + 12, self.y + 2.3, words, 8.5, middle=True)
        self.y -= 3

    def scale_and_north(self, scale: float) -> None:
        """Draw scale bar and north arrow at the foot of the column; `scale` in metres per millimetre."""
        ratio = scale * 1000
        step = 10 ** max(int(np.floor(np.log10(ratio))) - 1, 0)
        north_arrow(self.sheet, self.x + self.width - 4, self.foot + 0.6)
        scale_bar(self.sheet, self.x + 1, self.foot + 0.6, self.width * 0.62, scale)
        self.sheet.text(self.x, self.foot + 9, f"A4 幅面约 1∶{round(ratio / step) * step:,.0f}", 7.5, colour=SOFT_INK)

    def gap(self, millimetres: float) -> None:
        """Leave some room."""
        self.y -= millimetres

    def _table(self, table: Table, brief: str, row: float, columns: int) -> None:
        sheet, right = self.sheet, self.x + self.width
        size = min(9.5, row / POINT_MM * 0.58)
        self.y -= row
        sheet.text(self.x, self.y + row * 0.3, table.heading, size, bold=True)
        sheet.text(right, self.y + row * 0.3, brief, size * 0.9, colour=SOFT_INK, align="right")
        sheet.rule(self.x, right, self.y, colour=INK, width=0.6)
        width = (self.width - _GUTTER_MM * (columns - 1)) / columns
        deep = int(np.ceil(len(table.rows) / columns))
        # one size for all names, unless a single long one would make the others small
        room = _name_room(width, narrow=columns > 1, remark=any(entry.remark for entry in table.rows))
        lettering = max(min([size, *(room / max(text_width(entry.name, 1), 1) for entry in table.rows)]), 0.75 * size)
        for k, entry in enumerate(table.rows):
            x, y = self.x + k // deep * (width + _GUTTER_MM), self.y - (k % deep + 1) * row
            self._entry(entry, x, y, width, row, size, lettering)
        self.y -= deep * row
        sheet.rule(self.x, right, self.y - 0.3)
        counts = [entry.count for entry in table.rows if entry.count is not None]
        if counts:
            self.y -= row
            sheet.text(self.x + 12, self.y + row / 2 + 0.3, "合计", size, colour=SOFT_INK, middle=True)
            sheet.text(right, self.y + row / 2 + 0.3, f"{sum(counts):,}", size, align="right", middle=True)
        self.y -= row * 0.6

    def _entry(self, entry: Row, x: float, y: float, width: float, row: float, size: float, lettering: float) -> None:
        """Write a row of a table: sample, name, remark and count; a narrow one has no room for the remark."""
        sheet, middle = self.sheet, y + row / 2 + 0.3
        narrow = width < self.width
        sample = 6.0 if narrow else 9.0
        if entry.fill:
            swatch(sheet, x, y + row * 0.17, sample, row * 0.66, entry.fill, bold=entry.bold)
        remark = "" if narrow else entry.remark
        room = _name_room(width, narrow=narrow, remark=bool(remark))
        fit = min(lettering, room / max(text_width(entry.name, 1), 1))
        sheet.text(x + sample + (2 if narrow else 3), middle, entry.name, fit, middle=True, bold=entry.bold)
        if remark:
            sheet.text(x + width * 0.66, middle, remark, size * 0.85, colour=SOFT_INK, align="right", middle=True)
        if entry.count is not None:
            sheet.text(x + width, middle, f"{entry.count:,}", size, align="right", middle=True)

    def _summary(self, table: Table, count: str, brief: str) -> None:
        counts = np.array([entry.count for entry in table.rows if entry.count is not None])
        self.words(table.heading, size=9.5, bold=True)
        self.y -= 1.6
        self.sheet.rule(self.x, self.x + self.width, self.y, colour=INK, width=0.6)
        pairs = [("社区", f"{len(table.rows)} 个")]
        if len(counts):
            unit = unit_of(count)
            pairs += [
                (f"{brief}，合计", f"{counts.sum():,} {unit}"),
                ("最少", f"{counts.min():,} {unit}"),
                ("中位", f"{int(np.median(counts)):,} {unit}"),
                ("最多", f"{counts.max():,} {unit}"),
            ]
        self.pairs(pairs)
        self.y -= 2


def _name_room(width: float, *, narrow: bool, remark: bool) -> float:
    """Return how many points a name may be wide in a table of `width` mm."""
    free = width - (8 + 10.5 if narrow else 12 + 16)
    return (width * 0.66 - 12 - 8 if remark and not narrow else free) / POINT_MM


def swatch(sheet: Sheet, x: float, y: float, width: float, height: float, fill: Fill, *, bold: bool = False) -> None:
    """Draw a sample of a fill, with a bold outline for a community that is kept."""
    ink = hatch_ink(fill)
    sheet.box(x, y, width, height, facecolor=fill.colour, edgecolor=ink, hatch=fill.hatch, lw=0)
    sheet.box(x, y, width, height, facecolor="none", edgecolor=INK, lw=1.8 if bold else 0.5)


def sign_at(sheet: Sheet, x: float, y: float, sign: str) -> None:
    """Draw a facility's sign on the sheet, (x, y) its middle."""
    sheet.page.add_patch(Rectangle((x - 1.7, y - 1.7), 3.4, 3.4, facecolor="white", edgecolor=INK, lw=0.5, zorder=15))
    sheet.text(x, y, sign, 6.5, align="center", middle=True)


def hatch_ink(fill: Fill) -> str:
    """Return the colour of a fill's hatch: a little darker than the fill."""
    return mix(fill.colour, INK, 0.17)


def count_name(count: str) -> str:
    """Return the Chinese name of a counting definition (口径)."""
    return COUNT_COLUMNS.get(count, count)


def unit_of(count: str) -> str:
    """Return what a counting definition counts: 户, 套, 人, or nothing for a user's own column."""
    for name, unit in _UNITS.items():
        if count in (name, COUNT_COLUMNS[name]):
            return unit
    return ""
