"""请示: the street asks the district to approve; three annexes follow, the other papers lie beside it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from linli.documents.official import OfficialDocument
from linli.planning.models import Plan
from linli.planning.papers.figures import before, columns, head, listed, rows, written_cell
from linli.planning.statements import method_of
from linli.plans.bands import bands_of, outside_words
from linli.plans.checks import broken_rules
from linli.plans.names import community_words
from linli.plans.pages import NOTE
from linli.plans.plan import Plan as Found
from linli.plans.principles import undivided
from linli.plans.sections import Section
from linli.plans.task import community_column

MARK = "（演示数据，全部合成）"
ANNEXES = ("调整前后基本情况表", "调整前后示意图", "各社区范围和配置", "拆分方案（另附）", "实施方案（另附）")


def petition(
    plan: Plan, found: Found, *, day: date, synthetic: bool = False, closing: Sequence[Section] = ()
) -> OfficialDocument:
    """Compose the petition with its annexes."""
    paper = body(plan, found, day=day, synthetic=synthetic)
    _annexes(paper, found, plan.project.communities_then, picture_of(plan, found))
    return paper


def body(plan: Plan, found: Found, *, day: date, synthetic: bool = False) -> OfficialDocument:
    """Compose the petition without annexes."""
    street, district = plan.project.street, plan.project.street.parent
    present, after = before(found, plan.project.communities_then), found.communities
    total = sum(one.count for one in after)
    names = "、".join(community_words(name) for name in present)
    paper = OfficialDocument(
        f"{street.chinese_title}关于调整\n{names}规模的请示{MARK if synthetic else ''}",
        addressee=f"{district.chinese_title}人民政府" if district else "",
    )
    statutory, *standards = (band for band in bands_of(found.rules) if band.source)
    upper = (standards[0] if standards else statutory).households
    most = found.rules.standard().split_above or (upper[1] if upper else 0)
    large = [f"{community_words(name)}{count}户" for name, count in present.items() if most and count > most]
    paper.heading("调整的原因")
    paper.paragraph(
        f"{names}现有{total}户（{found.note.words()}）。"
        + (f"其中{'、'.join(large)}，超过{most}户。" if large else "")
        + f"调整的目标是：{plan.project.objective.rstrip('。')}。"
        + f"{statutory.head}（{statutory.source}）。"
        + "".join(f"{band.head}（{band.source}）。" for band in standards)
    )
    paper.heading("调整的方案")
    least, top = found.rules.households
    paper.paragraph(
        f"本次运算采用的户数范围为每个社区{least}至{top}户。"
        f"由{len(present)}个社区调整为{len(after)}个：保留{listed([one.name for one in after if one.kept])}，"
        f"新设{listed([one.name for one in after if not one.kept])}。调整后"
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
    if not broken_rules(found):
        of_compounds = not found.rules.whole or "compound" in found.rules.whole
        whole = "小区和院落不拆分，" if of_compounds and undivided(found) else ""
        paper.paragraph(f"{whole}各社区连成一片，没有飞地，全部地块各归一个社区。")
    outside = [one for one in after if one.needs_reason]
    if outside:
        paper.heading("不在法定一般规模之内的说明")
        for one in outside:
            said = outside_words(one.count, found.rules.statutory(), one.reason)
            paper.paragraph(f"{community_words(one.name)}{one.count}户，{said}。")
    paper.heading("论证")
    paper.paragraph(method_of(plan, brief=True) + "比选方法和依据见拆分方案，方案文件可从原始数据独立复核。")
    paper.heading("请示事项")
    paper.paragraph("请批准上述调整方案。妥否，请批示。")
    paper.attachments(ANNEXES)
    paper.signature(street.chinese_title + "办事处", day)
    return paper


def picture_of(plan: Plan, found: Found) -> bytes:
    """Draw before and after as PNG."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.png"
        found.draw(path, title=plan.project.title)
        return path.read_bytes()


def _annexes(paper: OfficialDocument, found: Found, present: Sequence[str], picture: bytes) -> None:
    paper.new_page("附件1")
    before_and_after = (("调整前", present, community_column(found.blocks)), ("调整后", found.names, found.community))
    for caption, names, label in before_and_after:
        paper.table(caption, head(found), [[written_cell(cell) for cell in row] for row in rows(found, names, label)])
    for name in columns(found):
        paper.paragraph(f"{found.blocks.note_of(name).words()}。")
    paper.new_page("附件2", across=True)
    paper.picture(picture, NOTE)
    paper.new_page("附件3")
    for one in found.communities:
        name, _gap, words = one.text.partition("  ")
        paper.paragraph(words, lead=name + "　")
