"""Linli's own side of every comparison: warmed kernels, the CPU seconds of the call, the same answer as the peers'."""

from __future__ import annotations

import time
from functools import cache
from typing import Literal

from linli.districting import split

from .instances import Instance, community
from .peers import Answer

Goal = Literal["cut", "inertia"]


def solve(instance: Instance, *, minimize: Goal = "cut", time_limit: float | None = None, seed: int = 0) -> Answer:
    """Split an instance; compilation is not counted."""
    warm(minimize)
    before = time.process_time()
    result = split(
        instance.problem,
        instance.lower,
        instance.upper,
        instance.parts,
        minimize=minimize,
        seed=seed,
        time_limit=time_limit,
    )
    seconds = time.process_time() - before
    return Answer("Linli", result.status, result.objective, result.bound, result.labels, seconds, result.proof.method)


@cache
def warm(minimize: Goal) -> None:
    """Compile or load every kernel by solving small communities: once to the end, once under a time limit."""
    for parts in (2, 3, 4):
        small = community("voronoi", 60, parts, 99)
        for limit in (None, 1.0):
            split(small.problem, small.lower, small.upper, parts, minimize=minimize, seed=0, time_limit=limit)
