"""The passphrase of a sealed backup: from a key file, the environment, or whoever sits at the terminal."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from linli.errors import InputError

PASSPHRASE = "LINLI_BACKUP_PASSPHRASE"
KeyFile = Annotated[
    Path | None,
    typer.Option(envvar="LINLI_BACKUP_KEY_FILE", help="密钥文件 / file whose one line is the passphrase of the backup"),
]


def secret_of(key_file: Path | None, *, ask: bool, twice: bool = False) -> str:
    """Return the passphrase, '' where none is wanted.

    Parameters
    ----------
    key_file
        The file that holds it, if any.
    ask
        Whether to ask at the terminal where neither a file nor the environment gives it.
    twice
        Whether to ask again, so that a slip of the fingers loses no backup.

    Raises
    ------
    InputError
        Nobody is there to ask, the answers differ, or it is too short.
    """
    from linli.web.upkeep.sealed import check_secret, secret_in

    if key_file is not None:
        return secret_in(key_file)
    if not ask:
        return ""
    if given := os.environ.get(PASSPHRASE):
        return check_secret(given)
    if not sys.stdin.isatty():
        raise InputError(
            "nobody is at the terminal to give the passphrase", advice=f"use --key-file, or set {PASSPHRASE}"
        )
    said = getpass.getpass("口令 / passphrase: ")
    if twice and getpass.getpass("再输一次 / once more: ") != said:
        raise InputError("the two are not the same", advice="try again")
    return check_secret(said)
