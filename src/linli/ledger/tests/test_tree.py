"""The tree, its checkpoints and proofs: against RFC 6962 done plainly, RFC 8032's vectors and another library."""

from __future__ import annotations

import contextlib
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import Error, connection, transaction
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as st

from linli.errors import InputError
from linli.ledger import check_proof, checkpoints, tiles
from linli.ledger.checking import FORKED, SHORTER, TILES, UNSIGNED, check
from linli.ledger.models import Checkpoint, Entry, Tile
from linli.ledger.notes import Checkpoint as Note
from linli.ledger.notes import key_of, new_secret, proof_of, read_checkpoint, sign
from linli.ledger.recording import record
from linli.ledger.tree import Frontier, leaf_data, leaf_of, node_of, path_at, root_at

SECRET = new_secret("linli.test/ledger")
NOW = "2026-12-01T01:00:00+00:00"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, settings: object) -> None:
    settings.HOME, settings.LINLI_CHECKPOINTS = tmp_path, tmp_path / "checkpoints"  # type: ignore[attr-defined]


def plainly(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return node_of(plainly(leaves[:half]), plainly(leaves[half:]))


class Forest:
    """A tree in memory with its tiles."""

    def __init__(self, size: int) -> None:
        self.leaves = [leaf_of(k % 2, f"{k:064x}") for k in range(size)]
        self.frontier = Frontier()
        self.tiles: dict[tuple[int, int], bytes] = {}
        for leaf in self.leaves:
            self.tiles.update({(level, number): one for level, number, one in self.frontier.append(leaf)})

    def read(self, level: int, first: int, many: int) -> list[bytes]:
        if level == 0:
            return self.leaves[first : first + many]
        return [self.tiles[level, number] for number in range(first, first + many)]


FOREST = Forest(66_000)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 256, 257, 300, 512, 1000])
def test_roots_are_those_of_the_rfc(size: int) -> None:
    assert root_at(FOREST.read, size) == plainly(FOREST.leaves[:size])
    grown = Forest(size)
    assert grown.frontier.root() == plainly(FOREST.leaves[:size])


