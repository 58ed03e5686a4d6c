"""What people ask of a plan while they work on it: complete it, improve it, repair it; their locks are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from linli.districting.problem import Bools, connected_pieces
from linli.districting.result import ProgressHook, Proof
from linli.errors import InfeasibleError, InputError, NoPlanError
from linli.geodata import Blocks
from linli.plans.change import remeasured
from linli.plans.checks import broken_rules
from linli.plans.names import likely_parent
from linli.plans.plan import Plan
from linli.plans.rules import Rules
from linli.plans.splitting import SplitResult, split
from linli.plans.task import community_column, find_seats, neighbour_rows, pick_count


def partial_plan(
    blocks: Blocks,
    community: Sequence[str],
    rules: Rules,
    *,
    count: str | None = None,
    locked: Bools | Sequence[bool] | None = None,
    goal: str = "boundary",
) -> Plan:
    """Return a plan from a community for each block, '' where it is open.

    Parameters
    ----------
    locked
        Shape (n,): blocks that completing, improving and repairing leave alone.
    """
    if len(community) != len(blocks):
        raise InputError("there must be one community a block", field="community", value=len(community))
    names = np.array([str(name or "").strip() for name in community], dtype=object)
    lock = np.zeros(len(blocks), dtype=np.bool_) if locked is None else np.asarray(locked, dtype=np.bool_)
    loose = np.flatnonzero(lock & (names == ""))
    if len(loose):
        raise InputError("a locked block has no community", row=blocks.ids[loose[0]], field="locked")
    column = pick_count(blocks, count)
    return Plan(blocks, names, find_seats(blocks, rules), column, goal=goal, locked=lock)


def complete(
    plan: Plan,
    rules: Rules | None = None,
    *,
    parts: int | None = None,
    seed: int = 1,
    time_limit: float | None = 30,
    progress: ProgressHook | None = None,
) -> Plan:
    """Give every open block a community so that all rules hold; blocks that have one stay.

    Parameters
    ----------
    plan
        A plan with open blocks (community '').
    rules
        Rules that replace the plan's own.
    parts
        Number of communities in the end; None takes those that the plan names, or its own number.

    Raises
    ------
    InfeasibleError
        The blocks cannot be given communities without moving others; `clash` says what stands against it.
    """
    plan = plan if rules is None else replace(plan, rules=find_seats(plan.blocks, rules))
    given = plan.community != ""
    wanted = parts or plan.parts or (len(plan.names) or None)
    return _divided_again(plan, given, wanted, "complete", seed, time_limit, progress)


def improve(
    plan: Plan,
    rules: Rules | None = None,
    *,
    minimize: str | Mapping[str, float] | None = None,
    seed: int = 1,
    time_limit: float | None = 30,
    progress: ProgressHook | None = None,
) -> Plan:
    """Better a plan by its goal, or another one; locked blocks and names stay.

    The plan that comes back is never worse than the one given, where that one keeps the rules.

    Parameters
    ----------
    minimize
        Goal, or goal to weight; None takes the plan's own.
    """
    plan = plan if rules is None else replace(plan, rules=find_seats(plan.blocks, rules))
    locked = np.zeros(len(plan.blocks), dtype=np.bool_) if plan.locked is None else plan.locked
    number = len(plan.names)
    better = _divided_again(plan, locked, number, "improve", seed, time_limit, progress, minimize)
    before = remeasured(replace(plan, goal=better.goal, bound=None))
    if (
        not broken_rules(plan)
        and before.objective is not None
        and better.objective is not None
        and before.objective <= better.objective
    ):
        return replace(
            before,
            status="proven" if better.bound == before.objective else "feasible",
            bound=better.bound,
            proof=better.proof,
        )
    return better


def repair(
    plan: Plan,
    rules: Rules | None = None,
    *,
    seed: int = 1,
    time_limit: float | None = 30,
    progress: ProgressHook | None = None,
) -> Plan:
    """Make a plan keep its rules with as few households as possible changing community; locks stay.

    The heaviest block of each community's largest piece stays where it is.
    """
    plan = plan if rules is None else replace(plan, rules=find_seats(plan.blocks, rules))
    if not broken_rules(plan):
        return plan
    if (plan.community == "").any():
        raise InputError(
            "the plan leaves blocks open", row=plan.blocks.ids[int(np.argmax(plan.community == ""))],
            advice="complete it first",
        )  # fmt: skip
    locked = np.zeros(len(plan.blocks), dtype=np.bool_) if plan.locked is None else plan.locked
    fixed = locked | _cores(plan)
    mended = _divided_again(plan, fixed, len(plan.names), "repair", seed, time_limit, progress, "continuity")
    return remeasured(replace(mended, goal=plan.goal, status="feasible", bound=None, proof=None))


def _divided_again(
    plan: Plan,
    stays: Bools,
    parts: int | None,
    verb: str,
    seed: int,
    time_limit: float | None,
    progress: ProgressHook | None,
    minimize: str | Mapping[str, float] | None = None,
) -> Plan:
    """Divide the plan's blocks anew with some of them fixed; names go on from the plan."""
    blocks, rules = plan.blocks, plan.rules
    today, across = with_todays_lines(blocks, rules)
    # what the plan says now takes the place of the present communities, so that its names go on
    now = np.array([name or None for name in plan.community], dtype=object)
    today = replace(today, columns={**today.columns, "community": now})
    fixed = {blocks.ids[row]: str(plan.community[row]) for row in np.flatnonzero(stays)}
    clashing = [block for block, name in rules.fixed.items() if fixed.get(block, name) != name]
    if clashing:
        raise InfeasibleError([f"R13 地块{clashing[0]}归{rules.fixed[clashing[0]]}", f"已锁定归{fixed[clashing[0]]}"])
    seats = {name: seat for name, seat in rules.seats.items() if seat}
    held = rules.but(kept={}, fixed={**{seat: name for name, seat in seats.items()}, **rules.fixed, **fixed})
    found: SplitResult = split(
        today,
        held.but(never_cross=across),
        parts=parts,
        minimize=minimize or weights_of(plan.goal),
        count=plan.count,
        seed=seed,
        time_limit=time_limit,
        progress=progress,
        pieces=True,
        start=None if (plan.community == "").any() else plan.community.tolist(),
    )
    if found.best is None:
        if found.status == "infeasible":
            raise InfeasibleError(list(found.clash))
        raise NoPlanError(
            f"no way to {verb} the plan was found in {time_limit:g} seconds, and it is not proven that there is none "
            "→ give more time, or unlock some blocks"
        )
    best = found.best
    community = best.community
    parents = _parents(plan, community)
    # a bound over plans that leave some blocks in place says something only where the file shows them as locked
    locked = np.zeros(len(blocks), dtype=np.bool_) if plan.locked is None else plan.locked
    known = not (stays & ~locked).any()
    proof = best.proof
    if proof is not None and known and stays.any():
        proof = replace(proof, claim=f"among plans that leave {int(stays.sum())} locked blocks in place: {proof.claim}")
    elif proof is not None and not known:
        proof = Proof(
            "heuristic", "best with the blocks given in place; over all plans nothing is claimed", best.objective, None
        )
    return replace(
        plan,
        community=community,
        goal=found.goal,
        status=best.status if known else "feasible",
        objective=best.objective,
        bound=best.bound if known else None,
        proof=proof,
        parents=parents,
        seed=seed,
        reasons={name: why for name, why in plan.reasons.items() if name in parents},
    )


