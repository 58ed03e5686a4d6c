"""`linli split`: divide communities, best by a goal, with a proof or a bound."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from linli.cli.common import (
    EXIT_BY_STATUS,
    INTERRUPTED,
    BlocksFile,
    Count,
    Json,
    KeepWhole,
    Seed,
    TimeLimit,
    load_blocks,
    must_be_writable,
    note,
    number,
    pairs,
    print_json,
    progress_bar,
    weights,
)
from linli.errors import InputError

if TYPE_CHECKING:
    from linli.districting.executors import City
    from linli.geodata import Blocks
    from linli.plans.rules import Rules


MOST_NOTES = 20  # communities whose missing reasons are named one by one


def command(
    blocks: BlocksFile,
    output: Annotated[Path, typer.Option("--output", "-o", help="plan file to write (GeoPackage)")],
    count: Count = None,
    lower: Annotated[int | None, typer.Option("--min", help="least households of a community")] = None,
    upper: Annotated[int | None, typer.Option("--max", help="most households of a community")] = None,
    parts: Annotated[int | None, typer.Option(help="number of communities; free where not given")] = None,
    keep_whole: KeepWhole = None,
    keep: Annotated[str | None, typer.Option(help="column that names the present communities to keep")] = None,
    minimize: Annotated[str, typer.Option(help="goal, or goals with weights: boundary=1,inertia=20")] = "boundary",
    at_most: Annotated[list[str] | None, typer.Option(help="GOAL=VALUE: another goal's largest value")] = None,
    within: Annotated[list[str] | None, typer.Option(help="present community to divide; may be repeated")] = None,
    never_cross: Annotated[list[str] | None, typer.Option(help="column whose areas no community crosses")] = None,
    never_cross_kind: Annotated[list[str] | None, typer.Option(help="kind of line that no community crosses")] = None,
    fixed: Annotated[list[str] | None, typer.Option(help="BLOCK=COMMUNITY: where a block must belong")] = None,
    cap: Annotated[list[str] | None, typer.Option(help="COLUMN=NUMBER: largest sum in a community")] = None,
    reason: Annotated[list[str] | None, typer.Option(help="COMMUNITY=WHY it lies outside the statutory band")] = None,
    rules: Annotated[Path | None, typer.Option(help="rules as a TOML file; options replace its fields")] = None,
    profile: Annotated[str | None, typer.Option(help="rule profile, such as national-2026")] = None,
    seed: Seed = 1,
    time_limit: TimeLimit = 60,
    pieces: Annotated[bool, typer.Option("--pieces", help="divide a territory in several pieces")] = False,
    enclaves: Annotated[bool, typer.Option("--enclaves", help="allow a community inside another")] = False,
    workers: Annotated[int, typer.Option(help="threads or processes, for cities and restarts")] = 1,
    restarts: Annotated[int, typer.Option(help="searches from seeds of their own; the best plan is kept")] = 1,
    executor: Annotated[str, typer.Option(help="threads, or dask (the extra linli[dask])")] = "threads",
    address: Annotated[str | None, typer.Option(help="of a dask scheduler; none: a cluster on this machine")] = None,
    rounds: Annotated[int | None, typer.Option(help="rounds of a city; with them the seed alone decides")] = None,
    checkpoint: Annotated[Path | None, typer.Option(help="file from which a killed search goes on")] = None,
    json: Json = False,
) -> int:
    """Divide communities under rules, best by a goal; write the plan, its proof and its words.

    Example: `linli split tongyuan.gpkg --count dwellings_delivered --min 1500 --max 3500 --parts 9
    --keep-whole compound --never-cross community -o plan.gpkg`
    """
    from linli.plans.splitting import split

    must_be_writable(output, blocks, rules, suffix=".gpkg")
    with progress_bar() as progress:
        ground = load_blocks(blocks, count)
        changes: dict[str, Any] = {
            "keep_whole": tuple(keep_whole) if keep_whole else None,
            "never_cross": tuple(never_cross) if never_cross else None,
            "never_cross_kinds": tuple(never_cross_kind) if never_cross_kind else None,
            "fixed": pairs(fixed, "fixed") if fixed else None,
            "capped": _caps(cap) if cap else None,
            "kept": kept_of(ground, keep) if keep else None,
            "enclaves": enclaves or None,
            "profile": profile,
        }
        asked = _rules(rules, lower, upper, changes)
        common: dict[str, Any] = {
            "parts": parts,
            "within": within,
            "count": count,
            "seed": seed,
            "time_limit": time_limit,
            "progress": progress,
            "pieces": pieces,
            "city": city_of(workers, executor, address, rounds, checkpoint, restarts),
        }
        goal = weights(minimize)
        if not at_most:
            result = split(ground, asked, minimize=goal, **common)
        elif isinstance(goal, str):
            from linli.plans.limits import split_within_limits

            limits = {name: number(value, "at-most") for name, value in pairs(at_most, "at-most").items()}
            result = split_within_limits(ground, asked, minimize=goal, at_most=limits, **common)
        else:
            raise InputError("limits go with one goal, not with a weighted sum", field="at-most")
    if result.best is not None:
        plan = result.best.with_reasons(pairs(reason, "reason")) if reason else result.best
        plan.to_file(output)
        wanting = [one for one in plan.communities if one.needs_reason and not one.reason]
        for one in wanting[:MOST_NOTES]:
            note(f"需说明理由：{one.name} {one.count}户，超出法定一般规模 (--reason {one.name}=…)")
        if len(wanting) > MOST_NOTES:
            note(f"还有{len(wanting) - MOST_NOTES}个社区需说明理由 / {len(wanting) - MOST_NOTES} more, see the report")
    if json:
        print_json(result.as_json())
    elif result.best is not None:
        print(result.best.headline())
        print(f"→ {output}")
    elif result.status == "infeasible":
        note("linli split: these rules cannot all hold: " + "; ".join(result.clash))
    else:
        note("linli split: no plan was found within the time limit, and it is not proven that there is none")
    return INTERRUPTED if result.interrupted else EXIT_BY_STATUS[result.status]


def city_of(
    workers: int, executor: str, address: str | None, rounds: int | None, checkpoint: Path | None, restarts: int
) -> City:
    """Read how the work is shared."""
    from linli.districting.executors import City

    for name, value in (("workers", workers), ("rounds", rounds), ("restarts", restarts)):
        if value is not None and value < 1:
            raise InputError(f"{name} must be at least 1", field=name, value=value)
    if executor not in ("threads", "dask"):
        raise InputError("there is no such executor", field="executor", value=executor, advice="use threads or dask")
    return City(workers, "dask" if executor == "dask" else "threads", address, rounds, checkpoint, restarts)


def kept_of(blocks: Blocks, column: str) -> dict[str, str | None]:
    """Read from a column which present communities are kept; a name at one block only makes it the seat."""
    import numpy as np

    from linli.geodata.blocks import how_to_bring
    from linli.plans.task import texts

    if column not in blocks.columns:
        raise InputError(
            "the blocks have no such column",
            file=blocks.source,
            layer="blocks",
            field=column,
            advice=f"columns of this file: {', '.join(blocks.columns) or 'none'}; {how_to_bring(column)}",
        )
    names = texts(blocks.columns[column])
    kept: dict[str, str | None] = {}
    for name in sorted(set(names) - {""}):
        rows = np.flatnonzero(names == name)
        kept[name] = blocks.ids[rows[0]] if len(rows) == 1 and column != "community" else None
    return kept


def _rules(path: Path | None, lower: int | None, upper: int | None, changes: dict[str, Any]) -> Rules:
    from linli.plans.profiles import read_profile
    from linli.plans.rules import DEFAULT_PROFILE, Rules

    given = {name: value for name, value in changes.items() if value is not None}
    if path is not None:
        base = Rules.from_toml(path)
        band = base.households
        if "profile" in given:
            given["prices"] = None
    else:
        base = Rules()
        band = read_profile(given.get("profile", DEFAULT_PROFILE)).households or (0, 0)
        if band == (0, 0) and (lower is None or upper is None):
            raise InputError(
                "this profile states no bounds", field="profile", value=given["profile"], advice="give --min and --max"
            )
        given["prices"] = None
    band = (band[0] if lower is None else lower, band[1] if upper is None else upper)
    return base.but(households=band, **given)


def _caps(values: list[str]) -> dict[str, int]:
    found = {}
    for column, text in pairs(values, "cap").items():
        try:
            found[column] = int(text)
        except ValueError:
            raise InputError("a cap must be a whole number", field=f"cap {column}", value=text) from None
    return found
