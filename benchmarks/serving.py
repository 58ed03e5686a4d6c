"""The site under load from this machine: public pages on SQLite and on PostgreSQL, in turns within one run."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from argparse import Namespace
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from .report import Section, publish, table
from .search import POSTGRESQL

WORKERS, CONNECTIONS, SECONDS, ROUNDS = 2, 16, 10, 3
PAGES = {"home": "/", "a building's community": "/where/{street}/{building}/", "the public ledger": "/ledger/"}
RATE, P99, MEMORY = 300.0, 150.0, 300.0  # requests a second; milliseconds; MiB of the demo's one process
LINLI = str(Path(sys.executable).with_name("linli"))
FILL = "import sys; from benchmarks.serving import fill; fill(sys.argv[1])"


def run_serving(options: Namespace) -> None:
    """Figures of the spine: a public page ≥ 300 requests a second, p99 ≤ 150 ms; a server ≤ 300 MiB."""
    section = Section("serving", f"Serving: {WORKERS} workers, {CONNECTIONS} connections kept open")
    if shutil.which("wrk") is None:
        section.misses.append("not measured: wrk is not installed")
    elif "DATABASE_URL" not in os.environ:  # once more, with a PostgreSQL of its own
        again = [sys.executable, "-m", "benchmarks", "serving", "--blocks", str(options.blocks)]
        again += ["--results", str(options.results)] if options.results else ["--no-write"]
        subprocess.run([sys.executable, str(POSTGRESQL), *again], check=True)
        return
    else:
        _measure(section, options.blocks.parent)
    publish(section, packages=("django", "granian"), to=options.results)


def fill(demo: str) -> None:
    """Make the site of this process's environment, with the demo in it; print a building's address."""
    from linli.web.start import start_django

    start_django()
    from linli.demo.site import fill as fill_demo
    from linli.territory.models import Building
    from linli.web.upkeep.upgrading import upgrade

    upgrade(tell=lambda _: None)
    fill_demo(Path(demo), tell=lambda _: None)
    building = Building.objects.select_related("block__street").first()
    assert building is not None
    print(building.block.street.code, building.code)


def _measure(section: Section, demo: Path) -> None:
    databases = {"SQLite": "", "PostgreSQL": os.environ["DATABASE_URL"]}
    rates: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    memory = {}
    with tempfile.TemporaryDirectory() as folder:
        sites = {}
        for name, address in databases.items():
            environment = {
                **os.environ, "DATABASE_URL": address, "LINLI_HOME": str(Path(folder, name)), "LINLI_DEMO": "1",
                "LINLI_LOG": "ERROR",
            }  # fmt: skip
            told = subprocess.run(
                [sys.executable, "-c", FILL, str(demo)], env=environment, check=True, stdout=subprocess.PIPE, text=True
            )
            sites[name] = environment, told.stdout.split()[-2:]
        for _ in range(ROUNDS):
            for name, (environment, (street, building)) in sites.items():
                with _served(environment, WORKERS) as (address, _process):
                    _load(address + "/", seconds=3)  # until every worker is awake
                    for page, path in PAGES.items():
                        rates[name, page].append(_load(address + path.format(street=street, building=building)))
        for name, (environment, (street, building)) in sites.items():
            with _served(environment, 1) as (address, process):
                for path in PAGES.values():
                    _load(address + path.format(street=street, building=building), seconds=2)
                memory[name] = _memory(process.pid)
    rows: list[list[Any]] = []
    for (name, page), found in rates.items():
        rate, p99 = (median(values) for values in zip(*found, strict=True))
        rows.append([f"{name}, {page}", f"{rate:.0f}", f"{min(one for one, _ in found):.0f}", f"{p99:.0f}"])
        if rate < RATE or p99 > P99:
            section.misses.append(
                f"{name}, {page}: {rate:.0f} a second, p99 {p99:.0f} ms; target {RATE:.0f} and {P99:.0f}"
            )
    section.body.append(
        f"The demo district; load by wrk on the same {os.cpu_count()} cores; {ROUNDS} rounds of {SECONDS} s a page, "
        "the databases in turns; median of the rounds. PostgreSQL keeps its data in memory-backed settings (no fsync)."
    )
    section.body.append(table(["", "a second", "slowest round", "p99 ms"], rows))
    for name, parts in memory.items():
        rows = [[what, f"{size:.0f}"] for what, size in parts]
        largest = max(size for _, size in parts)
        if largest > MEMORY:
            section.misses.append(f"{name}: a process of {largest:.0f} MiB, target {MEMORY:.0f}")
        section.body.append(f"Memory on {name} after the load, one worker (PSS, MiB; target {MEMORY:.0f} a process):")
        section.body.append(table(["process", "MiB"], [*rows, ["together", f"{sum(size for _, size in parts):.0f}"]]))


@contextmanager
def _served(environment: dict[str, str], workers: int, *more: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A site that answers, in a process group of its own that ends with the block."""
    port = free_port()
    process = subprocess.Popen(
        [LINLI, "serve", "--port", str(port), "--workers", str(workers), *more],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield ready(port), process
    finally:
        process.terminate()
        process.wait(timeout=60)


def ready(port: int) -> str:
    """Wait until a site answers; returns its address."""
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):
                return address
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
    raise RuntimeError("the site does not answer")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _load(address: str, seconds: int = SECONDS) -> tuple[float, float]:
    """Requests a second and the 99th percentile in milliseconds; an answer that is no 200 is an error."""
    with urllib.request.urlopen(address, timeout=10) as answer:
        if answer.url != address:
            raise RuntimeError(f"{address} leads to {answer.url}")
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", address]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in told or "Socket errors" in told:
        raise RuntimeError(f"{address}: not every answer was good\n{told}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", told)
    assert rate is not None, told
    assert p99 is not None, told
    return float(rate[1]), float(p99[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[p99[2]]


def _memory(root: int) -> list[tuple[str, float]]:
    """Proportional memory of a process and all below it, in MiB, with what each is."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it ended
            continue
    family = [root]
    for pid in family:
        family += [child for child, parent in parents.items() if parent == pid]
    found = []
    for pid in family:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        size = re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        name = " ".join(word.decode() for word in words[1:4]) or str(pid)
        found.append((name, int(size[1]) / 1024 if size else 0.0))
    return found
