"""Triggers by which the database itself keeps the ledger append-only and in one chain, and whether they still stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from linli.ledger.chain import COLUMNS, GENESIS

SQLITE = (
    """CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry
       BEGIN SELECT RAISE(ABORT, 'an entry of the ledger is never changed'); END""",
    """CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry
       BEGIN SELECT RAISE(ABORT, 'an entry of the ledger is never removed'); END""",
    # INSERT OR REPLACE removes without asking the trigger above: so a number that exists is refused here
    f"""CREATE TRIGGER ledger_entry_in_chain BEFORE INSERT ON ledger_entry
       WHEN NEW.seq <> COALESCE((SELECT MAX(seq) FROM ledger_entry), 0) + 1
         OR NEW.previous <> COALESCE((SELECT hash FROM ledger_entry ORDER BY seq DESC LIMIT 1), '{GENESIS}')
       BEGIN SELECT RAISE(ABORT, 'an entry of the ledger follows the last one'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION ledger_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'an entry of the ledger is never changed or removed'; END $$""",
    """CREATE TRIGGER ledger_entry_no_change BEFORE UPDATE OR DELETE ON ledger_entry
       FOR EACH ROW EXECUTE FUNCTION ledger_entry_refuse()""",
    """CREATE TRIGGER ledger_entry_no_truncate BEFORE TRUNCATE ON ledger_entry
       FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_refuse()""",
    f"""CREATE FUNCTION ledger_entry_chain() RETURNS trigger LANGUAGE plpgsql AS $$
       DECLARE last RECORD;
       BEGIN
         SELECT seq, hash INTO last FROM ledger_entry ORDER BY seq DESC LIMIT 1;
         IF NEW.seq <> COALESCE(last.seq, 0) + 1 OR NEW.previous <> COALESCE(last.hash, '{GENESIS}') THEN
           RAISE EXCEPTION 'an entry of the ledger follows the last one';
         END IF;
         RETURN NEW;
       END $$""",
    """CREATE TRIGGER ledger_entry_in_chain BEFORE INSERT ON ledger_entry
       FOR EACH ROW EXECUTE FUNCTION ledger_entry_chain()""",
)
# the tables beside the chain only grow too
SQLITE_TREE = tuple(
    f"""CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}
       BEGIN SELECT RAISE(ABORT, 'what the ledger keeps is never changed or removed'); END"""
    for table in ("ledger_tile", "ledger_checkpoint")
    for act in ("UPDATE", "DELETE")
) + tuple(
    # INSERT OR REPLACE removes without asking
    f"""CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
       WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})
       BEGIN SELECT RAISE(ABORT, 'what the ledger keeps is never changed or removed'); END"""
    for table, same in (
        ("ledger_tile", "level = NEW.level AND number = NEW.number"), ("ledger_checkpoint", "size = NEW.size")
    )
)  # fmt: skip
POSTGRESQL_TREE = tuple(
    text
    for table in ("ledger_tile", "ledger_checkpoint")
    for text in (
        f"""CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
       FOR EACH ROW EXECUTE FUNCTION ledger_entry_refuse()""",
        f"""CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
       FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_refuse()""",
    )
)
# every column of every table that only grows
ENTRIES: dict[str, tuple[str, ...]] = {"ledger_entry": COLUMNS}
TREE: dict[str, tuple[str, ...]] = {
    "ledger_tile": ("level", "number", "hash"),
    "ledger_checkpoint": ("size", "at", "note"),
}
TYPES = {"BEFORE": 2, "INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32, "ROW": 1}  # pg_trigger.tgtype


def guard(apps: Any, schema_editor: Any) -> None:
    """Set the triggers of the entries; for a migration."""
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def guard_tree(apps: Any, schema_editor: Any) -> None:
    """Set the triggers of the tables beside the chain; for a migration."""
    for statement in POSTGRESQL_TREE if schema_editor.connection.vendor == "postgresql" else SQLITE_TREE:
        schema_editor.execute(statement)


@dataclass(frozen=True)
class Altered:
    """What differs, in words, and whether a table can no longer be read for it as the ledger's."""

    words: str
    unreadable: bool = False


def altered(cursor: Any, vendor: str, *, tree: bool = True) -> list[Altered]:
    """Compare the ledger's tables and what guards them with what the migrations set; return what differs.

    Parameters
    ----------
    cursor
        Of Django, sqlite3 or psycopg.
    vendor
        `sqlite` or `postgresql`.
    tree
        Whether the tables beside the chain are there; not in one from before them.
    """
    return list((_on_postgresql if vendor == "postgresql" else _on_sqlite)(cursor, ENTRIES | TREE if tree else ENTRIES))


