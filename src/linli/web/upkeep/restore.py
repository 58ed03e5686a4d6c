"""Putting a site back from a backup: everything is checked before anything is replaced, and nothing is lost.

The new site is laid out in `HOME/.restore-building`, checked, then that folder is renamed to `.restore-ready`: the one
moment at which the restore happens. From then on whoever opens the site first finishes the moves (`finish_restore`),
so a process killed at any moment leaves the old site or the new one. What stood there goes to `HOME/aside-TIME`.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from linli.errors import InputError
from linli.ledger.notes import KEY_FILE
from linli.web.upkeep import archive as parts
from linli.web.upkeep import sealed
from linli.web.upkeep.archive import Manifest
from linli.web.upkeep.locks import holding

BUILDING, READY, SWAP = ".restore-building", ".restore-ready", "swap.json"
DATABASE = "linli.sqlite3"
MOVED = (DATABASE, parts.FILES, parts.SECRET, KEY_FILE, parts.CHECKPOINTS)
LOGS = (f"{DATABASE}-wal", f"{DATABASE}-shm")  # they belong to the old database and would ruin the new one


@dataclass(frozen=True)
class Restored:
    """What was put back, where, the folder that holds what stood there before (None where nothing did), lost files."""

    manifest: Manifest
    home: Path
    aside: Path | None
    astray: tuple[str, ...] = ()


def restore(path: Path, home: Path, database: dict[str, Any], *, secret: str = "") -> Restored:
    """Put the site in `home` back as the backup has it.

    Parameters
    ----------
    path
        What `linli backup` wrote.
    home
        `LINLI_HOME` of the site; made where absent.
    database
        Django's settings of the site's database.
    secret
        Passphrase of a sealed backup.

    Raises
    ------
    InputError
        The backup is broken or of another kind of database, its ledger does not hold, or the site is being served.
    """
    kind = database["ENGINE"].rpartition(".")[2].replace("sqlite3", "sqlite")
    if kind == "sqlite" and Path(database["NAME"]).resolve() != (home / DATABASE).resolve():
        raise InputError("DATABASE_URL names another file", value=database["NAME"], advice="unset it, or use --into")
    with (
        holding(home, "serving", refusal="the site is being served", advice="end linli serve first"),
        _opened(path, home, secret) as archive,
    ):
        finish_restore(home, database)
        manifest = parts.read_manifest(archive, path)
        if manifest.database != kind:
            raise InputError(f"this is a backup of {manifest.database}, the site is on {kind}", file=path)
        building = home / BUILDING
        parts.remove(building)
        new = building / "new"
        new.mkdir(parents=True, mode=0o700)
        parts.check_members(archive, manifest, path, new)
        for name in (parts.FILES, parts.CHECKPOINTS):  # those of later entries belong to what stood there
            (new / name).mkdir(exist_ok=True)
        if kind == "sqlite":
            _check(parts.check_sqlite(new / parts.DATABASES[kind], parts.keys_in(new)), manifest, path)
            with closing(sqlite3.connect(new / parts.DATABASES[kind])) as copy:
                astray = parts.astray_in(copy.cursor(), kind, new / parts.FILES)
            (new / parts.DATABASES[kind]).rename(new / DATABASE)
        else:
            astray = _restore_beside(database, building, manifest, path)
        _flush_tree(building)
        building.rename(home / READY)  # the moment
        parts.flush_folder(home)
        return Restored(manifest, home, finish_restore(home, database), astray)


def finish_restore(home: Path, database: dict[str, Any]) -> Path | None:
    """Finish a restore that is ready; returns the folder of what stood there before, None where there is nothing to do.

    Every step may be repeated, so a process killed in here is no harm.
    """
    ready = home / READY
    if not ready.exists():
        return None
    with holding(home, "restore"):
        if not ready.exists():  # another process was first
            return None
        new, old = ready / "new", ready / "old"
        old.mkdir(exist_ok=True)
        if (ready / SWAP).exists():
            from linli.web.upkeep.postgresql import change_places

            change_places(database, **json.loads((ready / SWAP).read_text(encoding="utf-8")))
        elif (new / DATABASE).exists():
            for name in LOGS:
                _move(home / name, old / name)
        for name in MOVED:
            if (new / name).exists():
                if not (old / name).exists():
                    _move(home / name, old / name)
                _move(new / name, home / name)
        parts.flush_folder(home)
        aside = home / f"aside-{datetime.now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
        parts.remove(new)
        kept = any(old.iterdir()) or (ready / SWAP).exists()
        if kept:
            ready.rename(aside)
        else:
            parts.remove(ready)
        return aside if kept else None


@contextmanager
def _opened(path: Path, home: Path, secret: str) -> Iterator[zipfile.ZipFile]:
    """Open a backup; of a sealed one all is checked first, then it lies open in a folder that is removed again."""
    with tempfile.TemporaryDirectory(prefix=".restore-opened-", dir=home) as folder:
        plain = path
        if sealed.is_sealed(path):
            if not secret:
                raise InputError("this backup is sealed", file=path, advice="give its passphrase or --key-file")
            plain = Path(folder, "backup.zip")
            sealed.unseal(path, plain, secret)
        with _zip(plain, path) as archive:
            yield archive


def _zip(plain: Path, path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(plain)
    except FileNotFoundError:
        raise InputError("there is no such file", file=path) from None
    except (OSError, zipfile.BadZipFile) as error:
        raise InputError("this is no backup of Linli", file=path, advice="name what linli backup wrote") from error


def _check(found: tuple[int, str], manifest: Manifest, path: Path) -> None:
    if found != (manifest.ledger_entries, manifest.ledger_head):
        raise InputError("the ledger of the backup does not end as its manifest says", file=path)


def _restore_beside(database: dict[str, Any], building: Path, manifest: Manifest, path: Path) -> tuple[str, ...]:
    """Restore a dump into a new database beside the site's, check its ledger, name lost files; the swap comes later."""
    from linli.web.upkeep.postgresql import drop, maintenance, restore_beside

    mark = secrets.token_hex(4)
    names = {"new": f"{database['NAME']}_new_{mark}", "aside": f"{database['NAME']}_aside_{mark}"}
    dumped = building / "new" / parts.DATABASES["postgresql"]
    restore_beside(database, dumped, names["new"])
    dumped.unlink()
    try:
        with maintenance(database, names["new"]) as cursor:
            last, _ = parts.check_ledger(cursor, "postgresql", parts.keys_in(building / "new"))
            cursor.execute("SELECT hash FROM ledger_entry WHERE seq = %s", [manifest.ledger_entries])
            row = cursor.fetchone()
            astray = parts.astray_in(cursor, "postgresql", building / "new" / parts.FILES)
        if last < manifest.ledger_entries or (row and row[0] != manifest.ledger_head):
            raise InputError("the ledger of the backup does not hold what its manifest says", file=path)
    except BaseException:
        drop(database, names["new"])
        raise
    (building / SWAP).write_text(json.dumps(names), encoding="utf-8")
    return astray


def _move(source: Path, target: Path) -> None:
    if source.exists():
        source.rename(target)


def _flush_tree(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            parts.flush_folder(path)
