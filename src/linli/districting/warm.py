"""Compile every kernel of the engine once, so that the first plan need not wait: `python -m linli.districting.warm`."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from linli.districting.problem import Problem

SIDE = 9
HOUSEHOLDS = 60


def warm(*, say: Callable[[str], None] = lambda step: None) -> float:
    """Divide a small field of blocks in each way there is; what this compiles stays in the cache on disk.

    Parameters
    ----------
    say
        Called with the name of each step before it begins.

    Returns
    -------
    float
        Wall seconds it took.
    """
    began = time.monotonic()
    for number, (step, run) in enumerate(STEPS.items()):
        say(step)
        run()
        mark = mark_of(number)
        if mark is not None and mark.parent.is_dir():
            mark.touch()
    return time.monotonic() - began


def mark_of(number: int) -> Path | None:
    """Return the file that says, beside the compiled code, that a step is done; None where the cache has no folder."""
    import numba

    import linli.districting.compiled  # noqa: F401  it names the cache after the sources

    return Path(numba.config.CACHE_DIR) / f"compiled-{number}" if numba.config.CACHE_DIR else None


def field(side: int = SIDE, *, seed: int = 1) -> Problem:
    """Make a square field of side × side blocks with uneven households and prices, its rim known."""
    random = np.random.default_rng(seed)
    number = np.arange(side * side).reshape(side, side)
    across = np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()], axis=1)
    down = np.stack([number[:-1].ravel(), number[1:].ravel()], axis=1)
    edges = np.concatenate([across, down])
    rim = np.zeros((side, side), np.bool_)
    rim[[0, -1], :] = rim[:, [0, -1]] = True
    return Problem.from_graph(
        random.integers(HOUSEHOLDS // 2, 2 * HOUSEHOLDS, side * side),
        edges,
        random.integers(20, 200, len(edges)) / 10,
        xy=100.0 * np.stack([number.ravel() % side, number.ravel() // side], axis=1),
        rim=rim.ravel(),
    )


def _prove() -> None:
    """Ears, halves and the search that goes before them."""
    _divide(3)


def _prove_four() -> None:
    """Ears inside ears."""
    _divide(4)


def _mend() -> None:
    """Complete a plan of which one corner is settled, with blocks fixed."""
    from linli.districting.engine import split

    problem = field()
    begin = np.full(problem.n, -1, np.int64)
    begin[:3] = 0
    low, high = _bounds(problem, 3)
    split(problem, low, high, 3, seed=1, start=begin, fixed={0: "a", problem.n - 1: "b"}, time_limit=60)


def _gather() -> None:
    """Moment of inertia: medians, bound and fixing."""
    from linli.districting.engine import split

    problem = field(7)
    low, high = _bounds(problem, 3)
    split(problem, low, high, 3, minimize="inertia", time_limit=60)


def _anneal() -> None:
    """Weighted sums of goals by boundary flips."""
    from linli.districting.anneal import split_by_annealing
    from linli.districting.goals import Goals

    problem = field()
    low, high = _bounds(problem, 3)
    goals = Goals({"boundary": 1.0, "balance": 1.0, "inertia": 1.0})
    split_by_annealing(problem, low, high, 3, goals, seed=1, sweeps=5)


def _city() -> None:
    """Regions of a city."""
    from linli.districting.city import search_city
    from linli.districting.executors import City
    from linli.districting.lawful import Demands
    from linli.districting.planar import embed

    problem = field(16)
    low, high = _bounds(problem, 16)
    root = embed(problem)
    assert root is not None
    assert problem.rim is not None
    demands = Demands(low // 2, high * 2, False, problem.rim, np.full(problem.n, -1, np.int64))
    search_city(root, demands, 16, City(rounds=2), seed=1)


def cool_once() -> None:
    """Large territories of few parts."""
    from linli.districting.cooling import cool
    from linli.districting.lawful import Demands
    from linli.districting.planar import embed

    problem = field()
    low, high = _bounds(problem, 3)
    root = embed(problem)
    assert root is not None
    free = Demands(low, high, True, np.zeros(problem.n, np.bool_), np.full(problem.n, -1, np.int64))
    for _ in range(2):  # where the walks take the first to compile, the single moves are left to the second
        cool(problem, root, free, 3, seed=1, deadline=time.monotonic() + 0.5)


def _draw() -> None:
    """Neutral plans by both walks."""
    from linli.districting.ensemble import sample

    problem = field()
    low, high = _bounds(problem, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # so few plans cannot converge
        sample(problem, low, high, 3, 4)
        sample(problem, low, high, 3, 4, method="reversible")


def _divide(parts: int) -> None:
    from linli.districting.engine import split

    problem = field()
    low, high = _bounds(problem, parts)
    split(problem, low, high, parts, seed=1, time_limit=60)


def _bounds(problem: Problem, parts: int) -> tuple[int, int]:
    share = problem.total / parts
    return int(share * 0.85), int(share * 1.15)


STEPS: dict[str, Callable[[], None]] = {
    "dual paths, ears, search": _prove,
    "ears inside ears": _prove_four,
    "repair of partial plans": _mend,
    "moment of inertia": _gather,
    "weighted goals": _anneal,
    "cities": _city,
    "cooled plans": cool_once,
    "neutral plans": _draw,
}


def main() -> None:
    """Warm the kernels and tell how far it is, on standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("linli: compiling"), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TextColumn("{task.description}"), console=console, transient=True) as bar:
        task = bar.add_task("", total=len(STEPS), start=True)

        def say(step: str) -> None:
            bar.update(task, description=step)
            bar.advance(task, 0 if step == next(iter(STEPS)) else 1)
            if not console.is_terminal:
                console.print(f"linli: compiling: {step} …")

        seconds = warm(say=say)
    console.print(f"linli: kernels are compiled ({seconds:.0f} s); later starts load them")


if __name__ == "__main__":
    main()
