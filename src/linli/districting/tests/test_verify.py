from __future__ import annotations

import ast
import json
import random
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings

import linli.districting.verify as checker
from linli.districting.tests import planworld as world
from linli.districting.verify import Verification, verify
from linli.districting.verify.blocks import Block, input_hash, read_blocks
from linli.districting.verify.geopackage import shape_of_wkb
from linli.errors import InputError

Change = tuple[str, tuple[object, ...]]


@pytest.fixture
def blocks(tmp_path: Path) -> Path:
    return world.write_blocks(tmp_path / "blocks.gpkg")


@pytest.fixture
def plan(tmp_path: Path, blocks: Path) -> Path:
    return world.write_plan(tmp_path / "plan.gpkg", blocks)


def faults(found: Verification) -> set[str]:
    return {finding.code for finding in found.faults}


def notices(found: Verification) -> set[str]:
    return {finding.code for finding in found.findings if finding.state == "notice"}


def relabelled(**moves: str) -> dict[str, str]:
    return {**world.honest_labels(), **moves}


def test_an_honest_plan_has_no_fault(plan: Path, blocks: Path) -> None:
    found = verify(plan, blocks)
    assert found.ok, found.as_words()
    assert notices(found) == {"not_checked", "bound_not_recomputed"}
    assert {f.code for f in found.findings} >= {"cover", "one_piece", "enclave", "bounds", "whole", "proof", "seal"}


def test_no_compound_is_called_whole_where_no_block_names_one(plan: Path, blocks: Path) -> None:
    [named] = [one for one in verify(plan, blocks).findings if one.code == "whole"]
    assert "不拆分" in named.chinese
    with closing(sqlite3.connect(blocks)) as held, held:
        held.execute("UPDATE blocks SET compound = NULL")
    [bare] = [one for one in verify(plan, blocks).findings if one.code == "whole"]
    assert bare.state == "ok"
    assert "没有地块写明" in bare.chinese
    assert "不拆分" not in bare.chinese


def test_words_and_json_say_the_same(plan: Path, blocks: Path) -> None:
    world.change_meta(plan, "bound", 1.0)
    found = verify(plan, blocks)
    told = json.loads(found.as_json())
    assert told["ok"] is False
    assert {f["code"] for f in told["findings"] if f["state"] == "fault"} == {"proof"}
    assert "证明的算术不自洽" in found.as_words()
    assert found.as_words().endswith("Not verified: 1 check found a fault.")


def test_a_plan_without_rim_layer_is_judged_by_perimeters(tmp_path: Path) -> None:
    bare = world.write_blocks(tmp_path / "blocks.gpkg", rim=False)
    assert verify(world.write_plan(tmp_path / "plan.gpkg", bare), bare).ok
    ring = relabelled(B21="孤岛")
    plan = world.write_plan(tmp_path / "ring.gpkg", bare, ring, world.no_rules(enclaves=False))
    assert "enclave" not in faults(verify(plan, bare)), "B21 borders two communities"
    ring = dict.fromkeys(world.CELLS, "团结") | {"B21": "孤岛", "B22": "孤岛"}
    plan = world.write_plan(tmp_path / "ring.gpkg", bare, ring, world.no_rules(enclaves=False))
    assert faults(verify(plan, bare)) == {"enclave"}


