"""From a fresh clone to an answering site: `make demo` as a newcomer runs it, and the suite of the site."""

from __future__ import annotations

import os
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from argparse import Namespace
from pathlib import Path

from .report import Section, publish, seconds, table

HOME = Path(__file__).resolve().parents[1]
MINUTES, PER_TEST_MS, SUITE_S = 5.0, 15.0, 60.0
ROOMS = [f"src/linli/{room}" for room in ("web", "org", "ledger", "jobs", "territory", "matters", "planning")]


def run_demo(options: Namespace) -> None:
    """Figure of the spine: `make demo` from a fresh clone to an answering server ≤ 5 min."""
    section = Section("demo", "From a fresh clone to an answering site")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder, "linli")
        subprocess.run(["git", "clone", "--quiet", str(HOME), str(clone)], check=True)
        began = time.perf_counter()
        demo = subprocess.Popen(
            ["make", "demo", f"PORT={port}"], cwd=clone, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        try:
            while not _answers(port):
                if demo.poll() is not None:
                    raise RuntimeError("make demo has ended")
                time.sleep(0.2)
            took = time.perf_counter() - began
        finally:
            os.killpg(demo.pid, signal.SIGTERM)
            demo.wait(60)
    if took > MINUTES * 60:
        section.misses.append(f"make demo: {seconds(took)} s, target {MINUTES * 60:.0f} s")
    section.body.append(
        "Installation, kernels, pages, district, site; wall time. Packages may lie in the installer's cache."
    )
    section.body.append(table(["", "wall s", "target s"], [["make demo", seconds(took), f"{MINUTES * 60:.0f}"]]))
    publish(section, to=options.results)


def run_suite(options: Namespace) -> None:
    """Figure of the spine: the site's suite on SQLite ≤ 60 s, ≤ 15 ms CPU a test on average."""
    section = Section("suite", "The suite of the site on SQLite, without the browser")
    command = [sys.executable, "-m", "pytest", "-q", "-m", "not browser", "-p", "no:cacheprovider", *ROOMS]
    rows = []
    for workers in (0, 2):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(
            [*command, "-n", str(workers), "--dist", "loadfile"],
            cwd=HOME,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        found = re.search(r"(\d+) passed", done.stdout)
        assert found is not None, done.stdout
        tests = int(found[1])
        rows.append(
            [
                f"{workers or 1} process{'es' if workers else ''}",
                tests,
                seconds(wall),
                seconds(cpu),
                f"{1000 * cpu / tests:.0f}",
            ]
        )
        if not workers and 1000 * cpu / tests > PER_TEST_MS:
            section.misses.append(f"CPU a test: {1000 * cpu / tests:.0f} ms, target {PER_TEST_MS:.0f}")
        if workers and wall > SUITE_S:
            section.misses.append(f"the suite: {seconds(wall)} s, target {SUITE_S:.0f}")
    section.body.append("Starting Python, making the database and every process that a test starts and kills included.")
    section.body.append(table(["", "tests", "wall s", "CPU s", "CPU ms a test"], rows))
    publish(section, packages=("django", "pytest"), to=options.results)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return int(answer.status) == 200
    except (OSError, urllib.error.URLError):
        return False