def _on_sqlite(cursor: Any, tables: dict[str, tuple[str, ...]]) -> Iterator[Altered]:
    wanted = {text.split()[2]: text for text in SQLITE + SQLITE_TREE}
    for table, columns in tables.items():
        cursor.execute(f"SELECT type, name, sql FROM sqlite_master WHERE lower(tbl_name) = '{table}'")
        parts = list(cursor.fetchall())
        if [kind for kind, name, _sql in parts if name.lower() == table] != ["table"]:
            yield Altered(f"{table}不是一张表 / {table} is no table", unreadable=True)
            continue
        cursor.execute(f"PRAGMA table_xinfo({table})")
        shape = {name: (bool(needed), hidden) for _id, name, _type, needed, _default, _key, hidden in cursor.fetchall()}
        if shape != dict.fromkeys(columns, (True, 0)):
            yield Altered(f"{table}的列改过 / the columns of {table} were altered", unreadable=True)
        stand = {name: sql for kind, name, sql in parts if kind == "trigger"}
        yield from _compared({name: text for name, text in wanted.items() if f" ON {table}\n" in text}, stand)


def _on_postgresql(cursor: Any, tables: dict[str, tuple[str, ...]]) -> Iterator[Altered]:
    cursor.execute("SHOW session_replication_role")
    cursor_role = cursor.fetchone()[0]
    cursor.execute("SELECT count(*) FROM pg_db_role_setting WHERE setconfig::text LIKE '%session_replication_role%'")
    if cursor_role != "origin" or cursor.fetchone()[0]:
        yield Altered("session_replication_role 让触发器不起作用 / session_replication_role puts the triggers to sleep")
    bodies = {_called(text): text.split("$$")[1] for text in POSTGRESQL if text.startswith("CREATE FUNCTION")}
    wanted = {}
    for text in POSTGRESQL + POSTGRESQL_TREE:
        if made := re.match(r"CREATE TRIGGER (\w+) (.+) ON (\w+)\s+FOR EACH (\w+) EXECUTE FUNCTION (\w+)\(\)$", text):
            name, events, table, each, function = made.groups()
            kind = sum(TYPES.get(word, 0) for word in (*events.split(), each))
            wanted[name] = (table, kind, function, bodies[function])
    for table, columns in tables.items():
        cursor.execute(
            "SELECT relkind::text, relrowsecurity, relhasrules, relhassubclass FROM pg_class"
            f" WHERE oid = to_regclass('{table}')"
        )
        if cursor.fetchone() != ("r", False, False, False):
            yield Altered(f"{table}不是一张普通的表 / {table} is no plain table", unreadable=True)
            continue
        cursor.execute(
            "SELECT attname::text, attnotnull, attgenerated::text FROM pg_attribute"
            f" WHERE attrelid = to_regclass('{table}') AND attnum > 0 AND NOT attisdropped"
        )
        if {name: rest for name, *rest in cursor.fetchall()} != {name: [True, ""] for name in columns}:
            yield Altered(f"{table}的列改过 / the columns of {table} were altered", unreadable=True)
        cursor.execute(
            "SELECT tgname::text, tgtype::int, proname::text, prosrc, tgenabled::text IN ('O', 'A')"
            " AND tgqual IS NULL AND NOT prosecdef AND proconfig IS NULL AND lanname = 'plpgsql'"
            " FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid JOIN pg_language ON pg_language.oid = prolang"
            f" WHERE tgrelid = to_regclass('{table}') AND NOT tgisinternal"
        )
        stand = {name: (table, *rest) for name, *rest in cursor.fetchall()}
        yield from _compared({name: (*one, True) for name, one in wanted.items() if one[0] == table}, stand)


def _compared(wanted: dict[str, Any], stand: dict[str, Any]) -> Iterator[Altered]:
    for name in sorted(wanted.keys() | stand.keys()):
        if name not in stand:
            yield Altered(f"触发器{name}不见了 / the trigger {name} is gone")
        elif name not in wanted:
            yield Altered(f"多了触发器{name} / there is a trigger {name} that is not ours")
        elif stand[name] != wanted[name]:
            yield Altered(f"触发器{name}改过或停用了 / the trigger {name} was altered or put to sleep")


def _called(text: str) -> str:
    return text.split("(")[0].split()[-1]
