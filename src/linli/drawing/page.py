"""A sheet of paper in millimetres: title, footer, maps to scale, scale bar, north arrow, and the way to a file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

from linli.drawing.fonts import GETA, GETA_NOTE, draw_as_paths, text_width, typeface, typeset, underlay
from linli.drawing.palette import HAIRLINE, INK, PAPER, SOFT_INK
from linli.errors import InputError
from linli.geodata.atomic import replace_when_done

NOTE = "示意图，不作为划界依据"
DEMO_NOTE = "演示数据·全部合成"
SUFFIXES = (".png", ".svg", ".pdf")
A4_LANDSCAPE_MM = (297.0, 210.0)
MARGIN_MM = 15.0
POINT_MM = 25.4 / 72

# text and shapes become paths, and the same drawing gives the same bytes
_SETTINGS = {"svg.fonttype": "path", "svg.hashsalt": "linli", "hatch.linewidth": 0.35, "path.simplify": True}


class Sheet:
    """One page to draw on; x runs right and y up, both in millimetres."""

    def __init__(self, size_mm: tuple[float, float] = A4_LANDSCAPE_MM) -> None:
        self.width, self.height = size_mm
        self.geta = False
        self.figure = Figure(figsize=(self.width / 25.4, self.height / 25.4), facecolor=PAPER)
        self.page: Axes = self.figure.add_axes((0, 0, 1, 1), zorder=10)
        self.page.set(xlim=(0, self.width), ylim=(0, self.height))
        self.page.set_axis_off()
        self.page.patch.set_alpha(0)

    def text(
        self,
        x: float,
        y: float,
        words: object,
        size: float,
        *,
        colour: str = INK,
        bold: bool = False,
        align: str = "left",
        middle: bool = False,
        axes: Axes | None = None,
        halo: str | None = None,
        zorder: float = 20,
        rotation: float = 0,
    ) -> None:
        """Write words with their base line (or their middle) at y; `align` is left, center or right."""
        ready = typeset(words)
        self.geta |= GETA in ready
        style: dict[str, Any] = {
            "fontproperties": typeface(size),
            "color": colour,
            "ha": align,
            "va": "center_baseline" if middle else "baseline",
            "zorder": zorder,
            "rotation": rotation,
            "rotation_mode": "anchor",
            "parse_math": False,
        }
        place = axes or self.page
        effects = underlay(halo=halo, width=size / 8, weight=size / 30 if bold else 0, ink=colour)
        if effects:
            place.text(x, y, ready, path_effects=effects, **style)
        place.text(x, y, ready, **style)

    def rule(self, x0: float, x1: float, y: float, *, colour: str = HAIRLINE, width: float = 0.6) -> None:
        """Draw a level line."""
        self.page.plot([x0, x1], [y, y], color=colour, lw=width, solid_capstyle="butt")

    def box(self, x: float, y: float, width: float, height: float, **style: Any) -> None:
        """Draw a rectangle from its lower left corner."""
        self.page.add_patch(Rectangle((x, y), width, height, **style))

    def heading(self, title: str, subtitle: str | None) -> None:
        """Write title and subtitle at the top, with a line below."""
        top = self.height - MARGIN_MM
        room = (self.width - 2 * MARGIN_MM) / POINT_MM
        size = min(20.0, room / max(_ems(title), 1))
        self.text(MARGIN_MM, top - 5.2, title, size, bold=True)
        if subtitle:
            self.text(MARGIN_MM, top - 12.2, subtitle, min(10.0, room / max(_ems(subtitle), 1)), colour=SOFT_INK)
        self.rule(MARGIN_MM, self.width - MARGIN_MM, top - 16, colour=INK, width=0.7)

    def footer(self, note: str, *, demo: bool = False, right: Sequence[str | None] = (), credit: str = "") -> None:
        """Write the note that is never left out, what belongs to the drawing's pedigree, and whom it must name."""
        y = MARGIN_MM - 5.5
        self.rule(MARGIN_MM, self.width - MARGIN_MM, y + 5)
        self.text(MARGIN_MM, y, note, 8.5)
        left = text_width(note, 8.5) + 14
        if demo:
            self.text(MARGIN_MM + left * POINT_MM, y, DEMO_NOTE, 8.5)
            left += text_width(DEMO_NOTE, 8.5) + 14
        words = "　".join([word for word in right if word] + ([GETA_NOTE] if self.geta else []))
        room = (self.width - 2 * MARGIN_MM) / POINT_MM - left
        size = min(8.5, room / max(text_width(words, 1), 1))
        self.text(self.width - MARGIN_MM, y, words, size, colour=SOFT_INK, align="right")
        if credit:
            self.text(MARGIN_MM, y - 4, credit, 7.5, colour=SOFT_INK)

    def map(self, box: tuple[float, float, float, float], bounds: tuple[float, float, float, float]) -> MapFrame:
        """Make room for a map: box (x, y, width, height) in mm, bounds (west, south, east, north) in metres."""
        return MapFrame(self, box, bounds)

    def save(self, path: str | Path, *, title: str, dpi: float = 200) -> Path:
        """Write the sheet as the suffix says, under a temporary name first."""
        target = Path(path)
        kind = check_suffix(target)
        metadata: dict[str, Any] = {"Title": title}
        if kind == ".svg":
            metadata |= {"Description": NOTE, "Creator": "Linli", "Date": None}
        elif kind == ".pdf":
            metadata |= {"Subject": NOTE, "Creator": "Linli", "Producer": None, "CreationDate": None}
        else:
            metadata |= {"Description": NOTE, "Software": "Linli"}
        if kind != ".svg":  # whose writer draws paths anyway, and notes the words beside them
            draw_as_paths(text for axes in self.figure.axes for text in axes.texts)
        written = io.BytesIO()
        with mpl.rc_context(_SETTINGS):
            self.figure.savefig(written, format=kind[1:], dpi=dpi, metadata=metadata, facecolor=PAPER)
        with replace_when_done(target) as unfinished:
            unfinished.write_bytes(written.getvalue())
        return target


