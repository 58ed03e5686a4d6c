"""A forger with the database's password: he changes a ledger by raw SQL, in one of many ways drawn by seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from linli.ledger.chain import COLUMNS, FIELDS, GENESIS, canonical, digest_of, hash_of
from linli.ledger.guards import POSTGRESQL, SQLITE

CONTENTS = tuple(name for name in FIELDS if name != "seq")
NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
TRIGGERS = {
    vendor: tuple(text.split()[2] for text in texts if text.startswith("CREATE TRIGGER"))
    for vendor, texts in (("sqlite", SQLITE), ("postgresql", POSTGRESQL))
}


class Forger:
    """Bends the ledger that a cursor of Django leads to.

    Parameters
    ----------
    seed
        What he does is drawn from it.
    """

    def __init__(self, cursor: Any, vendor: str, seed: int) -> None:
        self.cursor, self.vendor, self.draw = cursor, vendor, random.Random(seed)

    def bend(self) -> str:
        """Do one forgery; returns what it was."""
        ways: dict[str, tuple[int, Callable[[], None]]] = {
            "a value": (8, self._value), "contents to NULL": (3, self._nulls), "rows gone": (3, self._gone),
            "a row more": (2, self._more), "two rows swapped": (1, self._swapped), "re-chained": (4, self._rechained),
            "emptied": (1, self._emptied), "guards": (4, self._guards), "shape": (2, self._shape),
        }  # fmt: skip
        way = self.draw.choices(list(ways), [weight for weight, _do in ways.values()])[0]
        if way not in ("guards", "shape"):
            self._drop(TRIGGERS[self.vendor])
        ways[way][1]()
        if way not in ("guards", "shape") and self.draw.random() < 0.7:  # the careful one puts everything back
            for text in SQLITE if self.vendor == "sqlite" else POSTGRESQL:
                if text.startswith("CREATE TRIGGER"):
                    self.cursor.execute(text)
        return way

    def _value(self) -> None:
        seq = self.draw.choice(self._numbers())
        column = self.draw.choice(COLUMNS)
        self.cursor.execute(f'SELECT "{column}" FROM ledger_entry WHERE seq = {seq}')
        old = self.cursor.fetchone()[0]
        values = ["'x'", f"'x{str(old)[1:]}'", "''", "'{}'", "42"]
        if self.vendor == "sqlite":  # which keeps any kind in any column
            values += ["X'00ff'", "2", "3.5", f"CAST('{old}' AS BLOB)", "CAST(X'ff41' AS TEXT)"]
        else:
            values = {"seq": ["42", "-1"], "public": ["NOT public"]}.get(column, values)
        if column != "seq" and self.draw.random() < 0.3:
            self._loosen()
            values.append("NULL")
        # what a column turns back into what stood there is no forgery
        before = self._kept(seq, column)
        while self._kept(seq, column) == before:
            self.cursor.execute(f'UPDATE ledger_entry SET "{column}" = {self.draw.choice(values)} WHERE seq = {seq}')

    def _kept(self, seq: int, column: str) -> Any:
        kind = "typeof" if self.vendor == "sqlite" else "pg_typeof"
        text = f'hex("{column}")' if self.vendor == "sqlite" else f'"{column}"::text'
        self.cursor.execute(f'SELECT {text}, {kind}("{column}") FROM ledger_entry WHERE seq = {seq}')
        return self.cursor.fetchone()

    def _nulls(self) -> None:
        careful = self.draw.random() < 0.5
        if careful:
            self._needed(False)
        else:
            self._loosen()
        names = CONTENTS if self.draw.random() < 0.5 else ("salt", *self.draw.sample(CONTENTS[:-1], 3))
        which = "" if self.draw.random() < 0.3 else f" WHERE seq = {self.draw.choice(self._numbers())}"
        self.cursor.execute("UPDATE ledger_entry SET " + ", ".join(f'"{one}" = NULL' for one in names) + which)
        if careful:
            self._needed(True)

    def _needed(self, needed: bool) -> None:
        """Let columns be NULL by a word in the catalogue, and take the word back: the table looks as ever."""
        if self.vendor == "postgresql":
            self.cursor.execute(
                f"UPDATE pg_attribute SET attnotnull = {needed} WHERE attrelid = 'ledger_entry'::regclass"
            )
            return
        words = ("NULL /**/", "NOT NULL") if needed else ("NOT NULL", "NULL /**/")
        self.cursor.execute("PRAGMA writable_schema = ON")
        self.cursor.execute("UPDATE sqlite_master SET sql = replace(sql, %s, %s) WHERE name = 'ledger_entry'", words)
        self.cursor.execute("PRAGMA writable_schema = RESET")

    def _gone(self) -> None:
        numbers = self._numbers()
        first = self.draw.choice(numbers)
        last = max(numbers) if self.draw.random() < 0.5 else first
        self.cursor.execute(f"DELETE FROM ledger_entry WHERE seq BETWEEN {first} AND {last}")

    def _more(self) -> None:
        seq = max(self._numbers()) + self.draw.choice((1, 2, 7))
        rest = NAMES.partition(", ")[2]
        self.cursor.execute(f"INSERT INTO ledger_entry ({NAMES}) SELECT {seq}, {rest} FROM ledger_entry WHERE seq = 1")

    def _swapped(self) -> None:
        one, two = self.draw.sample(self._numbers(), 2)
        for a, b in ((one, 0), (two, one), (0, two)):
            self.cursor.execute(f"UPDATE ledger_entry SET seq = {b} WHERE seq = {a}")

    def _rechained(self) -> None:
        """Rewrite an entry, or leave some out, and reckon every digest and hash after it anew."""
        self.cursor.execute(f"SELECT {NAMES} FROM ledger_entry ORDER BY seq")
        entries = [list(row) for row in self.cursor.fetchall()]
        at = self.draw.randrange(len(entries))
        if self.draw.random() < 0.5:
            del entries[at]
        else:
            entries[at][FIELDS.index("content")] = canonical({"forged": self.draw.random()})
        self.cursor.execute("DELETE FROM ledger_entry")
        previous = GENESIS
        for seq, row in enumerate(entries, 1):
            row[0], public = seq, int(row[8])
            row[-3] = digest_of([*row[:8], public, *row[9:11]])
            row[-2:] = previous, hash_of(previous, seq, row[-3], public)
            previous = row[-1]
            places = ", ".join(["%s"] * len(row))
            self.cursor.execute(f"INSERT INTO ledger_entry ({NAMES}) VALUES ({places})", row)

    def _emptied(self) -> None:
        self.cursor.execute("DELETE FROM ledger_entry")

    def _guards(self) -> None:
        name = self.draw.choice(TRIGGERS[self.vendor])
        kinds = [
            "gone",
            "extra",
            "altered",
            *(["asleep", "replica", "function"] if self.vendor == "postgresql" else []),
        ]
        kind = self.draw.choice(kinds)
        if kind in ("gone", "altered"):
            self._drop((name,))
        if self.vendor == "sqlite":
            made = {"extra": "one_more", "altered": name}.get(kind)
            if made:
                self.cursor.execute(f"CREATE TRIGGER {made} BEFORE INSERT ON ledger_entry BEGIN SELECT 1; END")
            return
        body = "LANGUAGE plpgsql AS $$ BEGIN RETURN COALESCE(NEW, OLD); END $$"
        calm = "BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION"
        self.cursor.execute(f"CREATE OR REPLACE FUNCTION calm() RETURNS trigger {body}")
        self.cursor.execute(
            {
                "gone": "SELECT 1", "extra": f"CREATE TRIGGER one_more {calm} calm()",
                "altered": f"CREATE TRIGGER {name} {calm} calm()",
                "asleep": f"ALTER TABLE ledger_entry DISABLE TRIGGER {name}",
                "replica": f"ALTER TABLE ledger_entry ENABLE REPLICA TRIGGER {name}",
                "function": f"CREATE OR REPLACE FUNCTION ledger_entry_refuse() RETURNS trigger {body}",
            }[kind]
        )  # fmt: skip

    def _shape(self) -> None:
        if self.draw.random() < 0.5:
            self.cursor.execute("ALTER TABLE ledger_entry ADD COLUMN more varchar(9)")
            return
        self.cursor.execute("ALTER TABLE ledger_entry RENAME TO hidden")
        self.cursor.execute(f"CREATE VIEW ledger_entry AS SELECT {NAMES} FROM hidden WHERE seq < 3")

    def _loosen(self) -> None:
        """Let every column be NULL and hold anything."""
        if self.vendor == "postgresql":
            for name in COLUMNS[1:]:
                self.cursor.execute(f'ALTER TABLE ledger_entry ALTER COLUMN "{name}" DROP NOT NULL')
            return
        self.cursor.execute(f"CREATE TABLE loose AS SELECT {NAMES} FROM ledger_entry")
        self.cursor.execute("DROP TABLE ledger_entry")
        if self.draw.random() < 0.5:  # and to all appearance nothing was loosened
            self.cursor.execute("ALTER TABLE loose RENAME TO ledger_entry")
            return
        shape = ", ".join(f'"{name}" {"bigint" if name == "seq" else "varchar(64)"}' for name in COLUMNS)
        self.cursor.execute(f"CREATE TABLE ledger_entry ({shape})")
        self.cursor.execute(f"INSERT INTO ledger_entry SELECT {NAMES} FROM loose")
        self.cursor.execute("DROP TABLE loose")

    def _drop(self, names: tuple[str, ...]) -> None:
        for name in names:
            self.cursor.execute(f"DROP TRIGGER {name}" + (" ON ledger_entry" if self.vendor == "postgresql" else ""))

    def _numbers(self) -> list[int]:
        self.cursor.execute("SELECT seq FROM ledger_entry")
        return [seq for (seq,) in self.cursor.fetchall()]
