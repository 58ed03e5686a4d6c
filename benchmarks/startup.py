"""How long an answer takes: import, and `linli split` with cold and with warm kernels (figure d)."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from .report import Section, publish, seconds, table

IMPORT_TARGET, WARM_TARGET, COLD_TARGET = 0.15, 3.0, 30.0
COMMUNITY, PARTS = "团结", 3
REPEATS = 7


def run_startup(options: Namespace) -> None:
    """Figure d: `import linli` ≤ 0.15 s; `linli split` of a demo community ≤ 3 s warm, ≤ 30 s the first time."""
    section = Section("startup", "Start-up: import, and one community from file to file")
    rows: list[list[object]] = []

    def measured(what: str, value: float, wall: float, target: float) -> None:
        rows.append([what, seconds(value), seconds(wall), target])
        if value > target:
            section.misses.append(f"{what}: {seconds(value)} s, target {target} s")

    interpreter = median(command_seconds([sys.executable, "-c", "pass"])[0] for _ in range(REPEATS))
    spent = [command_seconds([sys.executable, "-c", "import linli"]) for _ in range(REPEATS)]
    value = max(0.0, median(cpu for cpu, _ in spent) - interpreter)
    measured("import linli, above the bare interpreter", value, median(wall for _, wall in spent), IMPORT_TARGET)
    blocks: Path = options.blocks
    if blocks.exists():
        with tempfile.TemporaryDirectory() as folder:
            plan = Path(folder, "plan.gpkg")
            command = [str(Path(sys.executable).with_name("linli")), "split", str(blocks)]
            command += ["--count", "dwellings_delivered", "--min", "1500", "--max", "3500", "--within", COMMUNITY]
            command += ["--parts", str(PARTS), "--seed", "1", "--json", "-o", str(plan)]
            cache = {"NUMBA_CACHE_DIR": str(Path(folder, "kernels"))}
            for what, repeats, target in (("cold", 1, COLD_TARGET), ("warm", 3, WARM_TARGET)):
                spent = []
                for _ in range(repeats):
                    plan.unlink(missing_ok=True)
                    spent.append(command_seconds(command, cache))
                value = median(cpu for cpu, _ in spent)
                measured(f"linli split, {what} kernels", value, median(wall for _, wall in spent), target)
        section.body.append(f"`linli split` divides {COMMUNITY} of the demo district into {PARTS} communities.")
    else:
        section.misses.append(f"linli split: not measured, there is no {blocks.name}; run `make demo` first")
    section.body.append(table(["", "CPU s", "wall s", "target s"], rows))
    publish(section, to=options.results)


def command_seconds(command: Sequence[str], environment: Mapping[str, str] | None = None) -> tuple[float, float]:
    """CPU and wall seconds of a command and all its children; its output goes nowhere.

    Raises
    ------
    subprocess.CalledProcessError
        The command fails; its standard error is printed first.
    """
    one_core = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **one_core, **(environment or {})}
    )
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        done.check_returncode()
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall
