"""The value of a division under any goal or weighted sum of goals, fast enough to be asked thousands of times."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
import shapely

from linli.districting.problem import Bools, Floats, Ints
from linli.plans.measures import WALKING_DETOUR, centres, facilities_there
from linli.plans.task import STEPS, Task, community_column, has_station


class Score:
    """The goal's value of labels of some atoms of a task, least is best.

    Parameters
    ----------
    task
        The blocks, rules and atoms.
    weights
        Goal to weight.
    costs
        Shape (rows of `blocks.lines`,): integer cost of each line row for the goals that are sums over lines.
    atoms
        Atoms that the labels are for; None for all.
    """

    def __init__(self, task: Task, weights: Mapping[str, float], costs: Ints, atoms: Ints | None = None) -> None:
        self.task, self.weights = task, weights
        self.atoms = np.arange(task.problem.n, dtype=np.int64) if atoms is None else atoms
        place = np.full(task.problem.n, -1, dtype=np.int64)
        place[self.atoms] = np.arange(len(self.atoms))
        self.home = place[task.atom]  # atom, numbered in this piece, of each block; -1 outside
        lines = task.blocks.lines
        ends = np.stack([self.home[lines.a], self.home[lines.b]], axis=1)
        rows = (ends >= 0).all(axis=1) & (ends[:, 0] != ends[:, 1])
        self.ends, self.costs, self.length = ends[rows], costs[rows], lines.length_m[rows]
        self.households = task.problem.weights[self.atoms]

    def value(self, labels: Ints) -> float:
        """Weighted sum of the goals for labels 0 … parts-1, shape (atoms,)."""
        cut = labels[self.ends[:, 0]] != labels[self.ends[:, 1]]
        total = int(self.costs[cut].sum()) / STEPS
        for name, weight in self.weights.items():
            part = getattr(self, f"_{name}", None)
            if part is not None:
                total += weight * part(labels, cut)
        return total

    def excess(self, labels: Ints) -> float:
        """How far the caps (R02) are exceeded, as a sum of shares of the cap; 0 where all hold."""
        over = 0.0
        for values, cap in self.limits:
            sums = np.bincount(labels, values)
            over += float((np.maximum(sums - cap, 0) / max(cap, 1)).sum())
        return over

    @cached_property
    def limits(self) -> list[tuple[Ints, int]]:
        """Return what each atom has of each capped column, and the most that a community may have of it."""
        return [(self.task.capped[column][self.atoms], cap) for column, cap in self.task.rules.capped.items()]

    def keeps(self, labels: Ints, fixed: Mapping[int, int]) -> bool:
        """Tell whether labels keep the caps and the named blocks."""
        return self.excess(labels) == 0 and self.keeps_names(labels, fixed)

    def keeps_names(self, labels: Ints, fixed: Mapping[int, int]) -> bool:
        """Tell whether blocks of one name lie in one part and blocks of different names in different ones."""
        pairs = {(int(labels[row]), key) for row, key in fixed.items()}
        return len({part for part, _ in pairs}) == len(pairs) == len({key for _, key in pairs})

    def seats(self, fixed: Mapping[int, int], names: list[str]) -> dict[str, int]:
        """One atom of each community that blocks are named for, the heaviest of them."""
        found: dict[str, int] = {}
        for row, key in sorted(fixed.items(), key=lambda item: -int(self.households[item[0]])):
            found.setdefault(names[key], row)
        return found

    @cached_property
    def squares(self) -> Floats:
        """Households × squared kilometres of each atom to the middle of each, shape (atoms, atoms)."""
        return self._to_centres(lambda away: (away**2).sum(axis=2) / 1e6)

    @cached_property
    def metres(self) -> Floats:
        """Household metres of each atom to walk to the middle of each, shape (atoms, atoms)."""
        return self._to_centres(lambda away: np.sqrt((away**2).sum(axis=2)) * WALKING_DETOUR)

    @cached_property
    def station(self) -> Bools:
        """Mask of the atoms that hold a service station."""
        mask = np.zeros(len(self.atoms), dtype=np.bool_)
        mask[self.home[has_station(self.task.blocks) & (self.home >= 0)]] = True
        return mask

    @cached_property
    def overlap(self) -> tuple[list[str], Ints]:
        """Names that may be kept, and households of each atom that live there today, shape (atoms, names)."""
        present = community_column(self.task.blocks)
        here = set(present[self.home >= 0]) - {""}
        names = sorted(here & set(self.task.rules.seats or here))
        table = np.zeros((len(self.atoms), len(names)), dtype=np.int64)
        counts = self.task.blocks.counts(self.task.count)
        for column, name in enumerate(names):
            rows = (present == name) & (self.home >= 0)
            np.add.at(table[:, column], self.home[rows], counts[rows])
        return names, table

    def _to_centres(self, measure: object) -> Floats:
        blocks = np.flatnonzero(self.home >= 0)
        weight = self.task.blocks.counts(self.task.count).astype(np.float64)[blocks]
        xy, home = self.task.blocks.xy()[blocks], self.home[blocks]
        places, _ = centres(xy, weight, home)
        table = np.zeros((len(places), len(places)))
        for first in range(0, len(blocks), 512):
            rows = slice(first, first + 512)
            away = xy[rows, None, :] - places[None, :, :]
            np.add.at(table, home[rows], weight[rows, None] * measure(away))  # type: ignore[operator]
        return table

    def _inertia(self, labels: Ints, cut: Bools) -> float:
        return self._least_sums(self.squares, labels, np.zeros(len(labels), dtype=np.bool_))

    def _access(self, labels: Ints, cut: Bools) -> float:
        return self._least_sums(self.metres, labels, self.station)

    def _least_sums(self, table: Floats, labels: Ints, wanted: Bools) -> float:
        total = 0.0
        for part in range(int(labels.max()) + 1):
            rows = np.flatnonzero(labels == part)
            own = rows[wanted[rows]]
            total += float(table[np.ix_(rows, own if len(own) else rows)].sum(axis=0).min())
        return total

    def _continuity(self, labels: Ints, cut: Bools) -> float:
        names, table = self.overlap
        parts = int(labels.max()) + 1
        stay = np.zeros((parts, len(names)), dtype=np.int64)
        np.add.at(stay, labels, table)
        place = {int(atom): row for row, atom in enumerate(self.atoms)}
        kept, free, open_names = 0, set(range(parts)), set(names)
        for atom, name in self.task.named.items():
            if atom in place and name in open_names:
                part = int(labels[place[atom]])
                kept += int(stay[part, names.index(name)])
                free.discard(part)
                open_names.discard(name)
        if free and open_names:
            from scipy.optimize import linear_sum_assignment

            rest = stay[np.ix_(sorted(free), [names.index(name) for name in sorted(open_names)])]
            kept += int(rest[linear_sum_assignment(rest, maximize=True)].sum())
        return float(int(self.households.sum()) - kept)

    def _balance(self, labels: Ints, cut: Bools) -> float:
        sums = np.bincount(labels, self.households)
        return float(np.abs(sums / max(sums.mean(), 1e-12) - 1).max())

    def _polsby_popper(self, labels: Ints, cut: Bools) -> float:
        parts = int(labels.max()) + 1
        around = np.bincount(labels, self._rim_length, minlength=parts)
        for side in (0, 1):
            around += np.bincount(labels[self.ends[cut, side]], self.length[cut], minlength=parts)
        area = np.bincount(labels, self._area, minlength=parts)
        return float(1 - np.mean(4 * np.pi * area / np.maximum(around, 1e-9) ** 2))

    def _facilities(self, labels: Ints, cut: Bools) -> float:
        table, norm = self._facility_table
        have = np.zeros((int(labels.max()) + 1, len(norm)), dtype=np.int64)
        np.add.at(have, labels, table)
        return float(np.maximum(norm - have, 0).sum())

    def _workload(self, labels: Ints, cut: Bools) -> float:
        norms = self.task.rules.standard().norms
        cases, persons = (np.bincount(labels, self._summed(column)) for column in ("cases", "persons"))
        return float((cases / np.maximum(1, np.ceil(persons * norms["workers_per_10000_persons"] / 10_000))).max())

    def _summed(self, column: str) -> Ints:
        if column not in self._sums:
            inside = self.home >= 0
            values = np.zeros(len(self.atoms), dtype=np.int64)
            np.add.at(values, self.home[inside], self.task.blocks.counts(column)[inside])
            self._sums[column] = values
        return self._sums[column]

    @cached_property
    def _sums(self) -> dict[str, Ints]:
        return {}

    @cached_property
    def _area(self) -> Floats:
        inside = self.home >= 0
        area = shapely.area(self.task.blocks.geometry)[inside]
        return np.bincount(self.home[inside], area, minlength=len(self.atoms)).astype(np.float64)

    @cached_property
    def _rim_length(self) -> Floats:
        """Metres of each atom's border that face the outside or another piece."""
        blocks, home = self.task.blocks, self.home
        total = np.zeros(len(self.atoms))
        rim = home[blocks.rim.a] >= 0
        np.add.at(total, home[blocks.rim.a[rim]], blocks.rim.length_m[rim])
        for one, other in ((blocks.lines.a, blocks.lines.b), (blocks.lines.b, blocks.lines.a)):
            rows = (home[one] >= 0) & (home[other] < 0)
            np.add.at(total, home[one[rows]], blocks.lines.length_m[rows])
        return total

    @cached_property
    def _facility_table(self) -> tuple[Ints, Ints]:
        norm = self.task.rules.standard().norms["facilities"]
        table = np.zeros((len(self.atoms), len(norm)), dtype=np.int64)
        inside = self.home >= 0
        for column, there in enumerate((facilities_there(self.task.blocks, list(norm)) or {}).values()):
            np.add.at(table[:, column], self.home[inside], there[inside])
        return table, np.array(list(norm.values()), dtype=np.int64)
