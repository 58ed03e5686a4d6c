"""Neutral ensembles: many plans drawn by chance under the rules alone, to see where a chosen plan stands."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from linli.districting.executors import Executor, pool_of
from linli.districting.problem import Floats, Ints, Problem
from linli.districting.recom import OUTSIDE, TOO_MANY_CUTS, Walk, linked, recom_steps, reversible_steps, slots_of
from linli.districting.region import Region
from linli.districting.trees import first_plan
from linli.errors import InputError, NoPlanError

Method = Literal["recom", "reversible"]

MOST_RHAT, LEAST_ESS = 1.05, 100.0
FIRST_MOST_CUTS = 32
MOVES = ("label", "first", "after", "word", "member", "order", "tree", "load")  # what a step of a walk writes to
TARGETS: dict[str, str] = {
    "recom": "no closed form: near the product of the parts' spanning-tree counts, and not equal to it",
    "reversible": "proportional to the product of the parts' spanning-tree counts",
}


class NotConvergedWarning(UserWarning):
    """The chains of an ensemble disagree, or hold too few independent plans to speak of a percentile."""


@dataclass(frozen=True)
class Diagnosis:
    """How far a measure of an ensemble can be trusted.

    Parameters
    ----------
    rhat
        Split potential scale reduction of Gelman and Rubin; 1 where all halves of all chains agree.
    ess
        Effective sample size: so many independent plans tell as much.
    """

    rhat: float
    ess: float

    @property
    def converged(self) -> bool:
        """True where R-hat is at most 1.05 and the effective sample size at least 100."""
        return self.rhat <= MOST_RHAT and self.ess >= LEAST_ESS


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Plans drawn by chance.

    Parameters
    ----------
    labels
        Shape (chains, plans, n): the part of each block, 0 … parts - 1.
    measures
        Shape (chains, plans) by name: `cut`, the cost of divided edges in user's units; `deviation`, the largest
        difference of a part from the mean, as a share of the mean.
    diagnostics
        By name of the measure.
    target
        The law that the plans are drawn from, in words.
    method, seed
        As asked for.
    """

    labels: NDArray[np.int16]
    measures: Mapping[str, Floats]
    diagnostics: Mapping[str, Diagnosis]
    target: str
    method: Method
    seed: int

    def percentile(self, measure: str, value: float) -> float:
        """Return the share of plans, in per cent, whose measure is below `value`; plans that equal it count half."""
        return percentile(self.measures[measure], value)


def percentile(drawn: Floats, value: float, *, tolerance: float = 1e-12) -> float:
    """Return the share of drawn values, in per cent, below a value; those equal to it within a tolerance count half."""
    equal = np.isclose(drawn, value, rtol=tolerance, atol=tolerance)
    return 100.0 * float(np.mean((drawn < value) & ~equal) + 0.5 * np.mean(equal))


def sample(
    problem: Problem,
    lower: int,
    upper: int,
    parts: int,
    plans: int,
    *,
    chains: int = 1,
    method: Method = "recom",
    every: int = 1,
    discard: int = 0,
    seed: int = 0,
    executor: Executor = "threads",
    address: str | None = None,
) -> Ensemble:
    """Draw plans of connected parts within the bounds by chance, with no goal.

    Parameters
    ----------
    problem
        Connected; prices play no part in the drawing.
    lower, upper
        Bounds of each part's weight.
    parts
        Number of parts, at least 2.
    plans
        Plans kept of each chain.
    chains
        Independent chains from starts of their own, side by side on the cores there are; the result is the same
        whatever their number of cores.
    method
        `recom` (DeFord, Duchin, Solomon, *Harvard Data Science Review* 2021) mixes fast, its law has no closed form;
        `reversible` (Cannon, Duchin, Randall, Rule, arXiv 2210.01401) draws from a known law and moves rarely.
    every
        Steps from one kept plan to the next.
    discard
        Steps left out at the beginning of each chain.
    seed
        Seed of every random choice.
    executor, address
        Where the chains run, see `stream`.

    Raises
    ------
    InputError
        A number is out of range, or the problem is not connected.
    NoPlanError
        No plan to begin with was found, or a chain came to a plan that no step leaves.

    Warns
    -----
    NotConvergedWarning
        A measure's R-hat or effective sample size forbids to speak of percentiles.
    """
    labels = np.empty((chains, plans, problem.n), np.int16)
    for batch in stream(
        problem, lower, upper, parts, plans, chains=chains, method=method, every=every, discard=discard, seed=seed,
        executor=executor, address=address,
    ):  # fmt: skip
        labels[:, batch.first : batch.first + batch.labels.shape[1]] = batch.labels
    measures = {
        "cut": _each(labels, lambda label: problem.cut(label) / problem.scale),
        "deviation": _each(labels, lambda label: _deviation(problem, label, parts)),
    }
    diagnostics = {name: diagnose(values) for name, values in measures.items()}
    warn_of(diagnostics)
    return Ensemble(labels, measures, diagnostics, TARGETS[method], method, seed)