# Every honest plan below breaks exactly the rules named, and no figure of it is wrong.
BROKEN_RULES = {
    "two pieces": (relabelled(B40="团结", B30="团结"), {}, {"one_piece"}),
    "corner contact is no piece": (relabelled(B20="团结", B10="新河"), {}, {"one_piece"}),
    "surrounded": (dict.fromkeys(world.CELLS, "团结") | {"B21": "甲", "B22": "甲"}, {"enclaves": False}, {"enclave"}),
    "too small": (None, {"lower": 900}, {"bounds"}),
    "too large": (None, {"upper": 1000}, {"bounds", "total"}),
    "wrong number": (None, {"parts": 3}, {"parts"}),
    "compound cut": (relabelled(B40="东"), {"keep_whole": "compound"}, {"whole"}),
    "police area crossed": (relabelled(B20="团结"), {"never_cross": ["police_area"]}, {"never_cross"}),
    "river crossed": (relabelled(B20="团结"), {"never_cross_kinds": ["river"]}, {"never_cross_kinds"}),
    "fixed block moved": (None, {"fixed": {"B43": "团结"}}, {"fixed"}),
    "fixed block unknown": (None, {"fixed": {"B99": "团结"}}, {"fixed"}),
    "seat lost": (None, {"kept": {"团结": "B40"}}, {"kept"}),
    "kept name gone": (None, {"kept": {"白云": "B00"}}, {"kept"}),
    "seat open": (None, {"kept": {"团结": None}}, set()),
    "kept without seat gone": (None, {"kept": {"白云": ""}}, {"kept"}),
    "capped sum": (None, {"capped": {"persons": 2500}}, {"capped"}),
    "capped text": (None, {"capped": {"compound": 9}}, {"capped"}),
    "no such column": (None, {"keep_whole": "yard", "never_cross": ["school"]}, {"whole", "never_cross"}),
}


@pytest.mark.parametrize("name", BROKEN_RULES)
def test_a_broken_rule_is_named(name: str, tmp_path: Path, blocks: Path) -> None:
    labels, rules, expected = BROKEN_RULES[name]
    found = verify(world.write_plan(tmp_path / "plan.gpkg", blocks, labels, world.no_rules(**rules)), blocks)
    assert faults(found) == expected, found.as_words()


def test_enclaves_are_allowed_where_the_rules_allow_them(tmp_path: Path, blocks: Path) -> None:
    labels = dict.fromkeys(world.CELLS, "团结") | {"B21": "甲"}
    assert verify(world.write_plan(tmp_path / "plan.gpkg", blocks, labels, world.no_rules(enclaves=True)), blocks).ok


def test_blocks_outside_the_scope_have_no_place_in_the_plan(tmp_path: Path, blocks: Path) -> None:
    world.change(blocks, ("UPDATE blocks SET community = '白云' WHERE id LIKE 'B4%'", ()))
    plan = world.write_plan(tmp_path / "plan.gpkg", blocks, scope=["团结"])
    assert {"cover", "input"} <= faults(verify(plan, blocks))


def sql(statement: str, *values: object) -> Change:
    return statement, values


