"""`linli improve`: better a plan by its goal; `--repair` first makes it keep its rules."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from linli.cli.common import (
    BlocksOption,
    Json,
    PlanFile,
    Seed,
    TimeLimit,
    load_plan,
    must_be_writable,
    print_json,
    progress_bar,
    weights,
)
from linli.errors import InputError


def command(
    plan: PlanFile,
    blocks: BlocksOption,
    output: Annotated[Path, typer.Option("--output", "-o", help="plan file to write (GeoPackage)")],
    minimize: Annotated[str | None, typer.Option(help="goal, or goals with weights; the plan's own by default")] = None,
    lock: Annotated[list[str] | None, typer.Option(help="block or community to leave alone; may be repeated")] = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="only make the plan keep its rules, with the fewest households changing")
    ] = False,
    seed: Seed = 1,
    time_limit: TimeLimit = 30,
    json: Json = False,
) -> None:
    """Better a plan by its goal; locked blocks and names stay, and the result is never worse.

    Example: `linli improve plan.gpkg --blocks tongyuan.gpkg --lock 团结 --minimize inertia -o better.gpkg`
    """
    from dataclasses import replace

    import numpy as np

    from linli.plans import working

    must_be_writable(output, plan, blocks, suffix=".gpkg")
    began = time.process_time()
    with progress_bar() as progress:
        given = load_plan(plan, blocks)
        if lock:
            known = {*given.blocks.ids, *given.names}
            for name in lock:
                if name not in known:
                    raise InputError(
                        "the plan has no such block or community",
                        file=plan, field="lock", value=name, advice=f"communities: {'、'.join(given.names)}",
                    )  # fmt: skip
            chosen = np.isin(np.array(given.blocks.ids, dtype=object), lock) | np.isin(given.community, lock)
            given = replace(given, locked=chosen if given.locked is None else given.locked | chosen)
        if repair:
            done = working.repair(given, seed=seed, time_limit=time_limit, progress=progress)
        else:
            goal = None if minimize is None else weights(minimize)
            done = working.improve(given, minimize=goal, seed=seed, time_limit=time_limit, progress=progress)
    done.to_file(output)
    if json:
        print_json({**done.as_json(), "cpu_seconds": round(time.process_time() - began, 3)})
    else:
        print(done.headline())
        print(f"→ {output}")
