"""What it costs that a power cut loses no acknowledged report: commits under SQLite's ways to write its log."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from argparse import Namespace
from contextlib import closing
from pathlib import Path
from statistics import mean, quantiles

from .report import Section, publish, table

MODES = ("OFF", "NORMAL", "FULL")
COMMITS, ROWS = 400, 8  # rows that one report writes: itself, event, search words, ledger, notices


def run_commits(options: Namespace) -> None:
    """Milliseconds of a commit of eight rows under WAL, and what a power cut may take, by `synchronous`."""
    section = Section("commits", "Commits: what an acknowledged report costs to be kept through a power cut")
    rows = []
    with tempfile.TemporaryDirectory(dir=options.results.parent) as folder:
        for mode in MODES:
            spent, cpu, unsafe = commits(Path(folder, f"{mode}.sqlite3"), mode)
            middle, high = quantiles(spent, n=20)[9], quantiles(spent, n=20)[18]
            rows.append([mode, *(round(1000 * value, 2) for value in (mean(spent), middle, high, cpu)), unsafe])
    section.body.append(
        table(["synchronous", "mean ms", "p50 ms", "p95 ms", "CPU ms", "commits a power cut may take"], rows)
    )
    publish(section, to=options.results)


def commits(path: Path, mode: str) -> tuple[list[float], float, int]:
    """Seconds of each commit, CPU seconds of one, and how many had not been brought to the disk at worst."""
    spent: list[float] = []
    unsafe = most = 0
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute(f"PRAGMA synchronous={mode}")
        database.execute("CREATE TABLE said (number INTEGER PRIMARY KEY, text, key)")
        database.execute("CREATE INDEX by_key ON said (key)")
        log, size = path.with_name(f"{path.name}-wal"), 0
        began = time.process_time()
        for _ in range(COMMITS):
            at = time.perf_counter()
            database.execute("BEGIN IMMEDIATE")
            for _ in range(ROWS):
                database.execute("INSERT INTO said (text, key) VALUES (?, ?)", ("字" * 200, os.urandom(8).hex()))
            database.execute("COMMIT")
            spent.append(time.perf_counter() - at)
            # a log that no longer grows was brought over into the database, and with it to the disk
            grown, size = log.stat().st_size > size, log.stat().st_size
            unsafe = unsafe + 1 if grown else 0
            most = max(most, unsafe)
        return spent, (time.process_time() - began) / COMMITS, 0 if mode == "FULL" else most
