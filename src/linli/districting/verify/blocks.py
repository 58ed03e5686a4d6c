"""Read the blocks file: ids, ground, columns, the lines between blocks, the rim; and hash what a plan rests on."""

from __future__ import annotations

import hashlib
import json
import math
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from linli.districting.verify.geopackage import (
    SQLITE_HEADER,
    Shape,
    Table,
    UnreadableError,
    layers,
    opened,
    read_table,
    shape_of,
)
from linli.errors import InputError

LIMIT = 1e12  # no length in metres and no affinity comes near it
TOUCH_M = 1.0  # a contact of a metre or less is no adjacency
Pair = tuple[str, str]


@dataclass(frozen=True)
class Block:
    """One block: its id, every attribute column, its shape."""

    id: str
    values: Mapping[str, object]
    shape: Shape

    def text(self, column: str) -> str:
        """A column as text, empty where there is nothing."""
        value = self.values.get(column)
        return "" if value is None or value != value else _id_text(value)

    @property
    def community(self) -> str:
        """The present community, empty where there is none."""
        return self.text("community")


@dataclass(frozen=True)
class Line:
    """One row of `lines`: two blocks (a < b), metres, what runs there."""

    a: str
    b: str
    length_m: float
    kind: str
    name: str
    affinity: float | None


@dataclass(frozen=True)
class BlocksFile:
    """What the data say, before any plan.

    `rim` holds metres of outside border by block, None where the file has no such layer; `measured` is True where
    the file has no lines and these were measured from the shapes. `outside` is ground that the file declares to
    belong to no community.
    """

    sha256: str
    columns: tuple[str, ...]
    blocks: dict[str, Block]
    lines: list[Line]
    rim: dict[str, float] | None
    measured: bool = False
    outside: tuple[Shape, ...] = ()

    def scope(self, communities: Collection[str]) -> dict[str, Block]:
        """Blocks of these communities, or all where none is named."""
        return {key: b for key, b in self.blocks.items() if not communities or b.community in communities}

    def input_hashes(self, scope: Collection[str]) -> list[str]:
        """The hash of what the plan rests on; where lines were measured here, also the hash of the blocks alone."""
        inside = [line for line in self.lines if line.a in scope and line.b in scope]
        blocks = [self.blocks[key] for key in scope]
        return [input_hash(blocks, lines) for lines in ((inside, []) if self.measured else (inside,))]


def read_blocks(path: Path) -> BlocksFile:
    """Read a blocks file.

    A GeoPackage with a layer `lines` is read with SQLite alone. For any other file of polygons the shapes are read
    by pyogrio and the shared borders measured by shapely, in the module `polygons`.

    Raises
    ------
    InputError
        The file is missing, unreadable, or breaks the contract of blocks files.
    """
    data = read_bytes(path)
    digest = hashlib.sha256(data).hexdigest()
    outside: tuple[Shape, ...] = ()
    if data.startswith(SQLITE_HEADER):
        if journal := unwritten(path):
            raise InputError(
                "the blocks file is open in another program, which has not yet written all of it",
                file=path,
                value=journal,
                advice="close the other program (QGIS, …) and verify again",
            )
        try:
            with opened(data) as database:
                found = layers(database)
                if {"blocks", "lines"} <= found:
                    rim = read_table(database, "rim") if "rim" in found else None
                    tables = read_table(database, "blocks"), read_table(database, "lines"), rim
                    return replace(_from_tables(path, digest, *tables), outside=_outside(database, found))
                outside = _outside(database, found)
        except UnreadableError as error:
            raise InputError(f"the blocks file cannot be read: {error}", file=path) from error
    from linli.districting.verify.polygons import measure_lines, read_polygons

    columns, rows, shapes = read_polygons(path)
    blocks = _blocks(path, columns, rows, shapes)
    return BlocksFile(digest, tuple(columns), blocks, measure_lines(path, blocks), None, measured=True, outside=outside)


def _outside(database: sqlite3.Connection, found: Collection[str]) -> tuple[Shape, ...]:
    """The shapes of the layer `outside`, empty where there is none."""
    if "outside" not in found:
        return ()
    return tuple(shape_of(blob) for blob in read_table(database, "outside").shapes if blob is not None)


def read_bytes(path: Path) -> bytes:
    """Read a whole file, or say which file cannot be read."""
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise InputError(f"the file cannot be opened: {error}", file=path, advice="check the path") from error
    if not data:
        raise InputError("the file is empty", file=path)
    return data


