"""The approval pack (报批材料): petition, split plan, work plan, tables, maps, lines; every figure from the data."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from linli.documents.workbooks import safe, written
from linli.planning.details import chosen_of, staff_of
from linli.planning.geojson import geojson_of, write_shapefile
from linli.planning.models import Plan, Project
from linli.planning.papers import PAPERS, compose_paper
from linli.planning.papers.appraisals import appraisal_section
from linli.planning.papers.figures import columns as columns_of
from linli.planning.papers.figures import head as head_of
from linli.planning.papers.figures import rows as rows_of
from linli.planning.papers.petition import body
from linli.plans.plan import Plan as Found
from linli.plans.resources import before_and_after
from linli.plans.sections import Section, Table, lines_section, resources_section, settled
from linli.plans.task import community_column

MOST_CHARACTERS = 4000  # 《整治形式主义为基层减负若干规定》


def approval_pack(
    plan: Plan, found: Found, *, day: date, synthetic: bool = False, closing: Sequence[Section] = ()
) -> bytes:
    """Return a zip with the three papers, 基本情况.xlsx, the map (PNG, PDF), the communities (GeoJSON, shapefile).

    Parameters
    ----------
    plan, found
        A version without open blocks that keeps the rules, and as the engine has it.
    day
        Date of the papers.
    synthetic
        Whether the titles say that all of it is invented.
    closing
        What stands at the end of the split plan beside what planning itself knows.
    """
    target = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as pack:
        for kind in ("png", "pdf"):
            one = Path(folder) / f"调整前后示意图.{kind}"
            found.draw(one, title=plan.project.title)
            pack.write(one, one.name)
        for name, paper in PAPERS.items():
            one = Path(folder) / f"{paper.file}.docx"
            compose_paper(name, plan, found, day=day, synthetic=synthetic, closing=closing).save(one)
            pack.write(one, one.name)
        characters = body(plan, found, day=day, synthetic=synthetic).characters
        pack.writestr("基本情况.xlsx", tables(found, plan.project, characters, _details(plan, found)))
        pack.writestr("社区界线.geojson", geojson_of(plan, found))
        for one in write_shapefile(plan, found, Path(folder) / "社区界线.shp"):
            pack.write(one, one.name)
    return target.getvalue()


def _details(plan: Plan, found: Found) -> list[tuple[str, Table]]:
    """Return every stretch of line that follows nothing, what each community has and lacks, and who appraised."""
    staff = staff_of(plan.project)
    today, then = before_and_after(found, staff)
    bare = lines_section(found, most=None).tables
    resources = resources_section(found, today, then, settled(found, then, staff, chosen_of(plan))).tables
    names = ("资源配置前", "资源配置后", "缺口和措施")
    appraised = [("论证意见", one) for one in appraisal_section(plan).tables]
    return [*(("无依托界线", one) for one in bare), *zip(names, resources, strict=False), *appraised]


def tables(found: Found, project: Project, characters: int, details: Sequence[tuple[str, Table]] = ()) -> bytes:
    """Return the workbook: before, after, from which to which, block by block; how long the paper is.

    Parameters
    ----------
    characters
        Of the petition without annexes.
    details
        More sheets: their names and tables.
    """
    import openpyxl

    columns = columns_of(found)
    head = head_of(found)
    present, label = community_column(found.blocks), found.community
    book = openpyxl.Workbook()
    first = book.active
    first.title = "调整前"
    then = project.communities_then
    for sheet, names, labels in ((first, then, present), (book.create_sheet("调整后"), found.names, label)):
        sheet.append(head)
        for row in rows_of(found, names, labels):
            sheet.append([safe(cell) if isinstance(cell, str) else cell for cell in row])
    moved = book.create_sheet("去向")
    moved.append(["原社区", "新社区", "地块", found.note.brief()])
    counts = found.blocks.counts(found.count)
    for a in then:
        for b in found.names:
            both = (present == a) & (label == b)
            if both.any():
                moved.append([safe(a), safe(b), int(both.sum()), int(counts[both].sum())])
    each = book.create_sheet("地块")
    each.append(["地块", "小区", "原社区", "新社区", *(found.blocks.note_of(name).brief() for name in columns)])
    compounds = found.blocks.texts("compound")
    values = [found.blocks.counts(name) for name in columns]
    for k, code in enumerate(found.blocks.ids):
        each.append(
            [safe(code), safe(compounds[k]), safe(present[k]), safe(label[k]), *(int(column[k]) for column in values)]
        )
    for caption, found_table in details:
        sheet = book.create_sheet(caption)
        for cells in (found_table.head, *found_table.rows):
            sheet.append([safe(cell) for cell in cells])
    about = book.create_sheet("说明")
    notes = [("口径", found.blocks.note_of(name).words()) for name in columns]
    for title, words in (("项目", project.title), *notes, ("标准", str(project.standard)),
                ("面积", "按地块图形计算"), ("种子", found.seed),
                ("请示字数", f"{characters}（不计附件，上限{MOST_CHARACTERS}）")):  # fmt: skip
        about.append([title, safe(str(words))])
    return written(book)
