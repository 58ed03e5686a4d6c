"""Backing up a site while it serves: one file, read again before it counts."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from linli import __version__
from linli.errors import InputError
from linli.ledger.notes import KEY_FILE
from linli.web.upkeep import archive as parts
from linli.web.upkeep import sealed
from linli.web.upkeep.archive import Manifest

SEALED = ".sealed"


@dataclass(frozen=True)
class Backup:
    """A finished backup: where it stands, its size in bytes, what it says of itself, and which files were not as kept.

    A lost photograph keeps nobody from a backup: that would lose the rest too.
    """

    path: Path
    size: int
    manifest: Manifest
    astray: tuple[str, ...] = ()


def back_up(path: Path | None = None, *, reason: str = "", secret: str = "") -> Backup:
    """Write database, uploads and secret into one file, read it again, then give it its name.

    A killed backup leaves no file of that name, only a hidden folder that the next backup removes.

    Parameters
    ----------
    path
        Where to write; `LINLI_HOME/backups/linli-TIME.zip` where None.
    reason
        Word for the name made up.
    secret
        Passphrase without which nobody reads it; '' leaves it open.

    Raises
    ------
    InputError
        The place cannot be written, or what was written does not read as the site does.
    """
    from django.conf import settings
    from django.db import connection
    from django.utils import timezone

    now = timezone.localtime()
    if path is None:
        name = "-".join(filter(None, ("linli", now.strftime("%Y%m%d-%H%M%S"), reason)))
        path = settings.HOME / "backups" / f"{name}.zip{SEALED if secret else ''}"
        path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir() or not path.resolve().parent.is_dir():
        raise InputError("the backup cannot be written there", file=path, advice="name a file in a folder that exists")
    path = path.resolve()
    _remove_left_overs(path.parent)
    with tempfile.TemporaryDirectory(prefix=f".linli-backup-{os.getpid()}-", dir=path.parent) as folder:
        unfinished = Path(folder, "backup.zip")
        manifest = _write(unfinished, Path(folder), now.isoformat(timespec="seconds"))
        unfinished.chmod(0o600)  # it holds what the site holds, and its secret
        with unfinished.open("rb+") as written:
            parts.flush(written)
        _read_again(unfinished, Path(folder, "check"), manifest)
        if secret:
            sealed.seal(unfinished, Path(folder, "sealed"), secret)
            unfinished = Path(folder, "sealed")
            sealed.check(unfinished, secret)
        unfinished.replace(path)
        parts.flush_folder(path.parent)
    with connection.cursor() as cursor:
        astray = parts.astray_in(cursor, connection.vendor, Path(settings.MEDIA_ROOT))
    return Backup(path, path.stat().st_size, manifest, astray)


def _write(path: Path, folder: Path, made_at: str) -> Manifest:
    from django.conf import settings
    from django.db import connection

    kind = connection.vendor
    copy = folder / parts.DATABASES[kind]
    # the database first: every upload that it names stands on the disk by then
    entries, head = _copy_database(copy)
    members = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        members[copy.name] = parts.add(archive, copy, copy.name)
        copy.unlink()
        checkpoints = sorted((settings.HOME / parts.CHECKPOINTS).glob("*.txt"))
        for kept in (settings.HOME / parts.SECRET, settings.HOME / KEY_FILE, *checkpoints):
            if kept.exists():
                name = kept.relative_to(settings.HOME).as_posix()
                members[name] = parts.add(archive, kept, name)
        for file in _uploads(Path(settings.MEDIA_ROOT)):
            name = f"{parts.FILES}/{file.relative_to(settings.MEDIA_ROOT).as_posix()}"
            try:
                members[name] = parts.add(archive, file, name)
            except FileNotFoundError:  # removed since the database was copied
                continue
        manifest = Manifest(parts.FORMAT, __version__, made_at, kind, entries, head, members)
        archive.writestr(parts.MANIFEST, manifest.as_json())
    return manifest


def _copy_database(target: Path) -> tuple[int, str]:
    """Copy the database as it is at one moment; returns number and hash of its last ledger entry."""
    from django.conf import settings
    from django.db import connection

    if connection.vendor == "postgresql":
        from linli.web.upkeep.postgresql import dump

        with connection.cursor() as cursor:
            # what is found is in the dump; later entries may be too
            head = parts.check_ledger(cursor, "postgresql", parts.keys_in(settings.HOME))
        dump(settings.DATABASES["default"] | {"NAME": connection.settings_dict["NAME"]}, target)
        return head
    source = Path(connection.settings_dict["NAME"])
    if not source.exists():
        raise InputError("there is no site here yet", file=source, advice="make one with linli upgrade")
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as copy:
        original.backup(copy)  # one step: a reader of the log hinders no writer
        copy.execute("PRAGMA journal_mode=DELETE")
    return parts.check_sqlite(target, parts.keys_in(settings.HOME))


def _uploads(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _read_again(path: Path, folder: Path, manifest: Manifest) -> None:
    with zipfile.ZipFile(path) as archive:
        if parts.read_manifest(archive, path) != manifest:
            raise InputError("the manifest does not read as written", file=path, advice="check the disk")
        parts.check_members(archive, manifest, path)
        if manifest.database == "sqlite":
            name = parts.DATABASES["sqlite"]
            archive.extract(name, folder)
            if parts.check_sqlite(folder / name) != (manifest.ledger_entries, manifest.ledger_head):
                raise InputError("the ledger does not read as written", file=path, advice="check the disk")


def _remove_left_overs(folder: Path) -> None:
    """Remove what backups left here whose process is gone."""
    for left in folder.glob(".linli-backup-*-*"):
        number = left.name.split("-")[2]
        if number.isdigit() and int(number) != os.getpid() and not _runs(int(number)):
            parts.remove(left)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
