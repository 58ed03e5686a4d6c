"""When no plan exists: a smallest set of rules that contradict each other, in words with numbers."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations

import numpy as np

from linli.districting.cutmip import split_cut_mip
from linli.districting.cutmodel import CutRules
from linli.districting.demands import Demands, Wording, count_up
from linli.districting.problem import Ints, Problem

__all__ = ["Clash", "Demands", "find_clash", "least_contradiction", "possible", "smallest_clash"]

Feasible = Callable[[frozenset[str]], bool | None]


@dataclass(frozen=True)
class Clash:
    """Rules that cannot all hold, though each of them can be dropped to mend it.

    `rules` are keys of `Demands.rules`; `wordings` says each of them, then, where counting shows it, the
    contradiction; `smallest` is False where time ran out before every smaller set was found to be possible.
    """

    rules: tuple[str, ...]
    wordings: tuple[Wording, ...]
    smallest: bool

    def words(self, language: str = "zh") -> tuple[str, ...]:
        """Sentences in Chinese (`zh`) or English (`en`)."""
        return tuple(wording[0 if language == "zh" else 1] for wording in self.wordings)


def smallest_clash(
    problem: Problem,
    demands: Demands,
    *,
    feasible: Feasible | None = None,
    time_limit: float = 20.0,
    language: str = "zh",
) -> tuple[str, ...]:
    """Say which rules contradict each other; empty where a plan exists. Parameters as in `find_clash`."""
    clash = find_clash(problem, demands, feasible=feasible, time_limit=time_limit)
    return () if clash is None else clash.words(language)


def find_clash(
    problem: Problem, demands: Demands, *, feasible: Feasible | None = None, time_limit: float = 20.0
) -> Clash | None:
    """Find a set of rules of least size that no plan keeps; None where a plan keeps them all.

    Parameters
    ----------
    feasible
        Whether a plan keeps a set of rules (keys of `Demands.rules`), None where that is not known in time. Counting is
        asked first; by default an integer program is asked next.
    time_limit
        Seconds of wall time.

    Notes
    -----
    Every contradictory set meets the complement of every possible one. So the smallest set that meets all complements
    known so far is asked: if it is impossible it is a smallest clash, otherwise it is grown to a large possible set,
    whose complement joins the rest. After Ignatiev, Previti, Liffiton, Marques-Silva, *Smallest MUS extraction with
    minimal hitting set dualization*, CP 2015.
    """
    deadline = time.monotonic() + time_limit
    asked = demands.rules(problem)
    known: dict[frozenset[str], bool | None] = {}
    plans: list[Ints] = []

    @cache
    def refuted(kept: frozenset[str]) -> bool:
        return count_up(problem, demands, kept).reason is not None

    def holds(kept: frozenset[str]) -> bool | None:
        if kept not in known:
            if refuted(kept):
                known[kept] = False
            elif feasible is not None:
                known[kept] = feasible(kept)
            elif any(_rules(problem, demands, kept, int(plan.max()) + 1).hold(problem, plan) for plan in plans):
                known[kept] = True
            else:
                known[kept], plan = _look_for_plan(problem, demands, kept, deadline)
                plans.extend([] if plan is None else [plan])
        return known[kept]

    kept, smallest = least_contradiction(asked, holds, sure=refuted)
    if kept is None:
        return None
    rules = tuple(rule for rule in asked if rule in kept)
    fewer = demands if feasible or not smallest else _fewer_members(problem, demands, kept, deadline)
    return _in_words(problem, fewer, rules, smallest=smallest)


def least_contradiction(
    asked: Sequence[str], holds: Feasible, *, sure: Callable[[frozenset[str]], bool] | None = None
) -> tuple[frozenset[str] | None, bool]:
    """Find a subset of least size that cannot hold.

    Parameters
    ----------
    asked
        All rules.
    holds
        Whether a subset can hold; None where that is not known in time.
    sure
        Among sets of one size those are asked first for which this is true.

    Returns
    -------
    contradiction, smallest
        The subset, None where all rules can hold; False where a set of fewer rules could not be decided, or where
        nothing could be decided and all rules are returned.
    """
    answers: dict[frozenset[str], bool | None] = {}

    def answered(kept: frozenset[str]) -> bool | None:
        if kept not in answers:
            answers[kept] = holds(kept)
        return answers[kept]

    complements: list[frozenset[str]] = []
    while True:
        candidates = _smallest_hitting_sets(asked, complements, frozenset(k for k, v in answers.items() if v is None))
        if not candidates:
            return frozenset(asked), False
        # among sets of one size prefer one that counting refutes: it comes with numbers
        kept = next((each for each in candidates if sure is not None and sure(each)), candidates[0])
        answer = answered(kept)
        if answer is None:
            continue
        if not answer:
            return kept, not any(v is None and len(k) < len(kept) for k, v in answers.items())
        for rule in asked:
            if rule not in kept and answered(kept | {rule}):
                kept |= {rule}
        if len(kept) == len(asked):
            return None, True
        complements.append(frozenset(asked) - kept)


def possible(problem: Problem, demands: Demands, kept: frozenset[str], *, deadline: float | None = None) -> bool | None:
    """Whether a plan keeps the rules in `kept`; None where `deadline` (monotonic) comes first. For small problems."""
    return _look_for_plan(problem, demands, kept, deadline)[0]


def _look_for_plan(
    problem: Problem, demands: Demands, kept: frozenset[str], deadline: float | None
) -> tuple[bool | None, Ints | None]:
    """Count, try the two simplest plans, then ask an integer program for each number of communities."""
    tally = count_up(problem, demands, kept)
    if tally.reason is not None:
        return False, None
    for labels in (np.zeros(problem.n, dtype=np.int64), demands.atoms(problem, kept)):
        rules = _rules(problem, demands, kept, int(labels.max()) + 1)
        if rules.hold(problem, labels):
            return True, labels
    unknown = False
    for parts in range(tally.fewest, tally.most + 1):
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            return None, None
        rules = _rules(problem, demands, kept, parts)
        result = split_cut_mip(
            problem,
            rules.lower,
            rules.upper,
            parts,
            enclaves=rules.enclaves,
            pieces=rules.pieces,
            together=rules.together,
            apart=rules.apart,
            any_plan=True,
            time_limit=left,
        )
        if result.interrupted:
            raise KeyboardInterrupt
        if result.labels is not None:
            return True, result.labels
        unknown |= result.status != "infeasible"
    return (None if unknown else False), None


def _rules(problem: Problem, demands: Demands, kept: frozenset[str], parts: int) -> CutRules:
    """The rules in `kept` as the integer program knows them; bounds nothing can keep where `parts` is not as asked."""
    apart = list(demands.columns(kept).values())
    numbers: dict[str, int] = {}
    named = np.full(problem.n, -1, dtype=np.int64)
    for block, name in demands.communities(kept):
        named[block] = numbers.setdefault(name, len(numbers))
    wrong_number = "parts" in kept and parts != demands.parts
    return CutRules(
        lower=problem.total + 1 if wrong_number else (demands.lower or 0) if "lower" in kept else 0,
        upper=problem.total if "upper" not in kept or demands.upper is None else demands.upper,
        parts=parts,
        enclaves="no_enclave" not in kept,
        pieces="one_piece" in kept,
        together=(demands.atoms(problem, kept),),
        apart=(*apart, named) if numbers else tuple(apart),
        accept=None,
        any_plan=True,
    )


def _smallest_hitting_sets(
    asked: Sequence[str], complements: list[frozenset[str]], unknown: frozenset[frozenset[str]]
) -> list[frozenset[str]]:
    """All sets of least size that meet every complement, but for those nobody could decide."""
    for size in range(len(asked) + 1):
        found = [
            frozenset(rules)
            for rules in combinations(asked, size)
            if all(not part.isdisjoint(rules) for part in complements) and frozenset(rules) not in unknown
        ]
        if found:
            return found
    return []


def _fewer_members(problem: Problem, demands: Demands, kept: frozenset[str], deadline: float) -> Demands:
    """Leave out compounds, seats and fixed blocks that the contradiction does not need."""
    for rule in ("compounds", "seats", "fixed"):
        for member in list(getattr(demands, rule)) if rule in kept else []:
            fewer = _without(demands, rule, member)
            if time.monotonic() < deadline and possible(problem, fewer, kept, deadline=deadline) is False:
                demands = fewer
    return demands


def _without(demands: Demands, rule: str, member: object) -> Demands:
    if rule == "compounds":
        return replace(demands, compounds={k: v for k, v in demands.compounds.items() if k != member})
    if rule == "seats":
        return replace(demands, seats={k: v for k, v in demands.seats.items() if k != member})
    return replace(demands, fixed={k: v for k, v in demands.fixed.items() if k != member})


def _in_words(problem: Problem, demands: Demands, rules: tuple[str, ...], *, smallest: bool) -> Clash:
    wordings = [_say(problem, demands, rule) for rule in rules]
    reason = count_up(problem, demands, frozenset(rules)).reason
    if reason is not None:
        wordings.append(reason)
    if not smallest:
        wordings.append(("时限内未能证明这是最小的矛盾组合", "not proven within the time to be the smallest such set"))
    return Clash(rules, tuple(wordings), smallest)


def _say(problem: Problem, demands: Demands, rule: str) -> Wording:
    zh, en = demands.unit
    if rule == "lower":
        return f"每个社区不少于 {demands.lower:,} {zh}", f"at least {demands.lower:,} {en} in each community"
    if rule == "upper":
        return f"每个社区不超过 {demands.upper:,} {zh}", f"at most {demands.upper:,} {en} in each community"
    if rule == "parts":
        return f"分成 {demands.parts} 个社区", f"exactly {demands.parts} communities"
    if rule == "one_piece":
        return "每个社区连成一片", "each community in one piece"
    if rule == "no_enclave":
        return "不得有飞地或环套", "no community enclosed by another"
    if rule == "compounds":
        sums = {name: int(problem.weights[list(blocks)].sum()) for name, blocks in demands.compounds.items()}
        heavy = sorted(sums, key=lambda name: -sums[name])
        return (
            f"小区不拆分:{_some([f'{name}({sums[name]:,} {zh})' for name in heavy], '、', '等 {} 个')}",
            f"compounds kept whole: {_some([f'{name} ({sums[name]:,})' for name in heavy], ', ', ' … {} in all')}",
        )
    if rule == "seats":
        places = [f"{name}({problem.name(block)})" for name, block in demands.seats.items()]
        return (
            f"保留社区驻地不动:{_some(places, '、', '等 {} 个')}",
            f"kept communities keep their seats: {_some(places, ', ', ' … {} in all')}",
        )
    if rule == "fixed":
        bound = [f"{problem.name(block)}→{name}" for block, name in demands.fixed.items()]
        return (
            f"固定归属的地块:{_some(bound, '、', '等 {} 个')}",
            f"blocks fixed to a community: {_some(bound, ', ', ' … {} in all')}",
        )
    column = rule.partition(":")[2]
    return f"社区不跨越 {column} 的界线", f"no community across a border of {column}"


def _some(items: list[str], between: str, more: str) -> str:
    return between.join(items[:6]) + (more.format(len(items)) if len(items) > 6 else "")
