"""Who on this machine may read what a site keeps: its own user and nobody else."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

FOLDER, FILE, OTHERS = 0o700, 0o600, 0o077
# what the site puts into its home; anything else there is not its own
OWN = (
    "linli.sqlite3*", "limits.sqlite3*", "secret.key", "ledger.key", ".ledger.key-*", "demo-accounts.txt", ".*.lock",
    "files", "checkpoints", "backups", "aside-*",
)  # fmt: skip


def keep_private() -> None:
    """Let what this process makes from now on be its own user's alone."""
    os.umask(OTHERS)


def open_to_others(home: Path) -> list[Path]:
    """Return the home and what lies directly in it, its own, that others of this machine may read or change."""
    return [path for path in (home, *_own(home)) if path.exists() and _mode(path) & OTHERS]


def mend(home: Path) -> int:
    """Take from others what they may do to the home and all that the site keeps in it; returns how many were open."""
    mended = 0
    for path in (home, *_within(home)):
        wanted = FOLDER if path.is_dir() else FILE
        if not path.is_symlink() and path.exists() and _mode(path) & OTHERS:
            path.chmod(wanted)
            mended += 1
    return mended


def _own(home: Path) -> Iterator[Path]:
    for pattern in OWN:
        yield from (path for path in home.glob(pattern) if not path.is_symlink())


def _within(home: Path) -> Iterator[Path]:
    for path in _own(home):
        yield path
        if path.is_dir():
            yield from path.rglob("*")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
