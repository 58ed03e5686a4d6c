"""A Chinese official document as docx, laid out as GB/T 9704-2012 asks.

A4; margins 37 mm top, 28 mm left, 35 mm bottom, 26 mm right; type area 156 × 225 mm with 22 lines of 28 characters;
body in 3号 仿宋 (16 pt) at a fixed pitch; title 2号 小标宋 (22 pt), centred; headings 一、黑体, （一）楷体,
1. and （1） 仿宋; page numbers 4号 (14 pt) between dashes, odd ones right and even ones left. The red head (版头)
belongs to the issuing office and is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt

from linli.geodata.atomic import replace_when_done
from linli.written import chinese_day, for_xml

SONG, HEI, KAI, FANG = "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312"
LATIN = "Times New Roman"
TITLE, BODY, PAGE = 22.0, 16.0, 14.0  # 2号, 3号, 4号
CELLS = ((5, 12.0), (8, 10.5), (99, 9.0))  # tables of up to so many columns: 小4号, 5号, 小5号
CLOSER = -0.25  # points between characters, so that 28 of 16 points stand in 156 mm
LINES = 22
ROOM_FOR_WORDS = Mm(38)  # of a mark above a picture and a caption below it
PITCH = 225 / 25.4 * 72 / LINES  # points from line to line
ORDINALS = "一二三四五六七八九十"
Level = Literal[1, 2, 3, 4]


class OfficialDocument:
    """A document that grows from top to bottom.

    Parameters
    ----------
    title
        Its title; more than one line where it holds line breaks.
    addressee
        主送机关, without the colon; '' for a paper without one.
    """

    def __init__(self, title: str, *, addressee: str = "") -> None:
        self.document: Docx = Document()
        self._numbers = [0, 0, 0, 0]
        _lay_out_page(self.document)
        self.document.core_properties.title = title.replace("\n", "")
        self.document.core_properties.author = ""
        self.document.core_properties.comments = ""
        for line in title.split("\n"):
            self._paragraph(line, font=SONG, size=TITLE, align="center", pitch=35.0)
        self._paragraph("")
        if addressee:
            self._paragraph(f"{addressee}：", indent=0)

    def heading(self, words: str, level: Level = 1) -> None:
        """Add a heading with its number: 一、 （一） 1. （1）."""
        self._numbers[level - 1] += 1
        self._numbers[level:] = [0] * (4 - level)
        number = self._numbers[level - 1]
        mark = {1: f"{ordinal(number)}、", 2: f"（{ordinal(number)}）", 3: f"{number}.", 4: f"（{number}）"}[level]
        font = {1: HEI, 2: KAI, 3: FANG, 4: FANG}[level]
        added = self._paragraph(mark + words, font=font)
        added.paragraph_format.keep_with_next = True
        _outline(added, level)

    def paragraph(self, words: str, *, lead: str = "") -> None:
        """Add a paragraph of the body, two characters in; `lead` stands before it in 黑体."""
        for line in words.split("\n"):
            added = self._paragraph(lead, font=HEI)
            if line:
                _set_font(added.add_run(for_xml(line)), FANG, BODY)
            lead = ""

    def table(self, caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Add a table; its head row is repeated on every page, figures stand right."""
        named = self._paragraph(caption, font=HEI, size=PAGE, align="center", indent=0)
        named.paragraph_format.keep_with_next = True
        added = self.document.add_table(rows=1, cols=len(head))
        added.style = "Table Grid"
        size = next(size for most, size in CELLS if len(head) <= most)
        _set_widths(added, [head, *rows])
        for cell, words in zip(added.rows[0].cells, head, strict=True):
            _fill(cell, words, size, font=HEI, align="center")
        _repeat(added.rows[0])
        for row in rows:
            fresh = added.add_row()
            _whole(fresh)
            cells = fresh.cells
            for cell, words in zip(cells, row, strict=True):
                _fill(cell, words, size, align="right" if _is_figure(words) else "left")
        self._paragraph("")

    def picture(self, png: bytes, caption: str = "") -> None:
        """Add a picture that fills the type area as far as its proportions allow, its caption below."""
        place = self._paragraph("", align="center", indent=0, pitch=None)
        section = self.document.sections[-1]
        wide = section.page_width - section.left_margin - section.right_margin
        tall = section.page_height - section.top_margin - section.bottom_margin - ROOM_FOR_WORDS
        shape = place.add_run().add_picture(BytesIO(png), width=wide)
        if shape.height > tall:
            shape.width, shape.height = Emu(round(shape.width * tall / shape.height)), Emu(tall)
        place.paragraph_format.keep_with_next = bool(caption)
        if caption:
            self._paragraph(caption, size=PAGE, align="center", indent=0)

    def attachments(self, names: Sequence[str]) -> None:
        """List the attachments, one line below the text."""
        self._paragraph("")
        for number, name in enumerate(names, 1):
            mark = "附件：" if number == 1 else " " * 6
            self._paragraph(f"{mark}{number}.{name}" if len(names) > 1 else f"附件：{name}")

    def signature(self, office: str, day: date) -> None:
        """Sign with the office and the date, four characters from the right, never alone on a page: 2026年1月5日."""
        body = self.document.element.body
        last = self.document.paragraphs[-1]
        if last._p.getnext() is None or last._p.getnext() is body.sectPr:  # a paragraph, no table, stands last
            last.paragraph_format.keep_with_next = True
        self._paragraph("").paragraph_format.keep_with_next = True
        for words in (office, chinese_day(day)):
            signed = self._paragraph(words, align="right", indent=0)
            signed.paragraph_format.right_indent = Pt(4 * BODY)
            signed.paragraph_format.keep_together = True
            signed.paragraph_format.keep_with_next = words == office

    def new_page(self, mark: str = "", *, across: bool = False) -> None:
        """Begin a page, for an attachment: its mark (附件1) stands at the top left in 黑体.

        Parameters
        ----------
        across
            Whether it lies across, for a wide table or a map; the pages after it too, until one that stands.
        """
        section = self.document.sections[-1]
        if across == (section.orientation == WD_ORIENT.LANDSCAPE):
            self.document.add_page_break()
        else:
            _turn(self.document.add_section(WD_SECTION.NEW_PAGE), across=across)
        if mark:
            self._paragraph(mark, font=HEI, indent=0)

    @property
    def characters(self) -> int:
        """Characters of the body without spaces: papers may have 4,000, comprehensive ones 5,000 (2.5 of the rules)."""
        return sum(len("".join(one.text.split())) for one in self.document.paragraphs)

    def save(self, path: Path | str) -> None:
        """Write the document; nothing half-written stays."""
        with replace_when_done(path) as temporary:
            self.document.save(str(temporary))

    def _paragraph(
        self,
        words: str,
        *,
        font: str = FANG,
        size: float = BODY,
        align: Literal["left", "center", "right", "justify"] = "justify",
        indent: int = 2,
        pitch: float | None = PITCH,
    ) -> Any:
        added = self.document.add_paragraph()
        form = added.paragraph_format
        form.space_before = form.space_after = Pt(0)
        if pitch is not None:
            form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
            form.line_spacing = Pt(round(pitch * 20) / 20)
        added.alignment = getattr(WD_ALIGN_PARAGRAPH, align.upper())
        if indent and align == "justify":
            form.first_line_indent = Pt(indent * size)
        if words:
            _set_font(added.add_run(for_xml(words)), font, size)
        return added


