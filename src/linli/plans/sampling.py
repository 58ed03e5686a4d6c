"""Neutral plans of real blocks: drawn by chance under the rules, measured as they come, written as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from linli.districting.ensemble import FIRST_MOST_CUTS, Batch, Method, stream, warn_of
from linli.districting.executors import Executor, Pool, pool_of
from linli.districting.problem import Floats
from linli.districting.result import Progress, ProgressHook
from linli.errors import InputError
from linli.geodata import Blocks
from linli.plans.measures import boundary_costs
from linli.plans.neutral import NeutralPlans, NeutralWriter
from linli.plans.plan import Plan
from linli.plans.preparing import prepared
from linli.plans.rules import Rules
from linli.plans.task import STEPS, Task, community_column, make_task, pick_count

BATCH = 500  # plans of each chain measured and written together
Labels = NDArray[np.int16]


def sample(
    blocks: Blocks,
    rules: Rules,
    *,
    plans: int,
    parts: int | None = None,
    like: Plan | None = None,
    chains: int = 4,
    method: Method = "recom",
    every: int = 10,
    discard: int = 100,
    seed: int = 1,
    count: str | None = None,
    to: Path | str | None = None,
    progress: ProgressHook | None = None,
    executor: Executor = "threads",
    address: str | None = None,
) -> NeutralPlans:
    """Draw neutral plans: connected communities within the bounds, compounds whole, and no goal.

    Parameters
    ----------
    blocks, rules
        As for `split`. Bounds, `keep_whole`, `never_cross` and `never_cross_kinds` hold in every plan; seats, fixed
        blocks, caps and enclaves are not looked at.
    plans
        Plans kept of each chain, at least 4.
    parts
        Number of communities; where rules divide the territory into pieces, `like` says how many each piece gets.
    like
        A plan whose number of communities each piece gets.
    chains, method, every, discard, seed
        See `linli.districting.sample`.
    count
        Column of the counting definition (口径).
    to
        Parquet file for every plan and measure, written batch by batch; None keeps the measures alone.
    progress
        Called with how many plans are drawn.
    executor, address
        Where the chains run: `threads`, or `dask` with the address of its scheduler.

    Notes
    -----
    Ctrl-C ends the drawing; the plans drawn until then are kept, and `meta` says `interrupted`.

    Raises
    ------
    InputError
        The rules divide the territory and no plan says how; a number is out of range.
    NoPlanError
        No plan to begin with was found, or a chain cannot go on.

    Warns
    -----
    linli.districting.ensemble.NotConvergedWarning
        The chains forbid to speak of percentiles.
    """
    column = pick_count(blocks, count)
    costs = boundary_costs(blocks, rules.prices or {})
    task = make_task(blocks, rules, column, costs, pieces=True)
    shares = _shares(task, parts, like)
    measures = measures_of(task, sum(shares))
    prepared(progress)
    meta = {
        "blocks": len(blocks), "count": column, "households": list(rules.households), "parts": sum(shares),
        "method": method, "every": every, "discard": discard, "seed": seed, "chains": chains,
        "keep_whole": rules.keep_whole, "never_cross": list(rules.never_cross), "ids": list(blocks.ids),
    }  # fmt: skip
    with NeutralWriter(to, meta, list(measures), chains) as writer, pool_of(executor, chains, address) as pool:
        try:
            for batch in _together(task, shares, plans, chains, method, every, discard, seed, pool):
                labels = batch.labels[:, :, task.atom]
                found = {
                    name: np.stack([measured(chain) for chain in labels]).astype(np.float64)
                    for name, measured in measures.items()
                }
                writer.add(batch.first, labels, found)
                if progress is not None:
                    progress(Progress("sample", batch.first + labels.shape[1], plans))
        except KeyboardInterrupt:
            if not writer.kept:
                raise
            writer.meta["interrupted"] = True
        neutral = writer.finish()
    warn_of(neutral.diagnostics)
    return neutral


def measures_of(task: Task, parts: int) -> Mapping[str, Callable[[Labels], Floats]]:
    """Return functions from labels of blocks, shape (plans, n), to a measure of each plan, shape (plans,).

    They agree with `linli.plans.measures`; those that the data do not allow are left out.
    """
    blocks, lines = task.blocks, task.blocks.lines
    weight = blocks.counts(task.count).astype(np.float64)
    unfollowed = np.where(lines.kind.astype(str) == "none", lines.length_m, 0.0)

    def cut(labels: Labels) -> NDArray[np.float64]:
        between: Floats = (labels[:, lines.a] != labels[:, lines.b]).astype(np.float64)
        return between

    def reliance(labels: Labels) -> Floats:
        between = cut(labels)
        followed: Floats = 1 - (between @ unfollowed) / np.maximum(between @ lines.length_m, 1e-12)
        return followed

    def sums(labels: Labels) -> Floats:
        place = labels + parts * np.arange(len(labels))[:, None]
        many = len(labels) * parts
        of = np.bincount(place.ravel(), np.tile(weight, len(labels)), many).astype(np.float64)
        return of.reshape(len(labels), parts)

    def balance(labels: Labels) -> Floats:
        of = sums(labels)
        worst: Floats = np.abs(of / np.maximum(of.mean(axis=1, keepdims=True), 1e-12) - 1).max(axis=1)
        return worst

    found: dict[str, Callable[[Labels], Floats]] = {
        "boundary": lambda labels: cut(labels) @ task.costs / STEPS,
        "cut_length_m": lambda labels: cut(labels) @ lines.length_m,
        "balance": balance,
    }
    if len(set(lines.kind.astype(str))) > 1:
        found["reliance"] = reliance
    present = community_column(blocks)
    if (present != "").any():
        found["continuity"] = _continuity(present, weight, parts)
    if np.isfinite(lines.affinity).any():
        felt = np.nan_to_num(lines.affinity)
        found["belonging"] = lambda labels: cut(labels) @ felt
    return found


def _continuity(present: NDArray[np.object_], weight: Floats, parts: int) -> Callable[[Labels], Floats]:
    """Households that keep their community where each name goes to the part that makes most of them keep it."""
    names, was = np.unique(present.astype(str), return_inverse=True)
    named = len(names) - int(names[0] == "")
    was = was - int(names[0] == "")  # -1: no community today
    rows = was >= 0

    def continuity(labels: Labels) -> Floats:
        from scipy.optimize import linear_sum_assignment

        place = (np.arange(len(labels))[:, None] * named + was[rows]) * parts + labels[:, rows]
        many = len(labels) * named * parts
        shared = np.bincount(place.ravel(), np.tile(weight[rows], len(labels)), many)
        tables = shared.reshape(len(labels), named, parts)
        return np.array([table[linear_sum_assignment(table, maximize=True)].sum() for table in tables])

    return continuity


def _shares(task: Task, parts: int | None, like: Plan | None) -> list[int]:
    """How many communities each piece of the territory gets."""
    pieces = len(task.pieces)
    if like is not None:
        if like.blocks.ids != task.blocks.ids:
            raise InputError("the plan is one of other blocks", field="like", advice="give the blocks that it divides")
        place = task.piece[task.atom]
        return [len(set(like.community[place == piece]) - {""}) for piece in range(pieces)]
    if parts is None:
        raise InputError("say into how many communities", field="parts", advice="give parts, or a plan to be like")
    if pieces > 1:
        raise InputError(
            f"the rules divide the territory into {pieces} pieces, and nothing says how many communities each gets",
            field="parts", value=parts, advice="give a plan to be like (--like PLAN), or sample each by itself",
        )  # fmt: skip
    return [parts]


def _together(
    task: Task, shares: list[int], plans: int, chains: int, method: Method, every: int, discard: int, seed: int,
    pool: Pool,
) -> Iterator[Batch]:  # fmt: skip
    """Draw every piece by itself, at one pace; labels are of atoms, numbered through all pieces."""
    offset = np.concatenate([[0], np.cumsum(shares)])[:-1]
    rooms = [FIRST_MOST_CUTS] * len(shares)
    drawn = [piece for piece, share in enumerate(shares) if share > 1]
    low, high = task.rules.households
    first = 0
    while first < plans:
        streams = {
            piece: stream(
                task.problem.subproblem(task.pieces[piece]), low, high, shares[piece], plans, chains=chains,
                method=method, every=every, discard=discard, seed=seed + 7919 * piece, batch=BATCH,
                most_cuts=rooms[piece], executor=pool,
            )
            for piece in drawn
        }  # fmt: skip
        first = 0
        while first < plans:
            many = min(BATCH, plans - first)
            labels = np.empty((chains, many, task.problem.n), np.int16)
            again = False
            for piece, atoms in enumerate(task.pieces):
                labels[:, :, atoms] = offset[piece]
                if piece in streams:
                    batch = next(streams[piece])
                    if batch.first != first:  # this chain began again: so do all, so that plans stay in step
                        rooms[piece], again = batch.most_cuts, True
                        break
                    labels[:, :, atoms] += batch.labels
            if again:
                first = 0
                break
            yield Batch(first, labels)
            first += many
