"""What the sub-commands share: reading input, pairs on the command line, the progress bar, printing results."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from linli.errors import InputError

if TYPE_CHECKING:
    from linli.districting.result import Progress, ProgressHook
    from linli.geodata import Blocks
    from linli.plans.plan import Plan

NO_PLAN = 4
INFEASIBLE = 3
INTERRUPTED = 130
# what the commands that read one file of blocks have no option for
IN_THE_FILE = {
    "name it with --crs": "store it in the file (a .prj beside a Shapefile) or run linli blocks --crs",
    "with --crs": "in the file (a .prj beside a Shapefile) or by linli blocks --crs",
    "name one with --layer": "leave one layer in the file, or call it blocks",
    "name the layer of polygons with --layer": "call the layer of polygons blocks",
}
EXIT_BY_STATUS = {"proven": 0, "feasible": 0, "infeasible": INFEASIBLE, "unknown": NO_PLAN}

BlocksFile = Annotated[Path, typer.Argument(metavar="BLOCKS", help="blocks file, or any file of polygons")]
PlanFile = Annotated[Path, typer.Argument(metavar="PLAN", help="plan file that linli split wrote")]
BlocksOption = Annotated[Path, typer.Option("--blocks", "-b", help="blocks file that the plan was made from")]
Json = Annotated[bool, typer.Option("--json", help="print one JSON object on standard output")]
Count = Annotated[
    str | None,
    typer.Option("--count", "-c", help="column of the counting definition (口径), such as dwellings_delivered"),
]
KeepWhole = Annotated[
    list[str] | None, typer.Option(help="column of compounds (小区), or other areas, never divided; may be repeated")
]
Seed = Annotated[int, typer.Option(help="seed of every random choice")]
TimeLimit = Annotated[float, typer.Option(help="seconds after which the best plan is written with bound and gap")]


def load_plan(path: Path, blocks: Path) -> Plan:
    """Read a plan with its blocks; where these are no longer what the plan was made from, its proof is left out."""
    from dataclasses import replace

    from linli.geodata import input_hash, layer_names
    from linli.plans.change import remeasured
    from linli.plans.planfile import read_meta, read_plan

    layer_names(path)  # names what ails a file that is empty, broken off or no map
    meta = read_meta(path)
    plan = read_plan(path, load_blocks(blocks, meta["count"]))
    if input_hash(plan.blocks) == meta.get("input_hash"):
        return plan
    note(f"linli: {blocks} is no longer what {path} was made from: figures are computed anew, no proof holds")
    return remeasured(replace(plan, status="feasible", bound=None, proof=None))


def load_blocks(path: Path, count: str | None = None) -> Blocks:
    """Read blocks."""
    from linli.geodata import read_blocks

    try:
        return read_blocks(path, count=count)
    except InputError as error:
        advice = error.advice
        for option, instead in IN_THE_FILE.items():
            advice = advice.replace(option, instead)
        if advice == error.advice:
            raise
        raise InputError(error.message, advice=advice, **error.where) from None


def must_be_writable(path: Path, *inputs: Path | str | None, suffix: str | None = None) -> None:
    """Refuse before the work begins a place that cannot be written, an input in that place, another ending."""
    if suffix is not None and path.suffix.lower() != suffix:
        raise InputError(f"this file is written as {suffix}", file=path, advice=f"end the name in {suffix}")
    if path.is_dir():
        raise InputError("a folder stands where the file should go", file=path, advice="name a file")
    if not path.resolve().parent.is_dir():
        raise InputError("the folder does not exist", file=path.parent, advice="create it, or write elsewhere")
    if not os.access(path.resolve().parent, os.W_OK):
        raise InputError("the folder cannot be written", file=path.parent, advice="write elsewhere")
    for given in inputs:
        if given is not None and path.exists() and Path(given).exists() and path.samefile(given):
            raise InputError("the output would overwrite an input", file=path, advice="write to another file")


def pairs(values: Sequence[str], option: str) -> dict[str, str]:
    """Read NAME=VALUE pairs from repeated options."""
    found: dict[str, str] = {}
    for text in values:
        name, sign, value = text.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise InputError("this is no pair", field=option, value=text, advice="write NAME=VALUE")
        found[name.strip()] = value.strip()
    return found


def number(text: str, option: str) -> float:
    """Read a number from an option."""
    try:
        return float(text)
    except ValueError:
        raise InputError("this is no number", field=option, value=text, advice="write NAME=NUMBER") from None


def weights(text: str) -> str | dict[str, float]:
    """Read a goal, or goals with weights: `boundary`, or `boundary=1,inertia=20`."""
    if "=" not in text and "," not in text:
        return text
    found: dict[str, float] = {}
    for term in text.split(","):
        name, sign, weight = term.partition("=")
        try:
            found[name.strip()] = float(weight) if sign else 1.0
        except ValueError:
            raise InputError(
                "the weight of a goal is no number", field="minimize", value=term, advice="write boundary=1,inertia=20"
            ) from None
    return found


def print_json(table: Mapping[str, Any]) -> None:
    """Print one JSON object on standard output."""
    print(json.dumps(table, ensure_ascii=False, default=_plain))


@contextmanager
def progress_bar() -> Iterator[ProgressHook]:
    """Show stage, objective and gap on standard error while it is a terminal; otherwise show nothing."""
    if not sys.stderr.isatty():
        yield lambda step: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), TextColumn("{task.fields[known]}"))
    with Bar(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None, known="")

        def tell(step: Progress) -> None:
            bar.update(task, description=step.stage, completed=step.done, total=step.total, known=_known(step))

        yield tell


def note(text: str) -> None:
    """Say something on standard error."""
    print(text, file=sys.stderr)


def _known(step: Progress) -> str:
    if step.objective is None:
        return ""
    text = f"objective {step.objective:,.1f}"
    if step.bound is not None and step.objective:
        text += f"  gap {max(step.objective - step.bound, 0) / abs(step.objective):.1%}"
    return text


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        return value.item()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be printed as JSON")
