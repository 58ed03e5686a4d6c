"""The approval pack (报批材料): 请示 with its three annexes, tables, maps; every figure from the data."""

from __future__ import annotations

import io
import tempfile
import zipfile
from datetime import date
from pathlib import Path

from linli.documents.official import OfficialDocument
from linli.documents.workbooks import safe, written
from linli.geodata import COUNT_COLUMNS
from linli.geodata.borders import Objects
from linli.planning.models import Project
from linli.plans.bands import bands_of, outside_words
from linli.plans.names import community_words
from linli.plans.pages import NOTE
from linli.plans.plan import Plan as Found
from linli.plans.task import community_column, count_words

ARGUED = {
    "proven": "经计算证明，在上述条件下没有界线更优的方案。",
    "bound": "方案由计算比选得出，与理论上的最优值相差多少已经算出，见方案文件。",
    "best": "方案由计算比选得出，是所比较的方案中最优的，没有证明是最优。",
}
MOST_CHARACTERS = 4000  # 《整治形式主义为基层减负若干规定》
ANNEXES = ("调整前后基本情况表", "调整前后示意图", "各社区范围和配置")


def approval_pack(found: Found, project: Project, *, day: date, synthetic: bool = False) -> bytes:
    """Return a zip with 请示.docx, 基本情况.xlsx and the map as PNG and PDF.

    Parameters
    ----------
    found
        A plan without open blocks that keeps the rules.
    day
        Date of the paper.
    synthetic
        Whether the title says that all of it is invented.
    """
    target = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as pack:
        maps = [Path(folder) / f"调整前后示意图.{kind}" for kind in ("png", "pdf")]
        for one in maps:
            found.draw(one, title=project.title)
        paper = petition(found, project, day=day, synthetic=synthetic)
        characters = paper.characters
        _annexes(paper, found, maps[0].read_bytes())
        paper.save(Path(folder) / "请示.docx")
        pack.write(Path(folder) / "请示.docx", "请示.docx")
        pack.writestr("基本情况.xlsx", tables(found, project, characters))
        for one in maps:
            pack.write(one, one.name)
    return target.getvalue()


def petition(found: Found, project: Project, *, day: date, synthetic: bool = False) -> OfficialDocument:
    """Compose the 街道请示; its annexes follow."""
    street, district = project.street, project.street.parent
    before, after = _before(found), found.communities
    total = sum(one.count for one in after)
    counted = count_words(found.count)
    names = "、".join(community_words(name) for name in before)
    mark = "（演示数据，全部合成）" if synthetic else ""
    paper = OfficialDocument(
        f"{street.chinese_title}关于调整\n{names}规模的请示{mark}",
        addressee=f"{district.chinese_title}人民政府" if district else "",
    )
    statutory, *standards = (band for band in bands_of(found.rules) if band.source)
    ground = standards[0] if standards else statutory
    most = found.rules.standard().split_above or (ground.households or (0, 0))[1]
    large = [f"{community_words(name)}{count}户" for name, count in before.items() if most and count > most]
    paper.heading("调整的原因")
    paper.paragraph(
        f"{names}现有{total}户（口径：{counted}）。"
        + (f"其中{'、'.join(large)}，超过{most}户。" if large else "")
        + f"{statutory.head}（{statutory.source}）。"
        + "".join(f"{band.head}（{band.source}）。" for band in standards)
    )
    kept = [one for one in after if one.kept]
    new = [one for one in after if not one.kept]
    paper.heading("调整的方案")
    least, top = found.rules.households
    paper.paragraph(
        f"本次运算采用的户数范围为每个社区{least}至{top}户。"
        f"由{len(before)}个社区调整为{len(after)}个：保留{_listed([one.name for one in kept])}，"
        f"新设{_listed([one.name for one in new])}。调整后"
        + "、".join(f"{community_words(one.name)}{one.count}户" for one in after)
        + f"，合计{total}户。"
    )
    measures = found.measures()
    stay, reliance = measures["continuity"], measures["reliance"]
    if stay is not None and total:
        paper.paragraph(f"{int(stay)}户（{stay / total:.1%}）所属社区名称不变。")
    if reliance is not None:
        paper.paragraph(
            f"社区之间界线共{measures['cut_length_m'] / 1000:.2f}千米，其中{reliance:.1%}沿河流、铁路、道路或围墙。"
        )
    paper.paragraph("小区和院落不拆分，各社区连成一片，没有飞地，全部地块各归一个社区。")
    outside = [one for one in after if one.needs_reason]
    if outside:
        paper.heading("不在法定一般规模之内的说明")
        for one in outside:
            said = outside_words(one.count, found.rules.statutory(), one.reason)
            paper.paragraph(f"{community_words(one.name)}{one.count}户，{said}。")
    paper.heading("论证")
    paper.paragraph(ARGUED["proven" if found.status == "proven" else "bound" if found.bound else "best"])
    paper.paragraph("方案文件可用公开的程序从原始数据独立复核。")
    paper.heading("请示事项")
    paper.paragraph("请批准上述调整方案。妥否，请批示。")
    paper.attachments(ANNEXES)
    paper.signature(street.chinese_title + "办事处", day)
    return paper