MOVED = world.geopackage_geometry(shapely.box(0, 0, 100, 100))
PLAN_LIES = {
    "a block relabelled": (sql("UPDATE plan SET community = '新河' WHERE id = 'B13'"), {"communities", "objective"}),
    "two labels swapped": (
        sql("UPDATE plan SET community = iif(id = 'B10', '新河', '团结') WHERE id IN ('B10', 'B20')"),
        {"one_piece", "never_cross"},
    ),
    "a block left out": (sql("DELETE FROM plan WHERE id = 'B22'"), {"cover"}),
    "a block twice": (sql("INSERT INTO plan SELECT 99, id, '新河', 0, geom FROM plan WHERE id = 'B00'"), {"cover"}),
    "an unknown block": (sql("UPDATE plan SET id = 'B99' WHERE id = 'B22'"), {"cover"}),
    "an id with quotes": (sql("UPDATE plan SET id = ? WHERE id = 'B22'", "B'\"; DROP TABLE plan; --"), {"cover"}),
    "a moved block": (sql("UPDATE plan SET geom = ? WHERE id = 'B22'", MOVED), {"shapes"}),
    "a moved outline": (sql("UPDATE communities SET geom = ? WHERE community = '新河'", MOVED), {"communities"}),
    "a count": (sql("UPDATE communities SET count = count + 1 WHERE community = '新河'"), {"communities"}),
    "another count column": (sql("UPDATE communities SET persons = persons - 1"), {"communities"}),
    "a number of blocks": (sql("UPDATE communities SET blocks = 9 WHERE community = '团结'"), {"communities"}),
    "an area": (sql("UPDATE communities SET area_m2 = area_m2 + 1"), {"communities"}),
    "a roundness": (sql("UPDATE communities SET polsby_popper = 0.99"), {"communities"}),
    "a community's cut": (sql("UPDATE communities SET cut_length_m = cut_length_m + 0.01"), {"communities"}),
    "a parent": (sql("UPDATE communities SET parent = '白云'"), {"communities"}),
    "a kept mark taken": (sql("UPDATE communities SET kept = 0"), {"kept"}),
    "a kept mark given": (sql("UPDATE communities SET kept = 1"), {"kept"}),
    "a community not listed": (sql("DELETE FROM communities WHERE community = '新河'"), {"communities"}),
    "a count in words": (sql("UPDATE communities SET count = 'many'"), {"communities"}),
    "a lock that is no lock": (sql("UPDATE plan SET locked = 7"), {"contract"}),
    "no label": (sql("UPDATE plan SET community = NULL WHERE id = 'B22'"), {"contract"}),
    "a layer gone": (sql("DROP TABLE communities"), {"contract"}),
    "a column gone": (sql("ALTER TABLE plan RENAME COLUMN locked TO bolted"), {"contract"}),
    "a shape gone": (sql("UPDATE plan SET geom = NULL WHERE id = 'B22'"), {"contract"}),
    "meta twice": (sql("INSERT INTO meta SELECT 9, json FROM meta"), {"contract"}),
    "meta garbage": (sql("UPDATE meta SET json = '{\"format\": 1, '"), {"contract"}),
    "meta no object": (sql("UPDATE meta SET json = '[1]'"), {"contract"}),
    "meta NaN": (sql("UPDATE meta SET json = replace(json, '\"seed\": 1', '\"seed\": NaN')"), {"contract"}),
    "meta a name twice": (sql("UPDATE meta SET json = replace(json, '\"seed\"', '\"gap\"')"), {"contract"}),
    "meta bottomless": (sql("UPDATE meta SET json = ?", "[" * 100_000), {"contract"}),
}


@pytest.mark.parametrize("name", PLAN_LIES)
def test_a_lie_in_the_layers_is_found_even_when_sealed_anew(name: str, plan: Path, blocks: Path) -> None:
    statement, expected = PLAN_LIES[name]
    found = faults(verify(world.change(plan, statement), blocks))
    assert expected <= found
    assert "input" not in found


META_LIES = {
    "a lower bound that proves more": ("bound", 41.0, {"proof"}),
    "a bound above the objective": ("bound", 50.0, {"proof"}),
    "a bound off by half a step": ("bound", 41.8994, {"proof"}),
    "no bound": ("bound", None, {"proof"}),
    "a better objective": ("objective", 41.0, {"objective", "proof"}),
    "an objective between the steps": ("objective", 41.9002, {"objective"}),
    "a gap": ("gap", 0.01, {"proof"}),
    "no gap": ("gap", None, {"proof"}),
    "an unknown status": ("status", "infeasible", {"proof"}),
    "a status no one knows": ("status", "excellent", {"proof"}),
    "cheaper rivers": ("prices.river", 0.05, {"objective"}),
    "rivers without price": ("prices", {"lane": 1.5, "wall": 0.35}, {"objective"}),
    "a negative price": ("prices.wall", -1, {"objective"}),
    "a shorter cut": ("cut_length_m", 400.0, {"cut_length"}),
    "a measure": ("measures", {"cut_length_m": 400.0}, {"cut_length"}),
    "a weighted measure": ("measures", {"boundary": 40.0}, {"measures"}),
    "another count": ("count", "persons", {"bounds", "communities"}),
    "a count that is not there": ("count", "households", {"bounds", "communities"}),
    "a count in words": ("count", "compound", {"bounds", "communities"}),
    "a scope without blocks": ("scope", ["白云"], {"cover", "input"}),
    "another input": ("input_hash", "0" * 64, {"input"}),
    "an unknown method": ("proof.method", "divination", {"proof"}),
    "a proof without method": ("proof.method", ..., {"contract"}),
    "a search called proof": ("proof.method", "heuristic", {"proof"}),
    "a piece searched": ("proof.pieces.0.method", "heuristic", {"proof"}),
    "no claim": ("proof.claim", "", {"proof"}),
    "another objective in the proof": ("proof.objective", 40.0, {"proof"}),
    "another bound in the proof": ("proof.bound", 40.0, {"proof"}),
    "pieces that do not add up": ("proof.pieces.0.bound", 40.0, {"proof"}),
    "a piece without bound": ("proof.pieces.0.bound", None, {"proof"}),
    "pieces without all blocks": ("proof.pieces.0.blocks", 19, {"proof"}),
    "pieces without all parts": ("proof.pieces.0.parts", 1, {"proof"}),
    "pieces no objects": ("proof.pieces", [1], {"contract"}),
    "a coarser scale": ("proof.cost_scale", 1, {"proof"}),
    "no scale": ("proof.cost_scale", None, {"proof"}),
    "a rule gone": ("rules.enclaves", ..., {"contract"}),
    "a bound in words": ("rules.lower", "1500", {"contract"}),
    "half a household": ("rules.upper", 1300.5, {"contract"}),
    "a truth for a number": ("objective", True, {"contract"}),
    "a number beyond reason": ("objective", 10**400, {"contract"}),
    "a later format": ("format", 2, {"contract"}),
    "half a character": ("goal", "\ud800", {"contract"}),
}


