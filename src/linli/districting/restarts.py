"""The same search from several seeds at once, here or on a cluster; the best plan and the best bound are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from linli.districting.executors import City, pool_of
from linli.districting.result import Progress, ProgressHook, Result

RANK = {"proven": 0, "infeasible": 0, "feasible": 1, "unknown": 2}


def best_of(
    search: Callable[..., Result], city: City, seed: int, time_limit: float | None, progress: ProgressHook | None = None
) -> Result:
    """Call a search for `city.restarts` seeds and join the answers.

    Parameters
    ----------
    search
        Takes `seed` and `time_limit`, in wall seconds; must be picklable for a cluster.
    city
        Number of restarts, workers and where they run.
    seed
        Of the first restart; the others count on from it.
    time_limit
        Wall seconds for all of them: where there are more restarts than workers, each gets its share.

    Returns
    -------
    Result
        The plan with the least objective, the earliest seed's among equals, and the largest bound of all.
    """
    turns = -(-city.restarts // city.workers)
    share = None if time_limit is None else time_limit / turns
    found: list[Result] = []
    interrupted = False
    with pool_of(city.executor, city.workers, city.address) as pool:
        handles = pool.map(_one, [seed + turn for turn in range(city.restarts)], search, share)
        try:
            for handle in handles:
                found += pool.get([handle])
                if progress is not None:
                    best = joined(found)
                    progress(Progress("restarts", len(found), city.restarts, best.objective, best.bound))
        except KeyboardInterrupt:
            if not found:
                raise
            interrupted = True
    best = joined(found)
    return replace(best, interrupted=True) if interrupted else best


def _one(seed: int, search: Callable[..., Result], time_limit: float | None) -> Result:
    return search(seed=seed, time_limit=time_limit)


def joined(found: list[Result]) -> Result:
    """The best of some answers to one question, with the largest bound; CPU seconds add up."""
    best = min(found, key=lambda one: (one.objective is None, one.objective, RANK[one.status]))
    settled = next((one for one in found if one.status == "infeasible"), None)
    if best.objective is None:
        best = settled or best
    bounds = [one.bound for one in found if one.bound is not None]
    bound = max(bounds, default=None)
    spent = sum(one.cpu_seconds for one in found)
    if bound is not None and best.objective is not None:
        bound = min(bound, best.objective)
        if bound == best.objective and best.status != "proven":
            # one seed found the plan, another the proof that nothing is below it
            proof = next(one.proof for one in found if one.bound is not None and one.bound >= bound)
            best = replace(best, status="proven", proof=replace(proof, objective=best.objective, bound=bound))
    interrupted = any(one.interrupted for one in found)
    return replace(best, bound=bound, cpu_seconds=spent, interrupted=interrupted)
