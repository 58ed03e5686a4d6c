"""Names of new communities: kept names so that most households keep theirs, working names for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from linli.districting.problem import Bools, Ints
from linli.geodata import Blocks
from linli.naming import PROVISIONAL, worded
from linli.plans.rules import Rules
from linli.plans.task import community_column

NUMERALS = "一二三四五六七八九"
WORKING = f"社区{PROVISIONAL}"


@dataclass(frozen=True)
class Named:
    """The name of each part, the present community it comes from, whether it keeps that one's name, its rank."""

    names: tuple[str, ...]
    parents: tuple[str, ...]
    kept: tuple[bool, ...]
    order: tuple[int, ...]


def likely_parent(blocks: Blocks, inside: Bools, count: str) -> str:
    """Return the present community in which most households of some blocks live, '' where none of them has one.

    Parameters
    ----------
    inside
        Shape (n,): True for the blocks.
    """
    counts, present = blocks.counts(count), community_column(blocks)
    homes = {str(home): int(counts[inside & (present == home)].sum()) for home in sorted(set(present[inside]) - {""})}
    return max(homes, key=lambda home: homes[home], default="")


def name_parts(blocks: Blocks, labels: Ints, rules: Rules, count: str, seats: Mapping[int, str] | None = None) -> Named:
    """Name the parts of a plan.

    Blocks that a rule fixes, and seats, name their part. Every other kept community (all present ones where the
    rules keep none by name) goes to one successor so that the households which keep their name are most. The
    others get a working name after the community most of their households come from.

    Parameters
    ----------
    labels
        Shape (n,): part of each block, 0 … parts-1.
    seats
        Block index to the community whose name its part must bear.
    """
    counts = blocks.counts(count)
    present = community_column(blocks)
    parts = int(labels.max()) + 1
    parents = sorted(set(present) - {""})
    overlap = np.zeros((parts, len(parents)), dtype=np.int64)
    ground = np.zeros((parts, len(parents)), dtype=np.int64)
    for column, parent in enumerate(parents):
        here = present == parent
        np.add.at(overlap[:, column], labels[here], counts[here])
        np.add.at(ground[:, column], labels[here], 1)

    names: dict[int, str] = {int(labels[block]): name for block, name in (seats or {}).items()}
    wanted = [name for name in (rules.seats or parents) if name in parents and name not in names.values()]
    free = [part for part in range(parts) if part not in names]
    if wanted and free:
        # a household that keeps its name counts most, then a block
        score = overlap * (len(blocks) + 1) + ground
        gain = score[np.ix_(free, [parents.index(name) for name in wanted])]
        from scipy.optimize import linear_sum_assignment

        for row, column in zip(*linear_sum_assignment(gain, maximize=True), strict=True):
            if gain[row, column] > 0:
                names[free[row]] = wanted[column]
    come_from = tuple(_parent(overlap[p], ground[p], parents) for p in range(parts))
    kept = tuple(names.get(p, "") in parents for p in range(parts))
    taken = {*names.values(), *parents}
    southward = _north_to_south(blocks, labels, parts)
    last: dict[str, int] = {}
    for part in southward:
        if part not in names:
            names[part] = _working_name(come_from[part], taken, last)
            taken.add(names[part])
    order = tuple(np.argsort(southward).tolist())
    return Named(tuple(names[p] for p in range(parts)), come_from, kept, order)


def community_words(name: str) -> str:
    """Return a community's name with the word 社区 behind it, once."""
    return worded(name, "社区")


def numeral(number: int) -> str:
    """Write 1 … 99 in Chinese, more in figures: a city's working names are read off a list."""
    if number > 99:
        return str(number)
    tens, ones = divmod(number, 10)
    if tens == 0:
        return NUMERALS[ones - 1]
    return ("" if tens == 1 else NUMERALS[tens - 1]) + "十" + (NUMERALS[ones - 1] if ones else "")


def _parent(households: Ints, blocks: Ints, parents: list[str]) -> str:
    if not parents or blocks.max() == 0:
        return ""
    return parents[int(np.lexsort((blocks, households))[-1])]


def _working_name(parent: str, taken: set[str], last: dict[str, int]) -> str:
    """Return the next name of a parent that is not taken; `last` keeps the number given last."""
    # the parent may have a working name itself: 团结二社区（暂名） is divided into 团结二 and 团结三, never 团结二二
    stem = parent.split("社区")[0]
    stem = (stem.rstrip(NUMERALS + "十") if parent.endswith(WORKING) else stem) or "新"
    number = last.get(stem, 1 if parent else 0) + 1
    while f"{stem}{numeral(number)}{WORKING}" in taken:
        number += 1
    last[stem] = number
    return f"{stem}{numeral(number)}{WORKING}"


def _north_to_south(blocks: Blocks, labels: Ints, parts: int) -> list[int]:
    xy = blocks.xy()
    many = np.bincount(labels, minlength=parts)
    east, north = (np.bincount(labels, xy[:, d], minlength=parts) / many for d in (0, 1))
    return [int(part) for part in np.lexsort((east, -north))]
