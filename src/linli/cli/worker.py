"""`linli worker`: run long jobs, one after the other."""

from __future__ import annotations

import signal
from threading import Event
from typing import Annotated

import typer


def command(
    until_empty: Annotated[bool, typer.Option(help="没有等待的任务即结束 / end when no job waits")] = False,
) -> None:
    """后台任务 / Run long jobs until Ctrl-C. `linli serve` starts one; a city may start more, on other machines too.

    Example: linli worker --until-empty
    """
    from linli.web.start import start_site

    start_site()
    from linli.jobs.running import work
    from linli.web.upkeep.serving import end_with_parent

    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    end_with_parent()
    print(f"{work(stop, until_empty=until_empty)} 项任务 / jobs")
