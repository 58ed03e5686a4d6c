"""A Pareto front: two goals on two axes, each point numbered as its plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from matplotlib.ticker import MaxNLocator

from linli.drawing.page import DEMO_NOTE, Sheet, check_suffix
from linli.drawing.palette import CINNABAR, HAIRLINE, INK, PAPER, SOFT_INK
from linli.errors import InputError

_SIZE_MM, _LEFT, _FOOT, _AIR = (180.0, 140.0), 24.0, 30.0, 16.0


def draw_front(
    values: Sequence[tuple[float, float]],
    path: str | Path,
    *,
    axes: tuple[str, str],
    title: str,
    knee: int | None = None,
    proven: Sequence[bool] = (),
    note: str = "",
    demo: bool = False,
    dpi: float = 200,
) -> Path:
    """Draw points joined by steps; less is better on both axes, so the good corner is the lower left.

    Parameters
    ----------
    values
        Points in the order of the first goal, numbered from 1.
    axes
        Names of the goals with their units.
    knee
        Number (from 0) of the point to mark in cinnabar.
    proven
        Whether each point is proven: filled, otherwise hollow; all proven where empty.

    Raises
    ------
    InputError
        A suffix that is no picture's, or no point.
    """
    check_suffix(path)
    if not values:
        raise InputError("a front needs a point", field="values")
    sheet = Sheet(_SIZE_MM)
    wide, tall = _SIZE_MM[0] - _LEFT - _AIR, _SIZE_MM[1] - _FOOT - 2 * _AIR
    x_of, x_marks = _scale([x for x, _ in values], _LEFT, wide)
    y_of, y_marks = _scale([y for _, y in values], _FOOT, tall)
    sheet.text(8, _SIZE_MM[1] - 11, title, 12, bold=True)
    for value in x_marks:
        sheet.page.plot([x_of(value)] * 2, [_FOOT, _FOOT + tall], color=HAIRLINE, lw=0.5)
        sheet.text(x_of(value), _FOOT - 4.5, f"{value:,.6g}", 7.5, colour=SOFT_INK, align="center")
    for value in y_marks:
        sheet.page.plot([_LEFT, _LEFT + wide], [y_of(value)] * 2, color=HAIRLINE, lw=0.5)
        sheet.text(_LEFT - 2, y_of(value), f"{value:,.6g}", 7.5, colour=SOFT_INK, align="right", middle=True)
    sheet.text(_LEFT + wide, _FOOT - 9.5, f"{axes[0]} →", 8.5, align="right")
    sheet.text(_LEFT - 14, _FOOT + tall + 4.5, f"↑ {axes[1]}", 8.5)
    for (a, b), (c, d) in pairwise(values):
        sheet.page.plot(
            [x_of(a), x_of(c), x_of(c)], [y_of(b), y_of(b), y_of(d)], color=SOFT_INK, lw=0.8, ls=(0, (2, 2))
        )
    for number, (x, y) in enumerate(values):
        sure = proven[number] if proven else True
        ink = CINNABAR if number == knee and len(values) > 2 else INK
        sheet.page.plot([x_of(x)], [y_of(y)], "o", ms=6, mec=ink, mfc=ink if sure else PAPER, mew=1.2, zorder=12)
        sheet.text(x_of(x) + 2, y_of(y) + 2, str(number + 1), 8.5, colour=ink, halo=PAPER)
    for row, words in enumerate(_wrapped(note, 58)[:3]):
        sheet.text(8, 15 - 4.5 * row, words, 8)
    if demo:
        sheet.text(_SIZE_MM[0] - 8, 4, DEMO_NOTE, 7.5, colour=SOFT_INK, align="right")
    return sheet.save(path, title=title, dpi=dpi)


def _scale(values: Sequence[float], start: float, room: float) -> tuple[Callable[[float], float], list[float]]:
    low, high = min(values), max(values)
    air = max((high - low) * 0.08, abs(high) * 0.02, 1e-9)
    low, high = low - air, high + air

    def place(value: float) -> float:
        return start + (value - low) / (high - low) * room

    return place, [float(mark) for mark in MaxNLocator(6).tick_values(low, high) if low <= mark <= high]


def _wrapped(words: str, most: int) -> list[str]:
    return [words[k : k + most] for k in range(0, len(words), most)]
