"""A backup that only who holds its passphrase or key file can read: AES-256-GCM in pieces, the key by scrypt.

Layout: `MAGIC`, 16 random bytes of salt, then the pieces. A piece is up to `PIECE` bytes under the nonce
(its number, 11 bytes) + (1 if it is the last, else 0), with `MAGIC` and salt as associated data, and ends with its tag
of 16 bytes. So a piece that was changed, moved, added or taken away does not open. Each file has a key of its own
through its salt, so that no nonce is ever used twice with a key.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from linli.errors import InputError

MAGIC = b"linli-sealed-01\n"
SALT, TAG, PIECE = 16, 16, 1 << 20
COST = {"n": 1 << 16, "r": 8, "p": 1}  # 64 MB and about a quarter of a second a try
LEAST_SECRET = 12  # characters


def is_sealed(path: Path) -> bool:
    """Whether a file is a sealed backup."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def secret_in(path: Path) -> str:
    """Return what a key file holds, without the blanks around it.

    Raises
    ------
    InputError
        It cannot be read, or is too short to keep anything.
    """
    try:
        return check_secret(path.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        advice = "name a file with one line of text"
        raise InputError("the key file cannot be read", file=path, advice=advice) from error


def check_secret(secret: str) -> str:
    """Return a passphrase, or refuse one that is too short.

    Raises
    ------
    InputError
        It has fewer than `LEAST_SECRET` characters.
    """
    if len(secret) < LEAST_SECRET:
        raise InputError(f"a passphrase has at least {LEAST_SECRET} characters", advice="take a longer one")
    return secret


def seal(source: Path, target: Path, secret: str) -> None:
    """Write `target`, which only `secret` opens, from `source`."""
    head = MAGIC + os.urandom(SALT)
    cipher = _cipher(secret, head)
    with source.open("rb") as plain, _own(target) as sealed:
        sealed.write(head)
        for piece, number, last in _numbered(plain, PIECE):
            sealed.write(cipher.encrypt(_nonce(number, last=last), piece, head))
        sealed.flush()
        os.fsync(sealed.fileno())


def check(source: Path, secret: str) -> None:
    """Open every piece of a sealed file and write nothing.

    Raises
    ------
    InputError
        The secret is another one, or the file is not what was written.
    """
    for _piece in _pieces(source, secret):
        pass


def unseal(source: Path, target: Path, secret: str) -> None:
    """Write `target` from a sealed file; nothing is written unless all of it opens.

    Raises
    ------
    InputError
        The secret is another one, or the file is not what was written.
    """
    check(source, secret)
    with _own(target) as plain:
        for piece in _pieces(source, secret):
            plain.write(piece)


def _own(path: Path) -> BinaryIO:
    """Make a file that only its owner reads from the first byte on."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def _pieces(source: Path, secret: str) -> Iterator[bytes]:
    with source.open("rb") as sealed:
        head = sealed.read(len(MAGIC) + SALT)
        cipher = _cipher(secret, head)
        for piece, number, last in _numbered(sealed, PIECE + TAG):
            yield _opened(cipher, piece, head, number, last=last, source=source)


def _numbered(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, bool]]:
    """Read pieces of a file, each with its number and whether it is the last; of an empty file one empty piece."""
    piece, number = file.read(size), 0
    while following := file.read(size):
        yield piece, number, False
        piece, number = following, number + 1
    yield piece, number, True


def _opened(cipher: AESGCM, piece: bytes, head: bytes, number: int, *, last: bool, source: Path) -> bytes:
    try:
        return cipher.decrypt(_nonce(number, last=last), piece, head)
    except (InvalidTag, ValueError):
        what = "the backup was changed or cut" if number else "the passphrase is another one, or the backup was changed"
        raise InputError(what, file=source, advice="give the passphrase or key file that it was made with") from None


def _cipher(secret: str, head: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=head[len(MAGIC) :], length=32, **COST).derive(secret.encode()))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
