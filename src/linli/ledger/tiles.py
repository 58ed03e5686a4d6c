"""The tree in the database: tiles written as the ledger grows, roots and paths read from them."""

from __future__ import annotations

from collections.abc import Sequence

from linli.ledger.models import Entry, Tile
from linli.ledger.tree import WIDTH, Frontier, leaf_of, path_at, root_at, root_of

CHUNK = 5000


def grow(size: int) -> None:
    """Write the tiles that the entry of this number completes; called when it was added."""
    level = 0
    while size % WIDTH == 0:
        level, size = level + 1, size // WIDTH
        hashes = read(level - 1, (size - 1) * WIDTH, WIDTH)
        Tile.objects.create(level=level, number=size - 1, hash=root_of(hashes).hex())


def read(level: int, first: int, many: int) -> Sequence[bytes]:
    """Return hashes of a level; see `linli.ledger.tree.Reader`."""
    if level == 0:
        entries = Entry.objects.filter(seq__gt=first, seq__lte=first + many).order_by("seq")
        return [leaf_of(int(public), digest) for public, digest in entries.values_list("public", "digest")]
    tiles = Tile.objects.filter(level=level, number__gte=first, number__lt=first + many).order_by("number")
    return [bytes.fromhex(one) for one in tiles.values_list("hash", flat=True)]


def root(size: int) -> bytes:
    """Return the root of the first `size` entries."""
    return root_at(read, size)


def path(index: int, size: int) -> list[bytes]:
    """Return the path of the entry of number `index` + 1 in the tree of the first `size`."""
    return path_at(read, index, size)


def build(entries: object = Entry.objects, tiles: object = Tile.objects) -> None:
    """Write every tile of a ledger that has none yet; for a migration."""
    frontier, made = Frontier(), []
    for public, digest in entries.order_by("seq").values_list("public", "digest").iterator(CHUNK):  # type: ignore[attr-defined]
        made += frontier.append(leaf_of(int(public), digest))
    tiles.bulk_create(  # type: ignore[attr-defined]
        [tiles.model(level=level, number=number, hash=one.hex()) for level, number, one in made],  # type: ignore[attr-defined]
        batch_size=CHUNK,
    )
