"""A small world for the tests of the checker: 5 × 4 square blocks, a river, an honest plan, and ways to spoil it."""

from __future__ import annotations

import hashlib
import json
import math
import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import shapely

SIDE = 100.0
EAST, SOUTH = 500_000.0, 2_880_000.0
PRICES = {"river": 0.1, "lane": 1.5, "wall": 0.35}
MARKER = b"linli-seal-sha256:"
COUNTS = ("dwellings", "persons")


def block_id(x: int, y: int) -> str:
    return f"B{x}{y}"


CELLS = {block_id(x, y): (x, y) for x in range(5) for y in range(4)}


def square(key: str) -> shapely.Polygon:
    x, y = CELLS[key]
    west, south = EAST + x * SIDE, SOUTH + y * SIDE
    return shapely.box(west, south, west + SIDE, south + SIDE)


def honest_labels() -> dict[str, str]:
    return {key: "团结" if x < 2 else "新河" for key, (x, _) in CELLS.items()}


def block_rows() -> list[dict[str, object]]:
    return [
        {
            "id": key,
            "community": "团结",
            "compound": "锦绣园" if key in ("B30", "B40") else None,
            "police_area": "一所" if x < 2 else "二所",
            "dwellings": 100 + y,
            "persons": 250 + x,
            "weight": 1.5 * x,
        }
        for key, (x, y) in CELLS.items()
    ]


def line_rows() -> list[dict[str, object]]:
    rows = []
    for key, (x, y) in CELLS.items():
        if x < 4:
            kind, name = ("river", "清水河") if x == 1 else ("lane", "")
            rows.append({"a": key, "b": block_id(x + 1, y), "length_m": 100.25, "kind": kind, "name": name})
        if y < 3:
            rows.append({"a": key, "b": block_id(x, y + 1), "length_m": 100.25, "kind": "wall", "name": "墙"})
        if x < 4 and y < 3:  # the corner where four blocks meet: no adjacency
            rows.append({"a": key, "b": block_id(x + 1, y + 1), "length_m": 0.4, "kind": "lane", "name": None})
    return [{**row, "affinity": None} for row in rows]


def rim_rows() -> list[dict[str, object]]:
    return [
        {"a": key, "length_m": SIDE, "kind": "none", "name": ""}
        for key, (x, y) in CELLS.items()
        for outside in (x == 0, x == 4, y == 0, y == 3)
        if outside
    ]


def write_blocks(path: Path, *, rim: bool = True) -> Path:
    rows, lines = block_rows(), line_rows()
    layers = {
        "blocks": [{**row, "geom": square(str(row["id"]))} for row in rows],
        "lines": [{**row, "geom": None} for row in lines],
    }
    if rim:
        layers["rim"] = [{**row, "geom": None} for row in rim_rows()]
    _write(path, layers)
    return path


def rules(**changes: object) -> dict[str, object]:
    return {
        "lower": 700,
        "upper": 1300,
        "parts": 2,
        "keep_whole": "compound",
        "never_cross": ["police_area"],
        "never_cross_kinds": ["river"],
        "kept": {"团结": "B00"},
        "fixed": {"B43": "新河"},
        "enclaves": False,
        "capped": {"persons": 4000},
        **changes,
    }


def no_rules(**changes: object) -> dict[str, object]:
    loose = {"keep_whole": None, "never_cross": [], "never_cross_kinds": [], "kept": {}, "fixed": {}, "capped": {}}
    return rules(**{**loose, "lower": 0, "upper": 9000, "parts": None, "enclaves": True, **changes})


def write_plan(
    path: Path,
    blocks: Path,
    labels: dict[str, str] | None = None,
    rules_kept: dict[str, object] | None = None,
    **changes: object,
) -> Path:
    """An honest plan with these labels: every figure is what it should be, whatever rules it breaks."""
    label = honest_labels() if labels is None else labels
    values = {str(row["id"]): row for row in block_rows()}
    cut = [row for row in line_rows() if label[row["a"]] != label[row["b"]]]
    objective = sum(round(row["length_m"] * PRICES[row["kind"]] * 1000) for row in cut) / 1000
    names = sorted(set(label.values()))
    communities = []
    for name in names:
        mine = [key for key in label if label[key] == name]
        outline = shapely.union_all([square(key) for key in mine])
        sums = {column: sum(values[key][column] for key in mine) for column in COUNTS}
        communities.append(
            {
                "community": name,
                "parent": "团结",
                "kept": int(name == "团结"),
                "blocks": len(mine),
                "count": sums["dwellings"],
                **sums,
                "area_m2": round(outline.area, 1),
                "cut_length_m": math.fsum(r["length_m"] for r in cut if name in (label[r["a"]], label[r["b"]])),
                "polsby_popper": round(4 * math.pi * outline.area / outline.length**2, 4),
                "east": "清水河",
                "text": "东至清水河",
                "reason": None,
                "geom": outline,
            }
        )
    meta = {
        "linli": "0.1.0",
        "format": 1,
        "created_with": {},
        "seed": 1,
        "count": "dwellings",
        "rules": rules() if rules_kept is None else rules_kept,
        "goal": "boundary",
        "prices": PRICES,
        "scope": [],
        "objective": objective,
        "bound": objective,
        "gap": 0.0,
        "status": "proven",
        "cut_length_m": math.fsum(row["length_m"] for row in cut),
        "measures": {},
        "input_hash": input_hash(blocks),
        "blocks_file_sha256": hashlib.sha256(blocks.read_bytes()).hexdigest(),
        "proof": {
            "method": "planar-dual",
            "claim": "over all plans whose communities are disks",
            "objective": objective,
            "bound": objective,
            "unit": "metres × price",
            "cost_scale": 1000,
            "pieces": [
                {
                    "blocks": len(label),
                    "parts": len(names),
                    "objective": objective,
                    "bound": objective,
                    "method": "planar-dual",
                }
            ],
        },
        **changes,
    }
    layers = {
        "plan": [
            {"id": key, "community": name, "locked": 0, "geom": square(key)} for key, name in sorted(label.items())
        ],
        "communities": communities,
        "meta": [{"json": json.dumps(meta, ensure_ascii=False)}],
        "seal": [{"seal": MARKER.decode() + "0" * 64}],
    }
    _write(path, layers)
    return seal(path)


