"""Files that rows vouched for name by their hash: photographs, evidence. Each must still be what was kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from linli.ledger import states

LOST = "文件不见了 / a file is gone"
CHANGED = "文件与存入时的 SHA-256 不符 / a file is not what was kept"
NAMED = frozenset({"path", "sha256"})
CHUNK = 1000
ACKNOWLEDGED = "lost"  # part of an acknowledgement: paths of files
Row = tuple[str, Any, Any]  # reference of the thing, path, SHA-256


class Astray(NamedTuple):
    """A file that is not what was kept: of which thing, where it stood, what is wrong."""

    thing: str
    path: str
    fault: str

    @property
    def words(self) -> str:
        """What people read."""
        return f"{self.fault}: {self.path} ({self.thing})"


def files_astray(cursor: Any, vendor: str, folder: Path) -> list[Astray]:
    """Read every file that a row names, and return those that are gone or changed, and not acknowledged.

    Parameters
    ----------
    cursor, vendor
        In the database, as `linli.ledger.checking.check` has them.
    folder
        Under which the files stand.
    """
    found = {row: fault for row in _rows(cursor, vendor) if (fault := _fault(folder, row))}
    if not found:
        return []
    known = _acknowledged(cursor)
    still = {row for row in _rows(cursor, vendor) if row in found}  # a rule may have removed row and file meanwhile
    return [Astray(*row[:2], fault) for row, fault in found.items() if row in still and row[1] not in known]


def _acknowledged(cursor: Any) -> set[str]:
    """Return the files that a system administrator has answered for: they are lost, which stays on record."""
    cursor.execute("SELECT content FROM ledger_entry WHERE verb = 'ledger.acknowledge'")
    return {path for (content,) in cursor.fetchall() for path in json.loads(content).get(ACKNOWLEDGED, ())}


def _rows(cursor: Any, vendor: str) -> Iterator[Row]:
    """Read what names a file: each table once, by the kind that it is the table of, else by whose part it is."""
    kinds = [kept for kept in states.kinds().values() if states.readable(cursor, vendor, kept)]
    tables = {part.table: (kept.kind, part.key) for kept in kinds for part in kept.parts if set(part.columns) >= NAMED}
    tables |= {kept.table: (kept.kind, kept.key) for kept in kinds if set(kept.columns) >= NAMED}
    for table, (kind, key) in tables.items():
        cursor.execute(f'SELECT "{key}", path, sha256 FROM {table}')
        while rows := cursor.fetchmany(CHUNK):
            for thing, path, sha256 in rows:
                yield f"{kind}:{thing}", path, sha256


def _fault(folder: Path, row: Row) -> str:
    _thing, path, sha256 = row
    try:
        with (folder / str(path)).open("rb") as file:
            return "" if hashlib.file_digest(file, "sha256").hexdigest() == sha256 else CHANGED
    except (OSError, ValueError):
        return LOST
