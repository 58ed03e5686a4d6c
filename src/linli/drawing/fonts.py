"""One typeface for every picture: Noto Sans SC, brought along, so that a bare machine draws no boxes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
from matplotlib import font_manager
from matplotlib.patheffects import AbstractPathEffect, Normal, Stroke
from matplotlib.text import Text

from linli.written import seen

GETA = "〓"  # what Chinese and Japanese printers set for a character their case does not hold
GETA_NOTE = "〓 表示字库中没有的字"

_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_FULL_WIDTH = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_HALF_MARK = re.compile(f"(?<=[{_HAN}\u300a-\u3011)）])([,;:?!]) ?(?=[{_HAN}\u300a-\u3011])")


@cache
def font_path() -> Path:
    """Return the path of the font file."""
    return Path(pylopdf_fonts_zh_cn.sans_path())


def typeface(size: float) -> Any:
    """Return matplotlib's font properties of the typeface at a size in points."""
    return font_manager.FontProperties(fname=str(font_path()), size=size)


@cache
def glyphs() -> frozenset[int]:
    """Return the code points that the typeface can draw."""
    return frozenset(font_manager.get_font(str(font_path())).get_charmap())


def missing(text: str) -> str:
    """Return the characters of `text` that the typeface cannot draw, each once."""
    return "".join(sorted({c for c in text if ord(c) not in glyphs() and c != "\n"}))


def typeset(text: object) -> str:
    """Prepare text for drawing: full-width marks between Chinese characters, 〓 for a character that is missing.

    Line feeds stay; what is not seen, joiners say, is not drawn.
    """
    clean = _HALF_MARK.sub(lambda found: _FULL_WIDTH[found[1]], seen(str(text)).replace("\t", " "))
    return "".join(c if c == "\n" or ord(c) in glyphs() else GETA for c in clean)


def text_width(words: str, size: float) -> float:
    """Return the width of one line of text in points."""
    return sum(_advance(c) for c in typeset(words)) * size


def underlay(*, halo: str | None, width: float, weight: float, ink: str) -> list[AbstractPathEffect]:
    """Return path effects that draw only what lies under a text: its halo, and heavier strokes.

    Parameters
    ----------
    halo
        Colour of the halo, None for none.
    width
        Of the halo on each side, points.
    weight
        Points added to the strokes, for bold; the typeface comes in one weight.
    ink
        Colour of the text.
    """
    effects: list[AbstractPathEffect] = []
    if halo:
        effects.append(Stroke(linewidth=2 * width, foreground=halo, joinstyle="round"))
    if weight:
        effects.append(Stroke(linewidth=weight, foreground=ink, joinstyle="round"))
    return effects


def draw_as_paths(texts: Iterable[Text]) -> None:
    """Make texts draw as paths, which text with path effects does on every backend.

    In PDF, matplotlib did not embed CFF fonts such as this one rightly in all its versions; in PNG, hinted letters
    would stray from what lies under them.
    """
    for text in texts:
        if not text.get_path_effects():
            text.set_path_effects([Normal()])


@cache
def _advance(character: str) -> float:
    font = font_manager.get_font(str(font_path()))
    font.set_size(100, 72)
    font.set_text(character)
    return float(font.get_width_height()[0]) / 64 / 100 if not character.isspace() else 0.3
