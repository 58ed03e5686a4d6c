"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from linli.errors import InputError


@contextmanager
def replace_when_done(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Lend a temporary path beside `path`; on success move what was written there into place, else remove it.

    Parameters
    ----------
    path
        Where the finished file shall stand; a file that stands there already stays untouched until the move.

    Raises
    ------
    InputError
        The folder does not exist or cannot be written, or `path` is a folder.
    """
    target = Path(path).resolve()
    if target.is_dir():
        raise InputError("a folder stands where the file should go", file=path, advice="name a file")
    if not target.parent.is_dir():
        raise InputError("the folder does not exist", file=target.parent, advice="create it, or write elsewhere")
    if not os.access(target.parent, os.W_OK):
        raise InputError("the folder cannot be written", file=target.parent, advice="write elsewhere")
    # the ending stays, because map libraries choose the format by it
    temporary = target.with_name(f".{target.stem}.{secrets.token_hex(4)}{target.suffix}")
    try:
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(target)
    finally:
        for leftover in (temporary, *target.parent.glob(f"{temporary.name}-*")):  # and what SQLite left beside it
            leftover.unlink(missing_ok=True)
