"""A forger who leaves the ledger alone and bends what it vouches for, by raw SQL, in ways drawn by seed."""

from __future__ import annotations

import random
from typing import Any

from django.db import Error, transaction

from linli.ledger.states import kinds


class Bender:
    """Bends, inside a transaction of the caller, one row of the database that a cursor of Django leads to.

    Parameters
    ----------
    seed
        What he does is drawn from it.
    """

    def __init__(self, cursor: Any, vendor: str, seed: int) -> None:
        self.cursor, self.vendor, self.draw = cursor, vendor, random.Random(seed)

    def bend(self) -> str:
        """Do one forgery; returns what it was: the way, the table, and the column where there is one."""
        self._free()
        while True:
            kept = self.draw.choice(list(kinds().values()))
            part = self.draw.choice((None, *kept.parts))
            table = part.table if part else kept.table
            self.cursor.execute(f"SELECT id FROM {table} ORDER BY id")
            ids = [key for (key,) in self.cursor.fetchall()]
            way = self.draw.choices(("value", "NULL", "gone", "more"), (6, 2, 1, 1))[0]
            # one that the ledger knows from its first act on may be added by anyone who uploads a file
            if not ids or (way == "more" and part is None and not kept.always):
                continue
            column = self.draw.choice(part.columns if part else (*kept.columns, *kept.standing))
            try:
                with transaction.atomic():
                    if self._done(way, table, column, self.draw.choice(ids), only=column in kept.standing):
                        return f"{way} {table}" + (f".{column}" if way in ("value", "NULL") else "")
            except Error:  # the database itself refused it
                continue

    def _done(self, way: str, table: str, column: str, key: int, *, only: bool) -> bool:
        """Try it; tells whether anything is other than it was."""
        where = f"WHERE id = {key}"
        if way == "gone":
            self.cursor.execute(f"DELETE FROM {table} {where}")
            return True
        if way == "more":
            self.cursor.execute(f"SELECT * FROM {table} {where}")
            names = [one[0] for one in self.cursor.description]
            values = [self._other(name, 1 + self.draw.randrange(10**6)) for name in names]
            into = ", ".join(map(_quoted, names))
            self.cursor.execute(f"INSERT INTO {table} ({into}) SELECT {', '.join(values)} FROM {table} {where}")
            return True
        if only:  # the calendar changes it once it has an end
            where += " AND valid_to IS NULL"
        before = self._kept(table, column, key)
        if way == "NULL":
            self._loosen(table, column)
            value = "NULL"
        else:
            value = self.draw.choice(self._values(column, str(before[1])))
        self.cursor.execute(f"UPDATE {table} SET {_quoted(column)} = {value} {where}")
        return bool(self._kept(table, column, key) != before)

    def _values(self, column: str, kind: str) -> list[str]:
        if self.vendor == "sqlite":  # which keeps any kind in any column
            own = _quoted(column)
            return ["'x'", "''", "0", "1", "987654", "3.5", "X'00ff'", f"{own} || 'x'", f"CAST({own} AS BLOB)", "'[]'"]
        return {
            "bigint": ["987654"], "integer": ["987654"], "smallint": ["9876"], "boolean": [f"NOT {_quoted(column)}"],
            "double precision": ["3.5"], "date": ["'2001-02-03'"], "jsonb": ["'[7]'"], "bytea": [r"'\x00ff'"],
            "timestamp with time zone": ["'2001-02-03 04:05:06+00'"], "uuid": ["gen_random_uuid()"],
        }.get(kind, ["'x'", "''"])  # fmt: skip

    def _other(self, name: str, number: int) -> str:
        """Return what stands in a column of a row that is put in beside another: no key twice."""
        if name == "id":
            return f"id + {number}"
        if name in ("code", "number", "username", "digest", "title", "name", "key", "year", "version"):
            return f"'{number}'" if self.vendor == "sqlite" or name not in ("year", "version") else str(number)
        return _quoted(name)

    def _kept(self, table: str, column: str, key: int) -> tuple[Any, ...]:
        own = _quoted(column)
        asked = f"hex({own}), typeof({own})" if self.vendor == "sqlite" else f"{own}::text, pg_typeof({own})::text"
        self.cursor.execute(f"SELECT {asked} FROM {table} WHERE id = {key}")
        found: tuple[Any, ...] = self.cursor.fetchone()
        return found

    def _free(self) -> None:
        """Let the database check no more than it must; a forger would not put things back."""
        if self.vendor == "sqlite":
            self.cursor.execute("PRAGMA defer_foreign_keys = ON")
            self.cursor.execute("PRAGMA ignore_check_constraints = ON")

    def _loosen(self, table: str, column: str) -> None:
        """Let a column be NULL."""
        if self.vendor == "postgresql":
            self.cursor.execute(f"ALTER TABLE {table} ALTER COLUMN {_quoted(column)} DROP NOT NULL")
            return
        self.cursor.execute("PRAGMA writable_schema = ON")
        self.cursor.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL', 'NULL') WHERE type = 'table' AND name = %s",
            [table],
        )
        self.cursor.execute("PRAGMA writable_schema = RESET")


def _quoted(name: str) -> str:
    return f'"{name}"'
