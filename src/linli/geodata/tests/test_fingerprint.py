import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
import shapely

from linli.geodata import file_hash, input_hash, read_blocks, write_blocks
from linli.geodata.tests.ground import board, squares, text, write_layer


def blocks():
    return board(2, 1, dwellings=[3.0, np.nan], share=[0.5, 2.0], community=text(["团结", None]))


def test_the_input_hash_is_what_the_contract_says():
    ground = [hashlib.sha256(shapely.to_wkb(shape, flavor="iso", byte_order=1)).hexdigest() for shape in squares(2, 1)]
    written = "\n".join(
        [
            "linli-input-1",
            f'["B0",[["community","团结"],["dwellings",3],["id","B0"],["share",0.5]],"{ground[0]}"]',
            f'["B1",[["community",null],["dwellings",null],["id","B1"],["share",2]],"{ground[1]}"]',
            '["B0","B1",100,"none","",null]',
        ]
    )
    assert input_hash(blocks()) == hashlib.sha256(written.encode()).hexdigest()


def test_rows_in_another_order_have_the_same_hash(tmp_path):
    made = board(3, 2, dwellings=[1, 2, 3, 4, 5, 6])
    write_blocks(made, tmp_path / "one.gpkg")
    order = [4, 2, 0, 5, 3, 1]
    write_blocks(made.only(order), tmp_path / "same.gpkg")
    turned = replace(
        made,
        ids=tuple(made.ids[k] for k in order),
        geometry=made.geometry[order],
        columns={"dwellings": made.columns["dwellings"][order]},
        lines=replace(made.lines, a=np.argsort(order)[made.lines.a], b=np.argsort(order)[made.lines.b]),
        rim=replace(made.rim, a=np.argsort(order)[made.rim.a]),
    )
    write_blocks(turned, tmp_path / "two.gpkg")
    assert input_hash(read_blocks(tmp_path / "one.gpkg")) == input_hash(read_blocks(tmp_path / "two.gpkg"))
    assert read_blocks(tmp_path / "two.gpkg").ids == turned.ids


@pytest.mark.parametrize(
    "change",
    [
        lambda b: replace(b, ids=("B0", "B2")),
        lambda b: replace(b, columns=b.columns | {"dwellings": np.array([4.0, np.nan])}),
        lambda b: replace(b, columns=b.columns | {"more": np.array([1, 1])}),
        lambda b: replace(b, geometry=shapely.transform(b.geometry, lambda xy: xy + 1e-6)),
        lambda b: replace(b, lines=replace(b.lines, kind=text(["river"]))),
        lambda b: replace(b, lines=replace(b.lines, name=text(["团结路"]))),
        lambda b: replace(b, lines=replace(b.lines, length_m=b.lines.length_m + 0.001)),
        lambda b: replace(b, lines=replace(b.lines, affinity=np.array([0.0]))),
    ],
)
def test_any_change_changes_the_hash(change):
    assert input_hash(change(blocks())) != input_hash(blocks())


def test_writing_and_reading_keep_the_hash(tmp_path):
    write_blocks(blocks(), tmp_path / "blocks.gpkg")
    assert input_hash(read_blocks(tmp_path / "blocks.gpkg")) == input_hash(blocks())


def test_the_hash_covers_the_scope_only(tmp_path):
    made = board(3, 1, dwellings=[1, 2, 3])
    part = made.only([0, 1])
    other = replace(made, columns={"dwellings": np.array([1, 2, 9])}).only([0, 1])
    assert input_hash(part) == input_hash(other) != input_hash(made)


def test_ground_is_hashed_as_it_stands_in_the_file(tmp_path):
    degrees = shapely.transform(squares(2, 1), lambda xy: (xy - [618_000, 2_885_000]) / 1e5 + [14.4, 50.0])
    file = write_layer(tmp_path / "blocks.gpkg", degrees, layer="blocks", crs="EPSG:4326", id=text(["p", "q"]))
    rows = [
        ["p", [["id", "p"]], hashlib.sha256(shapely.to_wkb(degrees[0])).hexdigest()],
        ["q", [["id", "q"]], hashlib.sha256(shapely.to_wkb(degrees[1])).hexdigest()],
    ]
    texts = ["linli-input-1", *(json.dumps(row, separators=(",", ":")) for row in rows)]
    read = read_blocks(file)
    assert len(read.lines) == 1  # measured, so no part of the file
    assert input_hash(read) == hashlib.sha256("\n".join(texts).encode()).hexdigest()


@pytest.mark.parametrize("several", [False, True])
def test_ground_with_heights_is_hashed_as_iso_wkb(tmp_path, several):
    high = shapely.force_3d(squares(2, 1), 1900.0)
    if several:
        high = np.array([shapely.multipolygons([shape]) for shape in high], dtype=object)
    file = write_layer(tmp_path / "blocks.gpkg", high, layer="blocks", id=text(["p", "q"]))
    with closing(sqlite3.connect(file)) as database:
        # what follows the head of a GeoPackage geometry, with its envelope of x, y and z, is ISO WKB
        blobs = [blob for (blob,) in database.execute("SELECT geom FROM blocks ORDER BY id")]
    ground = [blob[8 + {1: 32, 2: 48}[blob[3] >> 1 & 7] :] for blob in blobs]
    assert ground == [shapely.to_wkb(shape, flavor="iso", byte_order=1) for shape in high]
    read = read_blocks(file)
    assert read.ground_sha256 == tuple(hashlib.sha256(one).hexdigest() for one in ground)
    assert not shapely.has_z(read.geometry).any()


def test_the_file_hash_is_that_of_its_bytes(tmp_path):
    (tmp_path / "a").write_bytes(b"linli")
    assert file_hash(tmp_path / "a") == hashlib.sha256(b"linli").hexdigest()
