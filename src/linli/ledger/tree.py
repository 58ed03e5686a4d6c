"""The Merkle tree beside the chain (RFC 6962), by which one entry among many is proven with a few hashes.

A leaf is `public:digest` of an entry. Above the leaves, the roots of each full 256, 65 536, … are kept: *tiles*.
The root of any size and the path of any leaf are reckoned from a few hundred of these.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

WIDTH, BITS = 256, 8
EMPTY = hashlib.sha256(b"").digest()

# level (0 for leaves), number of the first, how many: their hashes
Reader = Callable[[int, int, int], Sequence[bytes]]


def leaf_data(public: int, digest: str) -> bytes:
    """Return what a leaf says of an entry."""
    return f"{public}:{digest}".encode("utf-8", "surrogatepass")


def leaf_of(public: int, digest: str) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\0" + leaf_data(public, digest)).digest()


def node_of(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node above two others."""
    return hashlib.sha256(b"\1" + left + right).digest()


class Frontier:
    """A tree that grows leaf by leaf and remembers nothing but its right edge: a hash for each bit of its size."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytes] = []

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf; returns the tiles that it completes: level, number, hash."""
        height, full, tiles = 0, self.size, []
        while full & 1:
            leaf, full, height = node_of(self._edge.pop(), leaf), full >> 1, height + 1
            if height % BITS == 0:
                tiles.append((height // BITS, self.size >> height, leaf))
        self._edge.append(leaf)
        self.size += 1
        return tiles

    def root(self) -> bytes:
        """Return the root of the tree as it is."""
        return folded(self._edge) if self._edge else EMPTY


def folded(edge: Sequence[bytes]) -> bytes:
    """Return the root above subtrees that grow smaller to the right."""
    root = edge[-1]
    for left in reversed(edge[:-1]):
        root = node_of(left, root)
    return root


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root above a few hashes."""
    frontier = Frontier()
    for one in hashes:
        frontier.append(one)
    return frontier.root()


def root_at(read: Reader, size: int, start: int = 0) -> bytes:
    """Return the root of the first `size` leaves after `start`, by two or three reads."""
    return root_of(_items(read, start, size)[1]) if size else EMPTY


def path_at(read: Reader, index: int, size: int, start: int = 0) -> list[bytes]:
    """Return the hashes by which whoever holds a leaf reckons the root of the first `size` leaves, lowest first."""
    chunk, items = _items(read, start, size)
    place = (index - start) // chunk
    lower: list[bytes] = []
    if chunk > 1:
        first = start + place * chunk
        lower = path_at(read, index, min(chunk, start + size - first), first)
    return lower + _path(items, place)


def _items(read: Reader, start: int, size: int) -> tuple[int, list[bytes]]:
    """Return the hashes just below the root of a piece, each above `chunk` leaves, the last perhaps above fewer."""
    level = 0
    while WIDTH ** (level + 1) < size:
        level += 1
    chunk = WIDTH**level
    full, rest = divmod(size, chunk)
    items = list(read(level, start // chunk, full))
    if len(items) != full:
        raise ValueError(f"the tree lacks hashes of level {level}")
    return chunk, [*items, root_at(read, rest, start + full * chunk)] if rest else items


def _path(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The path of one hash among a few (RFC 6962, 2.1.1)."""
    if len(hashes) == 1:
        return []
    half = 1 << (len(hashes) - 1).bit_length() - 1
    if index < half:
        return [*_path(hashes[:half], index), root_of(hashes[half:])]
    return [*_path(hashes[half:], index - half), root_of(hashes[:half])]
