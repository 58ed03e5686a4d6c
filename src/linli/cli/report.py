"""`linli report`: write a plan as a page or as the text that approvers expect."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from linli.cli.common import BlocksOption, Json, PlanFile, load_plan, must_be_writable, print_json


def command(
    plan: PlanFile,
    blocks: BlocksOption,
    output: Annotated[Path, typer.Option("--output", "-o", help="report to write: .html, .docx, .md or .txt")],
    title: Annotated[str | None, typer.Option(help="title of the report")] = None,
    picture: Annotated[
        bool, typer.Option("--picture/--no-picture", help="put the map into an .html or .docx report")
    ] = True,
    json: Json = False,
) -> None:
    """Write a plan's figures, rules, proof and the words of each community, in Chinese.

    Example: `linli report plan.gpkg --blocks tongyuan.gpkg -o report.html`
    """
    from linli.plans.pages import write_report

    must_be_writable(output, plan, blocks)
    found = load_plan(plan, blocks)
    write_report(found, output, title=title, picture=picture)
    if json:
        print_json(
            {"report": str(output), "communities": list(found.names), "reasons_wanted": list(found.reasons_wanted)}
        )
    else:
        print(f"→ {output}")
