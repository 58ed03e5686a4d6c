"""Move single blocks, and pairs of blocks, across the lines of a plan at a given heat, millions of times a second."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from linli.districting.compiled import compiled
from linli.districting.problem import Floats, Ints
from linli.districting.region import Region
from linli.districting.rings import Rings, may_move
from linli.districting.score import (
    AROUND,
    BALANCE,
    CONTINUITY,
    LOWER,
    UPPER,
    WEIGHT,
    WORKLOAD,
    Score,
    assess,
)

VALUE, EXCESS, PEAK, UPHILL, SAMPLES = 0, 1, 2, 4, 5
REPAIR_HEAT = 0.01
TINY = 1e-9
HOPS = 5
EXCHANGES = 0.1  # share of exchanges where a single move would do


class State(NamedTuple):
    """A plan on the move.

    Parameters
    ----------
    label
        Shape (n + 1,): part of each block; the last entry, -1, is the outside.
    size
        Shape (k,): number of blocks of each part.
    sums, walk
        Shapes (k, c), (k, s + 1): sums of the score's columns over each part.
    worth
        Shape (k, 4): the part's share of the objective, its deviation, its workload, its excess.
    keeps
        Shape (k,): column of `Score.stay` whose name the part keeps; the last column where it keeps none.
    cut, spot, many
        Shapes (d,), (d,), (1,): the darts that leave a part from a block free to move, where each stands, how many.
    mark, stack
        Shapes (n + 1,), (n,): scratch of floods; `mark` holds the turn of the last visit, its last entry the turn.
    trial, trial_walk, trial_worth
        Shapes (2, c), (2, s + 1), (2, 4): the same for the two parts of a move under trial.
    now
        Shape (6,): objective, excess, largest deviation, largest workload; sum and number of sampled rises.
    best
        Shape (n,): labels of the best plan of the last run.
    """

    label: Ints
    size: Ints
    sums: Floats
    walk: Floats
    worth: Floats
    keeps: Ints
    cut: Ints
    spot: Ints
    many: Ints
    mark: Ints
    stack: Ints
    trial: Floats
    trial_walk: Floats
    trial_worth: Floats
    now: Floats
    best: Ints


def new_state(region: Region, score: Score, parts: int) -> State:
    """Room for a plan; `refresh` fills it from `label` and `keeps`."""
    n, d = len(region.weight), len(region.head)
    columns, stations = score.column.shape[1], score.walk.shape[1]
    label = np.zeros(n + 1, np.int64)
    label[n] = -1
    return State(
        label, np.zeros(parts, np.int64), np.zeros((parts, columns)), np.zeros((parts, stations)),
        np.zeros((parts, 4)), np.full(parts, score.stay.shape[1] - 1, np.int64),
        np.zeros(d, np.int64), np.full(d, -1, np.int64), np.zeros(1, np.int64),
        np.zeros(n + 1, np.int64), np.zeros(n, np.int64),
        np.zeros((2, columns)), np.zeros((2, stations)), np.zeros((2, 4)), np.zeros(6), np.zeros(n, np.int64),
    )  # fmt: skip


@compiled
def refresh(region: Region, score: Score, state: State) -> None:
    """Count everything anew from the labels."""
    n = len(region.weight)
    for part in range(len(state.size)):
        state.size[part] = 0
        for c in range(state.sums.shape[1]):
            state.sums[part, c] = 0.0
        for s in range(state.walk.shape[1]):
            state.walk[part, s] = 0.0
    for i in range(len(state.now)):
        state.now[i] = 0.0
    state.many[0] = 0
    value = 0.0
    for v in range(n):
        part = state.label[v]
        value += score.weight[CONTINUITY] * score.column[v, WEIGHT]
        state.size[part] += 1
        for c in range(state.sums.shape[1]):
            state.sums[part, c] += score.column[v, c]
        for s in range(state.walk.shape[1]):
            state.walk[part, s] += score.walk[v, s]
        value -= score.weight[CONTINUITY] * score.stay[v, state.keeps[part]]
        for d in range(region.start[v], region.start[v + 1]):
            state.spot[d] = -1
            if state.label[region.head[d]] == part:
                state.sums[part, AROUND] -= score.metres[d]
                continue
            value += score.price[d] / 2
            if not score.frozen[v]:
                state.spot[d] = state.many[0]
                state.cut[state.many[0]] = d
                state.many[0] += 1
    for part in range(len(state.size)):
        assess(score, state.label, state.sums, state.walk, state.worth, part, part, -1, False)
        value += state.worth[part, 0]
        state.now[EXCESS] += state.worth[part, 3]
        for t in range(2):
            state.now[PEAK + t] = max(state.now[PEAK + t], state.worth[part, 1 + t])
    value += score.weight[BALANCE] * state.now[PEAK] + score.weight[WORKLOAD] * state.now[PEAK + 1]
    state.now[VALUE] = value


@compiled
def flips(
    region: Region,
    rings: Rings,
    score: Score,
    state: State,
    journal: Ints,
    heat: float,
    record: float,
    proposals: int,
    strict: bool,
    seed: int,
) -> bool:
    """Propose moves and keep them by Metropolis' rule; bounds, caps, locks and one piece always hold.

    Parameters
    ----------
    journal
        Shape (4 · proposals,): scratch.
    heat
        Rise of the objective that is accepted with probability 1/e; below 0, moves are weighed but none is made.
    record
        Objective to beat. Where it is, `state.best` holds the best plan on the way.
    strict
        True if no part may enclose another; the plan must keep this already.

    Returns
    -------
    bool
        True if the record was beaten. A plan out of bounds is first brought back, whatever it costs.
    """
    np.random.seed(seed)
    improved = False
    logged = 0
    kept = 0
    for _ in range(proposals):
        if state.many[0] == 0:
            break
        d = state.cut[int(np.random.random() * state.many[0])]
        v = region.tail[d]
        at = state.label[v]
        to = state.label[region.head[d]]
        if state.size[at] == 1:
            continue
        weight = score.column[v, WEIGHT]
        misfit = state.now[EXCESS] <= TINY and (
            state.sums[at, WEIGHT] - weight < score.number[LOWER]
            or state.sums[to, WEIGHT] + weight > score.number[UPPER]
        )
        if misfit and heat < 0:
            continue
        if not may_move(region, rings, state.label, state.mark, state.stack, v, to, strict):
            continue
        change, over = weigh(region, score, state, v, to)
        if heat < 0:
            if change > 0:
                state.now[UPHILL] += change
                state.now[SAMPLES] += 1
            continue
        if not misfit and np.random.random() >= EXCHANGES:
            if not accepted(change, over, state.now[EXCESS], heat):
                continue
            apply(region, score, state, v, to, change, over)
            journal[logged], journal[logged + 1] = v, at
            logged += 2
        else:
            # an exchange: send a block of the other part back
            apply(region, score, state, v, to, change, over)
            u = partner(region, score, state, v, at, to)
            good = u >= 0 and may_move(region, rings, state.label, state.mark, state.stack, u, at, strict)
            if good:
                more, further = weigh(region, score, state, u, at)
                good = accepted(change + more, over + further, state.now[EXCESS] - over, heat)
                if good:
                    apply(region, score, state, u, at, more, further)
                    journal[logged], journal[logged + 1] = v, at
                    journal[logged + 2], journal[logged + 3] = u, to
                    logged += 4
            if not good:
                change, over = weigh(region, score, state, v, at)
                apply(region, score, state, v, at, change, over)
                continue
        if state.now[EXCESS] <= TINY and state.now[VALUE] < record:
            record = state.now[VALUE]
            kept = logged
            improved = True
    if improved:
        for v in range(len(state.best)):
            state.best[v] = state.label[v]
        for i in range(logged - 2, kept - 2, -2):
            state.best[journal[i]] = journal[i + 1]
    return improved


@compiled
def accepted(change: float, over: float, excess: float, heat: float) -> bool:
    """Metropolis' rule on the excess while there is any, then on the objective with the excess kept at nothing."""
    if excess > TINY:
        return over < 0 or np.random.random() < np.exp(-over / REPAIR_HEAT)
    if over > TINY:
        return False
    return change <= 0 or (heat > 0 and np.random.random() < np.exp(-change / heat))


