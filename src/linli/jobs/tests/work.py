"""Tasks for the tests, also imported by the worker processes that tests start and kill."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Event

from django.core.exceptions import PermissionDenied, ValidationError

from linli.jobs.running import Progress, cancel, task


@task("tests.count", title="数数")
def count(progress: Progress, *, to: int) -> dict[str, int]:
    for done in range(to):
        progress(done + 1, to, "正在数")
    return {"counted": to}


@task("tests.nothing")
def nothing(progress: Progress) -> None:
    progress()


@task("tests.refuse")
def refuse(progress: Progress, *, why: str) -> None:
    match why:
        case "values":
            raise ValidationError(["第 2 行没有户数", "第 9 行没有户数"])
        case "rights":
            raise PermissionDenied
    raise RuntimeError("a secret detail")


@task("tests.cancel_itself")
def cancel_itself(progress: Progress) -> None:
    cancel(progress.job)
    progress.write()
    progress(1, 2)
    raise AssertionError("the task went on")


@task("tests.hold")
def hold(progress: Progress, *, folder: str) -> dict[str, int]:
    """Say which process works, and go on until there is a file `go`."""
    Path(folder, f"worked-{os.getpid()}").touch()
    pause = Event()
    while not Path(folder, "go").exists():
        progress(1, 2, "正在等")
        pause.wait(0.02)
    return {"process": os.getpid()}