@pytest.mark.parametrize("name", META_LIES)
def test_a_lie_in_meta_is_found_even_when_sealed_anew(name: str, tmp_path: Path, plan: Path, blocks: Path) -> None:
    place, value, expected = META_LIES[name]
    if name == "half a character":
        world.change(plan, sql("UPDATE meta SET json = replace(json, '\"boundary\"', '\"\\ud800\"')"))
    else:
        world.change_meta(plan, place, value)
    found = verify(plan, blocks)
    assert expected <= faults(found), found.as_words()
    assert found.as_json().encode()


DATA_CHANGES = {
    "a count": (sql("UPDATE blocks SET dwellings = 999 WHERE id = 'B22'"), {"input", "bounds", "communities"}),
    "a compound": (sql("UPDATE blocks SET compound = '锦绣园' WHERE id = 'B00'"), {"input", "whole"}),
    "a police area": (sql("UPDATE blocks SET police_area = '一所' WHERE id = 'B22'"), {"input", "never_cross"}),
    "a free column": (sql("UPDATE blocks SET weight = 0.25 WHERE id = 'B22'"), {"input"}),
    "a new column": (sql("ALTER TABLE blocks ADD COLUMN school TEXT"), {"input"}),
    "a length": (
        sql("UPDATE lines SET length_m = 90 WHERE kind = 'river'"),
        {"input", "objective", "cut_length", "communities"},
    ),
    "a kind": (sql("UPDATE lines SET kind = 'lane' WHERE a = 'B10' AND kind = 'river'"), {"input", "objective"}),
    "a kind never crossed": (sql("UPDATE lines SET kind = 'river' WHERE a = 'B00'"), {"input", "never_cross_kinds"}),
    "a name": (sql("UPDATE lines SET name = '浑水河' WHERE kind = 'river'"), {"input"}),
    "an affinity": (sql("UPDATE lines SET affinity = 3 WHERE kind = 'river'"), {"input"}),
    "a line gone": (sql("DELETE FROM lines WHERE a = 'B10' AND b = 'B20'"), {"input", "cut_length"}),
    "a border shrunk to a point": (
        sql("UPDATE lines SET length_m = 0.9 WHERE 'B00' IN (a, b) OR 'B10' IN (a, b)"),
        {"input", "one_piece"},
    ),
    "a shape": (sql("UPDATE blocks SET geom = ? WHERE id = 'B22'", MOVED), {"input", "shapes", "communities"}),
    "a block gone": (
        sql("DELETE FROM blocks WHERE id = 'B22'"),
        None,
    ),
    "a block renamed": (sql("UPDATE blocks SET id = 'C22' WHERE id = 'B22'"), None),
    "text in a count": (sql("UPDATE blocks SET dwellings = 'many' WHERE id = 'B22'"), {"bounds", "input"}),
    "a count absent": (sql("UPDATE blocks SET dwellings = NULL WHERE id = 'B22'"), {"bounds", "input"}),
    "a negative count": (sql("UPDATE blocks SET dwellings = -5 WHERE id = 'B22'"), {"bounds", "input"}),
    "an endless count": (sql("UPDATE blocks SET dwellings = 9e999 WHERE id = 'B22'"), {"bounds", "input"}),
    "an endless length": (sql("UPDATE lines SET length_m = 9e999"), None),
    "a length in words": (sql("UPDATE lines SET length_m = 'long'"), None),
    "a line to itself": (sql("UPDATE lines SET b = a"), None),
    "an id twice": (sql("UPDATE blocks SET id = 'B21' WHERE id = 'B22'"), None),
    "no id": (sql("UPDATE blocks SET id = NULL WHERE id = 'B22'"), None),
    "no shape": (sql("UPDATE blocks SET geom = NULL WHERE id = 'B22'"), None),
    "a shape cut short": (sql("UPDATE blocks SET geom = substr(geom, 1, 60) WHERE id = 'B22'"), None),
    "no blocks": (sql("DELETE FROM blocks"), None),
}


