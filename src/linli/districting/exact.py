"""Least cut of a connected planar problem into connected parts, proven: ears, one inside the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from linli.districting.ears import ear_fits, thirds
from linli.districting.halves import halve_within
from linli.districting.labels import (
    FAR,
    Rounded,
    Table,
    clear,
    coarse_step,
    distances,
    fold,
    in_steps,
    new_table,
    round_weights,
    spread,
)
from linli.districting.lawful import Demands, lawful
from linli.districting.problem import Bools, Ints
from linli.districting.region import Region, extract, tail_side
from linli.districting.walks import DONE, EAR, bases_of, new_walk, next_ear

TABLE_ENTRIES = 4_000_000
STEPS_A_TURN = 1_000_000


@dataclass
class Outcome:
    """Cheapest division found, and a bound no division within the rules can go below; FAR where there is none."""

    label: Ints | None
    cost: int
    bound: int
    counters: dict[str, int] = field(default_factory=dict)

    @property
    def closed(self) -> bool:
        """True if the search ended: the plan is optimal, or none exists."""
        return self.bound >= self.cost


@dataclass
class Clock:
    """When to stop, and whom to tell meanwhile."""

    deadline: float | None = None
    tell: Callable[[int, int], None] | None = None

    def over(self) -> bool:
        """True once the deadline has passed."""
        return self.deadline is not None and time.monotonic() >= self.deadline


class Divider:
    """Exact divisions of one root region under fixed demands; holds the memory that all of them share."""

    def __init__(self, root: Region, demands: Demands, parts: int, clock: Clock, entries: int = TABLE_ENTRIES) -> None:
        self.root, self.demands, self.parts, self.clock = root, demands, parts, clock
        size = len(root.opened) * (max(1, int(root.total[0])) + 1)
        self.table: Table = new_table(max(1024, min(size, entries)))
        self.ears = np.zeros(1, np.int64)
        self.steps = 0

    def solve(self, start: Ints | None, cost: int) -> Outcome:
        """Best division of the whole root; `start` is a plan of that cost to beat (FAR where there is none)."""
        label = np.zeros(len(self.root.weight), np.int64) if start is None else start.copy()
        best, bound = self.divide(self.root, label, 0, self.parts, cost - 1 if cost < FAR else FAR, top=True)
        found = min(best, cost)
        return Outcome(
            label if found < FAR else None,
            found,
            min(bound, found),
            {"ears": int(self.ears[0]), "steps": self.steps},
        )

    def divide(
        self, region: Region, label: Ints, first: int, k: int, most: int, *, top: bool = False
    ) -> tuple[int, int]:
        """Divide `region` into `k` parts at a cost of at most `most`.

        Returns the cost found (FAR if none) and a bound over all divisions, where one above `most` reads FAR.
        """
        weight, lower, upper = int(region.total[0]), self.demands.lower, self.demands.upper
        if not (k * lower <= weight <= k * upper) or len(region.weight) < k:
            return FAR, FAR
        if k == 1:
            old = label[region.block]
            label[region.block] = first
            if lawful(self.root, self.demands, self.parts, label):
                return 0, 0
            label[region.block] = old
            return FAR, FAR
        if k == 2:
            budget = np.zeros(2, np.int64)
            low, high = max(lower, weight - upper), min(upper, weight - lower)
            cost, bound = halve_within(
                self.root, region, self.demands, label, first, self.parts, int(most), self.table, budget, low, high
            )
            return int(cost), int(bound)
        return self._by_ears(region, label, first, k, int(most), top)

    def _by_ears(self, region: Region, label: Ints, first: int, k: int, most: int, top: bool) -> tuple[int, int]:
        whole, lower, upper = int(region.total[0]), self.demands.lower, self.demands.upper
        low, high = max(lower, whole - (k - 1) * upper), min(upper, whole - (k - 1) * lower)
        if low > high:
            return FAR, FAR
        every = int(region.cost.sum()) // 2
        most = min(most, every)
        best = FAR
        left_open = FAR
        rounded = round_weights(region, len(self.table.cost), coarse_step(region, low, high))
        other = self._non_ear_bound(region, rounded, k, most)
        cheapest = self._cheapest(region, rounded, low, high, most)
        if cheapest >= FAR:
            return FAR, FAR
        over = cheapest - 1
        homes = Homes(self, region, rounded, low, high)

        def bound_above(t: int) -> int:
            """No plan whose ears all cost more than t is cheaper."""
            return min(-(-(e * (t + 1) + (k - e) * other) // 2) for e in (2, k))

        while over < every:
            goal = min(most, best - 1)
            if bound_above(over) > goal:
                break
            enough = over + 1
            reach = goal
            while enough < reach:  # least ear limit whose exhaustion proves the goal
                middle = (enough + reach) // 2
                if bound_above(middle) > goal:
                    reach = middle
                else:
                    enough = middle + 1
            ceiling = min(
                enough, over + max(1, (cheapest // 8 if goal == every else max((enough - over) // 5, enough // 24)))
            )
            complete, best, opened = self._one_round(
                homes, label, first, k, goal, best, over, ceiling, enough if goal < every else ceiling
            )
            left_open = min(left_open, opened)
            if not complete:
                return best, min(best, left_open, bound_above(over))
            over = ceiling
            if top and self.clock.tell is not None:
                self.clock.tell(min(best, most + 1), min(bound_above(over), left_open))
        return best, min(best, left_open) if left_open <= min(most, best) else best

    def _one_round(
        self, homes: Homes, label: Ints, first: int, k: int, most: int, best: int, over: int, ceiling: int, target: int
    ) -> tuple[bool, int, int]:
        """Go through all ears costing over + 1 … ceiling; returns completeness, the best cost, what was left open."""
        left_open = FAR
        ways = homes.up_to(ceiling, target)
        if ways is None:
            return False, best, left_open
        for home in ways:
            if k == 3:
                done, best, opened = self._thirds(homes, home, label, first, over, ceiling, most, best)
            else:
                done, best, opened = self._outer_ears(homes, home, label, first, k, over, ceiling, most, best)
            left_open = min(left_open, opened)
            if not done:
                return False, best, left_open
        return True, best, left_open

    def _thirds(
        self, homes: Homes, home: Home, label: Ints, first: int, over: int, ceiling: int, most: int, best: int
    ) -> tuple[bool, int, int]:
        region = homes.region
        walk = new_walk(region)
        budget, inner = np.zeros(1, np.int64), np.zeros(2, np.int64)
        left_open = FAR
        record = min(most + 1, best)
        while True:
            budget[0] = STEPS_A_TURN
            code, now, opened = thirds(
                self.root, region, self.demands, label, first, self.parts, home.base, home.shut, home.cost, home.width,
                homes.rounded.flow, homes.rounded.total, over, min(ceiling, record - 1), record, walk, self.table,
                budget, self.ears, inner,
            )  # fmt: skip
            self.steps += STEPS_A_TURN - max(0, int(budget[0]))
            left_open = min(left_open, int(opened))
            if now < record:
                record = best = int(now)
            if code == DONE:
                return True, best, left_open
            if self.clock.over():
                return False, best, left_open

    def _outer_ears(
        self, homes: Homes, home: Home, label: Ints, first: int, k: int, over: int, ceiling: int, most: int, best: int
    ) -> tuple[bool, int, int]:
        region = homes.region
        walk = new_walk(region)
        budget = np.zeros(1, np.int64)
        left_open = FAR
        trial = label.copy()
        while True:
            budget[0] = STEPS_A_TURN
            code = next_ear(
                region, homes.rounded.flow, homes.rounded.total, home.base, home.shut, home.cost, home.width,
                homes.low, homes.high, over, min(ceiling, best - 1), walk, budget,
            )  # fmt: skip
            self.steps += STEPS_A_TURN - max(0, int(budget[0]))
            if code == DONE:
                return True, best, left_open
            if self.clock.over():
                return False, best, left_open
            if code != EAR:
                continue
            length = int(walk.depth[0]) + 1
            cost = int(walk.cost[length])
            allowed = min(most, best - 1) - cost
            if allowed < 0:
                continue
            side = tail_side(region, walk.path, length)
            if not ear_fits(region, self.demands, side, homes.low, homes.high):
                continue
            self.ears[0] += 1
            trial[region.block[side]] = first
            more, least = self.divide(extract(region, ~side), trial, first + 1, k - 1, allowed)
            if more < FAR:
                best = cost + more
                label[region.block] = trial[region.block]
            if least < more:
                left_open = min(left_open, cost + least)

    def _cheapest(self, region: Region, rounded: Rounded, low: int, high: int, most: int) -> int:
        """Lower bound of the cost of any ear (or bond) with a side in low … high; FAR if above `most`."""
        low_step, high_step = in_steps(rounded, low, high)
        shut = np.zeros(len(region.opened), np.bool_)
        least = FAR
        for base in bases_of(region, self.demands.enclaves).tolist():
            if self.clock.over():
                return 0
            away = distances(region, base, shut)
            cost, _, touched, count = spread(
                region, rounded, base, shut, away, min(most, least - 1), low_step, high_step, True, self.table, FAR
            )
            clear(self.table, touched, count)
            least = min(least, int(cost))
            shut[base] = True
        return least

    def _non_ear_bound(self, region: Region, rounded: Rounded, k: int, most: int) -> int:
        """Lower bound of the boundary of a part that is no ear, up to what can matter."""
        whole, lower, upper = int(region.total[0]), self.demands.lower, self.demands.upper
        matters = min(most, 2 * most // k + 1)
        twice = self._cheapest(region, rounded, lower, whole - lower, matters)
        bound = 2 * min(twice, matters)
        if self.demands.enclaves:
            return bound
        # a part that touches no outside is bounded by a loop
        low_step, high_step = in_steps(rounded, lower, upper)
        shut = region.opened.copy()
        least = min(matters, bound)
        for base in np.flatnonzero(~region.opened).tolist():
            if self.clock.over():
                return 0
            away = distances(region, base, shut)
            cost, _, touched, count = spread(
                region, rounded, base, shut, away, least - 1, low_step, high_step, True, self.table, FAR
            )
            clear(self.table, touched, count)
            least = min(least, int(cost))
            shut[base] = True
        return min(bound, least)


@dataclass(frozen=True)
class Home:
    """What it costs at least to come home to `base`, by face and bucket of the weight enclosed so far (see `fold`)."""

    base: int
    shut: Bools
    cost: Ints
    width: int


class Homes:
    """The ways home from every face of a region to each base, found once for the highest ceiling asked for."""

    def __init__(self, divider: Divider, region: Region, rounded: Rounded, low: int, high: int) -> None:
        self.divider, self.region, self.rounded, self.low, self.high = divider, region, rounded, low, high
        self._ceiling = -1
        self._found: list[Home] = []

    def up_to(self, ceiling: int, target: int) -> list[Home] | None:
        """Ways home for closed walks of cost up to `ceiling`, or up to `target` if they must be found anew.

        None if time ran out meanwhile.
        """
        if ceiling > self._ceiling:
            self._found = []
            self._ceiling = max(ceiling, target)
            for home in self._spread():
                if home is not None:
                    self._found.append(home)
                if self.divider.clock.over():
                    self._ceiling = -1
                    return None
        return self._found

    def _spread(self) -> Iterator[Home | None]:
        region, rounded, table = self.region, self.rounded, self.divider.table
        low_step, high_step = in_steps(rounded, self.low, self.high)
        shut = np.zeros(len(region.opened), np.bool_)
        for base in bases_of(region, self.divider.demands.enclaves).tolist():
            away = distances(region, base, shut)
            cost, _, touched, count = spread(
                region, rounded, base, shut, away, self._ceiling, low_step, high_step, False, table, FAR
            )
            found = None
            if cost < FAR:
                home, width = fold(region, rounded, base, low_step, high_step, table, touched, count)
                found = Home(base, shut.copy(), home, int(width))
            clear(table, touched, count)
            shut[base] = True
            yield found
