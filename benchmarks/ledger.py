"""How long it takes to check a long ledger: a million entries made in a file of their own, then checked."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .report import Section, publish, seconds, table
from .startup import command_seconds

ENTRIES, TARGET = 1_000_000, 20.0


def run_ledger(options: Namespace) -> None:
    """Figure of the spine: a chain of 1,000,000 entries verified in ≤ 20 s."""
    section = Section("ledger", f"The ledger: {ENTRIES:,} entries checked, every content against its digest")
    linli = str(Path(sys.executable).with_name("linli"))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environment = {"LINLI_HOME": folder, "DATABASE_URL": "", "LINLI_LOG": "ERROR"}
        subprocess.run([linli, "upgrade"], env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL)
        _fill(home / "linli.sqlite3")
        public = home / "public.jsonl"
        rows: list[list[Any]] = []
        for what, command in (
            ("linli ledger verify", [linli, "ledger", "verify"]),
            ("linli ledger export", [linli, "ledger", "export", "-o", str(public)]),
            ("linli ledger verify --file", [linli, "ledger", "verify", "--file", str(public)]),
        ):
            cpu, wall = command_seconds(command, environment)
            rows.append([what, seconds(cpu), seconds(wall), TARGET if "verify" in what else "–"])
            if "verify" in what and cpu > TARGET:
                section.misses.append(f"{what}: {seconds(cpu)} s, target {TARGET} s")
    section.body.append("SQLite; half of the entries public; starting the command included.")
    section.body.append(table(["", "CPU s", "wall s", "target s"], rows))
    publish(section, to=options.results)


def _fill(path: Path) -> None:
    """Append entries as `linli.ledger.recording.record` writes them, in one transaction."""
    from linli.ledger.chain import FIELDS

    columns = (*FIELDS, "digest", "previous", "hash")
    with sqlite3.connect(path) as database:
        last = database.execute("SELECT seq, hash FROM ledger_entry ORDER BY seq DESC LIMIT 1").fetchone()
        database.executemany(
            f"INSERT INTO ledger_entry ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", _entries(last)
        )


def _entries(last: tuple[int, str] | None) -> Iterator[tuple[Any, ...]]:
    from linli.ledger.chain import GENESIS, canonical, digest_of, hash_of

    begin, previous = last or (0, GENESIS)
    for seq in range(begin + 1, ENTRIES + 1):
        content = canonical({"name": f"第{seq}号", "from": "2026-01-05", "blocks": seq % 40})
        fields = (seq, "2026-01-05T01:00:00.000000+00:00", f"account:{seq % 330}", f"post:{seq % 200}",
                  "territory.assign_blocks", f"division:{seq % 60}", "a" * 64, "b" * 64, seq % 2, content,
                  f"{seq:032x}")  # fmt: skip
        digest = digest_of(fields)
        hashed = hash_of(previous, seq, digest)
        yield (*fields, digest, previous, hashed)
        previous = hashed
