"""拆分方案: objective and indicators, principles, today, the division, resources, method, what residents said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from linli.documents.official import OfficialDocument
from linli.planning.details import chosen_of, staff_of
from linli.planning.exceptions import exceptions_section
from linli.planning.models import Plan
from linli.planning.papers.appraisals import appraisal_section
from linli.planning.papers.figures import before, head, listed, rows, titled, written_cell
from linli.planning.papers.petition import MARK, picture_of
from linli.planning.procedure.needs import Facts
from linli.planning.statements import method_of
from linli.plans.bands import bands_of
from linli.plans.pages import NOTE
from linli.plans.plan import Plan as Found
from linli.plans.resources import before_and_after
from linli.plans.sections import (
    Section,
    bands_section,
    lines_section,
    method_section,
    objective_section,
    principles_section,
    resources_section,
    settled,
)
from linli.plans.task import community_column
from linli.written import chinese_day


def split_plan(
    plan: Plan, found: Found, *, day: date, synthetic: bool = False, closing: Sequence[Section] = ()
) -> OfficialDocument:
    """Compose the split plan; `closing` stands before the annex."""
    street, present, after = plan.project.street, before(found, plan.project.communities_then), found.communities
    staff = staff_of(plan.project)
    today, then = before_and_after(found, staff)
    mark = MARK if synthetic else ""
    paper = OfficialDocument(titled(street.chinese_title, list(present), "拆分方案", mark))
    add(paper, objective_section(found, plan.project.objective, today, then))
    add(paper, principles_section(found, then))
    paper.heading("现状")
    paper.table("调整前", head(found), [[written_cell(one) for one in row] for row in
                                     rows(found, list(present), community_column(found.blocks))])  # fmt: skip
    paper.heading("调整方案")
    paper.paragraph(
        f"由{len(present)}个社区调整为{len(after)}个：保留{listed([one.name for one in after if one.kept])}，"
        f"新设{listed([one.name for one in after if not one.kept])}。"
    )
    for band in bands_of(found.rules):
        paper.paragraph(band.head + (f"。依据：{band.source}" if band.source else "，由项目填定，不是规模标准") + "。")
    paper.table(
        "调整后", head(found), [[written_cell(one) for one in row] for row in rows(found, found.names, found.community)]
    )
    for one in after:
        name, _gap, words = one.text.partition("  ")
        paper.paragraph(words, lead=name + "　")
    for section in (
        bands_section(found), lines_section(found),
        resources_section(found, today, then, settled(found, then, staff, chosen_of(plan))),
        method_section(found, method_of(plan)), exceptions_section(plan), opinions_section(plan),
        appraisal_section(plan), *closing,
    ):  # fmt: skip
        add(paper, section)
    paper.heading("组织实施")
    paper.paragraph("按《实施方案》办理，另附。")
    paper.signature(street.chinese_title + "办事处", day)
    paper.new_page("附件", across=True)
    paper.picture(picture_of(plan, found), NOTE)
    return paper


def add(paper: OfficialDocument, section: Section) -> None:
    """Add a section: heading, paragraphs, tables."""
    paper.heading(section.heading)
    for words in section.paragraphs:
        paper.paragraph(words)
    for table in section.tables:
        paper.table(table.caption, table.head, table.rows)


def opinions_section(plan: Plan) -> Section:
    """Tell when the plan was shown to the public and what came of it."""
    if plan.published_at is None or plan.published_to is None:
        return Section("征求意见情况", ("本方案尚未公示。",))
    facts = Facts(plan.project, timezone.localdate())
    first = timezone.localdate(plan.published_at)
    said = f"本方案于{chinese_day(first)}公示，公示至{chinese_day(plan.published_to)}。"
    return Section("征求意见情况", (f"{said}公示以来收到而未答复的建议{facts.opinions}条。",))
