"""The arithmetic of the chain, with the standard library alone, so that anyone can repeat it.

An entry's *digest* is SHA-256 over its fields and a random salt, one a line; its *hash* is SHA-256 over the previous
hash, its number, whether it is public, and its digest. Whoever holds every digest, but only the public contents, can
still check the whole chain, and learns nothing of the contents that he does not hold. Entries of the first form, from
before that, have a hash without the word on publicity; which form an entry has is told by its hash.
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
COLUMNS = (*FIELDS, "digest", "previous", "hash")
MOST_FAULTS = 20  # that are told one by one

# what can be wrong, as people read it
BENT = "内容与记录时不符 / its content is not what was recorded"
LACKS = "缺少或改了类型的字段 / fields missing or of another kind: "
UNBOUND = "与上一条不相连 / it is not bound to the entry before it"
HASHED = "链上摘要有误 / its hash is wrong"
NOT_NOTED = "与记下的链头不符 / it is not the head that was noted"
CUT = "记下的链头不见了，末尾被截断 / the head that was noted is gone: the end of the chain was cut off"
HIDDEN = "公开的记录缺少内容 / a public entry without its content"

Row = tuple[Any, ...]  # the values of COLUMNS; None for what is not held


def canonical(content: Mapping[str, Any]) -> str:
    """Return the one way to write a JSON object: sorted keys, no spaces, one line."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(fields: Iterable[Any]) -> str:
    """Return the hex digest of an entry's fields in the order of `FIELDS`; `public` is written 1 or 0."""
    text = "\n".join(map(str, fields))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def hash_of(previous: str, seq: int, digest: str, public: int | None = None) -> str:
    """Return the hex hash that binds an entry to the one before it; without `public`, that of the first form."""
    middle = f"{seq}" if public is None else f"{seq}:{public}:"
    return hashlib.sha256(f"{previous}{middle}{digest}".encode("utf-8", "surrogatepass")).hexdigest()


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
        (number, what is wrong), the first `MOST_FAULTS`; number 0 is the ledger as a whole.
    uncovered
        How many things no entry vouches for, from before there were such entries; no fault.
    """

    entries: int = 0
    contents: int = 0
    seq: int = 0
    hash: str = GENESIS
    faults: list[tuple[int, str]] = field(default_factory=list)
    uncovered: int = 0

    @property
    def sound(self) -> bool:
        """True where nothing is wrong."""
        return not self.faults

    def fault(self, number: int, words: str) -> None:
        """Note what is wrong, unless enough is."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append((number, words))


class Walk:
    """A walk along a chain, entry by entry, for those who do more on the way than check it.

    Parameters
    ----------
    whole
        Whether every entry must hold every field, as in a database; a public download lacks what is not public.
    heads
        Number to hash of heads that somebody noted earlier; each must still stand.
    """

    def __init__(self, *, whole: bool = False, heads: Mapping[int, str] | None = None) -> None:
        self.found, self.whole = Verified(), whole
        self.form = 1  # of the last entry
        self._noted = dict(heads or {})

    def step(self, row: Row) -> bool:
        """Check the next entry; tells whether it could be read at all."""
        found = self.found
        number, public, (digest, told, hashed) = row[0], row[8], row[-3:]
        found.entries += 1
        # a download keeps no contents of what is not public, and those of the first form not even that word
        held = self.whole or row[FIELDS.index("salt")] is not None
        odd = [name for name, value in zip(COLUMNS, row, strict=True) if not _kept(name, value, held)]
        if odd:
            found.fault(number if type(number) is int else found.seq + 1, LACKS + ", ".join(odd))
            if {"seq", "digest", "previous", "hash"} & set(odd):
                return False
        if number != found.seq + 1:
            gap = f"{found.seq + 1}–{number - 1}"
            found.fault(number, f"缺第{gap}条 / entries {gap} are missing" if number > found.seq else "次序 / order")
        if not held and public == 1:
            found.fault(number, HIDDEN)
        if held and not odd:
            found.contents += 1
            if digest_of(row[: len(FIELDS)]) != digest:
                found.fault(number, BENT)
        if told != found.hash:
            found.fault(number, UNBOUND)
        if public is not None and hash_of(told, number, digest, public) == hashed:
            self.form = 2
        elif self.form == 2 or hash_of(told, number, digest) != hashed:
            found.fault(number, HASHED)
        if self._noted and self._noted.pop(number, hashed) != hashed:
            found.fault(number, NOT_NOTED)
        found.seq, found.hash = number, hashed
        return True

    def end(self) -> Verified:
        """Say what was found, heads that are gone included."""
        for number in sorted(self._noted):
            self.found.fault(number, CUT)
        return self.found


def verify(rows: Iterable[Row], *, heads: Mapping[int, str] | None = None, whole: bool = False) -> Verified:
    """Walk along a chain and say what is wrong with it.

    Parameters
    ----------
    rows
        Entries in the order of their numbers, as `Row`.
    heads, whole
        See `Walk`.
    """
    walk = Walk(heads=heads, whole=whole)
    for row in rows:
        walk.step(row)
    return walk.end()


def _kept(name: str, value: Any, held: bool) -> bool:
    """Whether a value is of the kind that was written; SQLite keeps any kind in any column."""
    if name == "seq":
        return type(value) is int and value > 0
    if name == "public":
        return (type(value) is int and value in (0, 1)) or (value is None and not held)
    return value is None if not held and name in FIELDS else type(value) is str


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
            fields = [entry.get(name) for name in FIELDS]
            fields[0], digest, hashed = entry["seq"], entry["digest"], entry["hash"]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise InputError("this line is no entry of a ledger", file=source, row=number, value=line[:60]) from error
        yield (*fields, digest, previous, hashed)
        previous = hashed
