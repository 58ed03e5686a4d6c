"""Fingerprints of input: of a file's bytes, and of what a plan depends on."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import shapely

from linli.geodata.blocks import Blocks


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