@compiled
def partner(region: Region, score: Score, state: State, v: int, at: int, to: int) -> int:
    """A block that lies in `to` and beside `at`, anywhere by chance or near v, or -1."""
    for _ in range(HOPS):
        d = state.cut[int(np.random.random() * state.many[0])]
        w = region.tail[d]
        if w != v and state.label[w] == to and state.label[region.head[d]] == at:
            return int(w)
    w = v
    for _ in range(HOPS):
        w = region.head[region.start[w] + int(np.random.random() * (region.start[w + 1] - region.start[w]))]
        if w == v or state.label[w] != to or score.frozen[w]:
            continue
        for d in range(region.start[w], region.start[w + 1]):
            if state.label[region.head[d]] == at:
                return int(w)
    return -1


@compiled
def weigh(region: Region, score: Score, state: State, v: int, to: int) -> tuple[float, float]:
    """Change of the objective and of the excess if block v moved to part `to`; fills the rows under trial."""
    at = state.label[v]
    change = 0.0
    along_at = 0.0
    along_to = 0.0
    for d in range(region.start[v], region.start[v + 1]):
        other = state.label[region.head[d]]
        if other == at:
            change += score.price[d]
            along_at += score.metres[d]
        elif other == to:
            change -= score.price[d]
            along_to += score.metres[d]
    change += score.weight[CONTINUITY] * (score.stay[v, state.keeps[at]] - score.stay[v, state.keeps[to]])
    for c in range(state.sums.shape[1]):
        state.trial[0, c] = state.sums[at, c] - score.column[v, c]
        state.trial[1, c] = state.sums[to, c] + score.column[v, c]
    state.trial[0, AROUND] += 2 * along_at
    state.trial[1, AROUND] -= 2 * along_to
    for s in range(state.walk.shape[1]):
        state.trial_walk[0, s] = state.walk[at, s] - score.walk[v, s]
        state.trial_walk[1, s] = state.walk[to, s] + score.walk[v, s]
    assess(score, state.label, state.trial, state.trial_walk, state.trial_worth, 0, at, v, False)
    assess(score, state.label, state.trial, state.trial_walk, state.trial_worth, 1, to, v, True)
    change += state.trial_worth[0, 0] + state.trial_worth[1, 0] - state.worth[at, 0] - state.worth[to, 0]
    over = state.trial_worth[0, 3] + state.trial_worth[1, 3] - state.worth[at, 3] - state.worth[to, 3]
    for t in range(2):
        factor = score.weight[BALANCE + t]
        if factor != 0.0:
            change += factor * (peak(state, at, to, t) - state.now[PEAK + t])
    return change, over