def unwritten(path: Path) -> str | None:
    """Name of the journal beside a GeoPackage that holds changes which its bytes do not show yet."""
    for ending in ("-wal", "-journal"):
        journal = path.with_name(path.name + ending)
        if journal.is_file() and journal.stat().st_size:
            return journal.name
    return None


def input_hash(blocks: Iterable[Block], lines: Iterable[Line]) -> str:
    """SHA-256 over the content that a plan rests on, independent of row order and file layout.

    Source: docs/architecture.md, "Input hash".
    """
    rows = ["linli-input-1"]
    for block in sorted(blocks, key=lambda b: b.id):
        columns = [[name, _plain(block.values[name])] for name in sorted(block.values)]
        rows.append(_compact([block.id, columns, hashlib.sha256(block.shape.wkb).hexdigest()]))
    rows += sorted(
        _compact([x.a, x.b, _plain(round(x.length_m, 3)), x.kind, x.name, _plain(x.affinity)]) for x in lines
    )
    return hashlib.sha256("\n".join(rows).encode("utf-8")).hexdigest()


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def _plain(value: object) -> object:
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return int(value) if value.is_integer() else value
    if isinstance(value, bool):
        return int(value)
    return value.hex() if isinstance(value, bytes) else value


def _from_tables(path: Path, digest: str, blocks: Table, lines: Table, rim: Table | None) -> BlocksFile:
    shapes = []
    for row, blob in enumerate(blocks.shapes):
        if blob is None:
            raise InputError("a block has no geometry", file=path, layer="blocks", row=row + 1)
        shapes.append(shape_of(blob))
    known = _blocks(path, blocks.columns, blocks.rows, shapes)
    border: dict[str, float] | None = None
    if rim is not None:
        border = defaultdict(float)
        for row, values in enumerate(rim.rows):
            a = _known_block(path, "rim", row, "a", values, known)
            border[a] += _number(path, "rim", row, "length_m", values)
    return BlocksFile(
        sha256=digest,
        columns=tuple(blocks.columns),
        blocks=known,
        lines=[_line(path, row, values, known) for row, values in enumerate(lines.rows)],
        rim=None if border is None else dict(border),
    )


def _blocks(path: Path, columns: list[str], rows: list[dict[str, object]], shapes: list[Shape]) -> dict[str, Block]:
    if "id" not in columns:
        raise InputError("the blocks have no column 'id'", file=path, layer="blocks", field="id", value=columns)
    blocks: dict[str, Block] = {}
    for row, (values, shape) in enumerate(zip(rows, shapes, strict=True)):
        key = _id_text(values["id"])
        if not key or values["id"] is None:
            raise InputError("a block has no id", file=path, layer="blocks", row=row + 1, field="id")
        if key in blocks:
            raise InputError("two blocks bear the same id", file=path, layer="blocks", row=row + 1, value=key)
        blocks[key] = Block(key, values, shape)
    if not blocks:
        raise InputError("the file holds no block", file=path, layer="blocks")
    return blocks


def _line(path: Path, row: int, values: dict[str, object], known: Mapping[str, Block]) -> Line:
    a = _known_block(path, "lines", row, "a", values, known)
    b = _known_block(path, "lines", row, "b", values, known)
    if a == b:
        raise InputError("a line divides a block from itself", file=path, layer="lines", row=row + 1, value=a)
    affinity = None if values.get("affinity") is None else _number(path, "lines", row, "affinity", values)
    kind, name = values.get("kind"), values.get("name")
    return Line(
        a=min(a, b),
        b=max(a, b),
        length_m=_number(path, "lines", row, "length_m", values),
        kind=kind if isinstance(kind, str) else "none",
        name=name if isinstance(name, str) else "",
        affinity=affinity,
    )


def _known_block(
    path: Path, layer: str, row: int, field: str, values: Mapping[str, object], known: Mapping[str, Block]
) -> str:
    key = _id_text(values.get(field))
    if key not in known:
        raise InputError(
            "a line names a block that does not exist", file=path, layer=layer, row=row + 1, field=field, value=key
        )
    return key


def _number(path: Path, layer: str, row: int, field: str, values: Mapping[str, object]) -> float:
    value = values.get(field)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < LIMIT:
        raise InputError(
            "a number of at least 0 is needed", file=path, layer=layer, row=row + 1, field=field, value=value
        )
    return float(value)


def _id_text(value: object) -> str:
    return str(_plain(value))
