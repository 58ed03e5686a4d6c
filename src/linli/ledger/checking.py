"""The check of a whole ledger in its database: what guards it, every field of every entry as it is kept, the chain.

It reads past Django's models, which would make `True` of a 2 and text of a number, and by any cursor, so that a copy
in a backup is checked as the site's own database is.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from linli.errors import InputError
from linli.ledger import states
from linli.ledger.chain import COLUMNS, FIELDS, Row, Verified, Walk
from linli.ledger.guards import altered
from linli.ledger.kept_files import files_astray
from linli.ledger.notes import Checkpoint, Key, key_of, read_checkpoint
from linli.ledger.tree import Frontier, leaf_of

CHUNK = 2000
AT_ONCE = 50  # things whose state is read by one query; a street's holds its ground
PUBLIC = FIELDS.index("public")
SAID = tuple(map(FIELDS.index, ("object", "after", "content", "salt")))
TILES = "树与各条记录不符 / the tree is not that of the entries"
UNSIGNED = "检查点没有本台账的签名 / a checkpoint that this ledger did not sign"
BEHIND = "现状与最后一条记录不符，有人绕过台账改过 / changed behind the ledger's back"
STRANGE = "没有记录，有人绕过台账加入 / no entry tells of it: it was put in behind the ledger's back"
FORKED = "与留存的检查点不符，台账被重写 / not the ledger that a checkpoint was made of: it was written anew"
SHORTER = "留存的检查点记有更多记录，末尾被截断 / a checkpoint tells of more entries: the end was cut off"


def check(
    cursor: Any, vendor: str, *, heads: Mapping[int, str] | None = None, checkpoints: Iterable[Checkpoint] = (),
    keys: Iterable[str] = (), copy: bool = False, files: Path | None = None,
) -> Verified:  # fmt: skip
    """Check the ledger of a database.

    Parameters
    ----------
    cursor
        Of Django, sqlite3 or psycopg, in the database.
    vendor
        `sqlite` or `postgresql`.
    heads
        Number to hash of heads that somebody noted earlier.
    checkpoints
        That somebody kept; with those of the database itself, each must be of a part of this ledger.
    keys
        Public keys of the site: a checkpoint that none of them signed is a fault. None where they are not known.
    copy
        Whether this is a copy, which may be older than this version and lack what came after it.
    files
        The folder under which photographs and evidence stand, each of which must be what was kept; None: not looked at.
    """
    walk = Walk(whole=True, heads=heads)
    tree = not copy or _has_tree(cursor)
    differing = altered(cursor, vendor, tree=tree)
    for one in differing:
        walk.found.fault(0, one.words)
    if any(one.unreadable for one in differing):
        return walk.end()  # what else stands there cannot be read as entries
    with as_kept(cursor, vendor):
        kept = list(_kept_checkpoints(cursor, walk.found)) if tree else []
        grown = _Grown([*checkpoints, *kept], [key_of(line) for line in keys], walk.found)
        stood = Standing()
        for row in rows(cursor, vendor):
            if walk.step(row):
                grown.step(row)
                stood.step(row[0], *(row[at] for at in SAID))
        grown.end()
        if vendor == "postgresql":
            cursor.execute("SET TIME ZONE 'UTC'")  # moments are written as Django's connection writes them
        for seq, thing in stood.behind(cursor, vendor):
            walk.found.fault(seq, f"{BEHIND if seq else STRANGE}: {thing}")
        if not copy:  # an older copy may not have every table yet
            for kind in sorted(states.kinds().keys() - readable(cursor, vendor)):
                walk.found.fault(0, f"{BEHIND}: {states.kinds()[kind].table}")
        walk.found.uncovered = len(stood.uncovered(cursor, vendor))
        if tree and sorted(_tiles(cursor, vendor)) != grown.tiles:
            walk.found.fault(0, TILES)
        for file in files_astray(cursor, vendor, files) if files is not None else ():
            walk.found.fault(0, file.words)
    return walk.end()


@dataclass
class Standing:
    """What entries vouch for, gathered on the way along the chain, held against how things stand.

    Parameters
    ----------
    last
        Reference to number, digest and salt of the newest entry that vouches for it; None where none does.
    complete
        Kind to the shape in which every thing of it has an entry.
    """

    last: dict[str, tuple[int, str, str] | None] = field(default_factory=dict)
    complete: dict[str, str] = field(default_factory=dict)
    seq: int = 0

    def step(self, seq: Any, thing: Any, after: Any, content: Any, salt: Any) -> None:
        """Take in what an entry vouches for; nothing of one whose values are of another kind than was written."""
        if type(seq) is not int or any(type(value) is not str for value in (thing, after, content, salt)):
            return
        self.seq = seq
        also, complete = _vouched(content)
        self.complete.update(complete)
        for one, digest in ((thing, after), *also.items()):
            if states.named(one):
                # an entry that left the thing as it was says nothing: the one before goes on vouching
                self.last[one] = (seq, digest, salt) if digest[:1] in states.MARKS else self.last.get(one)

    def behind(self, cursor: Any, vendor: str) -> list[tuple[int, str]]:
        """Return what is not as its last entry left it, by that one's number; and by 0 what lacks the entry all have.

        What seems so because an act went on meanwhile is looked at again.
        """
        there = readable(cursor, vendor)
        known = {thing for thing in self.last if thing.partition(":")[0] in there}
        things = sorted(known.union(*(states.all_of(cursor, kept) for kept in there.values())))
        found = self._suspects(cursor, vendor, things)
        for _try in range(5):
            if not found or not self.catch_up(cursor):
                break
            found = self._suspects(cursor, vendor, found)
        return sorted(((self.last.get(thing) or (0,))[0], thing) for thing in found)

    def uncovered(self, cursor: Any, vendor: str) -> list[str]:
        """Return the things of which nothing tells whether they were changed: no entry says how they stood."""
        return [
            thing
            for kept in readable(cursor, vendor).values()
            for thing in states.all_of(cursor, kept)
            if (about := states.named(thing)) and (about[0].always or thing in self.last)
            and not self._covers(thing) and not self._strange(thing)
        ]  # fmt: skip

    def catch_up(self, cursor: Any) -> bool:
        """Take in the entries that came since, or all; tells whether there were any."""
        before = self.seq
        cursor.execute(
            f"SELECT seq, object, after, content, salt FROM ledger_entry WHERE seq > {self.seq} ORDER BY seq"
        )
        while rows := cursor.fetchmany(CHUNK):
            for row in rows:
                self.step(*row)
        return self.seq > before

    def _suspects(self, cursor: Any, vendor: str, things: Iterable[str]) -> list[str]:
        found, covered = [], defaultdict[str, list[str]](list)
        for thing in things:
            if self._covers(thing):
                kind, _sign, key = thing.partition(":")
                covered[kind].append(key)
            elif self._strange(thing):
                found.append(thing)
        for kind, keys in covered.items():
            kept = states.kinds()[kind]
            for start in range(0, len(keys), AT_ONCE):
                some = keys[start : start + AT_ONCE]
                stand = states.states_of(cursor, vendor, kept, some)
                for thing, state in ((f"{kind}:{key}", stand.get(key)) for key in some):
                    _seq, after, salt = self.last[thing] or (0, "", "")
                    if states.digest_of(kept, salt, state) != after:
                        found.append(thing)
        return found

    def _covers(self, thing: str) -> bool:
        """Whether the last entry about a thing says how it stood, in the columns of today."""
        vouched, about = self.last.get(thing), states.named(thing)
        return bool(vouched and about and vouched[1].startswith((f"={about[0].shape}", states.GONE)))

    def _strange(self, thing: str) -> bool:
        """Whether a thing has no entry though every one of its kind has."""
        about = states.named(thing)
        if about is None:  # no key that we ever gave
            return True
        return thing not in self.last and about[0].always and self.complete.get(about[0].kind) == about[0].shape


def readable(cursor: Any, vendor: str) -> dict[str, states.Kept]:
    """Return the kinds of which a database has every column that they are read from."""
    return {kind: kept for kind, kept in states.kinds().items() if states.readable(cursor, vendor, kept)}


def _vouched(content: str) -> tuple[dict[str, str], dict[str, str]]:
    """Read what a content vouches for; nothing of one that was bent."""
    if f'"{states.VOUCHED}":' not in content:
        return {}, {}
    try:
        said = json.loads(content)
        return _texts(said.get(states.VOUCHED)), _texts(said.get(states.COMPLETE))
    except (ValueError, AttributeError, RecursionError):
        return {}, {}


def _texts(said: Any) -> dict[str, str]:
    """Return a mapping of texts to texts; an empty one where it is none."""
    return said if isinstance(said, dict) and all(isinstance(value, str) for value in said.values()) else {}


class _Grown:
    """The tree, grown anew from the entries, held against checkpoints."""

    def __init__(self, checkpoints: list[Checkpoint], keys: list[Key], found: Verified) -> None:
        self.tiles: list[tuple[int, int, str]] = []
        self._frontier, self._found = Frontier(), found
        self._left: dict[int, list[Checkpoint]] = {}
        for one in checkpoints:
            if keys and not any(key.signed(one) for key in keys):
                found.fault(0, f"{UNSIGNED}: {one.source}")
            self._left.setdefault(one.size, []).append(one)

    def step(self, row: Row) -> None:
        """Add an entry."""
        data = leaf_of(row[PUBLIC], row[-3])
        self.tiles += [(level, number, one.hex()) for level, number, one in self._frontier.append(data)]
        for checkpoint in self._left.pop(self._frontier.size, ()):
            if checkpoint.root != self._frontier.root():
                self._found.fault(row[0], f"{FORKED}: {checkpoint.source}")

    def end(self) -> None:
        """Tell of checkpoints of more entries than there are."""
        self.tiles.sort()
        for size, those in sorted(self._left.items()):
            for checkpoint in those if size else ():
                self._found.fault(size, f"{SHORTER}: {checkpoint.source}")


def _has_tree(cursor: Any) -> bool:
    cursor.execute("SELECT count(*) FROM django_migrations WHERE app = 'ledger' AND name = '0003_tree'")
    return bool(cursor.fetchone()[0])


def _kept_checkpoints(cursor: Any, found: Verified) -> Iterator[Checkpoint]:
    cursor.execute("SELECT size, at, note FROM ledger_checkpoint ORDER BY size")
    for size, at, note in cursor.fetchall():
        try:
            read = read_checkpoint(note, f"ledger_checkpoint {size}")
        except (InputError, AttributeError):
            found.fault(0, f"{UNSIGNED}: ledger_checkpoint {size!r}")
            continue
        if read.size != size or (read.at and read.at != at):  # notes of before tell no moment
            found.fault(0, f"{UNSIGNED}: ledger_checkpoint {size!r}")
        yield read


def _tiles(cursor: Any, vendor: str) -> Iterator[tuple[int, int, str]]:
    plus = "+" if vendor == "sqlite" else ""
    cursor.execute(f"SELECT {plus}level, {plus}number, {plus}hash FROM ledger_tile")
    for row in cursor.fetchall():
        yield tuple(row) if list(map(type, row)) == [int, int, str] else (0, 0, "")


def rows(cursor: Any, vendor: str) -> Iterator[Row]:
    """Read every entry in the order of numbers, each value as the database keeps it."""
    if vendor == "sqlite":
        # a plus takes the declared kind away, by which Python would convert a value
        names = ", ".join(f'+"{name}"' for name in COLUMNS)
        cursor.execute(f"SELECT {names} FROM ledger_entry ORDER BY seq")
        while found := cursor.fetchmany(CHUNK):
            yield from map(tuple, found)
        return
    names, last = ", ".join(f'"{name}"' for name in COLUMNS), -(2**63)
    while True:
        cursor.execute(f"SELECT {names} FROM ledger_entry WHERE seq > {last} ORDER BY seq LIMIT {CHUNK}")
        found = cursor.fetchall()
        if not found:
            return
        for row in found:
            public = row[PUBLIC]
            yield (*row[:PUBLIC], int(public) if isinstance(public, bool) else public, *row[PUBLIC + 1 :])
        last = found[-1][0]


@contextmanager
def as_kept(cursor: Any, vendor: str) -> Iterator[None]:
    """Let SQLite hand out text that is no UTF-8 too, instead of refusing the whole row."""
    if vendor != "sqlite":
        yield
        return
    raw = cursor.connection  # Django's cursor hands on to sqlite3's
    before, raw.text_factory = raw.text_factory, lambda data: data.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        raw.text_factory = before
