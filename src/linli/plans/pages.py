"""A plan as one report: figures, rules, proof, and the words of each community, as HTML, docx, Markdown or text."""

from __future__ import annotations

import base64
import html
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from linli.errors import InputError
from linli.geodata import replace_when_done
from linli.plans.bands import REASON_WANTED
from linli.plans.plan import Plan
from linli.plans.sections import Table, sections

if TYPE_CHECKING:
    from linli.documents import OfficialDocument

NOTE = "示意图，不作为划界依据"
SHORT = 14
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


def as_html(plan: Plan, title: str, *, picture: bool = True) -> str:
    """Return the report as one HTML page that needs nothing from outside."""
    parts = [f"<h1>{html.escape(title)}</h1>"]
    for number, section in enumerate(sections(plan)):
        parts.append(f"<section><h2>{html.escape(section.heading)}</h2>")
        for paragraph in section.paragraphs:
            wanted = ' class="wanted"' if REASON_WANTED in paragraph else ""
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