@given(st.integers(1, len(FOREST.leaves)), st.data())
@tries(max_examples=40)
def test_every_path_leads_to_the_root_and_to_no_other(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = path_at(FOREST.read, index, size)
    leaf, root = leaf_data(index % 2, f"{index:064x}"), root_at(FOREST.read, size)
    assert check_proof.root_from(leaf, index, size, path) == root
    assert check_proof.root_from(leaf + b"x", index, size, path) != root
    assert check_proof.root_from(leaf, index, size, [*path, root]) is None
    for k in range(len(path)):
        bent = [*path[:k], bytes(32), *path[k + 1 :]]
        assert check_proof.root_from(leaf, index, size, bent) != root


VECTORS = (  # RFC 8032, 7.1
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
)  # fmt: skip


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_the_checker_knows_the_vectors_of_the_rfc(key: str, message: str, signature: str) -> None:
    data = [bytes.fromhex(one) for one in (key, message, signature)]
    assert check_proof.signed(*data)
    assert not check_proof.signed(data[0], data[1] + b"x", data[2])


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 511))
@tries(max_examples=12)
def test_the_checker_agrees_with_the_other_library(seed: bytes, message: bytes, bit: int) -> None:
    secret = Ed25519PrivateKey.from_private_bytes(seed)
    key, signature = secret.public_key().public_bytes_raw(), bytearray(secret.sign(message))
    assert check_proof.signed(key, message, bytes(signature))
    signature[bit // 8] ^= 1 << bit % 8
    assert not check_proof.signed(key, message, bytes(signature))


def test_a_note_reads_back_and_only_its_key_signed_it() -> None:
    made = sign(SECRET, 7, bytes(range(32)), NOW)
    read = read_checkpoint(made.note)
    assert (read.origin, read.size, read.root, read.at) == ("linli.test/ledger", 7, bytes(range(32)), NOW)
    key = key_of(SECRET)
    assert key == key_of(key.line)
    assert key.signed(read)
    assert not key_of(new_secret("linli.test/ledger")).signed(read)
    assert not key.signed(read_checkpoint(made.note.replace("\n7\n", "\n8\n")))
    assert not key.signed(read_checkpoint(made.note.replace("2026", "2025"))), "its moment is signed too"
    for bad in ("", "x", "a\n1", "a\n01\n" + "A" * 43 + "=", made.note.replace("\n7\n", "\n-7\n")):
        with pytest.raises(InputError):
            read_checkpoint(bad)


def some(many: int) -> list[Entry]:
    return [
        record(actor="account:1", verb="org.rename_division", object=f"division:{k}", public=k % 2 == 0,
               content={"name": f"新{k}"})
        for k in range(many)
    ]  # fmt: skip


@pytest.mark.django_db
def test_the_tree_of_the_database_is_that_of_its_entries() -> None:
    last = some(260)[-1].seq
    leaves = [leaf_of(int(p), d) for p, d in Entry.objects.order_by("seq").values_list("public", "digest")]
    assert Tile.objects.count() == last // 256 > 0
    assert tiles.root(last) == plainly(leaves)
    assert check_proof.root_from(
        leaf_data(int(Entry.objects.get(pk=2).public), Entry.objects.get(pk=2).digest), 1, last, tiles.path(1, last)
    ) == plainly(leaves)
    with connection.cursor() as cursor:
        assert check(cursor, connection.vendor).sound
        for table in ("ledger_tile", "ledger_checkpoint"):
            if table == "ledger_checkpoint":
                checkpoints.take()
            for act in (
                f"DELETE FROM {table}",
                f"UPDATE {table} SET {'hash' if table == 'ledger_tile' else 'at'} = ''",
            ):
                with pytest.raises(Error), transaction.atomic():
                    cursor.execute(act)
        cursor.execute("INSERT INTO ledger_tile (level, number, hash) VALUES (1, 99, '')")
        assert check(cursor, connection.vendor).faults == [(0, TILES)]


@pytest.mark.django_db
def test_what_was_cut_emptied_or_written_anew_is_found_by_a_checkpoint() -> None:
    size = some(3)[-1].seq
    taken = checkpoints.take()
    assert taken is not None
    assert taken[0].size == size
    assert checkpoints.take() == (taken[0], False)
    kept, keys = list(checkpoints.noted()), [checkpoints.public_key()]
    some(2)
    with connection.cursor() as cursor:

        def check_now(those: list[Note], lines: list[str] = keys) -> list[tuple[int, str]]:
            return check(cursor, connection.vendor, checkpoints=those, keys=lines).faults

        assert check_now(kept) == []
        later = sign(checkpoints.secret(), size + 9, bytes(32), NOW)
        assert check_now([later]) == [(size + 9, f"{SHORTER}: ")]
        other = sign(checkpoints.secret(), size, bytes(32), NOW)
        assert check_now([other]) == [(size, f"{FORKED}: ")]
        assert UNSIGNED in str(check_now([sign(SECRET, size, kept[0].root, NOW)]))
        assert UNSIGNED in str(check_now([], [key_of(SECRET).line]))  # the database's own, under another key


@pytest.mark.django_db
def test_the_moment_of_a_checkpoint_is_the_signed_one() -> None:
    size = some(2)[-1].seq
    taken = checkpoints.take()
    assert taken is not None
    assert taken[0].dated
    assert read_checkpoint(taken[0].note).at == taken[0].at
    bare = Checkpoint(size=size - 1, at=NOW, note=taken[0].note.replace(f"{taken[0].at}\n\n", "\n"))
    assert not bare.dated, "a note of before says no moment"
    with connection.cursor() as cursor:
        assert check(cursor, connection.vendor).sound
        held = Checkpoint(
            size=size - 1, at="2020-01-01T00:00:00+00:00", note=sign(SECRET, size - 1, b"0" * 32, NOW).note
        )
        held.save()
        assert (0, f"{UNSIGNED}: ledger_checkpoint {size - 1}") in check(cursor, connection.vendor).faults


@pytest.mark.django_db
def test_a_proof_is_small_and_checked_by_one_file_alone(tmp_path: Path) -> None:
    entry = some(3)[-1]
    proof, key = checkpoints.prove(entry), checkpoints.public_key()
    assert not Checkpoint.objects.exists()  # who asks for a proof writes nothing
    held = {name: getattr(entry, name) for name in check_proof.FIELDS} | {"public": int(entry.public)}
    (tmp_path / "proof").write_text(proof, encoding="utf-8")
    (tmp_path / "entry").write_text(json.dumps(held), encoding="utf-8")
    script = Path(check_proof.__file__)
    run = [sys.executable, "-I", "-S", str(script), str(tmp_path / "proof"), key, str(tmp_path / "entry")]
    done = subprocess.run(run, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert entry.digest in done.stdout
    assert len(script.read_text(encoding="utf-8").splitlines()) <= 150
    bent = {
        "another ledger's key": (proof, key_of(new_secret("linli.test/ledger")).line, held),
        "a later index": (proof.replace(f"index {entry.seq - 1}", f"index {entry.seq - 2}"), key, held),
        "more entries": (proof.replace(f"\n{entry.seq}\n", f"\n{entry.seq + 1}\n"), key, held),
        "other content": (proof, key, held | {"content": "{}"}),
        "no proof": ("x\n\ny\n\nz", key, held),
    }
    passed = []
    for way, given_ in bent.items():
        with contextlib.suppress(ValueError):
            passed.append((way, check_proof.checked(*given_)))
    assert passed == []


def test_a_proof_among_ten_million_is_small_enough() -> None:
    path = [hashlib.sha256(bytes([k])).digest() for k in range(24)]
    note = sign(new_secret("tongyuan-district.gov.example/ledger"), 10_000_000, path[0], NOW)
    proof = proof_of(leaf_data(1, "0" * 64), 9_999_999, path, note)
    assert len(proof.encode()) <= 1500


@pytest.mark.django_db
def test_the_key_is_its_owners_alone_and_stays() -> None:
    key = checkpoints.public_key()
    assert checkpoints.public_key() == key
    assert (Path(settings.HOME) / "ledger.key").stat().st_mode & 0o777 == 0o600
