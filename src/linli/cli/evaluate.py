"""`linli evaluate`: say what moving blocks would change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from linli.cli.common import BlocksOption, Json, PlanFile, load_plan, must_be_writable, pairs, print_json


def command(
    plan: PlanFile,
    blocks: BlocksOption,
    move: Annotated[list[str], typer.Option("--move", "-m", help="BLOCK=COMMUNITY; may be repeated")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="write the changed plan here")] = None,
    json: Json = False,
) -> None:
    """Say what moving blocks would change: households, rules, lines, belonging; write the changed plan if asked.

    Example: `linli evaluate plan.gpkg --blocks tongyuan.gpkg --move B0012=白云`
    """
    from linli.plans.change import evaluate

    if output is not None:
        must_be_writable(output, plan, blocks, suffix=".gpkg")
    change = evaluate(load_plan(plan, blocks), pairs(move, "move"))
    if output is not None:
        change.after.to_file(output)
    if json:
        print_json(change.as_json())
    else:
        print(change.text())
