"""kill -9 in the middle of a transaction: nothing of it stands, the ledger holds, and done again it is done once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from linli.web.tests.killed import ROWS

pytestmark = pytest.mark.own_site

MOMENTS = (0, 2, 4, 6, 8, 99)


def told(story: str, home: Path, moments: tuple[int, ...] = MOMENTS) -> list[dict[str, Any]]:
    """What came of each moment."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "LINLI_SECRET_KEY")}
    environment = {**kept, "LINLI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "linli.web.settings"}
    command = [sys.executable, "-m", "linli.web.tests.killed", story, *map(str, moments)]
    done = subprocess.run(command, env={**environment, "LINLI_LOG": "CRITICAL"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    assert [one["code"] for one in found].count(-signal.SIGKILL) >= 4, found
    assert {one["again"] for one in found} == {0}
    return found


def test_a_worker_killed_while_it_writes_an_import_leaves_nothing_half_written(tmp_path: Path) -> None:
    written = {"counts": ROWS, "sum": ROWS * (ROWS + 1) // 2, "import": "applied", "entries": 1, "sound": True}
    nothing = {"counts": 0, "sum": 0, "import": "checked", "entries": 0, "sound": True}
    for one in told("import", tmp_path):
        left = {name: value for name, value in one["after"].items() if name != "job"}
        assert left == (nothing if one["code"] else written)
        assert one["end"] == {**written, "job": "done"}


def test_an_act_killed_before_its_end_is_neither_done_nor_recorded(tmp_path: Path) -> None:
    for one in told("act", tmp_path):
        done = 0 if one["code"] else 1
        assert one["after"] == {"names": done, "entries": done, "sound": True}
        assert one["end"] == {"names": 1, "entries": 1, "sound": True}


def test_an_enactment_killed_before_its_end_moves_no_boundary(tmp_path: Path) -> None:
    nothing = {"enactments": 0, "founded": 0, "moved": 0, "entries": 0, "sound": True}
    for one in told("enactment", tmp_path, (0, 4, 12, 24, 36, 999)):
        after, end = one["after"], one["end"]
        assert after == (nothing if one["code"] else end)
        assert end["moved"] >= 5
        assert {**end, "moved": 0} == {"enactments": 1, "founded": 1, "moved": 0, "entries": 1, "sound": True}


def test_a_search_killed_while_it_writes_leaves_one_whole_version(tmp_path: Path) -> None:
    for one in told("run", tmp_path, (0, 2, 4, 6, 9, 999)):
        left = {name: value for name, value in one["after"].items() if name != "job"}
        whole = {"plans": 1, "changes": True, "entries": 1, "sound": True}
        assert left in (whole, {"plans": 0, "changes": False, "entries": 0, "sound": True})
        assert one["end"] == {**whole, "job": "done"}
