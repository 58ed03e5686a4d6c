"""The present state of things: of each kind that a room declares, every entry keeps a digest of how it stood after.

A check reads the same columns again, past Django's models and by any cursor, and finds what was changed behind the
ledger's back. The digest is marked: `=` and 63 hex digits, `-` where the thing was gone; what entries say of other
kinds is a digest that nobody can read again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from linli.ledger.chain import canonical

GONE = "-"
State = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """Rows of another table that belong to a thing.

    Parameters
    ----------
    table, key, columns
        The table, its column that names the thing, and what of it counts.
    """

    table: str
    key: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Kept:
    """What of a kind of thing an act's entry vouches for: nothing that changes without an entry about the thing itself.

    Parameters
    ----------
    kind
        The word before the number in a reference, `post` of `post:3`.
    table, columns
        Where it stands, found by `id`, and what of it counts.
    parts
        Rows that belong to it.
    """

    kind: str
    table: str
    columns: tuple[str, ...]
    parts: tuple[Part, ...] = ()


_KEPT: dict[str, Kept] = {}


def keep(*kinds: Kept) -> None:
    """Declare what a room's things are vouched for by; called when its application is ready."""
    _KEPT.update({one.kind: one for one in kinds})


def named(reference: str) -> tuple[Kept, int] | None:
    """Return kind and number of a reference; None where its kind is not declared."""
    found = re.fullmatch(r"(\w+):([1-9][0-9]{0,17})", reference, re.ASCII)
    kept = _KEPT.get(found[1]) if found else None
    return (kept, int(found[2])) if found and kept else None


def digest_of(salt: str, state: State | None) -> str:
    """Return what an entry keeps of a state that can be read again."""
    if state is None:
        return GONE
    return "=" + hashlib.sha256(f"{salt}\n{canonical(state)}".encode("utf-8", "surrogatepass")).hexdigest()[1:]


def state_of(cursor: Any, vendor: str, reference: str) -> State | None:
    """Read one thing whose kind is declared; None where it is gone."""
    found = named(reference)
    if found is None:
        raise LookupError(reference)
    return states_of(cursor, vendor, found[0], [found[1]]).get(found[1])


def states_of(cursor: Any, vendor: str, kept: Kept, numbers: Iterable[int]) -> dict[int, State]:
    """Read things of a kind by number; those that are gone are left out."""
    listed = ", ".join(map(str, numbers))
    found: dict[int, dict[str, Any]] = {}
    for row in _rows(cursor, vendor, kept.table, "id", kept.columns, listed):
        found[row[0]] = dict(zip(kept.columns, row[1:], strict=True)) | {part.table: [] for part in kept.parts}
    for part in kept.parts:
        for row in _rows(cursor, vendor, part.table, part.key, part.columns, listed):
            if row[0] in found:
                found[row[0]][part.table].append(list(row[1:]))
    return dict(found)


def readable(cursor: Any, vendor: str, kept: Kept) -> bool:
    """Whether a database has every column that a kind is read from."""
    for table, columns in ((kept.table, kept.columns), *((part.table, part.columns) for part in kept.parts)):
        cursor.execute(
            f"SELECT name FROM pragma_table_info('{table}')"
            if vendor == "sqlite"
            else f"SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass('{table}') AND attnum > 0"
        )
        if not set(columns) <= {name for (name,) in cursor.fetchall()}:
            return False
    return True


def kinds() -> dict[str, Kept]:
    """Return every kind that is declared."""
    return dict(_KEPT)


def _rows(
    cursor: Any, vendor: str, table: str, key: str, columns: tuple[str, ...], numbers: str
) -> list[tuple[Any, ...]]:
    """Read rows, every value as the database keeps it."""
    if vendor == "sqlite":
        names = ", ".join(f'+"{name}"' for name in columns)
    else:
        names = ", ".join(f'CAST("{name}" AS text)' for name in columns)
    cursor.execute(f'SELECT "{key}", {names} FROM {table} WHERE "{key}" IN ({numbers}) ORDER BY id')
    return [
        (row[0], *(value.hex() if isinstance(value, bytes) else value for value in row[1:]))
        for row in cursor.fetchall()
    ]
