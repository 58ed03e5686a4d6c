"""The present state of things: of each kind that a room declares, entries keep digests of how a thing stood after.

A check reads the same columns again, past Django's models and by any cursor, and finds what was changed behind the
ledger's back. A digest is marked: `=`, eight hex digits of what was read, 55 of the state; `-` where the thing was
gone. One that was made of other columns than today's is no fault: the thing is not covered until its next act.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

from linli.ledger.chain import canonical

GONE = "-"
MARKS = ("=", GONE)
VOUCHED = "vouched"  # part of a content: reference to digest of other things than the object
COMPLETE = "complete"  # part of a content: kind to shape, of which every thing has an entry from then on
NUMBER, NAME = re.compile(r"[1-9][0-9]{0,17}"), re.compile(r"[a-zA-Z0-9_-]{1,60}")
State = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """Rows of another table that belong to a thing.

    Parameters
    ----------
    table, key, columns
        The table, its column that names the thing, and what of it counts.
    through
        Where the rows name the thing by another row: that one's table, and the column that names it; `key` is then of
        that table.
    """

    table: str
    key: str
    columns: tuple[str, ...]
    through: tuple[str, str] | None = None

    @property
    def title(self) -> str:
        """What the part is called in a state."""
        return f"{self.table}.{self.key}"


@dataclass(frozen=True)
class Kept:
    """What of a kind of thing the ledger vouches for: nothing that changes without an entry that says so.

    Parameters
    ----------
    kind
        The word before the key in a reference, `post` of `post:3`.
    table, columns
        Where it stands, and what of it counts.
    parts
        Rows that belong to it; other rooms add theirs, see `keep`.
    standing
        Columns that count while it has no end: the calendar changes them on that day.
    key
        The column that references name it by.
    always
        Whether every one has an entry from its first hour on, so that one without any was smuggled in.
    """

    kind: str
    table: str
    columns: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    standing: tuple[str, ...] = ()
    key: str = "id"
    always: bool = True

    @cached_property
    def shape(self) -> str:
        """Eight hex digits of what is read: they change with any column."""
        return hashlib.sha256(canonical(asdict(self)).encode()).hexdigest()[:8]


_KEPT: dict[str, Kept] = {}


def keep(kinds: Iterable[Kept], parts: Iterable[tuple[str, Part]] = ()) -> None:
    """Declare what things are vouched for by: kinds, and parts of kinds that another room declares."""
    declared = {one.kind: one for one in kinds}
    for kind, part in parts:
        declared[kind] = replace(declared[kind], parts=(*declared[kind].parts, part))
    _KEPT.update(declared)


def kinds() -> dict[str, Kept]:
    """Return every kind that is declared."""
    return dict(_KEPT)


def named(reference: str) -> tuple[Kept, str] | None:
    """Return kind and key of a reference; None where its kind is not declared."""
    kind, _sign, key = reference.partition(":")
    kept = _KEPT.get(kind)
    if kept is None or not (NUMBER if kept.key == "id" else NAME).fullmatch(key):
        return None
    return kept, key


def digest_of(kept: Kept, salt: str, state: State | None) -> str:
    """Return what an entry keeps of a state that can be read again."""
    if state is None:
        return GONE
    text = f"{salt}\n{canonical(state)}"
    return f"={kept.shape}{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:55]}"


def digests(cursor: Any, vendor: str, references: Iterable[str], salt: str) -> dict[str, str]:
    """Read how things stand and return their digests; of a kind that is not declared, none."""
    found = {}
    for reference in references:
        if about := named(reference):
            kept, key = about
            found[reference] = digest_of(kept, salt, states_of(cursor, vendor, kept, [key]).get(key))
    return found


def states_of(cursor: Any, vendor: str, kept: Kept, keys: Iterable[str]) -> dict[str, State]:
    """Read things of a kind by key; those that are gone are left out."""
    listed = ", ".join(f"'{key}'" for key in keys)
    found: dict[str, dict[str, Any]] = {}
    names = [_read(vendor, name) for name in kept.columns]
    names += [_read(vendor, name, f"CASE WHEN own.valid_to IS NULL THEN own.{name} END") for name in kept.standing]
    own = [*kept.columns, *kept.standing]
    for key, row in _rows(cursor, f'own."{kept.key}"', names, f"{kept.table} own", listed):
        found[key] = dict(zip(own, row, strict=True)) | {part.title: [] for part in kept.parts}
    for part in kept.parts:
        names, place, key_of = [_read(vendor, name) for name in part.columns], f"{part.table} own", "own"
        if part.through:
            place, key_of = f'{place} JOIN {part.through[0]} via ON own."{part.through[1]}" = via.id', "via"
        for key, row in _rows(cursor, f'{key_of}."{part.key}"', names, place, listed):
            if key in found:
                found[key][part.title].append(row)
    return dict(found)


def all_of(cursor: Any, kept: Kept) -> Iterator[str]:
    """Read the references of every thing of a kind."""
    cursor.execute(f'SELECT "{kept.key}" FROM {kept.table}')
    yield from (f"{kept.kind}:{key}" for (key,) in cursor.fetchall())


def readable(cursor: Any, vendor: str, kept: Kept) -> bool:
    """Whether a database has every column that a kind is read from."""
    wanted = [(kept.table, {kept.key, *kept.columns, *kept.standing})]
    for part in kept.parts:
        wanted += [(part.table, {*part.columns, part.through[1] if part.through else part.key})]
        wanted += [(part.through[0], {part.key})] if part.through else []
    for table, columns in wanted:
        cursor.execute(
            f"SELECT name FROM pragma_table_info('{table}')"
            if vendor == "sqlite"
            else f"SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass('{table}') AND attnum > 0"
        )
        if not columns <= {name for (name,) in cursor.fetchall()}:
            return False
    return True


def _read(vendor: str, name: str, value: str = "") -> str:
    """Return how a column is asked for, as the database keeps it: no kind that Python would convert by."""
    value = value or f'own."{name}"'
    return f"+{value}" if vendor == "sqlite" else f"CAST({value} AS text)"


def _rows(cursor: Any, key: str, names: list[str], place: str, listed: str) -> Iterator[tuple[str, list[Any]]]:
    """Read rows with the key of their thing first, in the order in which they were written."""
    cursor.execute(f"SELECT {', '.join((key, *names))} FROM {place} WHERE {key} IN ({listed}) ORDER BY own.id")
    for first, *rest in cursor.fetchall():
        yield str(first), [[value.hex()] if isinstance(value, bytes) else value for value in rest]
