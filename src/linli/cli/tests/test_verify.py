from __future__ import annotations

import hashlib
import json
import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from linli.cli.verify import command
from linli.errors import InputError

MARKER = b"linli-seal-sha256:"


@pytest.fixture
def run() -> object:
    app = typer.Typer()
    app.command("verify")(command)
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def blocks(tmp_path: Path) -> Path:
    """Two squares of 100 m side by side, 1,500 and 1,600 households, a lane between them."""
    path = tmp_path / "blocks.gpkg"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            """CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT);
            INSERT INTO gpkg_geometry_columns VALUES ('blocks', 'geom');
            CREATE TABLE blocks (fid INTEGER PRIMARY KEY, geom BLOB, id TEXT, dwellings INTEGER);
            CREATE TABLE lines (a TEXT, b TEXT, length_m REAL, kind TEXT, name TEXT);
            INSERT INTO lines VALUES ('a', 'b', 100, 'lane', '[中巷]');"""
        )
        for key, west, dwellings in (("a", 0, 1500), ("b", 100, 1600)):
            row = (geometry(1000 + west), key, dwellings)
            database.execute("INSERT INTO blocks (geom, id, dwellings) VALUES (?, ?, ?)", row)
        database.commit()
    return path


@pytest.fixture
def plan(tmp_path: Path, blocks: Path) -> Path:
    shapes = {key: hashlib.sha256(geometry(west)[8:]).hexdigest() for key, west in (("a", 1000), ("b", 1100))}
    content = [
        "linli-input-1",
        f'["a",[["dwellings",1500],["id","a"]],"{shapes["a"]}"]',
        f'["b",[["dwellings",1600],["id","b"]],"{shapes["b"]}"]',
        '["a","b",100,"lane","[中巷]",null]',
    ]
    rules = {"lower": 1500, "upper": 3500, "parts": 2, "keep_whole": None, "never_cross": [], "never_cross_kinds": []}
    known = {"objective": 150.0, "bound": 150.0}
    meta = {
        "linli": "0.1.0",
        "format": 1,
        "count": "dwellings",
        "rules": {**rules, "kept": {}, "fixed": {}, "enclaves": False, "capped": {}},
        "goal": "boundary",
        "prices": {"lane": 1.5},
        "scope": [],
        **known,
        "gap": 0,
        "status": "proven",
        "cut_length_m": 100.0,
        "measures": {},
        "input_hash": hashlib.sha256("\n".join(content).encode()).hexdigest(),
        "blocks_file_sha256": hashlib.sha256(blocks.read_bytes()).hexdigest(),
        "proof": {"method": "planar-dual", "claim": "all plans", **known, "cost_scale": 1000, "pieces": []},
    }
    path = tmp_path / "plan.gpkg"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            """CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT);
            INSERT INTO gpkg_geometry_columns VALUES ('plan', 'geom'), ('communities', 'geom');
            CREATE TABLE plan (id TEXT, community TEXT, locked INTEGER, geom BLOB);
            CREATE TABLE communities (community TEXT, parent TEXT, kept INTEGER, blocks INTEGER, count INTEGER,
                                      dwellings INTEGER, cut_length_m REAL, geom BLOB);
            CREATE TABLE meta (json TEXT); CREATE TABLE seal (seal TEXT);"""
        )
        for key, west, name, count in (("a", 1000, "东", 1500), ("b", 1100, "西", 1600)):
            database.execute("INSERT INTO plan VALUES (?, ?, 0, ?)", (key, name, geometry(west)))
            row = (name, count, count, geometry(west))
            database.execute("INSERT INTO communities VALUES (?, NULL, 0, 1, ?, ?, 100, ?)", row)
        database.execute("INSERT INTO meta VALUES (?)", (json.dumps(meta),))
        database.execute("INSERT INTO seal VALUES (?)", (MARKER.decode() + "0" * 64,))
        database.commit()
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest().encode()
    path.write_bytes(data.replace(MARKER + b"0" * 64, MARKER + digest))
    return path


def geometry(west: float) -> bytes:
    ring = [(west, 0.0), (west + 100, 0.0), (west + 100, 100.0), (west, 100.0), (west, 0.0)]
    body = b"".join(struct.pack("<2d", *point) for point in ring)
    return b"GP\x00\x01" + struct.pack("<i", 4547) + struct.pack("<BIII", 1, 3, 1, 5) + body


def test_a_sound_plan_exits_0_with_a_table_in_chinese_and_english(run: object, plan: Path, blocks: Path) -> None:
    result = run(plan, "--blocks", blocks)
    assert result.exit_code == 0, result.output
    assert "核验通过" in result.output
    assert "no fault found" in result.output


def test_a_changed_byte_exits_1_and_json_is_one_object(run: object, plan: Path, blocks: Path) -> None:
    data = plan.read_bytes()
    assert data.count("西".encode()) == 2
    plan.write_bytes(data.replace("西".encode(), "北".encode()))
    result = run(plan, "--blocks", blocks, "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["ok"] is False
    assert [f["code"] for f in told["findings"] if f["state"] == "fault"] == ["seal"]
    assert "封印不符" in run(plan, "--blocks", blocks).output


def test_brackets_in_names_are_printed_as_they_are(run: object, plan: Path, blocks: Path) -> None:
    with closing(sqlite3.connect(blocks)) as database:
        database.execute("UPDATE blocks SET id = '[/red]' WHERE id = 'a'")
        database.execute("UPDATE lines SET a = '[/red]'")
        database.commit()
    result = run(plan, "--blocks", blocks)
    assert result.exit_code == 1
    assert "[/red]" in result.output


def test_a_file_that_is_no_plan_is_bad_input(run: object, plan: Path, blocks: Path) -> None:
    for words in ((blocks, "--blocks", blocks), (plan, "--blocks", plan.with_name("none.gpkg"))):
        result = run(*words)
        assert isinstance(result.exception, InputError)
        assert result.exception.exit_code == 2
    assert run(plan).exit_code == 2, "--blocks is required"
