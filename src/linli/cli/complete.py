"""`linli complete`: give every open block of a partial plan a community."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from linli.cli.common import (
    BlocksFile,
    Count,
    Json,
    KeepWhole,
    Seed,
    TimeLimit,
    load_blocks,
    must_be_writable,
    print_json,
    progress_bar,
)
from linli.errors import InputError


def command(
    blocks: BlocksFile,
    output: Annotated[Path, typer.Option("--output", "-o", help="plan file to write (GeoPackage)")],
    draft: Annotated[
        Path | None, typer.Option(help="table (CSV, XLSX) with columns id, community, and perhaps locked (0/1)")
    ] = None,
    draft_column: Annotated[str | None, typer.Option(help="column of the blocks that holds the draft")] = None,
    rules: Annotated[Path | None, typer.Option(help="rules as a TOML file")] = None,
    count: Count = None,
    lower: Annotated[int | None, typer.Option("--min", help="least households of a community")] = None,
    upper: Annotated[int | None, typer.Option("--max", help="most households of a community")] = None,
    parts: Annotated[int | None, typer.Option(help="number of communities; those of the draft where not given")] = None,
    keep_whole: KeepWhole = None,
    seed: Seed = 1,
    time_limit: TimeLimit = 30,
    json: Json = False,
) -> None:
    """Give every open block a community so that all rules hold; blocks that the draft names stay.

    Example: `linli complete tongyuan.gpkg --draft draft.csv --min 1500 --max 3500 -o plan.gpkg`
    """
    from linli.plans.rules import Rules
    from linli.plans.working import complete, partial_plan

    if (draft is None) == (draft_column is None):
        raise InputError("name the draft once", field="draft", advice="give --draft FILE or --draft-column COLUMN")
    must_be_writable(output, blocks, draft, rules, suffix=".gpkg")
    began = time.process_time()
    with progress_bar() as progress:
        ground = load_blocks(blocks, count)
        base = Rules() if rules is None else Rules.from_toml(rules)
        low, high = base.households
        asked = base.but(households=(low if lower is None else lower, high if upper is None else upper))
        if keep_whole:
            asked = asked.but(keep_whole=tuple(keep_whole))
        if draft is not None:
            community, locked = _read_draft(draft, ground.ids)
        else:
            if draft_column not in ground.columns:
                raise InputError(
                    "the blocks have no such column", file=blocks, layer="blocks", field=draft_column,
                    advice=f"columns of this file: {', '.join(ground.columns) or 'none'}",
                )  # fmt: skip
            community = [str(v) if v is not None and v == v else "" for v in ground.columns[draft_column]]
            locked = [False] * len(community)
        plan = partial_plan(ground, community, asked, count=count, locked=locked)
        done = complete(plan, parts=parts, seed=seed, time_limit=time_limit, progress=progress)
    done.to_file(output)
    if json:
        print_json({**done.as_json(), "cpu_seconds": round(time.process_time() - began, 3)})
    else:
        print(done.headline())
        print(f"→ {output}")


def _read_draft(path: Path, ids: tuple[str, ...]) -> tuple[list[str], list[bool]]:
    from linli.geodata import read_table

    columns = read_table(path).columns
    for column in ("id", "community"):
        if column not in columns:
            raise InputError(
                "the draft lacks a column", file=path, field=column, advice="columns: id, community, locked"
            )
    names = [str(value).strip() if value is not None and value == value else "" for value in columns["community"]]
    draft = dict(zip([str(value).strip() for value in columns["id"]], names, strict=True))
    unknown = sorted(set(draft) - set(ids))
    if unknown:
        raise InputError(
            "the draft names a block that does not exist",
            file=path, field="id", value=unknown[0], advice="correct the id, or take the row out",
        )  # fmt: skip
    locked = {}
    if "locked" in columns:
        keys = [str(value).strip() for value in columns["id"]]
        locked = {
            key: str(value).strip() in ("1", "1.0", "True", "true", "是")
            for key, value in zip(keys, columns["locked"], strict=True)
        }
    return [draft.get(block, "") for block in ids], [locked.get(block, False) for block in ids]
