"""The check of a whole ledger in its database: what guards it, every field of every entry as it is kept, the chain.

It reads past Django's models, which would make `True` of a 2 and text of a number, and by any cursor, so that a copy
in a backup is checked as the site's own database is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from linli.ledger.chain import COLUMNS, FIELDS, Row, Verified, Walk
from linli.ledger.guards import altered

CHUNK = 2000
PUBLIC = FIELDS.index("public")


def check(cursor: Any, vendor: str, *, heads: Mapping[int, str] | None = None) -> Verified:
    """Check the ledger of a database.

    Parameters
    ----------
    cursor
        Of Django, sqlite3 or psycopg, in the database.
    vendor
        `sqlite` or `postgresql`.
    heads
        Number to hash of heads that somebody noted earlier.
    """
    walk = Walk(whole=True, heads=heads)
    for words in altered(cursor, vendor):
        walk.found.fault(0, words)
    if any("ledger_entry" in words and "列" in words for _number, words in walk.found.faults):
        return walk.end()  # what else stands there cannot be read as entries
    with as_kept(cursor, vendor):
        for row in rows(cursor, vendor):
            walk.step(row)
    return walk.end()


def rows(cursor: Any, vendor: str) -> Iterator[Row]:
    """Read every entry in the order of numbers, each value as the database keeps it."""
    if vendor == "sqlite":
        # a plus takes the declared kind away, by which Python would convert a value
        names = ", ".join(f'+"{name}"' for name in COLUMNS)
        cursor.execute(f"SELECT {names} FROM ledger_entry ORDER BY seq")
        while found := cursor.fetchmany(CHUNK):
            yield from map(tuple, found)
        return
    names, last = ", ".join(f'"{name}"' for name in COLUMNS), -(2**63)
    while True:
        cursor.execute(f"SELECT {names} FROM ledger_entry WHERE seq > {last} ORDER BY seq LIMIT {CHUNK}")
        found = cursor.fetchall()
        if not found:
            return
        for row in found:
            public = row[PUBLIC]
            yield (*row[:PUBLIC], int(public) if isinstance(public, bool) else public, *row[PUBLIC + 1 :])
        last = found[-1][0]


@contextmanager
def as_kept(cursor: Any, vendor: str) -> Iterator[None]:
    """Let SQLite hand out text that is no UTF-8 too, instead of refusing the whole row."""
    if vendor != "sqlite":
        yield
        return
    raw = cursor.connection  # Django's cursor hands on to sqlite3's
    before, raw.text_factory = raw.text_factory, lambda data: data.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        raw.text_factory = before