@dataclass(frozen=True, eq=False)
class Batch:
    """The next plans of every chain; one that begins at 0 again replaces all that came before it.

    Parameters
    ----------
    first
        Number of its first plan in each chain.
    labels
        Shape (chains, plans of this batch, n).
    most_cuts
        Balanced cuts of a tree that the reversible law reckons with.
    """

    first: int
    labels: NDArray[np.int16]
    most_cuts: int = FIRST_MOST_CUTS


def stream(
    problem: Problem,
    lower: int,
    upper: int,
    parts: int,
    plans: int,
    *,
    chains: int = 1,
    method: Method = "recom",
    every: int = 1,
    discard: int = 0,
    seed: int = 0,
    batch: int = 1000,
    most_cuts: int = FIRST_MOST_CUTS,
    executor: Executor = "threads",
    address: str | None = None,
) -> Iterator[Batch]:
    """Draw plans as `sample` does, and give them away batch by batch, so that millions need no memory.

    The reversible law holds only where no tree has more balanced cuts than it reckons with; where a chain meets one,
    every chain begins again with room for more, and the first batch bears the number 0 a second time.

    Parameters
    ----------
    batch
        Plans of each chain given away together; it changes no plan.
    most_cuts
        Balanced cuts of a tree to reckon with at first.
    executor, address
        `threads`, or `dask` with the address of its scheduler (None: a cluster on this machine, a process for each
        chain); a worker that is lost loses no plan, and the plans are the same everywhere.

    Raises
    ------
    InputError, NoPlanError
        As `sample` does.
    """
    _check(problem, lower, upper, parts, plans, chains, method, every, discard)
    seeds = np.random.SeedSequence(seed).spawn(chains)
    most, first = most_cuts, 0
    with pool_of(executor, chains, address) as pool:
        begun = pool.map(_Chain, seeds, problem, lower, upper, parts, method)
        running = begun
        while first < plans:
            many = min(batch, plans - first)
            drawn = pool.map(_draw_on, running, many, every, discard if first == 0 else 0, most)
            labels = pool.get(pool.map(_labels, drawn))
            if any(found is None for found in labels):
                most, first, running = 2 * most, 0, begun
                continue
            running = pool.map(_chain, drawn)
            yield Batch(first, np.stack(labels), most)
            first += many


def warn_of(diagnostics: Mapping[str, Diagnosis]) -> None:
    """Warn where a measure's chains forbid to speak of percentiles."""
    doubtful = [
        f"{name} (R-hat {found.rhat:.3f}, ESS {found.ess:.0f})"
        for name, found in diagnostics.items()
        if not found.converged
    ]
    if doubtful:
        warnings.warn(
            f"the ensemble has not converged: {', '.join(doubtful)}; draw more plans, or keep every k-th",
            NotConvergedWarning,
            stacklevel=3,
        )


def diagnose(values: Floats) -> Diagnosis:
    """Say how far a measure can be trusted, from its series in each chain.

    Parameters
    ----------
    values
        Shape (chains, plans), at least 4 plans.

    Notes
    -----
    Gelman et al., *Bayesian Data Analysis* (3rd ed., 2013), 11.4–11.5; pairs of autocorrelations are summed as far as
    they are positive and fall (Geyer, *Statistical Science* 1992).
    """
    length = values.shape[1] // 2
    halves = np.concatenate([values[:, :length], values[:, -length:]]).astype(np.float64)
    many = halves.shape[0]
    within = float(halves.var(axis=1, ddof=1).mean())
    between = length * float(halves.mean(axis=1).var(ddof=1))
    if within == 0:
        # a measure that never varies within a half: settled where all agree, stuck where not
        return Diagnosis(1.0, float(many * length)) if between == 0 else Diagnosis(math.inf, float(many))
    spread = (length - 1) / length * within + between / length
    centred = halves - halves.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(centred, 2 * length)
    shared = np.fft.irfft(np.abs(spectrum) ** 2, 2 * length)[:, :length].mean(axis=0) / length
    related = 1 - (within - shared * length / (length - 1)) / spread
    pairs = related[: length - length % 2].reshape(-1, 2).sum(axis=1)
    pairs[0] = 1 + (related[1] if length > 1 else 0.0)
    ends = np.flatnonzero(pairs <= 0)
    kept = np.minimum.accumulate(pairs[: ends[0]] if len(ends) else pairs)
    time = max(2 * float(kept.sum()) - 1, 1 / math.log10(max(many * length, 10)))
    return Diagnosis(math.sqrt(spread / within), many * length / time)