def _annexes(paper: OfficialDocument, found: Found, picture: bytes) -> None:
    paper.new_page("附件1")
    columns = _columns(found)
    head = _head(columns)
    for caption, label in (("调整前", community_column(found.blocks)), ("调整后", found.community)):
        paper.table(caption, head, [[_written(cell) for cell in row] for row in _rows(found, label, columns)])
    paper.new_page("附件2", across=True)
    paper.picture(picture, NOTE)
    paper.new_page("附件3")
    for one in found.communities:
        name, _gap, words = one.text.partition("  ")
        paper.paragraph(words, lead=name + "　")


def tables(found: Found, project: Project, characters: int) -> bytes:
    """Return the workbook: before, after, from which to which, block by block; how long the paper is."""
    import openpyxl

    columns = _columns(found)
    head = _head(columns)
    present, label = community_column(found.blocks), found.community
    book = openpyxl.Workbook()
    first = book.active
    first.title = "调整前"
    for sheet, names in ((first, present), (book.create_sheet("调整后"), label)):
        sheet.append(head)
        for row in _rows(found, names, columns):
            sheet.append([safe(cell) if isinstance(cell, str) else cell for cell in row])
    moved = book.create_sheet("去向")
    moved.append(["原社区", "新社区", "地块", count_words(found.count)])
    counts = found.blocks.counts(found.count)
    for a in dict.fromkeys(present.tolist()):
        for b in found.names:
            both = (present == a) & (label == b)
            if both.any():
                moved.append([safe(a), safe(b), int(both.sum()), int(counts[both].sum())])
    each = book.create_sheet("地块")
    each.append(["地块", "小区", "原社区", "新社区", *(COUNT_COLUMNS[name] for name in columns)])
    compounds = found.blocks.texts("compound")
    values = [found.blocks.counts(name) for name in columns]
    for k, code in enumerate(found.blocks.ids):
        each.append(
            [safe(code), safe(compounds[k]), safe(present[k]), safe(label[k]), *(int(column[k]) for column in values)]
        )
    about = book.create_sheet("说明")
    for title, words in (("项目", project.title), ("口径", count_words(found.count)), ("标准", str(project.standard)),
                ("面积", "按地块图形计算"), ("种子", found.seed),
                ("请示字数", f"{characters}（不计附件，上限{MOST_CHARACTERS}）")):  # fmt: skip
        about.append([title, safe(str(words))])
    return written(book)


def _rows(found: Found, label: Objects, columns: list[str]) -> list[list[str | int | float]]:
    """One row a community, the total last; hectares are rounded so that they add up to it."""
    import shapely

    area = shapely.area(found.blocks.geometry) / 10_000
    values = [found.blocks.counts(name) for name in columns]
    here = set(label.tolist())
    listed = [name for name in found.names if name in here] + sorted(here - set(found.names))
    rows: list[list[str | int | float]] = []
    passed = 0.0
    for name in listed:
        inside = label == name
        upto = passed + float(area[inside].sum())
        hectares = round(round(upto, 2) - round(passed, 2), 2)  # so that what is rounded adds up to the total
        passed = upto
        rows.append([name, int(inside.sum()), *(int(column[inside].sum()) for column in values), hectares])
    rows.append(["合计", len(found.blocks), *(int(column.sum()) for column in values), round(float(area.sum()), 2)])
    return rows


def _columns(found: Found) -> list[str]:
    return [name for name in COUNT_COLUMNS if name in found.blocks.columns]


def _head(columns: list[str]) -> list[str]:
    return ["社区", "地块", *(COUNT_COLUMNS[name] for name in columns), "面积（公顷）"]


def _before(found: Found) -> dict[str, int]:
    counts, present = found.blocks.counts(found.count), community_column(found.blocks)
    return {name: int(counts[present == name].sum()) for name in sorted(set(present) - {""})}


def _written(cell: str | int | float) -> str:
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)


def _listed(names: list[str]) -> str:
    return f"{'、'.join(community_words(name) for name in names)}（{len(names)}个）" if names else "0个"
