"""Triggers by which the database itself keeps the ledger append-only and in one chain."""

from __future__ import annotations

from typing import Any

from linli.ledger.chain import GENESIS

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


def guard(apps: Any, schema_editor: Any) -> None:
    """Set the triggers; for a migration."""
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)