@compiled
def peak(state: State, at: int, to: int, t: int) -> float:
    """Largest deviation (t = 0) or workload (t = 1) after the move under trial."""
    highest = max(state.trial_worth[0, 1 + t], state.trial_worth[1, 1 + t])
    now = state.now[PEAK + t]
    if state.worth[at, 1 + t] < now and state.worth[to, 1 + t] < now:
        return float(max(highest, now))
    for part in range(len(state.size)):
        if part not in (at, to):
            highest = max(highest, state.worth[part, 1 + t])
    return float(highest)


@compiled
def apply(region: Region, score: Score, state: State, v: int, to: int, change: float, over: float) -> None:
    """Make the move just weighed."""
    at = state.label[v]
    for t in range(2):
        if score.weight[BALANCE + t] != 0.0:
            state.now[PEAK + t] = peak(state, at, to, t)
    state.now[VALUE] += change
    state.now[EXCESS] += over
    for i in range(2):
        part = at if i == 0 else to
        for c in range(state.sums.shape[1]):
            state.sums[part, c] = state.trial[i, c]
        for s in range(state.walk.shape[1]):
            state.walk[part, s] = state.trial_walk[i, s]
        for c in range(4):
            state.worth[part, c] = state.trial_worth[i, c]
    state.size[at] -= 1
    state.size[to] += 1
    state.label[v] = to
    for d in range(region.start[v], region.start[v + 1]):
        other = state.label[region.head[d]]
        if other in (at, to):
            enlist(state, d, other == at and not score.frozen[v])
            enlist(state, region.twin[d], other == at and not score.frozen[region.head[d]])


@compiled
def enlist(state: State, d: int, wanted: bool) -> None:
    """Put a dart on the list of cut darts, or take it off."""
    place = state.spot[d]
    if wanted and place < 0:
        state.spot[d] = state.many[0]
        state.cut[state.many[0]] = d
        state.many[0] += 1
    elif not wanted and place >= 0:
        state.many[0] -= 1
        last = state.cut[state.many[0]]
        state.cut[place] = last
        state.spot[last] = place
        state.spot[d] = -1
