"""Locks between processes of one site, which the system lets go of when their holder dies, however it dies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from linli.errors import InputError


@contextmanager
def holding(home: Path, name: str, *, refusal: str | None = None, advice: str = "") -> Iterator[int]:
    """Hold the lock `name` of the site in `home`; yields its file descriptor.

    Parameters
    ----------
    home, name
        The lock is the file `home/.NAME.lock`.
    refusal
        What to say where another process holds it; None waits for it.
    advice
        What to do about it.

    Raises
    ------
    InputError
        Another process holds the lock and `refusal` is given.
    """
    home.mkdir(parents=True, exist_ok=True)
    handle = os.open(home / f".{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _take(handle, wait=refusal is None):
            raise InputError(refusal or "", file=home, advice=advice)
        yield handle
    finally:
        os.close(handle)


def _take(handle: int, *, wait: bool) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows knows no such lock; there one person runs one command at a time
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True
