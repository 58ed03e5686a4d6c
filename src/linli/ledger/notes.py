"""Signed checkpoints and proofs as texts, in the forms of C2SP: signed-note, tlog-checkpoint, tlog-proof.

A key is written in one line as such logs write it: `name+id+base64` for all to see, `PRIVATE+KEY+name+id+base64` for
its holder. The id is the first 4 bytes of SHA-256 over name, line feed and key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from linli.errors import InputError

ED25519 = b"\1"
PRIVATE = "PRIVATE+KEY+"
KEY_FILE = "ledger.key"  # in a site's home, with its private key
PROOF = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint says: whose tree, of how many entries, with which root, signed when; the note, and its place.

    The moment, in ISO 8601, is a line of its own below the root, under the signature; '' in notes of before.
    """

    origin: str
    size: int
    root: bytes
    note: str
    source: str = ""
    at: str = ""


@dataclass(frozen=True)
class Key:
    """A public key with its name."""

    name: str
    data: bytes  # the kind, then 32 bytes

    @property
    def id(self) -> str:
        """Eight hex digits by which signatures name it."""
        return hashlib.sha256(self.name.encode() + b"\n" + self.data).hexdigest()[:8]

    @property
    def line(self) -> str:
        """The key in one line, as it is published."""
        return f"{self.name}+{self.id}+{encoded(self.data)}"

    def signed(self, checkpoint: Checkpoint) -> bool:
        """Whether a checkpoint bears a signature by this key."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        text, _, below = checkpoint.note.rpartition("\n\n")
        for line in below.splitlines():
            words = line.split(" ")
            if len(words) != 3 or words[:2] != ["—", self.name]:
                continue
            try:
                signature = base64.b64decode(words[2], validate=True)
                if signature[:4].hex() == self.id:
                    Ed25519PublicKey.from_public_bytes(self.data[1:]).verify(signature[4:], f"{text}\n".encode())
                    return True
            except (InvalidSignature, ValueError):
                continue
        return False


def new_secret(name: str) -> str:
    """Return a new private key in one line."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    seed = Ed25519PrivateKey.generate().private_bytes_raw()
    return f"{PRIVATE}{name}+{_public(name, seed).id}+{encoded(ED25519 + seed)}"


def key_of(line: str) -> Key:
    """Read a public key, or the public part of a private one.

    Raises
    ------
    InputError
        It is no key of this form.
    """
    try:
        name, told, text = line.strip().removeprefix(PRIVATE).split("+", 2)
        data = base64.b64decode(text, validate=True)
        key = _public(name, data[1:]) if line.startswith(PRIVATE) else Key(name, data)
    except (ValueError, binascii.Error) as error:
        raise InputError("this is no key", field="key", advice="name+id+base64") from error
    if len(data) != 33 or data[:1] != ED25519 or key.id != told:
        raise InputError("this is no key", field="key", advice="name+id+base64")
    return key


def sign(secret: str, size: int, root: bytes, at: str) -> Checkpoint:
    """Sign a checkpoint, with its moment in ISO 8601."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = key_of(secret)
    seed = base64.b64decode(secret.strip()[-44:])[1:]  # 33 bytes are 44 characters
    text = f"{key.name}\n{size}\n{encoded(root)}\n{at}\n"
    signature = bytes.fromhex(key.id) + Ed25519PrivateKey.from_private_bytes(seed).sign(text.encode())
    return Checkpoint(key.name, size, root, f"{text}\n— {key.name} {encoded(signature)}\n", at=at)


def read_checkpoint(note: str, source: str = "") -> Checkpoint:
    """Read a checkpoint; its signature is another question.

    Raises
    ------
    InputError
        It is none.
    """
    try:
        origin, size, root, *more = note.partition("\n\n")[0].split("\n")
        if not origin or not size.isdecimal() or len(size) > 18 or str(int(size)) != size:
            raise ValueError(size)
        data = base64.b64decode(root, validate=True)
        if len(data) != 32:
            raise ValueError(root)
    except ValueError as error:
        raise InputError("this is no checkpoint of a ledger", file=source, value=note[:40]) from error
    return Checkpoint(origin, int(size), data, note, source, more[0] if more else "")


def proof_of(leaf: bytes, index: int, path: Sequence[bytes], checkpoint: Checkpoint) -> str:
    """Write a proof that a leaf stands at an index (from 0) of the tree of a checkpoint."""
    lines = [PROOF, f"extra {encoded(leaf)}", f"index {index}", *map(encoded, path), "", checkpoint.note]
    return "\n".join(lines)


def encoded(data: bytes) -> str:
    """Write bytes as base64."""
    return base64.b64encode(data).decode()


def _public(name: str, seed: bytes) -> Key:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Key(name, ED25519 + Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())
