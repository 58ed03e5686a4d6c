"""Processes that die, as by kill -9, at the Nth call of one of their system's functions."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

DIES_AT = ("rename", "mkdir")


def die_at(function: str, calls: int) -> None:
    """Let this process die at a later call of a method of `Path`: at the next one where `calls` is 0."""
    real, left = getattr(Path, function), calls

    def dying(self: Path, *given: Any, **named: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(self, *given, **named)

    setattr(Path, function, dying)


def sqlite_in(home: Path) -> dict[str, Any]:
    """The settings of the database of a site in a folder, as Django has them."""
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": home / "linli.sqlite3"}


def restore_often(backup: Path, homes: dict[str, str]) -> dict[str, int]:
    """Restore a backup into each home in a child that dies at another moment; returns how each ended.

    The key of a home says when: `rename-2` dies at the third call of `Path.rename`.
    """
    from linli.web.upkeep.restore import restore

    codes = {}
    for name, home in homes.items():
        child = os.fork()
        if child == 0:
            function, calls = name.split("-")
            die_at(function, int(calls))
            restore(backup, Path(home), sqlite_in(Path(home)))
            os._exit(0)
        codes[name] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return codes


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["restore-often", backup, homes]:
            print(json.dumps(restore_often(Path(backup), json.loads(homes))))
        case ["command", function, calls, *arguments]:
            from linli.cli import main

            die_at(function, int(calls))
            main(arguments)
