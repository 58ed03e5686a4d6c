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
EXIT_BY_STATUS = {"proven": 0, "feasible": 0, "infeasible": INFEASIBLE, "unknown": NO_PLAN}

BlocksFile = Annotated[Path, typer.Argument(metavar="BLOCKS", help="blocks file, or any file of polygons")]
PlanFile = Annotated[Path, typer.Argument(metavar="PLAN", help="plan file that linli split wrote")]
BlocksOption = Annotated[Path, typer.Option("--blocks", "-b", help="blocks file that the plan was made from")]
Json = Annotated[bool, typer.Option("--json", help="print one JSON object on standard output")]
Count = Annotated[
    str | None,
    typer.Option("--count", "-c", help="column of the counting definition (口径), such as dwellings_delivered"),
]
Seed = Annotated[int, typer.Option(help="seed of every random choice")]
TimeLimit = Annotated[float, typer.Option(help="seconds after which the best plan is written with bound and gap")]


def load_plan(path: Path, blocks: Path) -> Plan:
    """Read a plan with its blocks."""
    from linli.plans.planfile import read_meta, read_plan

    count = read_meta(path)["count"]
    return read_plan(path, load_blocks(blocks, count))


def load_blocks(path: Path, count: str | None = None) -> Blocks:
    """Read blocks."""
    from linli.geodata import read_blocks

    return read_blocks(path, count=count)


def must_be_writable(path: Path) -> None:
    """Refuse a place that cannot be written before the work begins."""
    if path.is_dir():
        raise InputError("a folder stands where the file should go", file=path, advice="name a file")
    if not path.resolve().parent.is_dir():
        raise InputError("the folder does not exist", file=path.parent, advice="create it, or write elsewhere")
    if not os.access(path.resolve().parent, os.W_OK):
        raise InputError("the folder cannot be written", file=path.parent, advice="write elsewhere")


def pairs(values: Sequence[str], option: str) -> dict[str, str]:
    """Read NAME=VALUE pairs from repeated options."""
    found: dict[str, str] = {}
    for text in values:
        name, sign, value = text.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise InputError("write NAME=VALUE", field=option, value=text)
        found[name.strip()] = value.strip()
    return found


def number(text: str, option: str) -> float:
    """Read a number from an option."""
    try:
        return float(text)
    except ValueError:
        raise InputError("this must be a number", field=option, value=text) from None


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
            raise InputError("the weight of a goal must be a number", field="minimize", value=term) from None
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
