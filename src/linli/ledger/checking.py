"""The check of a whole ledger in its database: what guards it, every field of every entry as it is kept, the chain.

It reads past Django's models, which would make `True` of a 2 and text of a number, and by any cursor, so that a copy
in a backup is checked as the site's own database is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from linli.errors import InputError
from linli.ledger import states
from linli.ledger.chain import COLUMNS, FIELDS, Row, Verified, Walk
from linli.ledger.guards import altered
from linli.ledger.notes import Checkpoint, Key, key_of, read_checkpoint
from linli.ledger.tree import Frontier, leaf_of

CHUNK = 2000
AT_ONCE = 500  # things whose state is read by one query
PUBLIC, OBJECT, AFTER, SALT = map(FIELDS.index, ("public", "object", "after", "salt"))
TILES = "树与各条记录不符 / the tree is not that of the entries"
UNSIGNED = "检查点没有本台账的签名 / a checkpoint that this ledger did not sign"
BEHIND = "现状与最后一条记录不符，有人绕过台账改过 / changed behind the ledger's back"
FORKED = "与留存的检查点不符，台账被重写 / not the ledger that a checkpoint was made of: it was written anew"
SHORTER = "留存的检查点记有更多记录，末尾被截断 / a checkpoint tells of more entries: the end was cut off"


def check(
    cursor: Any, vendor: str, *, heads: Mapping[int, str] | None = None, checkpoints: Iterable[Checkpoint] = (),
    keys: Iterable[str] = (), copy: bool = False,
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
        last: dict[str, tuple[int, str, str]] = {}
        for row in rows(cursor, vendor):
            if walk.step(row):
                grown.step(row)
                _keep_last(row, last)
        grown.end()
        if vendor == "postgresql":
            cursor.execute("SET TIME ZONE 'UTC'")  # moments are written as Django's connection writes them
        for seq, words in _behind(cursor, vendor, last, copy=copy):
            walk.found.fault(seq, words)
        if tree and sorted(_tiles(cursor, vendor)) != grown.tiles:
            walk.found.fault(0, TILES)
    return walk.end()


def _keep_last(row: Row, last: dict[str, tuple[int, str, str]]) -> None:
    """Remember what the newest entry vouches for of each thing of a declared kind."""
    seq, thing, after, salt = row[0], row[OBJECT], row[AFTER], row[SALT]
    if isinstance(thing, str) and states.named(thing):
        last.pop(thing, None)
        if isinstance(after, str) and after[:1] in ("=", states.GONE) and isinstance(salt, str):
            last[thing] = (seq, after, salt)


def _behind(
    cursor: Any, vendor: str, last: Mapping[str, tuple[int, str, str]], *, copy: bool
) -> Iterator[tuple[int, str]]:
    """Find things that are not as their last entry left them."""
    things: dict[str, list[str]] = {}
    for thing in last:
        things.setdefault(thing.partition(":")[0], []).append(thing)
    for kind, those in things.items():
        kept = states.kinds()[kind]
        if not states.readable(cursor, vendor, kept):
            if not copy:  # an older copy may not have them yet
                yield 0, f"{BEHIND}: {kept.table}"
            continue
        for start in range(0, len(those), AT_ONCE):
            some = {int(thing.partition(":")[2]): thing for thing in those[start : start + AT_ONCE]}
            stand = states.states_of(cursor, vendor, kept, some)
            for number, thing in some.items():
                seq, after, salt = last[thing]
                if states.digest_of(salt, stand.get(number)) != after and not _meanwhile(cursor, vendor, thing, seq):
                    yield seq, f"{BEHIND}: {thing}"


def _meanwhile(cursor: Any, vendor: str, thing: str, seq: int) -> bool:
    """Whether a thing that seems changed was changed by an act while the check ran, and stands as that left it."""
    for _try in range(5):
        cursor.execute(f"SELECT seq, after, salt FROM ledger_entry WHERE object = '{thing}' ORDER BY seq DESC LIMIT 1")
        now, after, salt = cursor.fetchone()
        if now == seq:
            return False
        if states.digest_of(salt, states.state_of(cursor, vendor, thing)) == after:
            return True
        seq = now
    return False


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
    cursor.execute("SELECT size, note FROM ledger_checkpoint ORDER BY size")
    for size, note in cursor.fetchall():
        try:
            read = read_checkpoint(note, f"ledger_checkpoint {size}")
        except (InputError, AttributeError):
            found.fault(0, f"{UNSIGNED}: ledger_checkpoint {size!r}")
            continue
        if read.size != size:
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