def with_todays_lines(blocks: Blocks, rules: Rules) -> tuple[Blocks, tuple[str, ...]]:
    """Return blocks and the columns that are not crossed, where `community` may come to mean the plan's own.

    Where today's communities are divided each for itself, they stand in a column of another name.
    """
    across = tuple(column for column in rules.never_cross if column != "community")
    if len(across) == len(rules.never_cross):
        return blocks, across
    today = replace(blocks, columns={**blocks.columns, "present community": community_column(blocks)})
    return today, (*across, "present community")


def weights_of(goal: str) -> str | dict[str, float]:
    """Read a goal's name back: `boundary`, or `1 boundary + 20 inertia`."""
    if " " not in goal:
        return goal
    terms = (term.split(" ", 1) for term in goal.split(" + "))
    return {name: float(weight) for weight, name in terms}


def _parents(plan: Plan, community: NDArray[np.object_]) -> dict[str, str]:
    """Give each community its present one: what the plan said of it, else where most of its households live today."""
    order = {name: k for k, name in enumerate(plan.names)}
    found: dict[str, str] = {}
    for name in sorted({str(name) for name in community}, key=lambda name: (order.get(name, len(order)), name)):
        found[name] = plan.parents.get(name) or likely_parent(plan.blocks, community == name, plan.count)
    return found


def _cores(plan: Plan) -> Bools:
    """Mask of one block for each community: the heaviest of its largest piece."""
    _, pairs = neighbour_rows(plan.blocks, plan.rules)
    label = plan.community
    piece = connected_pieces(len(label), pairs[label[pairs[:, 0]] == label[pairs[:, 1]]])
    counts = plan.blocks.counts(plan.count)
    mass = np.bincount(piece, counts)
    core = np.zeros(len(label), dtype=np.bool_)
    named = {name for name, seat in plan.rules.seats.items() if seat}
    for name in plan.names:
        if name in named:
            continue
        rows = np.flatnonzero(label == name)
        rows = rows[piece[rows] == piece[rows[int(np.argmax(mass[piece[rows]]))]]]
        core[rows[int(np.argmax(counts[rows]))]] = True
    return core
