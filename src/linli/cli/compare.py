"""`linli compare`: plans beside each other, and where they stand among neutral plans."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from linli.cli.common import BlocksOption, Json, load_plan, must_be_writable, print_json
from linli.errors import InputError

MOST_MOVED = 12  # blocks that are listed by name


def command(
    plans: Annotated[list[Path], typer.Argument(metavar="PLAN…", help="plan files; the first is the one compared to")],
    blocks: BlocksOption,
    ensemble: Annotated[Path | None, typer.Option(help="neutral plans that linli sample wrote")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="histograms: .png, .svg or .pdf")] = None,
    json: Json = False,
) -> None:
    """Say what differs between plans, and where each stands among neutral plans.

    Example: `linli compare plan.gpkg other.gpkg --blocks tongyuan.gpkg --ensemble neutral.parquet -o standing.png`
    """
    from linli.plans.comparing import compare, standing
    from linli.plans.measures import UNITS
    from linli.plans.neutral import NeutralPlans

    if ensemble is None and len(plans) < 2:
        raise InputError("one plan alone compares with nothing", advice="give a second plan, or --ensemble FILE")
    if output is not None and ensemble is None:
        raise InputError("histograms are of neutral plans", field="output", advice="give --ensemble FILE")
    if output is not None:
        must_be_writable(output, *plans, blocks)
    loaded = {path.stem if len({p.stem for p in plans}) == len(plans) else str(path): load_plan(path, blocks)
              for path in plans}  # fmt: skip
    (first_name, first), *others = loaded.items()
    answer: dict[str, Any] = {"plans": list(loaded)}
    said: list[str] = []
    if others:
        answer["differences"] = []
        for name, plan in others:
            found = compare(first, plan)
            answer["differences"].append({"from": first_name, "to": name, **asdict(found)})
            said += _differences(first_name, name, found, UNITS)
    if ensemble is not None:
        neutral = NeutralPlans.from_file(ensemble)
        stands = {name: standing(plan, neutral) for name, plan in loaded.items()}
        answer["standing"] = {name: [asdict(one) for one in found] for name, found in stands.items()}
        for name, found_all in stands.items():
            said += [f"{name}:", *(f"  {one.sentence}" for one in found_all)]
        if output is not None:
            _draw(output, stands, neutral, demo=_is_demo(first.blocks))
            said.append(f"→ {output}")
    answer["counted"] = first.note.words()
    said.append(first.note.words())
    if json:
        print_json(answer)
    else:
        print("\n".join(said))


def _differences(first: str, second: str, found: Any, units: Any) -> list[str]:
    listed = "、".join(f"{block}: {a}→{b}" for block, (a, b) in list(found.moved.items())[:MOST_MOVED])
    more = f" 等{len(found.moved)}块" if len(found.moved) > MOST_MOVED else ""
    rows = [
        f"{first} → {second}：{len(found.moved)}个地块、{found.households:,}户改变社区"
        + (f": {listed}{more}" * bool(listed))
    ]
    for name, (before, after) in found.measures.items():
        if isinstance(before, (int, float)) and isinstance(after, (int, float)) and before != after:
            title, unit = units[name]
            rows.append(f"  {title}: {before:,.4g} → {after:,.4g} {unit}")
    return rows


def _is_demo(blocks: Any) -> bool:
    from linli.drawing.maps import is_demo

    return bool(is_demo(blocks))


def _draw(output: Path, stands: Any, neutral: Any, *, demo: bool) -> None:
    from linli.drawing.histograms import Panel, draw_histograms
    from linli.plans.measures import UNITS

    marks: dict[str, dict[str, float]] = {}
    for name, found in stands.items():
        for one in found:
            marks.setdefault(one.measure, {})[name] = one.value
    panels = [
        Panel(f"{UNITS[name][0]}({UNITS[name][1]})", neutral.measures[name], values)
        for name, values in marks.items()
        if neutral.measures[name].min() < neutral.measures[name].max()  # nothing to see where all are alike
    ]
    draw_histograms(
        panels, output, title=f"方案在{neutral.plans:,}个中性方案中的位置",
        note="中性方案：按同样的户数范围随机划分，不求任何目标；灰柱为其分布，红线为所比方案", demo=demo,
    )  # fmt: skip
