"""Fingerprints of input: of a file's bytes, and of what a plan depends on."""

from __future__ import annotations

import hashlib
import json
import os
import struct
from pathlib import Path

import numpy as np
import shapely

from linli.geodata.blocks import Blocks

HEIGHTS = 0x80000000  # the bit by which GDAL marks shapes with heights; ISO adds 1000 to the kind of shape
POINT, LINESTRING, POLYGON = 1, 2, 3


def input_hash(blocks: Blocks) -> str:
    """Return the SHA-256 (64 hex digits) of the blocks and their lines, as docs/architecture.md defines it."""
    grounds = blocks.ground_sha256
    if grounds is None:
        outlines = shapely.to_wkb(blocks.geometry, flavor="iso", byte_order=1)
        grounds = tuple(hashlib.sha256(outline).hexdigest() for outline in outlines)
    names = sorted({"id", *blocks.columns})
    texts = ["linli-input-1"]
    for row in sorted(range(len(blocks)), key=blocks.ids.__getitem__):
        pairs = [[name, blocks.ids[row] if name == "id" else _plain(blocks.columns[name][row])] for name in names]
        texts.append(_json([blocks.ids[row], pairs, grounds[row]]))
    lines = blocks.lines.take(np.full(len(blocks.lines), not blocks.lines_measured))
    texts += sorted(
        _json([blocks.ids[a], blocks.ids[b], _plain(round(float(length), 3)), kind, name or "", _plain(affinity)])
        for a, b, length, kind, name, affinity in zip(
            lines.a, lines.b, lines.length_m, lines.kind, lines.name, lines.affinity, strict=True
        )
    )
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def file_hash(path: str | os.PathLike[str]) -> str:
    """Return the SHA-256 (64 hex digits) of a file's bytes."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def iso_wkb(wkb: bytes) -> bytes:
    """Write well-known binary that marks heights in GDAL's own way (wkb25DBit) as ISO does, else leave it as it is.

    Parameters
    ----------
    wkb
        A shape; its byte order and every coordinate are kept.
    """
    if len(wkb) < 5 or not _code(wkb, 0) & HEIGHTS:
        return wkb
    iso = bytearray(wkb)
    _mark_heights(iso, 0)
    return bytes(iso)


def _mark_heights(wkb: bytearray, at: int) -> int:
    """Rewrite the code of the shape at a place, and those of its parts; return where it ends."""
    code = _code(wkb, at)
    kind = code - HEIGHTS
    struct.pack_into(_order(wkb, at) + "I", wkb, at + 1, kind + 1000)
    if kind == POINT:
        return at + 5 + 3 * 8
    order = _order(wkb, at)
    (number,) = struct.unpack_from(order + "I", wkb, at + 5)
    at += 9
    if kind == LINESTRING:
        return at + int(number) * 3 * 8
    for _ in range(number):
        if kind == POLYGON:
            (points,) = struct.unpack_from(order + "I", wkb, at)
            at += 4 + int(points) * 3 * 8
        else:
            at = _mark_heights(wkb, at)
    return at


def _order(wkb: bytes | bytearray, at: int) -> str:
    return "<" if wkb[at] else ">"


def _code(wkb: bytes | bytearray, at: int) -> int:
    (code,) = struct.unpack_from(_order(wkb, at) + "I", wkb, at + 1)
    return int(code)


def _plain(value: object) -> object:
    """Turn a cell into what the contract writes: whole numbers as integers, missing values as null."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool | int):
        return int(value)
    if isinstance(value, float):
        if not np.isfinite(value):
            return None
        return int(value) if value.is_integer() else value
    if isinstance(value, bytes):
        return value.hex()
    return None if value is None else str(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
