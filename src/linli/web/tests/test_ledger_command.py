"""`linli ledger` in processes of its own: without a site, on a ledger from before the tree, after a repair by hand."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from linli.ledger.chain import COLUMNS, FIELDS, GENESIS, canonical, digest_of, hash_of
from linli.web.tests.test_upkeep import environment, linli

WITHOUT = (
    ("ledger", "verify"), ("ledger", "export", "-o", "x.jsonl"), ("ledger", "checkpoint"), ("ledger", "prove", "1"),
    ("ledger", "acknowledge", "--thing", "post:1", "--why", "x", "--by", "xitong"), ("worker", "--until-empty"),
    ("backup",),
)  # fmt: skip
OLD = 600  # entries from before the tree, enough for tiles


@pytest.mark.parametrize("command", WITHOUT, ids=" ".join)
def test_without_a_site_a_command_says_so_and_makes_no_database(command: Sequence[str], tmp_path: Path) -> None:
    said = linli(tmp_path / "home", *command, code=2)
    assert "there is no site here yet" in said
    assert "linli upgrade" in said
    assert len(said.strip().splitlines()) == 1
    assert not list(tmp_path.rglob("*.sqlite3"))


def test_a_filled_ledger_from_before_the_tree_is_upgraded_and_verifies(tmp_path: Path) -> None:
    before = (
        "import django; django.setup()\n"
        "from django.db import connection\n"
        "from django.db.migrations.executor import MigrationExecutor\n"
        "MigrationExecutor(connection).migrate([('ledger', '0002_guards')])"
    )
    subprocess.run([sys.executable, "-c", before], env=environment(tmp_path), check=True)
    places = ", ".join("?" * len(COLUMNS))
    with closing(sqlite3.connect(tmp_path / "linli.sqlite3")) as database:
        previous = GENESIS
        for seq in range(1, OLD + 1):
            values = (seq, "2026-01-05T01:00:00.000000+00:00", "system", "", "org.abolish", f"division:{seq % 9}",
                      "a" * 64, "b" * 64, seq % 2, canonical({"name": f"第{seq}号"}), f"{seq:032x}")  # fmt: skip
            digest = digest_of(values)
            # the first half in the form from before a hash told whether its entry is public
            hashed = hash_of(previous, seq, digest, values[FIELDS.index("public")] if seq > OLD // 2 else None)
            database.execute(f"INSERT INTO ledger_entry VALUES ({places})", (*values, digest, previous, hashed))
            previous = hashed
        database.commit()
    assert "changes of the database wait" in linli(tmp_path, "ledger", "verify", code=2)
    linli(tmp_path, "upgrade")
    found = json.loads(linli(tmp_path, "ledger", "verify", "--json"))
    assert found["sound"]
    assert found["entries"] > OLD
    with closing(sqlite3.connect(tmp_path / "linli.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM ledger_tile").fetchone()[0] == OLD // 256
    proof = linli(tmp_path, "ledger", "prove", OLD // 3)
    assert f"index {OLD // 3 - 1}" in proof
    linli(tmp_path, "ledger", "checkpoint")
    assert json.loads(linli(tmp_path, "ledger", "verify", "--json"))["sound"]


def test_a_repair_by_hand_is_acknowledged_and_stays_on_record(tmp_path: Path) -> None:
    people = ("--system", "钱六", "--security", "孙七", "--audit", "李八")
    linli(tmp_path, "found", "云川区", "--code", "539901000000", *people)
    found = json.loads(linli(tmp_path, "ledger", "verify", "--json"))
    assert (found["sound"], found["uncovered"]) == (True, 0), "the tables that come with Linli are vouched for"
    with closing(sqlite3.connect(tmp_path / "linli.sqlite3")) as database:
        database.execute("""UPDATE org_role SET permissions = '["system.backup"]' WHERE code = 'grid_worker'""")
        database.commit()
    assert "role:grid_worker" in linli(tmp_path, "ledger", "verify", code=1, out=True)
    assert "the ledger is broken" in linli(tmp_path, "backup", code=2)
    linli(tmp_path, "upgrade")  # vouches for nobody's forgery
    assert "role:grid_worker" in linli(tmp_path, "ledger", "verify", code=1, out=True)
    asked = ("ledger", "acknowledge", "--thing", "role:grid_worker", "--why", "改错一行，见12号审批单")
    assert "no such account" in linli(tmp_path, *asked, "--by", "nobody", code=2)
    assert "only a system administrator may" in linli(tmp_path, *asked, "--by", "shenji", code=2)
    linli(tmp_path, *asked, "--by", "xitong")
    linli(tmp_path, "ledger", "verify")
    linli(tmp_path, "backup")
    with closing(sqlite3.connect(tmp_path / "linli.sqlite3")) as database:
        kept = database.execute("SELECT content FROM ledger_entry WHERE verb = 'ledger.acknowledge'").fetchall()
    assert "12号审批单" in kept[0][0]
