from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from matplotlib.path import Path as Outline
from PIL import Image

from linli.drawing.fonts import typeset
from linli.drawing.linework import outline_of
from linli.drawing.maps import draw_blocks, draw_plan
from linli.drawing.page import DEMO_NOTE, NOTE
from linli.drawing.territory import as_labels, dissolve, dividing, length_by_kind, reliance
from linli.drawing.tests.valley import nested, valley
from linli.errors import InputError
from linli.geodata import Blocks

COUNT = "households_resident"


@pytest.fixture(scope="module")
def blocks() -> Blocks:
    return valley(60)


@pytest.fixture(scope="module")
def after(blocks: Blocks) -> list[str]:
    return list(nested(blocks))


def _words(svg: Path) -> list[str]:
    """Words drawn on an SVG: matplotlib writes each as a comment beside its paths."""
    return re.findall(r"<!-- (.*?) -->", svg.read_text("utf-8"), flags=re.S)


def test_a_png_has_the_proportions_of_a4_landscape(blocks: Blocks, after: list[str], tmp_path: Path) -> None:
    path = draw_plan(blocks, after, tmp_path / "plan.png", count=COUNT, dpi=40)
    with Image.open(path) as picture:
        assert picture.width / picture.height == pytest.approx(297 / 210, rel=0.01)
        assert picture.info["Description"] == NOTE
        colours = picture.convert("RGB").getcolors(picture.width * picture.height)
    assert len(colours) > 100


def test_an_svg_says_in_words_and_draws_as_paths(blocks: Blocks, after: list[str], tmp_path: Path) -> None:
    path = draw_plan(
        blocks, after, tmp_path / "plan.svg", count=COUNT, before=blocks.columns["community"], title="昇堃方案",
        date="2026年11月23日",
    )  # fmt: skip
    root = ElementTree.parse(path).getroot()
    assert not list(root.iter("{http://www.w3.org/2000/svg}text"))
    said = _words(path)
    for words in (
        "昇堃方案",
        typeset(NOTE),
        DEMO_NOTE,
        "北",
        "保留",
        "新设",
        "2026年11月23日",
        "口径：常住户数；来源和日期未注明",
    ):
        assert any(words in line for line in said), words
    assert any("界线依托率" in line for line in said)


def test_the_legend_states_every_community_with_its_households(
    blocks: Blocks, after: list[str], tmp_path: Path
) -> None:
    said = _words(draw_plan(blocks, after, tmp_path / "plan.svg", count=COUNT))
    counts = blocks.counts(COUNT)
    for name in set(after):
        assert name in said
        assert f"{counts[np.array(after) == name].sum():,}" in said
    assert f"{counts.sum():,}" in said


def test_a_pdf_draws_text_as_paths_and_embeds_no_font(blocks: Blocks, after: list[str], tmp_path: Path) -> None:
    path = draw_plan(blocks, after, tmp_path / "plan.pdf", count=COUNT)
    raw = path.read_bytes()
    assert raw.startswith(b"%PDF")
    assert b"/FontFile" not in raw
    assert b"/BaseFont" not in raw
    streams = [zlib.decompress(found) for found in _flate(raw)]
    assert not any(re.search(rb"\bTj\b|\bTJ\b", stream) for stream in streams)
    assert max(len(stream) for stream in streams) > 20_000


def _flate(raw: bytes) -> list[bytes]:
    heads = re.finditer(rb"/FlateDecode[^>]*>>\s*stream\r?\n", raw)
    return [raw[head.end() : raw.index(b"endstream", head.end())].rstrip(b"\r\n") for head in heads]


def test_the_same_plan_gives_the_same_bytes(blocks: Blocks, after: list[str], tmp_path: Path) -> None:
    one, other = (draw_plan(blocks, after, tmp_path / f"{k}.svg", count=COUNT, title="方案") for k in (1, 2))
    assert one.read_bytes() == other.read_bytes()