def ordinal(number: int) -> str:
    """Write 1 … 99 in Chinese: 一, 十, 十一, 二十."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{ORDINALS[tens - 1]}十"
    return head + (ORDINALS[ones - 1] if ones else "")


def _lay_out_page(document: Docx) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.left_margin = Mm(37), Mm(28)
    section.bottom_margin, section.right_margin = Mm(35), Mm(26)
    section.footer_distance = Mm(28)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(round(PITCH * 20)))
    style = document.styles["Normal"]
    style.font.name, style.font.size = LATIN, Pt(BODY)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FANG)
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in ((section.footer, "RIGHT"), (section.even_page_footer, "LEFT")):
        place = footer.paragraphs[0]
        place.alignment = getattr(WD_ALIGN_PARAGRAPH, side)
        edge = Pt(BODY)
        place.paragraph_format.left_indent = edge if side == "LEFT" else Pt(0)
        place.paragraph_format.right_indent = edge if side == "RIGHT" else Pt(0)
        _set_font(place.add_run("— "), "宋体", PAGE)
        run = place.add_run()
        _set_font(run, "宋体", PAGE)
        for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
            part = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                part.set(qn("w:fldCharType"), kind)
            else:
                part.text = text
            run._r.append(part)
        _set_font(place.add_run(" —"), "宋体", PAGE)


def _turn(section: Any, *, across: bool) -> None:
    """Lay a section across or let it stand: the head of the sheet goes to the left, so that its binding stays."""
    short, long = Mm(210), Mm(297)
    section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if across else (short, long)
    margins = (Mm(26), Mm(35), Mm(35), Mm(37)) if across else (Mm(37), Mm(26), Mm(35), Mm(28))
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = margins


def _set_font(run: Any, font: str, size: float) -> None:
    run.font.name, run.font.size = LATIN, Pt(size)
    form = run._element.get_or_add_rPr()
    form.get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if size == BODY:
        closer = OxmlElement("w:spacing")
        closer.set(qn("w:val"), str(round(CLOSER * 20)))
        form.append(closer)


def _outline(paragraph: Any, level: int) -> None:
    """Let readers jump to a heading: an outline level, no style that would change its look."""
    mark = OxmlElement("w:outlineLvl")
    mark.set(qn("w:val"), str(level - 1))
    paragraph._p.get_or_add_pPr().append(mark)


def _set_widths(table: Any, rows: Sequence[Sequence[str]]) -> None:
    """Share the 156 mm so that figures are never broken and words are where they must."""
    table.autofit = False
    share = [max(_room(row[k]) for row in rows) + 1.8 for k in range(len(rows[0]))]
    for column, wide in zip(table.columns, share, strict=True):
        column.width = Mm(156 * wide / sum(share))


def _room(words: str) -> float:
    """Characters that a cell should have room for in one line."""
    wide = sum(1.0 if ord(letter) > 255 else 0.6 for letter in words)
    return wide if _is_figure(words) else min(wide, 6.0)


def _fill(cell: Any, words: str, size: float, *, font: str = FANG, align: str = "left") -> None:
    place = cell.paragraphs[0]
    free = OxmlElement("w:snapToGrid")
    free.set(qn("w:val"), "0")
    place._p.get_or_add_pPr().append(free)
    place.alignment = getattr(WD_ALIGN_PARAGRAPH, align.upper())
    place.paragraph_format.space_before = place.paragraph_format.space_after = Pt(2)
    _set_font(place.add_run(for_xml(words)), font, size)


def _whole(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _repeat(row: Any) -> None:
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _is_figure(words: str) -> bool:
    bare = words.strip().rstrip("%户人块米m²").replace(",", "").replace(".", "", 1).lstrip("-+")
    return bare.isdigit()
