"""What a plan must satisfy beyond connected parts: bounds, locks, no enclaves."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from linli.districting.compiled import compiled, inner
from linli.districting.problem import Bools, Ints
from linli.districting.region import Region


class Demands(NamedTuple):
    """What a plan must satisfy beyond connected parts.

    Parameters
    ----------
    lower, upper
        Bounds of a part's weight.
    enclaves
        True if a part may be enclosed by another.
    rim
        Shape (n,), root blocks: touches the outside (all False where unknown).
    lock
        Shape (n,), root blocks: -1 or a number; equal numbers belong together, different ones apart.
    """

    lower: int
    upper: int
    enclaves: bool
    rim: Bools
    lock: Ints


@compiled
def lawful(root: Region, demands: Demands, parts: int, label: Ints) -> bool:
    """True if the labels respect locks and, where asked, enclose no part; connectivity and bounds are not checked."""
    n = len(root.weight)
    owner = np.full(n, -1, np.int64)
    home = np.full(parts, -1, np.int64)
    for v in range(n):
        key = demands.lock[v]
        if key >= 0:
            if owner[key] >= 0 and owner[key] != label[v]:
                return False
            owner[key] = label[v]
            if home[label[v]] >= 0 and home[label[v]] != key:
                return False
            home[label[v]] = key
    if demands.enclaves:
        return True
    near = np.zeros((parts + 1, parts + 1), np.bool_)
    for v in range(n):
        if demands.rim[v]:
            near[label[v], parts] = True
            near[parts, label[v]] = True
    for d in range(len(root.head)):
        a = label[root.tail[d]]
        b = label[root.head[d]]
        if a != b:
            near[a, b] = True
    for gone in range(parts):  # noqa: SIM110 (compiled code has no all())
        if not reaches_all(near, gone, parts):
            return False
    return True


@inner
def reaches_all(near: Bools, gone: int, start: int) -> bool:
    """True if, without vertex `gone`, every vertex of a small graph can be reached from `start`."""
    size = len(near)
    seen = np.zeros(size, np.bool_)
    seen[gone] = True
    seen[start] = True
    stack = np.empty(size, np.int64)
    stack[0] = start
    top = 1
    reached = 2
    while top > 0:
        top -= 1
        v = stack[top]
        for w in range(size):
            if near[v, w] and not seen[w]:
                seen[w] = True
                reached += 1
                stack[top] = w
                top += 1
    return reached == size
