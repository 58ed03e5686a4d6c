"""The layout of GB/T 9704-2012, read back from the file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn

from linli.documents.official import OfficialDocument, ordinal


@pytest.fixture
def written(tmp_path: Path) -> Path:
    paper = OfficialDocument("铜源街道办事处关于调整社区规模的请示", addressee="区人民政府")
    paper.heading("基本情况")
    paper.paragraph("现有三个社区，均超过6000户。")
    paper.heading("团结社区", 2)
    paper.heading("白云社区", 2)
    paper.heading("调整方案")
    paper.heading("范围", 2)
    paper.table("调整后的社区", ("社区", "户数"), [("团结", "2,480"), ("新城", "待定")])
    paper.attachments(["调整前后基本情况", "调整前后示意图"])
    paper.signature("铜源街道办事处", date(2026, 1, 5))
    path = tmp_path / "请示.docx"
    paper.save(path)
    return path


def test_the_page_has_the_margins_of_the_standard(written: Path) -> None:
    section = Document(str(written)).sections[0]
    sizes = (section.page_width, section.page_height, section.top_margin, section.left_margin, section.bottom_margin,
             section.right_margin)  # fmt: skip
    assert [round(size.mm) for size in sizes if size is not None] == [210, 297, 37, 28, 35, 26]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid is not None
    # 22 lines in 225 mm, in twentieths of a point
    assert int(grid.get(qn("w:linePitch"))) == round(225 / 25.4 * 72 / 22 * 20)


def test_headings_are_numbered_by_level_and_set_in_their_typefaces(written: Path) -> None:
    lines = {one.text: one for one in Document(str(written)).paragraphs if one.text}
    for words, font in (("一、基本情况", "黑体"), ("（二）白云社区", "楷体_GB2312"), ("二、调整方案", "黑体"),
                        ("（一）范围", "楷体_GB2312")):  # fmt: skip
        fonts = lines[words].runs[0]._element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == font
        assert lines[words].runs[0].font.size.pt == 16


def test_the_date_is_in_arabic_figures_four_characters_from_the_right(written: Path) -> None:
    signed = [one for one in Document(str(written)).paragraphs if one.text == "2026年1月5日"]
    assert len(signed) == 1
    assert signed[0].paragraph_format.right_indent.pt == 64


def test_a_table_repeats_its_head_and_sets_figures_right(written: Path) -> None:
    table = Document(str(written)).tables[0]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert [str(row.cells[1].paragraphs[0].alignment).split()[0] for row in table.rows] == ["CENTER", "RIGHT", "LEFT"]


def test_page_numbers_stand_outside_on_odd_and_even_pages(written: Path) -> None:
    section = Document(str(written)).sections[0]
    assert str(section.footer.paragraphs[0].alignment).startswith("RIGHT")
    assert str(section.even_page_footer.paragraphs[0].alignment).startswith("LEFT")


@pytest.mark.parametrize(("number", "words"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (34, "三十四")])
def test_numbers_are_written_as_people_say_them(number: int, words: str) -> None:
    assert ordinal(number) == words


def test_characters_are_counted_without_spaces() -> None:
    paper = OfficialDocument("题目")
    paper.paragraph("一二 三四")
    assert paper.characters == 6
