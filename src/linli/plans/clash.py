"""Rules that contradict each other: found by arithmetic, or as a smallest set that no plan keeps."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from linli.districting.clash import least_contradiction
from linli.errors import InfeasibleError, InputError
from linli.plans.caps import fewest_parts
from linli.plans.rules import AREA_WORDS, KIND_WORDS, Rules, capped_words, whole_words
from linli.plans.task import Task, make_task

SECONDS = 20.0  # for the whole search of a smallest clash
SECONDS_A_TRY = 2.0
SHARE_OF_LEAST = 0.6  # of the time; the rest is kept for leaving out one rule after the other
NOT_SMALLEST = "（时限内未能证明这是最小的矛盾组合）"


class Feasible(Protocol):
    """Tells whether a task has a plan: True, False where proven, None where not known."""

    def __call__(self, task: Task, parts: int | None, *, seconds: float) -> bool | None:
        """Answer within some seconds."""


@dataclass(frozen=True)
class _Rule:
    """A rule that can be left out: its words, and what it does to the rules and the number of parts."""

    words: str
    leave_out: Callable[[Rules, int | None], tuple[Rules, int | None]]


def arithmetic_clash(task: Task, parts: int | None) -> list[str]:
    """Find rules that cannot hold because of the households of the pieces alone; empty where none is seen.

    The words name only the rules needed for the contradiction.
    """
    lower, upper = task.rules.households
    weights = [int(task.problem.weights[atoms].sum()) for atoms in task.pieces]
    total = sum(weights)
    if len(weights) == 1 and parts is not None:
        if parts * lower > total:
            return [f"R01 每个社区至少{lower}户", f"社区个数{parts}（共{total}户，最多{_most(total, lower)}个）"]
        if parts * upper < total:
            return [f"R01 每个社区至多{upper}户", f"社区个数{parts}（共{total}户，至少{-(-total // upper)}个）"]
    if parts is not None and parts > task.problem.n:
        return [f"R10/R05 不可分的单元只有{task.problem.n}个", f"社区个数{parts}"]
    for number, weight in enumerate(weights):
        least = max(1, -(-weight // upper))
        if least * lower > weight:
            words = [f"R01 每个社区至少{lower}户"] + ([f"R01 每个社区至多{upper}户"] if least > 1 else [])
            return [*words, *_apart_words(task, number, len(weights))]
    low = sum(max(1, -(-w // upper)) for w in weights)
    high = sum(max(1, w // lower) if lower else task.problem.n for w in weights)
    if parts is not None and parts < low:
        return [
            f"R01 每个社区至多{upper}户",
            f"社区个数{parts}（至少{low}个）",
            *_apart_words(task, None, len(weights)),
        ]
    if parts is not None and parts > high:
        return [
            f"R01 每个社区至少{lower}户",
            f"社区个数{parts}（最多{high}个）",
            *_apart_words(task, None, len(weights)),
        ]
    return _capped_clash(task, parts) or _named_clash(task, parts)


def least_parts(task: Task) -> list[int]:
    """Return for each piece how many communities it needs at least by the upper bound and by the caps."""
    upper, values = task.rules.households[1], task.capped
    return [
        max(
            1,
            -(-int(task.problem.weights[atoms].sum()) // upper),
            *(fewest_parts(values[column][atoms], cap) for column, cap in task.rules.capped.items()),
        )
        for atoms in task.pieces
    ]


def _capped_clash(task: Task, parts: int | None) -> list[str]:
    """Find a cap that a unit alone exceeds, or that asks for more communities than there can be."""
    lower = task.rules.households[0]
    most = sum(max(1, int(task.problem.weights[atoms].sum()) // lower) for atoms in task.pieces) if lower else None
    for column, cap in task.rules.capped.items():
        words, values = f"R02 {capped_words(column, cap)}", task.capped[column]
        for atom in np.flatnonzero(values > cap)[:1]:
            where = "、".join(task.blocks.ids[block] for block in task.atoms_blocks[atom][:3])
            return [words, f"地块{where}不可分，共{int(values[atom])}"]
        fewest = sum(fewest_parts(values[atoms], cap) for atoms in task.pieces)
        apart = _apart_words(task, None, len(task.pieces))
        if parts is not None and fewest > parts:
            return [words, f"社区个数{parts}（共{int(values.sum())}，至少{fewest}个）", *apart]
        if most is not None and fewest > most:
            return [words, f"R01 每个社区至少{lower}户（最多{most}个，而这项指标要至少{fewest}个）", *apart]
    return []


def smallest_clash(
    task: Task, parts: int | None, feasible: Feasible, *, first: Sequence[str] = (), within: float = SECONDS
) -> list[str]:
    """Name a smallest set of rules that no plan keeps.

    Where the time does not suffice to find one, rules are left out one after the other as long as no plan exists, and
    the words end by saying that this set may not be a smallest one.

    Parameters
    ----------
    first
        What the solver itself says, used where no rule can be named.
    within
        Seconds for all of it.
    """
    named = {rule.words: rule for rule in _rules_of(task, parts)}
    began = time.monotonic()
    answers: dict[frozenset[str], bool | None] = {frozenset(named): False}

    def holds(kept: frozenset[str], seconds: float) -> bool | None:
        left = min(SECONDS_A_TRY, began + seconds - time.monotonic())
        if answers.get(kept) is None:
            answers[kept] = _possible(task, parts, [named[w] for w in named if w not in kept], feasible, left)
        return answers[kept]

    clash, smallest = least_contradiction(tuple(named), lambda kept: holds(kept, within * SHARE_OF_LEAST))
    needed = frozenset(named) if clash is None else clash
    if not smallest:
        for words in named:
            if words in needed and holds(needed - {words}, within) is False:
                needed -= {words}
    said = [words for words in named if words in needed] or list(first) or ["R01/R04 户数上下限与一个社区一块"]
    return said if smallest else [*said, NOT_SMALLEST]


def _possible(task: Task, parts: int | None, dropped: list[_Rule], feasible: Feasible, seconds: float) -> bool | None:
    """Ask whether a plan exists when some rules are dropped; None where no time is left to say."""
    if seconds <= 0:
        return None
    rules, wanted = task.rules, parts
    for rule in dropped:
        rules, wanted = rule.leave_out(rules, wanted)
    try:
        smaller = make_task(task.blocks, rules, task.count, task.costs, pieces=True)
        return feasible(smaller, wanted, seconds=seconds)
    except InfeasibleError:
        return False
    except InputError:
        return None


def _rules_of(task: Task, parts: int | None) -> list[_Rule]:
    rules = task.rules

    def without(**changes: Any) -> Callable[[Rules, int | None], tuple[Rules, int | None]]:
        return lambda now, k: (now.but(**changes), k)

    found: list[_Rule] = []
    if not rules.enclaves:
        found.append(_Rule("R06 无飞地、不被包围", without(enclaves=True)))
    found += [
        _Rule(f"R09 不跨{KIND_WORDS[kind]}", _drop("never_cross_kinds", kind)) for kind in rules.never_cross_kinds
    ]
    found += [
        _Rule(f"R11 不跨{AREA_WORDS.get(column, column)}", _drop("never_cross", column)) for column in rules.never_cross
    ]
    found += [
        _Rule(
            "R10 不拆分小区" if column == "compound" else f"R10 {whole_words(column)}",
            _drop("whole", column, "keep_whole"),
        )
        for column in rules.whole
    ]
    found += [
        _Rule(f"R02 {capped_words(column, cap)}", _forget("capped", column)) for column, cap in rules.capped.items()
    ]
    for block, community in rules.fixed.items():
        found.append(_Rule(f"R13 地块{block}归{community}", _forget("fixed", block)))
    for name, seat in rules.seats.items():
        if seat:
            found.append(_Rule(f"R18 保留{name}社区，驻地在地块{seat}", _forget("kept", name)))
    if parts is not None:
        found.append(_Rule(f"社区个数{parts}", lambda now, _: (now, None)))
    low, high = rules.households
    top = int(task.problem.weights.sum())
    found.append(_Rule(f"R01 每个社区至少{low}户", lambda now, k: (now.but(households=(0, now.households[1])), k)))
    found.append(
        _Rule(f"R01 每个社区至多{high}户", lambda now, k: (now.but(households=(now.households[0], max(top, high))), k))
    )
    return found


def _drop(field: str, value: str, into: str = "") -> Callable[[Rules, int | None], tuple[Rules, int | None]]:
    return lambda now, k: (now.but(**{into or field: tuple(v for v in getattr(now, field) if v != value)}), k)


def _forget(field: str, key: str) -> Callable[[Rules, int | None], tuple[Rules, int | None]]:
    return lambda now, k: (now.but(**{field: {a: b for a, b in getattr(now, field).items() if a != key}}), k)


def _named_clash(task: Task, parts: int | None) -> list[str]:
    """Find blocks named for one community in different pieces, more names than parts, or too many households."""
    upper = task.rules.households[1]
    for name in sorted(set(task.named.values())):
        atoms = [atom for atom, community in task.named.items() if community == name]
        where = "、".join(task.problem.name(atom) for atom in atoms)
        if len({int(task.piece[atom]) for atom in atoms}) > 1:
            return [f"R13/R18 地块{where}同归{name}", "R04 一个社区只有一块", *_apart_words(task, None, 2)]
        weight = int(task.problem.weights[atoms].sum())
        if weight > upper:
            return [f"R13/R18 地块{where}同归{name}（共{weight}户）", f"R01 每个社区至多{upper}户"]
    if parts is not None and len(set(task.named.values())) > parts:
        return [f"R13/R18 {'、'.join(sorted(set(task.named.values())))}各为一个社区", f"社区个数{parts}"]
    return []


def _apart_words(task: Task, piece: int | None, pieces: int) -> list[str]:
    if pieces == 1:
        return []
    words = [f"R11 不跨{AREA_WORDS.get(column, column)}" for column in task.rules.never_cross]
    words += [f"R09 不跨{KIND_WORDS[kind]}" for kind in task.rules.never_cross_kinds]
    if not words:
        words = ["R04 一个社区只有一块（地块不相连）"]
    if piece is not None:
        words[-1] += f": {task.piece_words(piece)}"
    return words


def _most(total: int, lower: int) -> int:
    return total // lower if lower else total
