"""Pages carry the characters they use."""

from __future__ import annotations

import base64
import io
import re

import pytest
from fontTools.ttLib import TTFont

from linli.drawing.webfont import with_font


def test_it_carries_every_character_of_the_page_and_little_else():
    page = with_font("<html><style>p{}</style><p>赟在团结社区 1,510 户</p></html>")
    data = re.search(r"base64,([^)]+)\)", page)
    font = TTFont(io.BytesIO(base64.b64decode(data[1])))
    covered = font.getBestCmap()
    assert {ord(c) for c in "赟在团结社区1,510户"} <= set(covered)
    assert len(covered) < 60
    assert page.endswith("<p>赟在团结社区 1,510 户</p></html>")


def test_it_asks_for_a_style():
    with pytest.raises(ValueError, match="style"):
        with_font("<p>团结</p>")
