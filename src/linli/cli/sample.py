"""`linli sample`: draw neutral plans by chance, to see where a plan stands."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Annotated

import typer

from linli.cli.common import (
    INTERRUPTED,
    BlocksFile,
    Count,
    Json,
    KeepWhole,
    Seed,
    load_blocks,
    load_plan,
    must_be_writable,
    note,
    print_json,
    progress_bar,
)
from linli.errors import InputError


def command(
    blocks: BlocksFile,
    output: Annotated[Path, typer.Option("--output", "-o", help="file of plans to write (Parquet)")],
    plans: Annotated[int, typer.Option(help="plans kept of each chain")] = 2500,
    like: Annotated[Path | None, typer.Option(help="plan whose rules and numbers of communities hold")] = None,
    count: Count = None,
    lower: Annotated[int | None, typer.Option("--min", help="least households of a community")] = None,
    upper: Annotated[int | None, typer.Option("--max", help="most households of a community")] = None,
    parts: Annotated[int | None, typer.Option(help="number of communities")] = None,
    keep_whole: KeepWhole = None,
    chains: Annotated[int, typer.Option(help="independent chains; two agree or disagree, one cannot")] = 4,
    method: Annotated[str, typer.Option(help="recom, or reversible (a known law, slower)")] = "recom",
    every: Annotated[int, typer.Option(help="steps from one kept plan to the next")] = 10,
    discard: Annotated[int, typer.Option(help="steps left out at the beginning of each chain")] = 100,
    seed: Seed = 1,
    executor: Annotated[str, typer.Option(help="threads, or dask (the extra linli[dask])")] = "threads",
    address: Annotated[str | None, typer.Option(help="of a dask scheduler; none: a cluster on this machine")] = None,
    json: Json = False,
) -> int:
    """Draw neutral plans: connected, within the bounds, compounds whole, with no goal; measure each, write all.

    Example: `linli sample tongyuan.gpkg --like plan.gpkg --plans 2500 -o neutral.parquet`
    """
    from linli.districting.ensemble import NotConvergedWarning
    from linli.plans.rules import Rules
    from linli.plans.sampling import sample
    from linli.plans.task import pick_count

    must_be_writable(output, blocks, like, suffix=".parquet")
    if method not in ("recom", "reversible"):
        raise InputError("there is no such method", field="method", value=method, advice="use recom or reversible")
    if executor not in ("threads", "dask"):
        raise InputError("there is no such executor", field="executor", value=executor, advice="use threads or dask")
    with progress_bar() as progress, warnings.catch_warnings():
        warnings.simplefilter("ignore", NotConvergedWarning)  # said below, in words
        if like is None:
            plan, ground = None, load_blocks(blocks, count)
            if lower is None or upper is None:
                raise InputError("say the bounds", field="min, max", advice="give --min and --max, or --like PLAN")
            rules = Rules(households=(lower, upper), keep_whole=tuple(keep_whole or ()))
        else:
            plan = load_plan(like, blocks)
            ground, rules, count = plan.blocks, plan.rules, plan.count
        neutral = sample(
            ground, rules, plans=plans, parts=parts, like=plan, chains=chains,
            method="recom" if method == "recom" else "reversible",
            every=every, discard=discard, seed=seed, count=count, to=output, progress=progress,
            executor="dask" if executor == "dask" else "threads", address=address,
        )  # fmt: skip
    rows = {
        name: {"median": float(sorted(values.ravel())[values.size // 2]), "rhat": found.rhat, "ess": found.ess,
               "converged": found.converged}
        for (name, values), found in zip(neutral.measures.items(), neutral.diagnostics.values(), strict=True)
    }  # fmt: skip
    told = ground.note_of(pick_count(ground, count))
    if json:
        head = {"plans": neutral.plans, "target": neutral.meta["target"], "measures": rows, "counted": told.words()}
        print_json({**head, "converged": neutral.converged, "path": str(output)})
    else:
        print(f"{neutral.plans:,}个中性方案（{chains}条链；{neutral.meta['target']}）")
        for name, row in rows.items():
            print(f"  {name:<14} 中位数 {row['median']:,.4g}  R-hat {row['rhat']:.3f}  有效样本 {row['ess']:,.0f}")
        print(told.words())
        print(f"→ {output}")
    if not neutral.converged:
        doubtful = "、".join(name for name, found in neutral.diagnostics.items() if not found.converged)
        note(f"linli sample: 尚未收敛：{doubtful}；请增加 --plans 或 --every")
    return INTERRUPTED if neutral.meta.get("interrupted") else 0
