"""The arithmetic of the chain, with the standard library alone, so that anyone can repeat it.

An entry's *digest* is SHA-256 over its canonical content and a random salt; its *hash* is SHA-256 over the previous
hash, its number and its digest. Whoever holds every digest, but only the public contents, can still check the whole
chain, and learns nothing of the contents that he does not hold.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

GENESIS = "0" * 64
FIELDS = ("seq", "at", "actor", "post", "verb", "object", "before", "after", "public", "content", "salt")


def canonical(content: Mapping[str, Any]) -> bytes:
    """Return the one way to write a JSON object as bytes: sorted keys, no spaces, UTF-8."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(entry: Mapping[str, Any]) -> str:
    """Return the hex digest of an entry's content, the fields `FIELDS`."""
    return hashlib.sha256(canonical({name: entry[name] for name in FIELDS})).hexdigest()


def hash_of(previous: str, seq: int, digest: str) -> str:
    """Return the hex hash that binds an entry to the one before it."""
    return hashlib.sha256(f"{previous}{seq}{digest}".encode("ascii")).hexdigest()
