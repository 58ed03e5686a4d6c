"""Proven plans for goals that add up block by block around a centre: moment of inertia, access, continuity."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import ArrayLike

from linli.districting.hess import Assignment, Search
from linli.districting.problem import Bools, Floats, Ints, Problem
from linli.districting.result import ProgressHook, Result
from linli.errors import InputError


def solve_assignment(
    problem: Problem,
    cost: ArrayLike,
    centres: ArrayLike,
    lower: int,
    upper: int,
    parts: int,
    *,
    forced_centres: Iterable[int] = (),
    forbidden: ArrayLike | None = None,
    start: ArrayLike | None = None,
    enclaves: bool = False,
    time_limit: float | None = None,
    progress: ProgressHook | None = None,
    unit: str = "",
) -> Result:
    """Choose `parts` centres and assign each block to one, at least cost, in connected parts within the bounds.

    Parameters
    ----------
    cost
        Shape (n, c), finite and not negative: what block i costs in the part of centre j, in the user's unit.
    centres
        Shape (c,): block of each possible centre, each block once; a chosen centre lies in its own part.
    forced_centres
        Numbers of centres that must be chosen; their parts come first, in this order.
    forbidden
        Shape (n, c): True where block i may not be in the part of centre j.
    start
        Shape (n,): labels of a plan to begin with; ignored where it breaks a rule.
    enclaves
        Whether a part may enclose others; False counts only where `problem.rim` is known.
    time_limit
        Seconds of wall time after which the best plan is returned with bound and gap.

    Returns
    -------
    Result
        `proven` means that no plan costs less by more than the tolerance that the proof's claim states: none for whole
        costs below a million a block, a ten-millionth of the objective otherwise.

    Notes
    -----
    The model of Hess et al. (1965). A local search gives a plan, a Lagrangian relaxation a bound and the variables
    that no better plan uses, HiGHS solves what is left; parts that come out broken are met with minimal
    separators, as in Validi, Buchanan, Lykhovyd, *Operations Research* 70 (2022).
    """
    began, cpu = time.monotonic(), time.process_time()
    table = Assignment(problem, cost, centres, lower, upper, parts, forced_centres, forbidden, enclaves, unit)
    deadline = None if time_limit is None else began + time_limit
    search = Search(table, deadline, progress)
    try:
        search.run(None if start is None else np.asarray(start, dtype=np.int64))
    except KeyboardInterrupt:
        search.interrupted = True
    return search.result(time.process_time() - cpu)


def split_inertia(
    problem: Problem,
    lower: int,
    upper: int,
    parts: int,
    *,
    start: ArrayLike | None = None,
    enclaves: bool = False,
    time_limit: float | None = None,
    progress: ProgressHook | None = None,
) -> Result:
    """Divide at least moment of inertia: Σ households × squared metres to the block at the centre of the part.

    Parameters and result as in `solve_assignment`; the problem must have `xy`.
    """
    return solve_assignment(
        problem,
        inertia_costs(problem),
        np.arange(problem.n),
        lower,
        upper,
        parts,
        start=start,
        enclaves=enclaves,
        time_limit=time_limit,
        progress=progress,
        unit="household m²",
    )


def split_access(
    problem: Problem,
    lower: int,
    upper: int,
    parts: int,
    *,
    stations: ArrayLike | None = None,
    walking: ArrayLike | None = None,
    start: ArrayLike | None = None,
    enclaves: bool = False,
    time_limit: float | None = None,
    progress: ProgressHook | None = None,
) -> Result:
    """Divide at least walking: Σ households × metres to the service station of the part.

    Parameters
    ----------
    stations
        Blocks where a station may be, one of them for each part; every block where absent.
    walking
        Shape (n, stations), metres; 1.3 times the straight line where absent.
    """
    places = np.arange(problem.n) if stations is None else np.unique(np.asarray(stations, dtype=np.int64))
    if walking is not None and stations is not None:
        walking = np.asarray(walking)[:, np.unique(np.asarray(stations), return_index=True)[1]]
    return solve_assignment(
        problem,
        access_costs(problem, places, walking=walking),
        places,
        lower,
        upper,
        parts,
        start=start,
        enclaves=enclaves,
        time_limit=time_limit,
        progress=progress,
        unit="household m",
    )


def split_continuity(
    problem: Problem,
    lower: int,
    upper: int,
    parts: int,
    *,
    community_of: ArrayLike,
    seats: Mapping[int, int],
    start: ArrayLike | None = None,
    enclaves: bool = False,
    time_limit: float | None = None,
    progress: ProgressHook | None = None,
) -> Result:
    """Divide so that the fewest households change community.

    Parameters
    ----------
    community_of
        Shape (n,): number of the present community of each block.
    seats
        Kept communities and the block of the seat of each; they become parts 0, 1, … in this order. All households of
        the other parts, and those that come to a kept community from another, change.
    """
    cost, centres, forced, forbidden = continuity_costs(problem, community_of, seats)
    return solve_assignment(
        problem,
        cost,
        centres,
        lower,
        upper,
        parts,
        forced_centres=forced,
        forbidden=forbidden,
        start=start,
        enclaves=enclaves,
        time_limit=time_limit,
        progress=progress,
        unit="households",
    )


def inertia_costs(problem: Problem) -> Floats:
    """Shape (n, n): households of block i times its squared distance in metres from block j."""
    return np.asarray(problem.weights[:, None] * _square_metres(problem, np.arange(problem.n)), dtype=np.float64)


def access_costs(problem: Problem, stations: Ints, *, walking: ArrayLike | None = None, detour: float = 1.3) -> Floats:
    """Shape (n, stations): households of block i times the metres that they walk to station j.

    Parameters
    ----------
    stations
        Shape (c,): block of each station.
    walking
        Shape (n, c), metres; `detour` times the straight line where absent.
    """
    metres = (
        detour * np.sqrt(_square_metres(problem, stations))
        if walking is None
        else np.asarray(walking, dtype=np.float64)
    )
    return np.asarray(problem.weights[:, None] * metres, dtype=np.float64)


def continuity_costs(
    problem: Problem, community_of: ArrayLike, seats: Mapping[int, int]
) -> tuple[Floats, Ints, list[int], Bools]:
    """Costs (n, c) in households, centres (c,), numbers of the forced ones, and forbidden pairs (n, c).

    The centre of a kept community is the block of its seat. A new part has no place of its own: any block that holds
    no seat may stand for it, the first in order of falling weight, so that each part is met once.
    """
    present = np.asarray(community_of, dtype=np.int64)
    seat = np.array(list(seats.values()), dtype=np.int64)
    others = np.setdiff1d(np.arange(problem.n), seat)
    centres = np.concatenate([seat, others])
    cost = np.repeat(problem.weights[:, None].astype(np.float64), problem.n, axis=1)
    for number, community in enumerate(seats):
        cost[present == community, number] = 0.0
    rank = np.empty(problem.n, dtype=np.int64)
    rank[np.lexsort((np.arange(problem.n), -problem.weights))] = np.arange(problem.n)
    forbidden = rank[:, None] < rank[None, centres]
    forbidden[:, : len(seat)] = False
    return cost, centres, list(range(len(seat))), forbidden


def _square_metres(problem: Problem, places: Ints) -> Floats:
    if problem.xy is None:
        raise InputError("this goal needs the place of each block", field="xy", advice="give the problem coordinates")
    away = problem.xy[:, None, :] - problem.xy[None, places, :]
    return np.asarray((away**2).sum(axis=2), dtype=np.float64)
