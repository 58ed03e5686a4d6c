"""Sets of blocks that every path between two blocks must cross, and the cuts that follow from them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from linli.districting.problem import Bools, Ints, Problem


def broken_pieces(problem: Problem, part: Bools, root: int, usable: Bools) -> Iterator[tuple[Ints, Ints]]:
    """Yield each piece of `part` that does not hold `root`, with a minimal separator of it from `root`.

    Parameters
    ----------
    part
        Shape (n,): True for the blocks of the part; True at `root`.
    usable
        Shape (n,): blocks that the part may hold at all; paths through others do not count. Holds `part`.

    Yields
    ------
    piece, separator
        Block indices. A connected part that holds `root` and any block of the piece holds one block of the separator.
    """
    piece_of = pieces_within(problem, part)
    for piece in range(int(piece_of.max()) + 1):
        inside = piece_of == piece
        if inside[root]:
            continue
        fence = _around(problem, inside) & usable
        reached = flood(problem, root, usable & ~fence & ~inside)
        yield np.flatnonzero(inside), np.flatnonzero(fence & _around(problem, reached))


def enclosed_pieces(problem: Problem, part: Bools) -> Iterator[tuple[Ints, Ints]]:
    """Yield each piece of the rest that `part` cuts off from the outside, with the blocks of `part` around it.

    A part that holds all those blocks and has no enclave holds the piece too. Empty where `problem.rim` is unknown.
    """
    if problem.rim is None or part.all():
        return
    piece_of = pieces_within(problem, ~part)
    for piece in range(int(piece_of.max()) + 1):
        inside = piece_of == piece
        if not problem.rim[inside].any():
            yield np.flatnonzero(inside), np.flatnonzero(_around(problem, inside))


def in_one_piece(problem: Problem, part: Bools) -> bool:
    """Whether the blocks of `part` are connected among themselves."""
    return bool(part.any()) and int(pieces_within(problem, part).max()) == 0


def is_plan(
    problem: Problem, labels: Ints, parts: int, lower: int, upper: int, *, enclaves: bool = False, pieces: bool = True
) -> bool:
    """Whether labels 0 … parts-1 keep the bounds, one piece a part, and, where the rim is known, leave no enclave."""
    if labels.min() < 0 or labels.max() >= parts or len(np.unique(labels)) != parts:
        return False
    weights = problem.part_weights(labels, parts)
    if weights.min() < lower or weights.max() > upper:
        return False
    for part in range(parts):
        chosen = labels == part
        if pieces and not in_one_piece(problem, chosen):
            return False
        if not enclaves and any(True for _ in enclosed_pieces(problem, chosen)):
            return False
    return True


def pieces_within(problem: Problem, chosen: Bools) -> Ints:
    """Shape (n,): number of the connected piece of `chosen` that each block lies in, -1 outside."""
    piece = np.full(problem.n, -1, dtype=np.int64)
    count = 0
    for block in np.flatnonzero(chosen).tolist():
        if piece[block] < 0:
            piece[flood(problem, block, chosen & (piece < 0))] = count
            count += 1
    return piece


def flood(problem: Problem, root: int, within: Bools) -> Bools:
    """Shape (n,): blocks that can be reached from `root` through blocks of `within`, `root` with them."""
    start, ends, _ = problem.neighbours
    reached = np.zeros(problem.n, dtype=np.bool_)
    reached[root] = True
    stack = [root]
    while stack:
        block = stack.pop()
        for near in ends[start[block] : start[block + 1]].tolist():
            if within[near] and not reached[near]:
                reached[near] = True
                stack.append(near)
    return reached


def surroundings(problem: Problem, piece: Ints) -> Ints:
    """Blocks next to a set of blocks."""
    inside = np.zeros(problem.n, dtype=np.bool_)
    inside[piece] = True
    return np.flatnonzero(_around(problem, inside))


def _around(problem: Problem, chosen: Bools) -> Bools:
    around = np.zeros(problem.n, dtype=np.bool_)
    a, b = problem.edges[:, 0], problem.edges[:, 1]
    around[b[chosen[a]]] = True
    around[a[chosen[b]]] = True
    return around & ~chosen