@pytest.mark.parametrize("name", DATA_CHANGES)
def test_a_change_of_the_data_is_found_or_refused(name: str, plan: Path, blocks: Path) -> None:
    statement, expected = DATA_CHANGES[name]
    world.change(blocks, statement)
    if expected is None:
        with pytest.raises(InputError) as caught:
            verify(plan, blocks)
        assert caught.value.where["file"] == blocks
    else:
        assert expected <= faults(verify(plan, blocks))


def test_another_order_of_rows_and_bytes_is_only_noticed(plan: Path, blocks: Path) -> None:
    world.change(
        blocks,
        sql("CREATE TABLE sorted AS SELECT * FROM blocks ORDER BY id DESC"),
        sql("DELETE FROM blocks"),
        sql("UPDATE sorted SET fid = 100 - fid"),
        sql("INSERT INTO blocks SELECT * FROM sorted"),
        sql("DROP TABLE sorted"),
        sql("UPDATE lines SET a = b, b = a"),
    )
    found = verify(plan, blocks)
    assert found.ok, found.as_words()
    assert "blocks_file" in notices(found)


def test_a_search_without_bound_is_an_honest_plan(tmp_path: Path, blocks: Path) -> None:
    proof = {"method": "heuristic", "claim": "", "objective": 41.9, "bound": None, "cost_scale": 1000}
    changes = {"status": "feasible", "bound": None, "gap": None, "proof": proof, "objective": 41.9}
    plan = world.write_plan(tmp_path / "plan.gpkg", blocks, **changes)
    objective = verify(plan, blocks)
    assert faults(objective) == set(), objective.as_words()


def test_a_goal_it_cannot_recompute_is_said(plan: Path, blocks: Path) -> None:
    found = verify(world.change_meta(plan, "goal", "inertia"), blocks)
    assert found.ok
    assert "objective" in notices(found)


def test_the_cut_length_and_belonging_are_recomputed_as_goals(plan: Path, blocks: Path) -> None:
    world.change_meta(plan, "goal", "cut_length_m")
    assert faults(verify(plan, blocks)) == {"objective"}
    world.change_meta(plan, "goal", "belonging")
    assert faults(verify(plan, blocks)) == {"objective"}


def test_locks_that_no_rule_fixes_are_said(plan: Path, blocks: Path) -> None:
    assert "locked" in notices(verify(world.change(plan, sql("UPDATE plan SET locked = 1")), blocks))


def test_every_flipped_byte_is_found(plan: Path, blocks: Path) -> None:
    data = plan.read_bytes()
    marker = data.index(world.MARKER)
    chance = random.Random(1)
    picked = chance.sample(range(len(data)), 200)
    for place in [*range(108), *range(marker, marker + len(world.MARKER) + 64), *picked]:
        bit = chance.choice((1, 2, 32, 128))
        spoilt = bytearray(data)
        spoilt[place] ^= bit
        plan.write_bytes(spoilt)
        assert not accepted(plan, blocks), (place, bit)


