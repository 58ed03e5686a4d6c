"""The head that leaves the house: the tree's root, signed by the site's own key, kept in database and folder."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from linli.ledger import tiles
from linli.ledger.models import Checkpoint, Entry
from linli.ledger.notes import KEY_FILE, encoded, key_of, new_secret, proof_of, read_checkpoint, sign
from linli.ledger.notes import Checkpoint as Note
from linli.ledger.tree import leaf_data


def secret() -> str:
    """Return the site's private key in one line, made where there is none; only its owner reads the file."""
    path = Path(settings.HOME) / KEY_FILE
    if not path.exists():
        host = settings.LINLI_ADDRESS.partition("://")[2] or f"linli-{secrets.token_hex(4)}"
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_name(f".{KEY_FILE}-{secrets.token_hex(4)}")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(new_secret(f"{host[:48]}/ledger") + "\n")
        try:
            os.link(made, path)  # whole or not at all, and never over another's
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return path.read_text(encoding="ascii").strip()


def public_key() -> str:
    """Return the site's public key in one line."""
    return key_of(secret()).line


def folder() -> Path:
    """Return the folder that checkpoints are written to."""
    return Path(settings.LINLI_CHECKPOINTS)


def noted() -> Iterator[Note]:
    """Read the checkpoints that stand in the folder.

    Raises
    ------
    InputError
        A file that is none.
    """
    for path in sorted(folder().glob("*.txt")):
        yield read_checkpoint(path.read_text(encoding="utf-8"), str(path))


def take() -> tuple[Checkpoint, bool] | None:
    """Sign the tree as it is, keep that and write it to the folder; also whether it is new. None where nothing is."""
    with transaction.atomic():
        size = size_now()
        if not size:
            return None
        held = Checkpoint.objects.filter(size=size).first()
        if held is None:
            note = _signed(size)
            made = Checkpoint.objects.create(size=size, at=note.at, note=note.note)
        else:
            made = held
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder() / f"{timezone.localtime(made.moment):%Y-%m-%d}-{size}.txt"
    if not path.exists():
        unfinished = path.with_suffix(f".{secrets.token_hex(4)}")
        unfinished.write_text(made.note, encoding="utf-8")
        unfinished.replace(path)
    return made, held is None


def size_now() -> int:
    """Return how many entries there are."""
    return Entry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


def covering(seq: int) -> Note:
    """Return a checkpoint that an entry lies before: the newest kept one, else one signed now and kept nowhere."""
    kept = Checkpoint.objects.order_by("-size").first()
    if kept and kept.size >= seq:
        return read_checkpoint(kept.note)
    return _signed(size_now())


def _signed(size: int) -> Note:
    return sign(secret(), size, tiles.root(size), datetime.now(UTC).isoformat("T", "seconds"))


def prove(entry: Entry) -> str:
    """Return the proof that an entry stands in the ledger, as a text of C2SP's tlog-proof."""
    checkpoint = covering(entry.seq)
    path = tiles.path(entry.seq - 1, checkpoint.size)
    return proof_of(leaf_data(int(entry.public), entry.digest), entry.seq - 1, path, checkpoint)


@dataclass(frozen=True)
class Printed:
    """What a paper prints of a checkpoint: whose it is, its size, root and day, and the key that signed it."""

    origin: str
    size: int
    root: str
    day: datetime
    key: str


def printed() -> Printed | None:
    """Return what a paper prints of the newest checkpoint; None where there is no entry at all."""
    kept = Checkpoint.objects.order_by("-size").first()
    if kept is None and not size_now():
        return None
    note = read_checkpoint(kept.note) if kept else covering(1)
    day = timezone.localtime(kept.moment if kept else None)
    return Printed(note.origin, note.size, encoded(note.root), day, public_key())
