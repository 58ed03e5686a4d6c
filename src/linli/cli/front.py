"""`linli front`: the plans of which none is beaten in two goals at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from linli.cli.common import BlocksFile, Count, Json, KeepWhole, Seed, TimeLimit, load_blocks, print_json, progress_bar
from linli.errors import InputError


def command(
    blocks: BlocksFile,
    output: Annotated[Path, typer.Option("--output", "-o", help="folder for the plans and the picture")],
    goals: Annotated[
        str, typer.Option(help="two goals or more, with commas: boundary,balance")
    ] = "boundary,continuity",
    count: Count = None,
    lower: Annotated[int, typer.Option("--min", help="least households of a community")] = 1500,
    upper: Annotated[int, typer.Option("--max", help="most households of a community")] = 3500,
    parts: Annotated[int | None, typer.Option(help="number of communities; free where not given")] = None,
    keep_whole: KeepWhole = None,
    within: Annotated[list[str] | None, typer.Option(help="present community to divide; may be repeated")] = None,
    never_cross: Annotated[list[str] | None, typer.Option(help="column whose areas no community crosses")] = None,
    seed: Seed = 1,
    time_limit: TimeLimit = 60,
    json: Json = False,
) -> None:
    """Find plans of which none is beaten in every goal; write each, draw all, suggest one.

    Example: `linli front tongyuan.gpkg --goals boundary,belonging --count dwellings_delivered --within 团结
    --parts 3 -o front`
    """
    from linli.plans.pareto import front
    from linli.plans.rules import Rules

    if output.exists() and not output.is_dir():
        raise InputError("a file stands where the folder should go", file=output, advice="name a folder")
    more: dict[str, Any] = {"parts": parts, "count": count, "seed": seed, "within": within}
    with progress_bar() as progress:
        rules = Rules(
            households=(lower, upper), keep_whole=tuple(keep_whole or ()), never_cross=tuple(never_cross or ())
        )
        found = front(
            load_blocks(blocks, count), rules, goals=[goal.strip() for goal in goals.split(",")],
            time_limit=time_limit, progress=progress, **more,
        )  # fmt: skip
    output.mkdir(parents=True, exist_ok=True)
    for number, point in enumerate(found.points, 1):
        point.plan.to_file(output / f"plan-{number}.gpkg")
    found.draw(output / "front.png")
    if json:
        print_json(found.as_json())
        return
    if found.whole:
        claim = "，已证明：没有别的方案不被它们胜过"
    else:
        claim = "，已证明：任何权重下的最好方案都在其中" if found.complete else ""
    print(f"{len(found.points)}个方案{claim}")
    for number, point in enumerate(found.points, 1):
        values = ", ".join(f"{goal} {value:,.6g}" for goal, value in zip(found.goals, point.values, strict=True))
        print(f"  {number}. {values}" + ("" if point.proven else " （未证明）"))
    print(found.sentence())
    if found.points:
        print(found.points[0].plan.note.words())
    print(f"→ {output}")
