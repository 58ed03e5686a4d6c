"""A lower bound for assigning blocks to centres by Lagrangian relaxation, and the variables it rules out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linli.districting.compiled import compiled
from linli.districting.problem import Bools, Floats, Ints


@dataclass(frozen=True)
class Relaxation:
    """The best multipliers found.

    `bound` holds for every plan; `least` (c, n) is a bound for every plan that assigns block i to centre j, infinite
    where no plan does; `passes` is the number of subgradient steps.
    """

    bound: float
    least: Floats
    multipliers: Floats
    passes: int


def relax_assignment(
    cost: Floats,
    centres: Ints,
    weights: Ints,
    lower: int,
    upper: int,
    parts: int,
    forced: Bools,
    *,
    target: float,
    multipliers: Floats,
    passes: int = 400,
) -> Relaxation:
    """Relax "each block belongs to one part"; what remains is one continuous knapsack for each centre.

    Parameters
    ----------
    cost
        Shape (c, n): cost of assigning block i to centre j; infinite where that is forbidden.
    centres
        Shape (c,): block of each centre.
    forced
        Shape (c,): centres that must be chosen.
    target
        Objective of a known plan, or a guess of it: sets the step lengths, never the bound.
    multipliers
        Shape (n,): where to begin, in units of cost.

    Notes
    -----
    For multipliers α the reduced cost of x_ij is c_ij - α_i; a chosen centre j then costs W_j, the least
    Σ (c_ij - α_i) x_ij with x_jj = 1, 0 ≤ x ≤ 1 and lower ≤ Σ w_i x_ij ≤ upper, and the bound is Σ α_i plus the
    smallest W_j. The knapsack's own multiplier prices what is left out, which bounds plans with x_ij = 1. After
    Validi, Buchanan, Lykhovyd, *Imposing contiguity constraints in political districting models*, Operations
    Research 70 (2022).
    """
    bound, best, done = _ascend(
        cost,
        centres,
        weights.astype(np.float64),
        float(lower),
        float(upper),
        parts,
        forced,
        target,
        multipliers,
        passes,
    )
    least = _least_with(cost, centres, weights.astype(np.float64), float(lower), float(upper), parts, forced, best)
    return Relaxation(float(bound), least, best, int(done))


@compiled
def _knapsack(
    cost: Floats, centre: int, weights: Floats, lower: float, upper: float, multipliers: Floats, chosen: Floats
) -> tuple[float, float]:
    """Fill `chosen` (n,) with the best fractional part around a centre; return its cost and its price a household."""
    n = len(weights)
    load = weights[centre]
    total = cost[centre] - multipliers[centre]
    for i in range(n):
        chosen[i] = 0.0
        if i != centre:
            reduced = cost[i] - multipliers[i]
            if reduced < 0.0:
                chosen[i] = 1.0
                load += weights[i]
                total += reduced
    chosen[centre] = 1.0
    if lower <= load <= upper or not np.isfinite(total):
        return total, 0.0
    short = load < lower
    ratio = np.full(n, np.inf)
    for i in range(n):
        if i != centre and weights[i] > 0.0 and (chosen[i] == 0.0) == short:
            ratio[i] = abs(cost[i] - multipliers[i]) / weights[i]
    price = 0.0
    for i in np.argsort(ratio):
        if not np.isfinite(ratio[i]):
            return np.inf, 0.0
        need = lower - load if short else load - upper
        share = min(1.0, need / weights[i])
        total += share * ratio[i] * weights[i]
        price = ratio[i]
        if short:
            chosen[i] = share
            load += share * weights[i]
        else:
            chosen[i] = 1.0 - share
            load -= share * weights[i]
        if share < 1.0 or need <= weights[i]:
            return total, -price if short else price
    return np.inf, 0.0


@compiled
def _optimistic(cost: Floats, centres: Ints, multipliers: Floats) -> Floats:
    """Shape (c,): W_j without the bounds on weight, never above W_j."""
    c, n = cost.shape
    worth = np.empty(c)
    for j in range(c):
        total = 0.0
        for i in range(n):
            total += min(0.0, cost[j, i] - multipliers[i])
        own = cost[j, centres[j]] - multipliers[centres[j]]
        worth[j] = total + max(0.0, own)
    return worth


@compiled
def _ascend(
    cost: Floats,
    centres: Ints,
    weights: Floats,
    lower: float,
    upper: float,
    parts: int,
    forced: Bools,
    target: float,
    multipliers: Floats,
    passes: int,
) -> tuple[float, Floats, int]:
    c, n = cost.shape
    free = parts - int(np.sum(forced))
    current = multipliers.copy()
    best = multipliers.copy()
    bound = -np.inf
    direction = np.zeros(n)
    chosen = np.zeros(n)
    kept = np.zeros((parts, n))
    worth = np.zeros(parts)
    factor, idle, done = 1.5, 0, 0
    for step in range(passes):
        done = step + 1
        optimistic = _optimistic(cost, centres, current)
        value = np.sum(current)
        cover = np.zeros(n)
        for j in range(c):
            if forced[j]:
                total, _ = _knapsack(cost[j], centres[j], weights, lower, upper, current, chosen)
                value += total
                cover += chosen
        # the cheapest free centres: look closely only where the optimistic worth may be among them
        held = 0
        for j in np.argsort(optimistic):
            if free == 0:
                break
            if forced[j]:
                continue
            if held == free and optimistic[j] >= worth[free - 1]:
                break
            total, _ = _knapsack(cost[j], centres[j], weights, lower, upper, current, chosen)
            if held == free and total >= worth[free - 1]:
                continue
            place = min(held, free - 1)
            while place > 0 and worth[place - 1] > total:
                worth[place] = worth[place - 1]
                kept[place] = kept[place - 1]
                place -= 1
            worth[place] = total
            kept[place] = chosen
            held = min(held + 1, free)
        if held < free:
            return np.inf, current, done
        for place in range(free):
            value += worth[place]
            cover += kept[place]
        if not np.isfinite(value):
            return np.inf, current, done
        if value > bound + 1e-6 * abs(bound):
            idle = 0
        else:
            idle += 1
        if value > bound:
            bound = value
            best = current.copy()
        if idle >= 12:
            factor *= 0.6
            idle = 0
            current = best.copy()
            direction[:] = 0.0
            if factor < 0.01:
                break
            continue
        norm = 0.0
        for i in range(n):
            direction[i] = (1.0 - cover[i]) + 0.5 * direction[i]
            norm += direction[i] * direction[i]
        gap = target - value
        if norm < 1e-18 or gap <= 1e-9 * abs(target):
            break
        current = current + factor * gap / norm * direction
    return bound, best, done


@compiled
def _least_with(
    cost: Floats,
    centres: Ints,
    weights: Floats,
    lower: float,
    upper: float,
    parts: int,
    forced: Bools,
    multipliers: Floats,
) -> Floats:
    c, n = cost.shape
    worth = np.empty(c)
    price = np.empty(c)
    chosen = np.zeros(n)
    for j in range(c):
        worth[j], price[j] = _knapsack(cost[j], centres[j], weights, lower, upper, multipliers, chosen)
    free = parts - int(np.sum(forced))
    base = np.sum(multipliers)
    rank = worth.copy()
    for j in range(c):
        if forced[j]:
            base += worth[j]
            rank[j] = np.inf
    order = np.argsort(rank)
    for place in range(free):
        base += rank[order[place]]
    last = rank[order[free - 1]] if free else np.inf
    least = np.full((c, n), np.inf)
    for j in range(c):
        if not np.isfinite(worth[j]) or (free == 0 and not forced[j]):
            continue
        with_centre = base if forced[j] or worth[j] <= last else base - last + worth[j]
        for i in range(n):
            reduced = cost[j, i] - multipliers[i] + price[j] * weights[i]
            if i == centres[j]:
                least[j, i] = with_centre
            else:
                least[j, i] = with_centre + max(0.0, reduced)
    return least
