"""The arithmetic of the chain, with the standard library alone, so that anyone can repeat it.

An entry's *digest* is SHA-256 over its fields and a random salt, one a line; its *hash* is SHA-256 over the previous
hash, its number and its digest. Whoever holds every digest, but only the public contents, can still check the whole
chain, and learns nothing of the contents that he does not hold.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from linli.errors import InputError

GENESIS = "0" * 64
FIELDS = ("seq", "at", "actor", "post", "verb", "object", "before", "after", "public", "content", "salt")
MOST_FAULTS = 20  # that are told one by one

Row = tuple[Any, ...]  # the fields of FIELDS (None where they are not held), then digest, previous, hash


def canonical(content: Mapping[str, Any]) -> str:
    """Return the one way to write a JSON object: sorted keys, no spaces, one line."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(fields: Iterable[Any]) -> str:
    """Return the hex digest of an entry's fields in the order of `FIELDS`; `public` is written 1 or 0."""
    return hashlib.sha256("\n".join(map(str, fields)).encode()).hexdigest()


def hash_of(previous: str, seq: int, digest: str) -> str:
    """Return the hex hash that binds an entry to the one before it."""
    return hashlib.sha256(f"{previous}{seq}{digest}".encode("ascii")).hexdigest()


@dataclass
class Verified:
    """What a walk along the chain found.

    Parameters
    ----------
    entries
        How many entries were read.
    contents
        How many of them had contents that were checked against their digest.
    seq, hash
        Number and hash of the last one: the head. Who notes it can tell later whether the end was cut off.
    faults
        (number, what is wrong), the first `MOST_FAULTS`.
    """

    entries: int = 0
    contents: int = 0
    seq: int = 0
    hash: str = GENESIS
    faults: list[tuple[int, str]] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """True where nothing is wrong."""
        return not self.faults


def verify(rows: Iterable[Row], *, heads: Mapping[int, str] | None = None) -> Verified:
    """Walk along a chain and say what is wrong with it.

    Parameters
    ----------
    rows
        Entries in the order of their numbers, as `Row`.
    heads
        Number to hash of heads that somebody noted earlier; each must still stand.
    """
    found = Verified()
    seq, previous = 0, GENESIS
    noted = dict(heads or {})

    def fault(number: int, words: str) -> None:
        if len(found.faults) < MOST_FAULTS:
            found.faults.append((number, words))

    for row in rows:
        fields, (digest, told, hashed) = row[:-3], row[-3:]
        number = fields[0]
        found.entries += 1
        if number != seq + 1:
            fault(number, f"entries {seq + 1} to {number - 1} are missing" if number > seq else "out of order")
        if fields[-1] is not None:
            found.contents += 1
            if digest_of(fields) != digest:
                fault(number, "its content is not what was recorded")
        if told != previous:
            fault(number, "it is not bound to the entry before it")
        if hash_of(told, number, digest) != hashed:
            fault(number, "its hash is wrong")
        if noted and noted.pop(number, hashed) != hashed:
            fault(number, "it is not the head that was noted")
        seq, previous = number, hashed
    for number in sorted(noted):
        fault(number, "the head that was noted is gone: the end of the chain was cut off")
    found.seq, found.hash = seq, previous
    return found


def rows_of(lines: Iterable[str], source: Path | str) -> Iterator[Row]:
    """Read rows from a downloaded public part.

    Raises
    ------
    InputError
        A line that is no entry; its number is told.
    """
    previous = GENESIS
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            fields = [entry.get(name) for name in FIELDS] if "salt" in entry else [entry["seq"], *[None] * 10]
            digest, hashed = entry["digest"], entry["hash"]
        except (ValueError, KeyError, TypeError) as error:
            raise InputError("this line is no entry of a ledger", file=source, row=number, value=line[:60]) from error
        yield (*fields, digest, previous, hashed)
        previous = hashed
