"""The backup file: a ZIP with the database, the uploads, the secret, and a manifest of what each part hashes to."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from linli.errors import InputError
from linli.ledger.chain import GENESIS
from linli.ledger.checking import check
from linli.ledger.kept_files import files_astray
from linli.ledger.notes import KEY_FILE, key_of
from linli.web.kept import keep_all

FORMAT = 1
MANIFEST = "manifest.json"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
SECRET = "secret.key"
CHECKPOINTS = "checkpoints"
FILES = "files"
CHUNK = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself.

    Parameters
    ----------
    format
        Version of this layout.
    linli
        Version that wrote it.
    made_at
        ISO 8601 with offset.
    database
        `sqlite` or `postgresql`.
    ledger_entries, ledger_head
        Number and hash of the ledger's last entry; 0 and zeros where the ledger is empty.
    members
        Name of each part to its SHA-256 and bytes.
    """

    format: int
    linli: str
    made_at: str
    database: str
    ledger_entries: int
    ledger_head: str
    members: Mapping[str, tuple[str, int]]

    def as_json(self) -> str:
        """Return it as written in the archive."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True)


def add(archive: zipfile.ZipFile, path: Path, name: str) -> tuple[str, int]:
    """Put a file into the archive; returns SHA-256 and bytes of what was put there."""
    entry = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
    entry.compress_type = zipfile.ZIP_DEFLATED
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
        while piece := source.read(CHUNK):
            digest.update(piece)
            size += len(piece)
            target.write(piece)
    return digest.hexdigest(), size


def read_manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    """Return the manifest; refuses what is no backup, or a newer one than this version knows.

    Raises
    ------
    InputError
        As said.
    """
    try:
        found: dict[str, Any] = json.loads(archive.read(MANIFEST))
        manifest = Manifest(**{**found, "members": {name: tuple(part) for name, part in found["members"].items()}})
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            "this is no backup of Linli", file=path, advice="name a file that linli backup wrote"
        ) from error
    if manifest.format > FORMAT or manifest.database not in DATABASES:
        raise InputError(f"this backup was written by Linli {manifest.linli}", file=path, advice="upgrade Linli first")
    return manifest


def check_members(archive: zipfile.ZipFile, manifest: Manifest, path: Path, into: Path | None = None) -> None:
    """Read every part anew and compare it with the manifest; write the parts below `into` where given.

    Raises
    ------
    InputError
        A part is missing, added, changed, or would leave its folder.
    """
    names = set(archive.namelist()) - {MANIFEST}
    if names != set(manifest.members):
        odd = sorted(names ^ set(manifest.members))[0]
        raise InputError("the backup does not hold what its manifest says", file=path, value=odd)
    for name, (digest, size) in manifest.members.items():
        place = PurePosixPath(name)
        if place.is_absolute() or ".." in place.parts or "\\" in name:
            raise InputError("a part of the backup would leave its folder", file=path, value=name)
        try:
            with archive.open(name) as source:
                seen = _copy(source, None if into is None else into / name)
        except (zipfile.BadZipFile, EOFError, OSError) as error:
            raise InputError("a part of the backup cannot be read", file=path, value=name) from error
        if seen != (digest, size):
            raise InputError("a part of the backup is not what was written", file=path, value=name)


def _copy(source: Any, target: Path | None) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    sink: BinaryIO | None = None
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        sink = target.open("xb")
    try:
        while piece := source.read(CHUNK):
            digest.update(piece)
            size += len(piece)
            if sink is not None:
                sink.write(piece)
        if sink is not None:
            flush(sink)
    finally:
        if sink is not None:
            sink.close()
    return digest.hexdigest(), size


def flush(file: BinaryIO) -> None:
    """Bring what was written to the disk itself."""
    import os

    file.flush()
    os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Bring the names of a folder to the disk itself, where the system knows how."""
    import os

    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows opens no folder
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check_sqlite(path: Path, keys: Iterable[str] = ()) -> tuple[int, str]:
    """Check a database file and its whole ledger; returns number and hash of the ledger's last entry.

    Parameters
    ----------
    keys
        Public keys of the ledger, where they are known.

    Raises
    ------
    InputError
        The file is damaged, or the chain of the ledger broken.
    """
    try:
        with closing(sqlite3.connect(path)) as database:
            said = database.execute("PRAGMA integrity_check").fetchone()[0]
            if said != "ok":
                raise InputError(f"the database is damaged: {said}", file=path)
            known = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if "ledger_entry" not in known:
                return 0, GENESIS
            return check_ledger(database.cursor(), "sqlite", keys)
    except sqlite3.DatabaseError as error:
        raise InputError(f"the database cannot be read: {error}", file=path) from error


def check_ledger(cursor: Any, vendor: str, keys: Iterable[str] = ()) -> tuple[int, str]:
    """Check the whole ledger of a database by any cursor in it; returns number and hash of its last entry.

    Raises
    ------
    InputError
        An entry is missing, changed or out of order, or what guards the ledger is.
    """
    keep_all()
    found = check(cursor, vendor, keys=keys, copy=True)
    if not found.sound:
        number, words = found.faults[0]
        where = f" at entry {number}" if number else ""
        raise InputError(f"the ledger is broken{where}: {words}", advice="look with linli ledger verify")
    return found.seq, found.hash


def astray_in(cursor: Any, vendor: str, files: Path) -> tuple[str, ...]:
    """Say of each file that rows name which is gone or changed; it keeps nobody from a backup, or from its return."""
    keep_all()
    return tuple(one.words for one in files_astray(cursor, vendor, files))


def keys_in(home: Path) -> list[str]:
    """Return the public key of the ledger of a site's folder; none where it has signed nothing yet."""
    path = home / KEY_FILE
    return [key_of(path.read_text(encoding="ascii")).line] if path.exists() else []


def remove(folder: Path) -> None:
    """Remove a folder of ours, whatever is left of it."""
    shutil.rmtree(folder, ignore_errors=True)