def seal(path: Path) -> Path:
    """Seal a file anew, as the contract of plan files says."""
    data = path.read_bytes()
    assert data.count(MARKER) == 1
    start = data.index(MARKER) + len(MARKER)
    zeroed = data[:start] + b"0" * 64 + data[start + 64 :]
    digest = hashlib.sha256(zeroed).hexdigest().encode()
    path.write_bytes(data[:start] + digest + data[start + 64 :])
    return path


def change(path: Path, *statements: tuple[str, tuple[object, ...]]) -> Path:
    """Run statements on a file and, where it is a plan file, seal it anew."""
    with closing(sqlite3.connect(path)) as database:
        quickly(database)
        for statement, values in statements:
            database.execute(statement, values)
        database.commit()
        database.execute("VACUUM")
    return seal(path) if MARKER in path.read_bytes() else path


def change_meta(path: Path, place: str, value: object) -> Path:
    """Set one field of meta, by a dotted path; `...` deletes it."""
    with closing(sqlite3.connect(path)) as database:
        ((text,),) = database.execute("SELECT json FROM meta")
    meta = json.loads(text)
    *way, last = place.split(".")
    holder = meta
    for step in way:
        holder = holder[int(step) if isinstance(holder, list) else step]
    if value is ...:
        del holder[last]
    else:
        holder[last] = value
    return change(path, ("UPDATE meta SET json = ?", (json.dumps(meta, ensure_ascii=False),)))


def input_hash(blocks: Path) -> str:
    """The contract's input hash of this world's blocks file, all blocks in scope."""

    def dump(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def plain(value: object) -> object:
        return int(value) if isinstance(value, float) and value.is_integer() else value

    with closing(sqlite3.connect(blocks)) as database:
        database.row_factory = sqlite3.Row
        rows = ["linli-input-1"]
        for row in database.execute("SELECT * FROM blocks ORDER BY id"):
            columns = [[name, plain(row[name])] for name in sorted(row.keys()) if name not in ("geom", "fid")]
            rows.append(dump([row["id"], columns, hashlib.sha256(row["geom"][8:]).hexdigest()]))
        lines = database.execute("SELECT a, b, length_m, kind, name, affinity FROM lines")
        rows += sorted(
            dump([a, b, plain(round(length, 3)), kind, name or "", plain(affinity)])
            for a, b, length, kind, name, affinity in lines
        )
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def geopackage_geometry(shape: shapely.Geometry) -> bytes:
    wkb = shapely.to_wkb(shape, flavor="iso", byte_order=1)
    return b"GP\x00\x01" + struct.pack("<i", 4547) + wkb


def quickly(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA journal_mode = MEMORY")


def _write(path: Path, layers: dict[str, list[dict[str, object]]]) -> None:
    path.unlink(missing_ok=True)
    types = {int: "INTEGER", float: "REAL", str: "TEXT"}
    with closing(sqlite3.connect(path)) as database:
        quickly(database)
        database.execute("PRAGMA application_id = 1196444487")  # GPKG
        database.execute("CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT)")
        for layer, rows in layers.items():
            names = list(rows[0])
            kinds = [next((types.get(type(r[n]), "BLOB") for r in rows if r[n] is not None), "REAL") for n in names]
            columns = ", ".join(f'"{name}" {kind}' for name, kind in zip(names, kinds, strict=True))
            database.execute(f'CREATE TABLE "{layer}" (fid INTEGER PRIMARY KEY, {columns})')
            if "geom" in names:
                database.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom')", (layer,))
            for row in rows:
                values = [geopackage_geometry(v) if isinstance(v, shapely.Geometry) else v for v in row.values()]
                marks = ", ".join("?" * len(names))
                listed = ", ".join(f'"{name}"' for name in names)
                database.execute(f'INSERT INTO "{layer}" ({listed}) VALUES ({marks})', values)
        database.commit()
