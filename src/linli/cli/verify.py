"""`linli verify`: recheck a plan file from the data alone."""

from __future__ import annotations

from json import dumps as write_json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from linli.districting.verify import Verification

MARKS = {"ok": ("✓ 通过", "green"), "fault": ("✗ 有误", "bold red"), "notice": ("! 注意", "yellow")}


def command(
    plan: Annotated[Path, typer.Argument(help="方案文件 / the plan file (GeoPackage)")],
    blocks: Annotated[Path, typer.Option("--blocks", help="地块文件 / the blocks file that the plan divides")],
    json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象 / print one JSON object")] = False,
) -> None:
    """核验方案 / Recheck a plan file from the data alone.

    Every rule, figure and hash is computed anew, in code that shares nothing with what made the plan. Exit code 0: no
    fault found; 1: a fault; 2: a file is missing or unreadable.

    Example: linli verify plan.gpkg --blocks blocks.gpkg
    """
    from linli.districting.verify import verify

    found = verify(plan, blocks)
    if json:
        typer.echo(found.as_json())
    else:
        _print(found)
    raise typer.Exit(0 if found.ok else 1)


def _print(found: Verification) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title="方案核验 / Verification", title_justify="left", show_lines=True)
    table.add_column("", no_wrap=True)
    table.add_column("检查 / check")
    table.add_column("结果 / finding")
    for finding in found.findings:
        words = Text(f"{finding.chinese}\n{finding.english}")
        if finding.evidence and finding.state != "ok":
            words.append(f"\n{write_json(dict(finding.evidence), ensure_ascii=False, default=str)}", style="dim")
        table.add_row(Text(*MARKS[finding.state]), finding.code, words)
    console = Console()
    console.print(table)
    console.print(Text("\n".join(found.verdict()), style="bold"))
