from __future__ import annotations

import inspect
import io

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from linli.drawing import charts, fonts, layers, legend, linework, maps, page
from linli.geodata import COUNT_COLUMNS

RARE = "昇堃喆翀赟珺"


def test_the_typeface_holds_every_character_that_linli_writes_on_pictures() -> None:
    written = "".join(inspect.getsource(module) for module in (charts, fonts, layers, legend, linework, maps, page))
    assert fonts.missing(written) == ""
    assert fonts.missing("".join(COUNT_COLUMNS.values()) + RARE) == ""


def test_rare_characters_are_drawn_each_in_its_own_shape() -> None:
    shapes = {_picture(character).tobytes() for character in RARE}
    assert len(shapes) == len(RARE)
    box = _picture("\u0378")  # an unassigned code point, the box of a missing glyph or 〓
    assert box.tobytes() not in shapes


def test_a_character_that_is_missing_becomes_a_geta_mark_not_a_box() -> None:
    assert fonts.typeset("团结😀社区") == "团结〓社区"
    assert fonts.missing("团结😀") == "😀"


def test_marks_between_chinese_characters_become_full_width() -> None:
    assert fonts.typeset("示意图，不作为划界依据") == "示意图，不作为划界依据"
    assert fonts.typeset("口径：常住户数") == "口径：常住户数"
    assert fonts.typeset("共 1,234 户，a:b") == "共 1,234 户，a:b"


def test_what_is_not_seen_is_not_drawn() -> None:
    assert fonts.typeset("团\u0000结\t\u200b社区") == "团结 社区"


def _picture(character: str) -> np.ndarray:
    figure = Figure(figsize=(0.5, 0.5))
    ready = fonts.typeset(character)
    figure.text(0.2, 0.2, ready, fontproperties=fonts.typeface(20), parse_math=False)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=100)
    buffer.seek(0)
    return np.asarray(Image.open(buffer).convert("L"))
