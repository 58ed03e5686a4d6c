"""Goals as compiled code sees them: prices on edges, sums over parts, and what a part's sums are worth."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from linli.districting.compiled import compiled
from linli.districting.problem import Bools, Floats, Ints

# columns of Score.column; kinds of facilities and capped columns follow
WEIGHT, AREA, AROUND, MOMENT_X, MOMENT_Y, MOMENT, CASES, PERSONS, KINDS = range(9)
# entries of Score.weight; BALANCE and WORKLOAD stand side by side
POLSBY_POPPER, INERTIA, FACILITIES, ACCESS, CONTINUITY, BALANCE, WORKLOAD, TERMS = range(8)
# entries of Score.number
LOWER, UPPER, MEAN, WORKERS, NUMBERS = range(5)


class Score(NamedTuple):
    """An objective that is a function of cut edges and of sums over parts.

    Parameters
    ----------
    price, metres
        Shape (d,): what it costs to cut the edge of a dart, all weights applied, and how long it is.
    column
        Shape (n, c): additive columns. AROUND is a block's whole perimeter; what two blocks of a part share is taken
        off twice. Moments are in kilometres.
    walk
        Shape (n, s + 1): household metres of a block to each station, and to the station nearest to it.
    station
        Shape (s,): block in which each station stands.
    stay
        Shape (n, o + 1): households of a block in each present community; the last column is 0.
    norm
        Shape (2, kinds): facilities a part needs, and facilities it needs for each household.
    cap
        Shape (caps,): upper limits of the last columns.
    weight
        Shape (TERMS,): weights of the goals; POLSBY_POPPER holds its weight divided by the number of parts.
    number
        Shape (NUMBERS,): bounds, mean weight of a part, workers for a person.
    frozen
        Shape (n,): blocks that stay where they are.
    """

    price: Floats
    metres: Floats
    column: Floats
    walk: Floats
    station: Ints
    stay: Floats
    norm: Floats
    cap: Floats
    weight: Floats
    number: Floats
    frozen: Bools


@compiled
def assess(
    score: Score, label: Ints, sums: Floats, walk: Floats, worth: Floats, row: int, part: int, moved: int, joined: bool
) -> None:
    """Write what a part with the sums sums[row], walk[row] is worth: share, deviation, workload and excess.

    Block `moved` (-1: none) counts as in the part if `joined`, else as out of it, whatever its label.
    """
    weight, number = score.weight, score.number
    mean = max(number[MEAN], 1e-12)
    weight_sum = sums[row, WEIGHT]
    value = 0.0
    if weight[POLSBY_POPPER] != 0.0:
        value += weight[POLSBY_POPPER] * (1.0 - 4.0 * np.pi * sums[row, AREA] / max(sums[row, AROUND], 1e-9) ** 2)
    if weight[INERTIA] != 0.0 and weight_sum > 0.0:
        off = sums[row, MOMENT] - (sums[row, MOMENT_X] ** 2 + sums[row, MOMENT_Y] ** 2) / weight_sum
        value += weight[INERTIA] * max(off, 0.0)
    kinds = score.norm.shape[1]
    if weight[FACILITIES] != 0.0:
        for i in range(kinds):
            need = score.norm[0, i] + score.norm[1, i] * weight_sum
            value += weight[FACILITIES] * max(need - sums[row, KINDS + i], 0.0)
    if weight[ACCESS] != 0.0:
        nearest = np.inf
        for s in range(len(score.station)):
            block = score.station[s]
            inside = joined if block == moved else label[block] == part
            if inside and walk[row, s] < nearest:
                nearest = walk[row, s]
        value += weight[ACCESS] * (nearest if nearest < np.inf else walk[row, len(score.station)])
    worth[row, 0] = value
    worth[row, 1] = abs(weight_sum / mean - 1.0) if weight[BALANCE] != 0.0 else 0.0
    worth[row, 2] = 0.0
    if weight[WORKLOAD] != 0.0:
        worth[row, 2] = sums[row, CASES] / max(1.0, np.ceil(sums[row, PERSONS] * number[WORKERS] - 1e-9))
    over = max(weight_sum - number[UPPER], number[LOWER] - weight_sum, 0.0) / mean
    for i in range(len(score.cap)):
        over += max(sums[row, KINDS + kinds + i] - score.cap[i], 0.0) / max(score.cap[i], 1.0)
    worth[row, 3] = over
