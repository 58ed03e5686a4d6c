"""A plan as one report: figures, rules, proof, and the words of each community, as HTML, docx, Markdown or text."""

from __future__ import annotations

import base64
import html
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from linli.errors import InputError
from linli.geodata import COUNT_COLUMNS, replace_when_done
from linli.plans.bands import REASON_WANTED, bands_of
from linli.plans.checks import broken_rules
from linli.plans.measures import UNITS
from linli.plans.names import community_words
from linli.plans.plan import Plan
from linli.plans.profiles import standing_words
from linli.plans.rules import KIND_WORDS
from linli.plans.task import count_words

if TYPE_CHECKING:
    from linli.documents import OfficialDocument

NOTE = "示意图，不作为划界依据"
SHORT = 14
UNVERIFIED = "（数值未与原文核对）"
STATUS_WORDS = {
    "proven": "已证明最优：在下述范围内没有更好的方案",
    "feasible": "可行方案，未证明最优",
}
STYLE = """
:root{--paper:#fbfaf7;--ink:#222;--line:#d8d4ca;--cinnabar:#b23a2a}
@media (prefers-color-scheme:dark){:root{--paper:#1d1c1a;--ink:#e8e5de;--line:#45423c;--cinnabar:#e0705f}}
body{background:var(--paper);color:var(--ink);
font:16px/1.7 "Noto Sans SC","PingFang SC","Microsoft YaHei","Linli Sans",sans-serif;
max-width:60rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.6rem}h2{font-size:1.2rem;border-bottom:1px solid var(--line);padding-bottom:.2rem;margin-top:2rem}
table{border-collapse:collapse;width:100%;margin:.6rem 0}caption{text-align:left;font-weight:600;padding:.3rem 0}
th,td{border-bottom:1px solid var(--line);padding:.3rem .6rem;text-align:left;vertical-align:top}
td.number{text-align:right;font-variant-numeric:tabular-nums}
td.number,td.short{white-space:nowrap}thead th{vertical-align:bottom}figure{margin:1rem 0}
.wrap{overflow-x:auto}.wanted{color:var(--cinnabar);font-weight:600}img{max-width:100%;height:auto}
"""


@dataclass(frozen=True)
class Table:
    """A table of a report: caption, head and rows of text."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """A part of a report: heading, paragraphs, tables."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


