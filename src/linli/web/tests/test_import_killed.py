"""kill -9 while an import is written: nothing of it stands, and the next worker writes all of it, once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from linli.web.tests.killed_import import ROWS

MOMENTS = (0, 2, 4, 6, 8, 99)


def test_a_worker_killed_while_it_writes_leaves_nothing_half_written(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "LINLI_SECRET_KEY")}
    environment = {**kept, "LINLI_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "linli.web.settings"}
    command = [sys.executable, "-m", "linli.web.tests.killed_import", *map(str, MOMENTS)]
    done = subprocess.run(command, env={**environment, "LINLI_LOG": "CRITICAL"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert [one["code"] for one in told].count(-signal.SIGKILL) >= 5, told
    written = {"counts": ROWS, "sum": ROWS * (ROWS + 1) // 2, "import": "applied", "entries": 1, "sound": True}
    nothing = {"counts": 0, "sum": 0, "import": "checked", "entries": 0, "sound": True}
    for one in told:
        left = {name: value for name, value in one["after"].items() if name != "job"}
        assert left == (nothing if one["code"] else written)
        assert one["again"] == 0
        assert one["end"] == {**written, "job": "done"}
