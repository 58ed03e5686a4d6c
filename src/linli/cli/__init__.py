"""The `linli` command: one file a sub-command, imported only when called.

A sub-command's file `linli/cli/NAME.py` holds a function `command`, whose parameters and docstring are Typer's; it
returns an exit code, or None for 0.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from linli.errors import LinliError, is_full

INTERRUPTED = 130

COMMANDS = {
    "blocks": "Make blocks from roads, rivers, railways, walls and buildings",
    "diagnose": "Check the size of the present communities",
    "split": "Divide communities, best by a goal, with a proof or a bound",
    "front": "Find the plans of which none is beaten in two goals at once",
    "complete": "Give every open block of a partial plan a community; locks are kept",
    "improve": "Better a plan by its goal; locks are kept",
    "sample": "Draw neutral plans by chance, to see where a plan stands",
    "compare": "Put plans side by side, and among neutral plans",
    "evaluate": "Say what moving blocks would change",
    "report": "Write a plan as a page or as the text that approvers expect",
    "draw": "Draw blocks or a plan as PNG, SVG or PDF",
    "verify": "Recheck a plan file from the data alone",
    "worker": "Run long jobs, one after the other",
    "ledger": "Check the chain of acts, or write its public part",
    "demo": "Build the synthetic district 铜源街道 and divide it",
    "found": "Found the district of a new site, with its three administrators",
    "serve": "Serve the site: pages, the API, long jobs",
    "upgrade": "Bring the site's database up to this version",
    "backup": "Write the whole site into one verified file, while it serves",
    "restore": "Put a site back from a backup; what stood there is kept",
}


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(list(sys.argv[1:] if argv is None else argv)))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code: 0, 1 (fault found), 2 (bad input), 3, 4 or 130."""
    for stream in (sys.stdout, sys.stderr):
        if (getattr(stream, "encoding", None) or "utf-8").lower() not in ("utf-8", "utf8"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    if not arguments or arguments[0] in ("--help", "-h", "help"):
        print(overview())
        return 0
    if arguments[0] in ("--version", "-V"):
        from linli import __version__

        print(f"linli {__version__}")
        return 0
    name = arguments[0]
    if name not in COMMANDS:
        from difflib import get_close_matches

        near = get_close_matches(name, COMMANDS, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        print(f"linli: there is no command {name}{hint} (linli --help lists them)", file=sys.stderr)
        return 2
    return _call(name, arguments[1:])


def overview() -> str:
    """Return what `linli --help` prints."""
    width = max(map(len, COMMANDS))
    rows = [f"  {name:<{width}}  {about}" for name, about in COMMANDS.items()]
    return "\n".join(
        [
            "Usage: linli COMMAND [OPTIONS] …",
            "",
            "Linli 邻里 divides over-large urban communities (社区) well, and proves it.",
            "",
            "Commands:",
            *rows,
            "",
            "linli COMMAND --help explains a command, with an example. Exit codes: 0 done · 1 verify found a fault ·",
            "2 bad input · 3 infeasible · 4 no plan found in time · 130 interrupted, best plan written.",
        ]
    )


def _call(name: str, arguments: list[str]) -> int:
    from importlib import import_module

    import typer

    from linli.errors import InfeasibleError, NoPlanError

    command: Callable[..., Any] = import_module(f"linli.cli.{name}").command
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown")
    app.command()(command)
    try:
        answer = app(arguments, prog_name=f"linli {name}", standalone_mode=False)
    except LinliError as error:
        if "--json" in arguments and isinstance(error, (InfeasibleError, NoPlanError)):
            _print_no_plan(error)
        print(f"linli {name}: {error}", file=sys.stderr)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        print(f"linli {name}: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # the reader has gone: nothing more to say
        return 0
    except Exception as error:
        # what Typer raises for a wrong option knows how to show itself
        show = getattr(error, "show", None)
        if show is None:
            told = _unable(error)
            if told is None:
                raise
            print(f"linli {name}: {told}", file=sys.stderr)
            return 2
        show()
        return int(getattr(error, "exit_code", 2))
    return int(answer) if isinstance(answer, int) else 0


def _unable(error: Exception) -> str | None:
    """Say in a sentence that the disk is full or the database does not answer; None where the error is neither."""
    kind = type(error).__name__
    words = str(error).strip().splitlines()[0] if str(error).strip() else kind
    if is_full(error):
        return f"存储空间已满 / the disk is full: {getattr(error, 'filename', None) or words}"
    if kind in ("OperationalError", "InterfaceError"):
        return f"数据库没有应答 / the database does not answer: {words}"
    return None


def _print_no_plan(error: LinliError) -> None:
    """Print the one object of `--json` where there is no plan to tell of."""
    import json

    clash = getattr(error, "clash", [])
    answer = {
        "status": "infeasible" if clash else "unknown", "goal": None, "objective": None, "bound": None, "gap": None,
        "cut_length_m": None, "cpu_seconds": round(time.process_time(), 3), "parts": [], "clash": list(clash),
    }  # fmt: skip
    print(json.dumps(answer, ensure_ascii=False))
