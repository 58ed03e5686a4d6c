"""Small ground for tests: blocks in a row, a few metres each, in a street of the world."""

from __future__ import annotations

import shapely

from linli.org.models import Division
from linli.territory.models import Block

WEST, SOUTH, SIDE = 103.18, 26.08, 0.001


def square(column: int, row: int = 0) -> shapely.Polygon:
    """One square of the grid that all tests share, in degrees."""
    west, south = WEST + column * SIDE, SOUTH + row * SIDE
    return shapely.box(west, south, west + SIDE, south + SIDE)


def blocks_in(street: Division, number: int, *, row: int = 0, prefix: str = "B") -> list[Block]:
    """Make `number` blocks side by side."""
    made = []
    for column in range(number):
        block = Block(street=street, code=f"{prefix}{column + 1:03d}")
        block.shape = square(column, row)
        made.append(block)
    return Block.objects.bulk_create(made)