def accepted(plan: Path, blocks: Path) -> bool:
    try:
        return verify(plan, blocks).ok
    except InputError:
        return False


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), junk=st.binary(min_size=1, max_size=300))
def test_a_file_damaged_and_sealed_anew_never_ends_in_a_traceback(tmp_path: Path, place: float, junk: bytes) -> None:
    blocks = world.write_blocks(tmp_path / "blocks.gpkg")
    plan = world.write_plan(tmp_path / "plan.gpkg", blocks)
    data = plan.read_bytes()
    at = int(place * len(data))
    plan.write_bytes(data[:at] + junk + data[at + len(junk) :])
    if plan.read_bytes().count(world.MARKER) == 1:
        world.seal(plan)
    accepted(plan, blocks)
    damaged = blocks.read_bytes()
    at = int(place * len(damaged))
    blocks.write_bytes(damaged[:at] + junk + damaged[at + len(junk) :])
    accepted(plan, blocks)


@pytest.mark.parametrize("junk", [b"", b"\x00", b"SQLite format 3\x00", b"{}", random.Random(2).randbytes(5000)])
def test_garbage_is_refused_by_name(junk: bytes, tmp_path: Path, plan: Path, blocks: Path) -> None:
    spoilt = tmp_path / "garbage.gpkg"
    spoilt.write_bytes(junk)
    for one, other in ((spoilt, blocks), (plan, spoilt)):
        with pytest.raises(InputError) as caught:
            verify(one, other)
        assert caught.value.where["file"] == spoilt


@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
def test_a_truncated_file_is_never_accepted(part: float, plan: Path, blocks: Path) -> None:
    data = plan.read_bytes()
    plan.write_bytes(data[: int(part * len(data))])
    assert not accepted(plan, blocks)


def test_missing_files_folders_and_swapped_files_are_refused(tmp_path: Path, plan: Path, blocks: Path) -> None:
    for one, other in ((tmp_path / "no.gpkg", blocks), (tmp_path, blocks), (plan, tmp_path), (blocks, plan)):
        with pytest.raises(InputError):
            verify(one, other)


@pytest.mark.parametrize("ending", ["-wal", "-journal"])
def test_a_journal_beside_a_file_is_not_overlooked(ending: str, plan: Path, blocks: Path) -> None:
    beside = plan.with_name(plan.name + ending)
    beside.write_bytes(b"pages that other programs would read")
    assert faults(verify(plan, blocks)) == {"seal"}
    beside.rename(blocks.with_name(blocks.name + ending))
    with pytest.raises(InputError, match="another program"):
        verify(plan, blocks)


def test_a_file_left_in_write_ahead_mode_is_read(plan: Path, blocks: Path) -> None:
    data = bytearray(blocks.read_bytes())
    data[18:20] = b"\x02\x02"
    blocks.write_bytes(data)
    found = verify(plan, blocks)
    assert found.ok, found.as_words()
    assert "blocks_file" in notices(found)


def test_a_view_in_place_of_a_layer_is_not_read(plan: Path, blocks: Path) -> None:
    endless = "CREATE VIEW plan AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i AS id FROM n"
    world.change(plan, sql("ALTER TABLE plan RENAME TO other"), sql(endless))
    assert "contract" in faults(verify(plan, blocks))


@pytest.mark.parametrize("suffix", ["geojson", "gpkg"])
def test_heights_and_truths_are_read_alike_from_every_format(suffix: str, tmp_path: Path) -> None:
    rows = [{**row, "leased": index % 2 == 0} for index, row in enumerate(world.block_rows())]
    shapes = [shapely.force_3d(world.square(str(row["id"])), 7.5) for row in rows]
    path = tmp_path / f"blocks.{suffix}"
    write_layer(path, "blocks", rows, shapes, {"geojson": "GeoJSON", "gpkg": "GPKG"}[suffix])
    known = read_blocks(path)
    plain = [
        Block(str(r["id"]), r, shape_of_wkb(shapely.to_wkb(s, flavor="iso"))) for r, s in zip(rows, shapes, strict=True)
    ]
    assert {len(block.shape.border) for block in known.blocks.values()} == {4}
    assert known.blocks["B00"].shape.area == pytest.approx(10_000)
    assert known.input_hashes(known.blocks)[1] == input_hash(plain, [])