def test_an_unknown_suffix_is_refused_with_the_choices(blocks: Blocks, after: list[str], tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.png, \.svg, \.pdf"):
        draw_plan(blocks, after, tmp_path / "plan.docx", count=COUNT)
    assert not list(tmp_path.iterdir())


def test_labels_of_the_wrong_number_are_refused(blocks: Blocks, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="one community for each of the 60 blocks"):
        draw_plan(blocks, ["团结"], tmp_path / "plan.png", count=COUNT)


def test_nothing_stays_beside_the_picture(blocks: Blocks, tmp_path: Path) -> None:
    draw_blocks(blocks, tmp_path / "blocks.png", count=COUNT, dpi=30)
    assert [path.name for path in tmp_path.iterdir()] == ["blocks.png"]


def test_real_data_is_not_called_a_demo(blocks: Blocks, after: list[str], tmp_path: Path) -> None:
    real = replace(blocks, report={})
    assert DEMO_NOTE not in "".join(_words(draw_plan(real, after, tmp_path / "plan.svg", count=COUNT)))


def test_blocks_without_counts_or_communities_are_drawn(blocks: Blocks, tmp_path: Path) -> None:
    bare = replace(blocks, columns={})
    said = _words(draw_blocks(bare, tmp_path / "blocks.svg"))
    assert "60 个" in said
    assert set(bare.ids) & set(said)
    assert typeset(NOTE) in said


def test_a_scope_leaves_other_ground_unnamed(blocks: Blocks, after: list[str], tmp_path: Path) -> None:
    inside = blocks.columns["community"] == "团结"
    partial = [name if here else None for name, here in zip(after, inside, strict=True)]
    said = _words(draw_plan(blocks, partial, tmp_path / "plan.svg", count=COUNT, before=blocks.columns["community"]))
    assert "调整前　1 个社区" in said
    assert "京铜" not in said


def test_two_hundred_communities_are_summed_up_not_listed(tmp_path: Path) -> None:
    many = valley(200)
    said = _words(draw_plan(many, list(many.ids), tmp_path / "plan.svg", count=COUNT))
    assert "200 个" in said
    assert "中位" in said


def test_a_character_without_glyph_is_footnoted(blocks: Blocks, after: list[str], tmp_path: Path) -> None:
    said = _words(draw_plan(blocks, after, tmp_path / "plan.svg", count=COUNT, title="方案😀"))
    assert "方案〓" in said
    assert any("字库中没有的字" in line for line in said)


def test_money_signs_are_no_mathematics(blocks: Blocks, tmp_path: Path) -> None:
    said = _words(draw_blocks(blocks, tmp_path / "blocks.svg", title="$x_1$ 与 $y^2$"))
    assert "$x_1$ 与 $y^2$" in said


def test_holes_stay_holes() -> None:
    ring = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(3, 3), (6, 3), (6, 6), (3, 6)]])
    outline = outline_of(ring)
    assert list(outline.codes).count(Outline.MOVETO) == 2
    assert list(outline.codes).count(Outline.CLOSEPOLY) == 2
    for turned in (ring, shapely.reverse(ring)):
        areas = [_signed_area(part) for part in outline_of(turned).to_polygons()]
        assert areas[0] * areas[1] < 0


def _signed_area(ring: np.ndarray) -> float:
    x, y = ring.T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2)


def test_new_lines_are_those_that_divided_nothing_before(blocks: Blocks) -> None:
    before = as_labels(blocks.columns["community"])
    after = as_labels(nested(blocks))
    fresh = dividing(blocks.lines, after, before)
    every = dividing(blocks.lines, after)
    assert 0 < fresh.sum() < every.sum()
    assert np.all(before[blocks.lines.a[fresh]] == before[blocks.lines.b[fresh]])


def test_reliance_is_the_share_that_follows_something(blocks: Blocks) -> None:
    rows = np.ones(len(blocks.lines), dtype=bool)
    lengths = length_by_kind(blocks.lines, rows)
    nothing = blocks.lines.length_m[blocks.lines.kind == "none"].sum()
    assert reliance(lengths) == pytest.approx(1 - nothing / blocks.lines.length_m.sum())
    assert reliance({}) is None


def test_dissolved_communities_cover_the_territory_once(blocks: Blocks, after: list[str]) -> None:
    communities = dissolve(blocks.geometry, as_labels(after), blocks.counts(COUNT))
    assert sum(c.ground.area for c in communities) == pytest.approx(shapely.area(blocks.geometry).sum())
    assert sum(c.count or 0 for c in communities) == blocks.counts(COUNT).sum()
