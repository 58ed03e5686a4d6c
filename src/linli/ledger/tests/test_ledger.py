"""The chain: what is recorded, what the database refuses, what a check finds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import Error, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.ledger.chain import CUT, FIELDS, GENESIS, HIDDEN, Row, canonical, digest_of, hash_of, rows_of, verify
from linli.ledger.export import public_lines, rows
from linli.ledger.models import Entry
from linli.ledger.recording import record, record_sight


def three(public: bool = True) -> list[Entry]:
    return [
        record(actor="account:1", verb="org.rename_division", object=f"division:{k}", public=public and k != 2,
               before={"name": "旧"}, after={"name": "新"}, content={"name": f"新{k}"})
        for k in (1, 2, 3)
    ]  # fmt: skip


def chain(many: int) -> list[Row]:
    """A chain that never saw a database."""
    made: list[Row] = []
    previous = GENESIS
    for seq in range(1, many + 1):
        fields = (seq, "2026-01-05T01:00:00.000000+00:00", "system", "", "test.act", f"thing:{seq}", "", "", 1,
                  canonical({"n": seq}), f"{seq:032x}")  # fmt: skip
        digest = digest_of(fields)
        made.append((*fields, digest, previous, hash_of(previous, seq, digest, 1)))
        previous = made[-1][-1]
    return made


@pytest.mark.django_db
def test_an_act_outside_a_transaction_is_refused() -> None:
    with connection.cursor() as cursor:
        assert cursor is not None
    before = connection.in_atomic_block
    connection.in_atomic_block = False
    try:
        with pytest.raises(transaction.TransactionManagementError):
            record(actor="system", verb="test.act", object="thing:1")
    finally:
        connection.in_atomic_block = before


@pytest.mark.django_db
def test_each_entry_is_bound_to_the_one_before() -> None:
    first, second, third = three()
    assert (second.previous, third.previous) == (first.hash, second.hash)
    found = verify(rows())
    assert found.sound
    assert (found.entries, found.seq, found.hash) == (third.seq, third.seq, third.hash)


@pytest.mark.django_db
def test_states_are_kept_as_digests_only() -> None:
    entry = three()[0]
    assert "旧" not in json.dumps([getattr(entry, name) for name in FIELDS], ensure_ascii=False)
    assert len(entry.before) == 64


STATEMENTS = {
    "update": "UPDATE ledger_entry SET actor = 'x' WHERE seq = (SELECT MAX(seq) FROM ledger_entry)",
    "delete": "DELETE FROM ledger_entry WHERE seq = (SELECT MAX(seq) FROM ledger_entry)",
    "delete all": "DELETE FROM ledger_entry",
    "out of chain": "INSERT INTO ledger_entry SELECT seq + 5, at, actor, post, verb, object, before, after, public,"
    " content, salt, digest, previous, hash FROM ledger_entry",
    "same number": "INSERT INTO ledger_entry SELECT * FROM ledger_entry",
}
REPLACE = {
    "sqlite": "INSERT OR REPLACE INTO ledger_entry SELECT * FROM ledger_entry",
    "postgresql": "TRUNCATE ledger_entry",
}


@pytest.mark.django_db
@pytest.mark.parametrize("act", [*STATEMENTS, "replace or truncate"])
def test_the_database_refuses_to_bend_the_ledger(act: str) -> None:
    three()
    statement = STATEMENTS.get(act) or REPLACE[connection.vendor]
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verify(rows()).sound


@given(st.integers(3, 12), st.data())
@settings(max_examples=60)
def test_any_change_is_found(many: int, data: st.DataObject) -> None:
    made = chain(many)
    kind = data.draw(st.sampled_from(("changed", "removed", "swapped", "rehashed")))
    at = data.draw(st.integers(0, many - 2))
    if kind == "changed":
        column = data.draw(st.integers(1, len(FIELDS) - 1))
        row = list(made[at])
        others = [v for v in (f"{row[column]}x", None, 0, True, 2.0, b"x", "") if repr(v) != repr(row[column])]
        row[column] = data.draw(st.sampled_from(others))
        made[at] = tuple(row)
    elif kind == "removed":
        del made[at]
    elif kind == "swapped":
        made[at], made[at + 1] = made[at + 1], made[at]
    else:  # a forger who mends the digest and hash of the row itself, but cannot mend those after it
        row = list(made[at])
        row[9] = canonical({"n": "forged"})
        row[-3] = digest_of(row[: len(FIELDS)])
        row[-1] = hash_of(row[-2], row[0], row[-3], row[8])
        made[at] = tuple(row)
    assert not verify(made, whole=True).sound


def test_entries_of_the_first_form_stand_and_must_hold_their_contents_too() -> None:
    made, previous = [], GENESIS
    for row in chain(4):
        made.append((*row[:-2], previous, hash_of(previous, row[0], row[-3])))
        previous = made[-1][-1]
    assert verify(made, whole=True).sound
    emptied = [(row[0], *[None] * 10, *row[-3:]) for row in made]
    assert verify(emptied).sound  # as one downloads them
    assert not verify(emptied, whole=True).sound
    row = chain(1)[0]
    assert not verify([*made, (5, *row[1:])], whole=True).sound


def test_a_public_entry_is_not_passed_off_as_another() -> None:
    row = chain(1)[0]
    assert not verify([(1, *[None] * 7, 0, None, None, *row[-3:])]).sound
    assert verify([(1, *[None] * 7, 1, None, None, *row[-3:])]).faults == [(1, HIDDEN)]


def test_a_cut_end_is_found_by_whoever_noted_the_head() -> None:
    made = chain(5)
    heads = {5: made[-1][-1]}
    assert verify(made, heads=heads).sound
    assert verify(made[:4]).sound
    assert verify(made[:4], heads=heads).faults == [(5, CUT)]


@pytest.mark.django_db
def test_the_public_part_hides_what_is_not_public_and_still_verifies(tmp_path: Path) -> None:
    three()
    path = tmp_path / "public.jsonl"
    path.write_text("".join(public_lines()), encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    assert "新1" in text
    assert "新2" not in text
    found = verify(rows_of(text.splitlines(), path))
    assert found.sound
    assert found.contents == Entry.objects.filter(public=True).count()
    forged = text.replace("新1", "伪造")
    assert not verify(rows_of(forged.splitlines(), path)).sound


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["docs/ledger.md", "docs/ledger.zh.md"])
def test_the_script_of_the_documents_verifies_the_public_part(tmp_path: Path, page: str) -> None:
    three()
    home = Path(__file__).resolve().parents[4]
    script = (home / page).read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    assert len(script.splitlines()) <= 30
    (tmp_path / "check.py").write_text(script, encoding="utf-8")
    lines = list(public_lines())
    for name, content, code in (("good", lines, 0), ("bad", [*lines[:1], *lines[2:]], 1)):
        (tmp_path / name).write_text("".join(content), encoding="utf-8")
        done = subprocess.run([sys.executable, "check.py", name], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == code, done.stderr


@pytest.mark.django_db
def test_a_sight_names_fields_and_never_what_they_hold() -> None:
    entry = record_sight(actor="account:1", object="account:7", fields=["phone"], why="回访")
    assert entry.said == {"fields": ["phone"], "why": "回访"}
    assert not entry.public


def test_both_languages_show_the_same_script() -> None:
    home = Path(__file__).resolve().parents[4]
    texts = [(home / page).read_text(encoding="utf-8") for page in ("docs/ledger.md", "docs/ledger.zh.md")]
    assert len({text.split("```python")[1].split("```")[0] for text in texts}) == 1