class MapFrame:
    """A map on a sheet: axes in metres, one scale for both directions."""

    def __init__(
        self, sheet: Sheet, box: tuple[float, float, float, float], bounds: tuple[float, float, float, float]
    ) -> None:
        x, y, width, height = box
        west, south, east, north = bounds
        self.sheet, self.box = sheet, box
        self.metres_per_mm = metres_per_mm((width, height), bounds)
        half = width / 2 * self.metres_per_mm, height / 2 * self.metres_per_mm
        centre = (west + east) / 2, (south + north) / 2
        self.west, self.east = centre[0] - half[0], centre[0] + half[0]
        self.south, self.north = centre[1] - half[1], centre[1] + half[1]
        self.axes: Axes = sheet.figure.add_axes(
            (x / sheet.width, y / sheet.height, width / sheet.width, height / sheet.height), zorder=5
        )
        self.axes.set(xlim=(self.west, self.east), ylim=(self.south, self.north))
        self.axes.set_axis_off()

    @property
    def metres_per_point(self) -> float:
        """Metres on the ground of one typographic point on paper."""
        return self.metres_per_mm * POINT_MM

    @property
    def frame(self) -> shapely.Geometry:
        """The rectangle that the axes show, metres."""
        return shapely.box(self.west, self.south, self.east, self.north)


def metres_per_mm(size: tuple[float, float], bounds: tuple[float, float, float, float]) -> float:
    """Return the scale at which bounds in metres fill a box in millimetres, with a little air."""
    west, south, east, north = bounds
    return max((east - west) / size[0], (north - south) / size[1], 1e-6) * 1.02


def scale_bar(sheet: Sheet, x: float, y: float, most_mm: float, scale: float) -> None:
    """Draw a bar of two round halves, no longer than `most_mm`; `scale` in metres per millimetre."""
    length = round_length(most_mm * scale)
    half = length / scale / 2
    sheet.box(x, y, half, 1.3, facecolor=INK, edgecolor=INK, lw=0.5)
    sheet.box(x + half, y, half, 1.3, facecolor=PAPER, edgecolor=INK, lw=0.5)
    unit, number = ("km", length / 1000) if length >= 1000 else ("m", length)
    sheet.text(x, y + 2.6, "0", 7.5, align="center")
    sheet.text(x + half, y + 2.6, f"{number / 2:g}", 7.5, align="center")
    sheet.text(x + 2 * half, y + 2.6, f"{number:g} {unit}", 7.5, align="center")


def round_length(most: float) -> float:
    """Return the longest of 1, 2, 4, 5 × 10^k metres that is at most `most`."""
    power = 10.0 ** np.floor(np.log10(most))
    return float(max(step * power for step in (1, 2, 4, 5) if step * power <= most * (1 + 1e-9)))


def north_arrow(sheet: Sheet, x: float, y: float, height: float = 11.0) -> None:
    """Draw a needle half ink, half paper, 北 above it; (x, y) is the middle of its foot. Up is grid north."""
    wing, notch = height * 0.27, height * 0.24
    tip, heart = (x, y + height), (x, y + notch)
    sheet.page.add_patch(Polygon([tip, (x - wing, y), heart], facecolor=INK, edgecolor=INK, lw=0.6, joinstyle="miter"))
    sheet.page.add_patch(
        Polygon([tip, (x + wing, y), heart], facecolor=PAPER, edgecolor=INK, lw=0.6, joinstyle="miter")
    )
    sheet.text(x, y + height + 1.4, "北", 8.5, align="center")


def check_suffix(path: str | Path) -> str:
    """Return the suffix in small letters.

    Raises
    ------
    InputError
        Nothing is drawn in such a format.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(
            "a drawing cannot be written in this format",
            file=path,
            value=suffix,
            advice=f"choose a name that ends in {', '.join(SUFFIXES)}",
        )
    return suffix


def _ems(words: str) -> float:
    return sum(1.0 if ord(c) > 0x2E7F else 0.58 for c in words)