def test_blocks_written_by_gdal_hash_the_same(tmp_path: Path, plan: Path, blocks: Path) -> None:
    copy = tmp_path / "gdal.gpkg"
    for layer in ("blocks", "lines", "rim"):
        rows = {"blocks": world.block_rows, "lines": world.line_rows, "rim": world.rim_rows}[layer]()
        shapes = [
            world.square(str(r["id"])) if layer == "blocks" else shapely.LineString([(0, 0), (1, 1)]) for r in rows
        ]
        write_layer(copy, layer, rows, shapes, "GPKG")
    found = verify(plan, copy)
    assert found.ok, found.as_words()
    assert "blocks_file" in notices(found)


@pytest.mark.parametrize("suffix", ["geojson", "gpkg"])
def test_neighbours_are_measured_where_the_file_has_no_lines(suffix: str, tmp_path: Path, plan: Path) -> None:
    rows = world.block_rows()
    blocks = tmp_path / f"polygons.{suffix}"
    shapes = [world.square(str(row["id"])) for row in rows]
    write_layer(blocks, "blocks", rows, shapes, {"geojson": "GeoJSON", "gpkg": "GPKG"}[suffix])
    world.change_meta(plan, "prices", {"none": 0.5})
    for field in ("objective", "bound", "proof.objective", "proof.bound"):
        world.change_meta(plan, field, 200.0)
    world.change_meta(plan, "proof.pieces", [])
    world.change_meta(plan, "rules.never_cross_kinds", [])
    world.change_meta(plan, "cut_length_m", 400.0)
    world.change(plan, sql("UPDATE communities SET cut_length_m = 400.0"))
    found = verify(plan, blocks)
    assert faults(found) == {"input"}, "the hash is that of a file with lines"
    (stated,) = [finding.evidence["found"] for finding in found.faults]
    found = verify(world.change_meta(plan, "input_hash", stated), blocks)
    assert found.ok, found.as_words()
    assert {"lines_measured", "blocks_file"} <= notices(found)


def test_degrees_are_refused(tmp_path: Path, plan: Path) -> None:
    blocks = tmp_path / "degrees.geojson"
    write_layer(blocks, "blocks", [{"id": "a"}], [shapely.box(114, 30, 114.1, 30.1)], "GeoJSON")
    with pytest.raises(InputError, match="degrees"):
        verify(plan, blocks)


def write_layer(path: Path, layer: str, rows: list[dict[str, object]], shapes: list[object], driver: str) -> None:
    names = list(rows[0])
    columns = [np.array([row[name] for row in rows]) for name in names]
    columns = [c if c.dtype != object or any(v is not None for v in c) else c.astype(float) for c in columns]
    columns = [c.astype(object) if c.dtype.kind == "U" else c for c in columns]
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(np.array(shapes), flavor="iso"),
        field_data=columns,
        fields=names,
        layer=layer,
        geometry_type=shapes[0].geom_type + (" Z" if shapes[0].has_z else ""),
        crs="EPSG:4547",
        driver=driver,
        append=path.exists(),
    )


def test_the_checker_shares_no_code_with_what_it_checks() -> None:
    folder = Path(checker.__file__).parent
    allowed = {"linli.errors"} | {f"linli.districting.verify.{p.stem}" for p in folder.glob("*.py")}
    heavy = {"numpy", "shapely", "pyogrio"}
    for module in folder.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or "."] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name in allowed or not name.startswith("linli"), (module.name, name)
                assert name.split(".")[0] not in heavy or module.stem == "polygons", (module.name, name)
        assert not re.search(r"\beval\b|\bexec\b|pickle|import_module", module.read_text(encoding="utf-8"))