def _check(
    problem: Problem, lower: int, upper: int, parts: int, plans: int, chains: int, method: str, every: int, discard: int
) -> None:
    for name, value, least in (
        ("parts", parts, 2), ("plans", plans, 4), ("chains", chains, 1), ("every", every, 1), ("discard", discard, 0),
    ):  # fmt: skip
        if value < least:
            raise InputError(f"{name} must be at least {least}", field=name, value=value)
    if parts > min(problem.n, 32_000):
        raise InputError("there are more parts than blocks", field="parts", value=parts)
    if lower > upper:
        raise InputError("the lower bound lies above the upper", field="lower", value=lower, advice="swap the two")
    if method not in TARGETS:
        raise InputError("there is no such method", field="method", value=method, advice="use recom or reversible")
    if problem.pieces.max() > 0:
        raise InputError("the blocks are not connected", advice="sample each connected piece by itself")


class _Chain:
    """One chain: where it stands. Drawing on from it leaves it as it is, so that work that was lost can be redone."""

    def __init__(
        self, seed: np.random.SeedSequence, problem: Problem, lower: int, upper: int, parts: int, method: Method
    ) -> None:
        self.problem, self.lower, self.upper, self.method = problem, lower, upper, method
        word, first = seed.generate_state(2, np.uint64)
        self.walk = walk_of(problem, _first(problem, lower, upper, parts, int(first % np.uint64(1 << 31))), word)

    def moved(self) -> _Chain:
        """Return a copy with a walk of its own."""
        other = copy(self)
        other.walk = Walk(*(array.copy() if name in MOVES else array for name, array in self.walk._asdict().items()))
        return other


def _draw_on(chain: _Chain, plans: int, every: int, discard: int, most: int) -> tuple[NDArray[np.int16] | None, _Chain]:
    """Draw the next plans; none where a tree has more than `most` balanced cuts, and the law is lost."""
    chain = chain.moved()
    kept = np.empty((plans, chain.problem.n), np.int16)
    for number in range(plans):
        steps = every + (discard if number == 0 else 0)
        if chain.method == "recom":
            told = recom_steps(chain.walk, chain.lower, chain.upper, steps)
        else:
            told = reversible_steps(chain.walk, chain.lower, chain.upper, steps, most)
        if told == TOO_MANY_CUTS:
            return None, chain
        if told < 0:
            raise NoPlanError("a chain came to a plan that no step leaves: widen the bounds")
        kept[number] = chain.walk.label
    return kept, chain


def _labels(drawn: tuple[NDArray[np.int16] | None, _Chain]) -> NDArray[np.int16] | None:
    return drawn[0]


def _chain(drawn: tuple[NDArray[np.int16] | None, _Chain]) -> _Chain:
    return drawn[1]


def _first(problem: Problem, lower: int, upper: int, parts: int, seed: int) -> Ints:
    """Find a plan to begin with by tree cuts."""
    start, head, edge = problem.neighbours
    none, never = np.zeros(0, np.int64), np.zeros(0, np.bool_)
    region = Region(
        block=np.arange(problem.n), weight=problem.weights, start=start,
        tail=np.repeat(np.arange(problem.n), np.diff(start)), head=head, twin=none, cost=problem.costs[edge],
        corner=never, flow=none, face=none, face_start=none, face_dart=none, opened=never,
        total=np.array([problem.total]),
    )  # fmt: skip
    for attempt in range(6):
        trees = 60 * (attempt + 1) * max(4, parts)
        label = first_plan(region, lower, upper, parts, (seed + attempt) % (1 << 31), trees)
        if len(label):
            return np.asarray(label)
    raise NoPlanError("no plan to begin with was found: the bounds may be too tight for these blocks")


def walk_of(problem: Problem, label: Ints, word: np.uint64) -> Walk:
    """Return a walk that stands at a plan, its random numbers beginning at a word."""
    start, head, _ = problem.neighbours
    n = problem.n
    first, after = linked(label)
    member, order, tree = (np.zeros(n, np.int32) for _ in range(3))
    load: NDArray[np.signedinteger] = np.full(n, OUTSIDE, np.int32 if problem.total < 1 << 31 else np.int64)
    return Walk(
        problem.weights, problem.edges, start, head, slots_of(start, head), label.astype(np.int64), first, after,
        np.array([word], np.uint64), member, order, tree, load,
    )  # fmt: skip


def _each(labels: NDArray[np.int16], measure: Callable[[NDArray[np.int16]], float]) -> Floats:
    return np.array([[measure(label) for label in chain] for chain in labels])


def _deviation(problem: Problem, label: NDArray[np.int16], parts: int) -> float:
    mean = problem.total / parts
    return float(np.abs(problem.part_weights(label, parts) - mean).max()) / mean if mean else 0.0