def write_report(plan: Plan, path: Path | str, *, title: str | None = None, picture: bool = True) -> None:
    """Write a report in the form that the ending of `path` names: .html, .docx, .md or .txt.

    Parameters
    ----------
    title
        Heading; a general one where absent.
    picture
        Whether an .html or .docx report carries the map.

    Raises
    ------
    InputError
        Another ending, or a file that cannot be written.
    """
    path = Path(path)
    form = path.suffix.lower()
    heading = title or "社区规模调整方案"
    if form in (".html", ".htm"):
        from linli.drawing.webfont import with_font

        text = with_font(as_html(plan, heading, picture=picture))
    elif form == ".docx":
        as_document(plan, heading, picture=picture).save(path)
        return
    elif form == ".md":
        text = as_markdown(plan, heading)
    elif form == ".txt":
        text = as_text(plan, heading)
    else:
        raise InputError("a report is written as .html, .docx, .md or .txt", file=path, value=path.suffix)
    with replace_when_done(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def sections(plan: Plan) -> list[Section]:
    """Compose a report: what it says, in order, without form."""
    return [_overview(plan), _sizes(plan), _words(plan), _measures(plan), _rules(plan), _proof(plan)]


def as_html(plan: Plan, title: str, *, picture: bool = True) -> str:
    """Return the report as one HTML page that needs nothing from outside."""
    parts = [f"<h1>{html.escape(title)}</h1>"]
    for number, section in enumerate(sections(plan)):
        parts.append(f"<section><h2>{html.escape(section.heading)}</h2>")
        for paragraph in section.paragraphs:
            wanted = ' class="wanted"' if "需说明理由" in paragraph else ""
            parts.append(f"<p{wanted}>{html.escape(paragraph)}</p>")
        parts += [_html_table(table) for table in section.tables]
        if number == 0 and picture:
            alt = html.escape(f"{title}：调整前后的社区")
            parts.append(f'<figure><img src="data:image/png;base64,{_picture(plan)}" alt="{alt}">')
            parts.append(f"<figcaption>{NOTE}</figcaption></figure>")
        parts.append("</section>")
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{STYLE}</style></head>'
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def as_document(plan: Plan, title: str, *, picture: bool = True) -> OfficialDocument:
    """Return the report in the layout of an official document (GB/T 9704-2012)."""
    from linli.documents import OfficialDocument

    paper = OfficialDocument(title)
    for number, section in enumerate(sections(plan)):
        paper.heading(section.heading)
        for paragraph in section.paragraphs:
            paper.paragraph(paragraph)
        for table in section.tables:
            paper.table(table.caption, table.head, table.rows)
        if number == 0 and picture:
            paper.picture(base64.b64decode(_picture(plan)), NOTE)
    return paper


def as_markdown(plan: Plan, title: str) -> str:
    """Return the report as Markdown."""
    parts = [f"# {title}"]
    for section in sections(plan):
        parts.append(f"## {section.heading}")
        parts += section.paragraphs
        for table in section.tables:
            rows = [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in (table.head, *table.rows)]
            parts.append("\n".join([f"**{table.caption}**", "", rows[0], "|" + " --- |" * len(table.head), *rows[1:]]))
    return "\n\n".join(parts) + "\n"


def as_text(plan: Plan, title: str) -> str:
    """Return the report as plain text."""
    parts = [title]
    for section in sections(plan):
        parts.append(f"【{section.heading}】")
        parts += section.paragraphs
        for table in section.tables:
            parts.append("\n".join([table.caption, *("\t".join(row) for row in (table.head, *table.rows))]))
    return "\n\n".join(parts) + "\n"


def _overview(plan: Plan) -> Section:
    wanting = [community_words(name) for name in plan.reasons_wanted]
    said = [plan.headline() + "。"]
    if plan.scope:
        said.append(f"划分范围：{'、'.join(community_words(name) for name in plan.scope)}，其他社区不变。")
    kept, counted = plan.kept, plan.measures()["continuity"]
    total = sum(c.count for c in plan.communities)
    if kept and counted is not None and total:
        names = "、".join(community_words(name) for name in kept)
        said.append(f"保留{len(kept)}个原社区名称（{names}），{counted}户（{counted / total:.0%}）所属社区名称不变。")
    for broken in broken_rules(plan):
        said.append(f"违反{broken.code}：{broken.text}。")  # noqa: PERF401
    if wanting:
        said.append(f"不在法定一般规模之内，{REASON_WANTED}：{'、'.join(wanting)}。")
    return Section("总体情况", tuple(said))


def _sizes(plan: Plan) -> Section:
    columns = list(plan.communities[0].sums)
    local, bands = plan.rules.standard(), bands_of(plan.rules)
    rows = tuple(
        (
            community_words(c.name),
            community_words(c.parent) if c.parent else "",
            "保留" if c.kept else "新设",
            str(c.blocks),
            *(str(c.sums[column]) for column in columns),
            local.grade(c.count),
            *(standing_words(band.households, c.count) for band in bands),
        )
        for c in plan.communities
    )
    totals = ("合计", "", "", str(len(plan.blocks)), *(str(sum(c.sums[x] for c in plan.communities)) for x in columns))
    head = ("社区", "来自", "", "地块", *(COUNT_COLUMNS.get(column, column) for column in columns))
    sizes = Table(
        f"规模（口径：{count_words(plan.count)}）",
        (*head, "等级", *(band.head for band in bands)),
        (*rows, (*totals, "", *("" for _band in bands))),
    )
    low, high = plan.rules.households
    held = Table(
        f"换一种口径，{low}至{high}户是否仍成立",
        ("口径", "合计", "是否成立", "不成立的社区"),
        tuple(
            (
                row["name"],
                str(row["total"]),
                "成立" if row["holds"] else "不成立",
                "、".join(f"{community_words(name)}{count}户" for name, count in row["outside"].items()),
            )
            for row in plan.counts_held()
        ),
    )
    return Section("规模与口径", (), (sizes, held))


def _words(plan: Plan) -> Section:
    return Section("各社区", tuple(c.text for c in plan.communities))


def _measures(plan: Plan) -> Section:
    found = plan.measures()
    rows = tuple((UNITS[name][0], _figure(found[name], UNITS[name][1]), UNITS[name][1]) for name in UNITS)
    kinds = found["cut_length_by_kind"]
    total = sum(kinds.values())
    lines = tuple(
        (KIND_WORDS[kind], f"{kinds[kind]:.0f}", f"{kinds[kind] / total:.1%}") for kind in KIND_WORDS if kinds.get(kind)
    )
    return Section(
        "指标",
        (),
        (
            Table("实测值（无数据者不估）", ("指标", "值", "单位"), rows),
            Table("社区之间的界线走在何处", ("依托", "米", "占比"), lines),
        ),
    )


def _rules(plan: Plan) -> Section:
    papers = tuple(
        f"{band.head}。" + (f"依据：{band.source}" + ("" if band.verified else UNVERIFIED) if band.source else "")
        for band in bands_of(plan.rules)
    )
    rows = tuple(plan.rules.in_words(count_words(plan.count)))
    prices = "，".join(f"{KIND_WORDS[kind]}{price:g}" for kind, price in (plan.rules.prices or {}).items())
    return Section(
        "规则",
        (*papers, f"每米新界线的价（未校准，越低越宜为界）：{prices}。"),
        (Table("本方案遵守的规则", ("代码", "规则"), rows),),
    )


def _proof(plan: Plan) -> Section:
    said = [STATUS_WORDS.get(plan.status, plan.status) + "。"]
    said.append(f"目标 {plan.goal}：{_figure(plan.objective, '')}；下界：{_figure(plan.bound, '')}。")
    if plan.gap is not None:
        said.append(f"与下界相差 {plan.gap:.2%}。")
    if plan.proof is not None:
        said.append(f"方法：{plan.proof.method}. {plan.proof.claim}.")
    said.append(f"随机种子：{plan.seed}。复核：linli verify PLAN --blocks BLOCKS。")
    return Section("证明", tuple(said))


def _figure(value: object, unit: str) -> str:
    if value is None:
        return "无数据" if unit else "未知"
    if not isinstance(value, int | float):
        return str(value)
    if unit == "占比":
        return f"{value:.1%}"
    if isinstance(value, int) or float(value).is_integer():
        return f"{value:.0f}"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def _html_table(table: Table) -> str:
    head = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in table.head)
    body = "".join(f"<tr>{''.join(_html_cell(cell) for cell in row)}</tr>" for row in table.rows)
    caption = html.escape(table.caption)
    return (
        f'<div class="wrap"><table><caption>{caption}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _html_cell(cell: str) -> str:
    """Numbers to the right with thousands parted; short words on one line."""
    if cell.replace(".", "").replace("%", "").isdigit():
        return f'<td class="number">{f"{int(cell):,}" if cell.isdigit() else html.escape(cell)}</td>'
    return f"<td{' class=short' if len(cell) <= SHORT else ''}>{html.escape(cell)}</td>"


def _picture(plan: Plan) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.png"
        plan.draw(path, dpi=110)
        return base64.b64encode(path.read_bytes()).decode("ascii")
