"""kill -9 in the middle of a transaction: nothing of it stands, the ledger holds, and done again it is done once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from linli.web.tests.killed import ROWS

MOMENTS = (0, 2, 4, 6, 8, 99)


def told(story: str, home: Path) -> list[dict[str, Any]]:
    """What came of each moment."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "LINLI_SECRET_KEY")}
    environment = {**kept, "LINLI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "linli.web.settings"}
    command = [sys.executable, "-m", "linli.web.tests.killed", story, *map(str, MOMENTS)]
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
