"""A city divided on two machines: network namespaces of their own, joined by one cable."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from linli.geodata.blocks_file import read_blocks, write_blocks
from linli.plans import Plan
from linli.plans.tests.world import town

FIRST, SECOND, PORT = "10.213.7.1", "10.213.7.2", 8786


@pytest.fixture
def machines() -> Iterator[tuple[str, str]]:
    """Two namespaces that see each other and nothing else; removed afterwards."""
    if shutil.which("ip") is None:
        pytest.skip("the command ip is not here")
    names = f"linli-{os.getpid()}-a", f"linli-{os.getpid()}-b"
    cable = f"l{os.getpid()}a", f"l{os.getpid()}b"
    steps = [
        *(["netns", "add", name] for name in names),
        ["link", "add", cable[0], "type", "veth", "peer", "name", cable[1]],
        *(["link", "set", end, "netns", name] for end, name in zip(cable, names, strict=True)),
        *(
            ["-n", name, "addr", "add", f"{address}/24", "dev", end]
            for name, end, address in zip(names, cable, (FIRST, SECOND), strict=True)
        ),
        *(["-n", name, "link", "set", end, "up"] for name, end in zip(names, cable, strict=True)),
        *(["-n", name, "link", "set", "lo", "up"] for name in names),
    ]
    try:
        for step in steps:
            made = subprocess.run(["ip", *step], capture_output=True, text=True)
            if made.returncode:
                pytest.skip(f"this system allows no network namespaces: {made.stderr.strip()}")
        yield names
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], capture_output=True)


def test_a_city_on_two_machines_is_the_city_on_one(machines: tuple[str, str], tmp_path: Path) -> None:
    write_blocks(town(22, 22), tmp_path / "city.gpkg")
    city = ["split", "city.gpkg", "--count", "dwellings_delivered", "--min", "300", "--max", "800",
            "--parts", "210", "--rounds", "2", "--enclaves"]  # fmt: skip
    first, second = machines
    address = f"tcp://{FIRST}:{PORT}"
    dask = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard"]
    scheduler = [
        sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", FIRST, "--port", str(PORT), "--no-dashboard",
    ]  # fmt: skip
    running = []
    try:
        for machine, command in ((first, scheduler), (first, dask), (second, dask)):
            running.append(_start(machine, command, tmp_path))
        _wait_for_workers(first, address, 2)
        there = [*city, "--executor", "dask", "--address", address, "--workers", "2", "-o", "there.gpkg"]
        _linli(["ip", "netns", "exec", first], there, tmp_path)
        counted = _work_done(first, address)
    finally:
        for process in running:
            process.kill()
            process.wait()
    _linli([], [*city, "-o", "here.gpkg"], tmp_path)
    assert set(counted) == {FIRST, SECOND}
    blocks = read_blocks(tmp_path / "city.gpkg")
    one, other = (Plan.from_file(tmp_path / name, blocks).community for name in ("here.gpkg", "there.gpkg"))
    assert len(np.unique(one.astype(str))) == 210
    assert (one == other).all()


def _start(machine: str, command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["ip", "netns", "exec", machine, *command], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _linli(before: list[str], command: list[str], folder: Path) -> None:
    program = [sys.executable, "-c", "import sys; from linli.cli import run; sys.exit(run(sys.argv[1:]))", *command]
    done = subprocess.run([*before, *program], cwd=folder, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr


def _ask(machine: str, address: str, words: str) -> str:
    code = f"from distributed import Client; c = Client({address!r}, timeout=5); print({words})"
    asked = ["ip", "netns", "exec", machine, sys.executable, "-W", "ignore", "-c", code]
    return subprocess.run(asked, capture_output=True, text=True, timeout=60).stdout.strip()


def _wait_for_workers(machine: str, address: str, number: int) -> None:
    for _ in range(60):
        if _ask(machine, address, "len(c.scheduler_info()['workers'])") == str(number):
            return
        time.sleep(0.5)
    raise AssertionError("the workers did not come")


def _work_done(machine: str, address: str) -> list[str]:
    """Hosts of the workers that have computed something."""
    busy = "{w: n for w, n in c.run(lambda dask_worker: dask_worker.state.executed_count).items() if n}"
    return _ask(machine, address, f"','.join(sorted(w.split('//')[1].split(':')[0] for w in {busy}))").split(",")
