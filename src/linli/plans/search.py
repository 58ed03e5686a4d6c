"""Search by moving one block at a time, for goals that no exact solver serves; bounds and one piece always hold."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping

import numpy as np

from linli.districting.problem import Ints, Problem
from linli.districting.result import Progress, ProgressHook, Proof, Result
from linli.districting.separators import enclosed_pieces, in_one_piece
from linli.plans.caps import within_caps
from linli.plans.score import Score

CAP_WEIGHT = 1e3  # an exceeded cap counts so many times the starting value
STALE_ROUNDS = 6
WALK = 0.8  # of the time at most for a first plan within the caps


def search(
    score: Score,
    problem: Problem,
    start: Ints,
    lower: int,
    upper: int,
    fixed: Mapping[int, int],
    *,
    enclaves: bool = False,
    locked: Ints | None = None,
    seed: int = 1,
    time_limit: float = 10.0,
    progress: ProgressHook | None = None,
) -> Result:
    """Better a plan by moves of single atoms and by exchanges, annealed from a low temperature.

    Parameters
    ----------
    start
        Shape (n,): a plan that keeps bounds, one piece and named blocks; caps may be exceeded.
    fixed
        Atom to the number of the community that it must belong to; such atoms do not move.
    locked
        Other atoms that do not move.

    Returns
    -------
    Result
        `feasible` with the best plan that keeps the caps; `unknown` without labels where none was found.
    """
    cpu, deadline = time.process_time(), time.monotonic() + time_limit
    rng = np.random.default_rng(seed)
    labels = np.asarray(start, dtype=np.int64).copy()
    interrupted = False
    if score.excess(labels) > 0:
        limits, until = score.limits, time.monotonic() + WALK * time_limit
        try:
            found = within_caps(
                problem, labels, np.column_stack([problem.weights, *(column for column, _ in limits)]),
                np.array([lower, *(0 for _ in limits)]), np.array([upper, *(most for _, most in limits)]),
                {*fixed, *(() if locked is None else locked.tolist())}, enclaves=enclaves, seed=seed, deadline=until,
            )  # fmt: skip
        except KeyboardInterrupt:
            found, interrupted = None, True
        labels = labels if found is None else found
    parts = int(labels.max()) + 1
    first, ends, _ = problem.neighbours
    still = {*fixed, *(() if locked is None else locked.tolist())}
    scale = max(abs(score.value(labels)), 1e-9)

    def worth(label: Ints) -> float:
        return score.value(label) + CAP_WEIGHT * scale * score.excess(label)

    def whole(*changed: int) -> bool:
        """Tell whether the parts that changed are in one piece each and enclose nothing."""
        for part in changed:
            inside = labels == part
            if not in_one_piece(problem, inside):
                return False
            if not enclaves and any(True for _ in enclosed_pieces(problem, inside)):
                return False
        return True

    sums = problem.part_weights(labels, parts)
    now = worth(labels)
    best, best_labels = now, labels.copy()
    steps, rounds, stale = 0, 0, 0
    heat = 0.02 * scale
    try:
        while not interrupted and time.monotonic() < deadline and stale < STALE_ROUNDS and parts > 1:
            before = best
            for atom in rng.permutation(problem.n).tolist():
                if atom in still:
                    continue
                near = {int(part) for part in labels[ends[first[atom] : first[atom + 1]]]} - {int(labels[atom])}
                at, weight = int(labels[atom]), int(problem.weights[atom])
                for to in sorted(near):
                    if sums[at] - weight < lower or sums[to] + weight > upper:
                        continue
                    labels[atom] = to
                    steps += 1
                    # the value is cheap, whether parts stay whole is not: asked last
                    after = worth(labels)
                    taken = after < now or (heat > 0 and rng.random() < math.exp((now - after) / heat))
                    if taken and whole(at, to):
                        sums[at], sums[to], now = sums[at] - weight, sums[to] + weight, after
                        if now < best:
                            best, best_labels = now, labels.copy()
                        break
                    labels[atom] = at
                if time.monotonic() > deadline:
                    break
            rounds += 1
            heat = heat * 0.8 if heat > 1e-6 * scale else 0.0
            stale = stale + 1 if best >= before and heat == 0.0 else 0
            if progress is not None:
                progress(Progress("search", rounds, None, best, None))
    except KeyboardInterrupt:
        interrupted = True
    spent = time.process_time() - cpu
    counters = {"moves": steps, "rounds": rounds}
    if score.excess(best_labels) > 0:
        proof = Proof("heuristic", "no plan within the caps was found", None, None, counters)
        return Result("unknown", None, None, None, proof, parts, spent, interrupted)
    proof = Proof("heuristic", "no bound is known for this goal", best, None, counters)
    return Result("feasible", best_labels, best, None, proof, parts, spent, interrupted)
