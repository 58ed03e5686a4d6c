from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.districting import Problem, sample
from linli.districting.ensemble import Method, NotConvergedWarning, diagnose, stream
from linli.districting.problem import Ints
from linli.districting.recom import SLOTS, linked, slots_of
from linli.districting.tests.oracle import possible_parts
from linli.districting.warm import field
from linli.errors import InputError, NoPlanError

pytestmark = pytest.mark.filterwarnings("ignore::linli.districting.ensemble.NotConvergedWarning")


def grid(side: int) -> Problem:
    return Problem.from_graph(np.ones(side * side, np.int64), field(side).edges)


def every_plan(problem: Problem, lower: int, upper: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Go through all plans as tuples of sets of blocks, each set one number whose bit b is block b."""
    usable = [int(s) for s in np.flatnonzero(possible_parts(problem, lower, upper))]
    by_first = {b: [s for s in usable if s & -s == 1 << b] for b in range(problem.n)}

    def divide(rest: int, left: int) -> Iterator[tuple[int, ...]]:
        if left == 0:
            if rest == 0:
                yield ()
            return
        if rest:
            for part in by_first[(rest & -rest).bit_length() - 1]:
                if part & ~rest == 0:
                    for others in divide(rest & ~part, left - 1):
                        yield (part, *others)

    yield from divide((1 << problem.n) - 1, parts)


def canonical(label: Ints) -> tuple[int, ...]:
    """Write a plan as `every_plan` does, whatever its parts are called."""
    return tuple(sorted((sum(1 << int(b) for b in np.flatnonzero(label == k)) for k in set(label.tolist())),
                        key=lambda s: s & -s))  # fmt: skip


def trees(problem: Problem, part: int) -> float:
    """Count the spanning trees of a part by Kirchhoff's theorem."""
    inside = problem.subproblem([b for b in range(problem.n) if part >> b & 1])
    laplace = np.zeros((inside.n, inside.n))
    for a, b in inside.edges:
        laplace[[a, b], [b, a]] -= 1
        laplace[[a, b], [a, b]] += 1
    return float(np.linalg.det(laplace[1:, 1:])) if inside.n > 1 else 1.0


def distances(problem: Problem, lower: int, upper: int, parts: int, draws: int, every: int) -> tuple[float, float, int]:
    """Return the total variation from the known law of reversible ReCom and of as many independent draws."""
    plans = list(every_plan(problem, lower, upper, parts))
    law = np.array([math.prod(trees(problem, part) for part in plan) for plan in plans])
    law /= law.sum()
    ensemble = sample(problem, lower, upper, parts, draws // 2, chains=2, method="reversible", every=every, seed=3)
    seen = Counter(canonical(label) for chain in ensemble.labels for label in chain)
    assert seen.keys() <= set(plans)
    walked = np.array([seen[plan] for plan in plans]) / draws
    independent = np.random.default_rng(3).multinomial(draws, law) / draws
    return abs(walked - law).sum() / 2, abs(independent - law).sum() / 2, len(plans)


def test_reversible_recom_draws_from_its_law_on_a_small_grid() -> None:
    walked, independent, plans = distances(grid(4), 3, 5, 4, draws=20_000, every=100)
    assert plans == 1953
    assert walked < 1.25 * independent


def test_reversible_recom_draws_from_its_law_on_real_precincts(shared_data: Path) -> None:
    # every plan of these 25 precincts is known; within a tenth of the mean there are 927
    truth = np.load(shared_data / "redist" / "fl25_enum.npz")
    problem = Problem.from_graph(truth["pop"], truth["edges"].astype(np.int64))
    mean = problem.total / 3
    plans = {tuple(_named(plan)) for plan in truth["plans"].T[truth["pop_dev"] <= 0.1]}
    ensemble = sample(problem, math.ceil(0.9 * mean), math.floor(1.1 * mean), 3, 5_000, chains=2, method="reversible",
                      every=1_600, discard=5_000, seed=1)  # fmt: skip
    law = {plan: math.prod(trees(problem, part) for part in canonical(np.array(plan))) for plan in plans}
    total = sum(law.values())
    seen = Counter(tuple(_named(label)) for chain in ensemble.labels for label in chain)
    assert seen.keys() <= plans
    distance = sum(abs(seen[plan] / 10_000 - weight / total) for plan, weight in law.items()) / 2
    drawn = np.random.default_rng(1).multinomial(10_000, np.array(list(law.values())) / total) / 10_000
    independent = float(np.abs(drawn - np.array(list(law.values())) / total).sum()) / 2
    assert distance < 1.3 * independent


def test_a_block_with_more_neighbours_than_slots_keeps_the_law() -> None:
    # a wheel: a hub amidst seventeen blocks in a ring
    rim = np.arange(1, 18)
    edges = [*((0, int(b)) for b in rim), *((int(b), int(b) % 17 + 1) for b in rim)]
    wheel = Problem.from_graph(np.ones(18, np.int64), edges)
    start, head, _ = wheel.neighbours
    assert np.diff(start).max() > SLOTS
    walked, independent, plans = distances(wheel, 6, 12, 2, draws=8_000, every=3_000)
    assert plans == 17 * 7
    assert walked < 1.25 * independent
    slot = slots_of(start, head).reshape(18, SLOTS)
    assert slot[0, 0] == -1
    for block in range(1, 18):
        often = Counter(slot[block].tolist())
        assert often.pop(block, 0) == SLOTS % 3
        assert set(often.values()) == {SLOTS // 3}
        assert sorted(often) == sorted(head[start[block] : start[block + 1]].tolist())


def test_the_blocks_of_each_part_are_listed() -> None:
    label = np.array([2, 0, 1, 0, 2, 2, 1])
    first, after = linked(label)
    for part in range(3):
        found, block = [], int(first[part])
        while block >= 0:
            found.append(block)
            block = int(after[block])
        assert found == np.flatnonzero(label == part).tolist()


def _named(label: Ints) -> Iterator[int]:
    """Number the parts by their first block."""
    number: dict[int, int] = {}
    for part in label.tolist():
        yield number.setdefault(part, len(number))


@settings(max_examples=12)
@given(st.integers(0, 10_000), st.sampled_from(["recom", "reversible"]), st.integers(2, 5))
def test_every_plan_of_an_ensemble_keeps_the_rules(seed: int, method: str, parts: int) -> None:
    problem = field(7, seed=seed)
    lower, upper = int(0.6 * problem.total / parts), int(1.4 * problem.total / parts)
    ensemble = sample(problem, lower, upper, parts, 40, chains=2, method=method, every=5, seed=seed)  # type: ignore[arg-type]
    for label in ensemble.labels.reshape(-1, problem.n):
        weights = problem.part_weights(label, parts)
        assert weights.min() >= lower
        assert weights.max() <= upper
        assert all(problem.subproblem(np.flatnonzero(label == k)).pieces.max() == 0 for k in range(parts))


@pytest.mark.parametrize("method", ["recom", "reversible"])
def test_a_seed_gives_the_same_chains_however_many_there_are(method: str) -> None:
    problem = grid(6)
    one = sample(problem, 7, 11, 4, 50, chains=1, method=method, seed=5)  # type: ignore[arg-type]
    three = sample(problem, 7, 11, 4, 50, chains=3, method=method, seed=5)  # type: ignore[arg-type]
    assert np.array_equal(one.labels[0], three.labels[0])
    assert not np.array_equal(three.labels[0], three.labels[1])


def test_chains_that_agree_have_converged_and_say_so() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ensemble = sample(grid(6), 7, 11, 4, 1_000, chains=4, every=10, seed=2)
    assert all(found.converged for found in ensemble.diagnostics.values())


def test_too_few_plans_warn_and_name_the_measure() -> None:
    with pytest.warns(NotConvergedWarning, match="cut .*R-hat"):
        sample(grid(6), 7, 11, 4, 10, seed=2)


def test_a_plan_has_its_percentile_among_neutral_plans() -> None:
    ensemble = sample(grid(6), 7, 11, 4, 500, seed=2)
    assert ensemble.percentile("cut", 0) == 0
    assert ensemble.percentile("cut", 60) == 100
    assert ensemble.percentile("cut", float(np.median(ensemble.measures["cut"]))) == pytest.approx(50, abs=20)


def test_measures_are_those_of_the_plans() -> None:
    problem = field(6)
    ensemble = sample(problem, 300, 1200, 4, 20, seed=1)
    label = ensemble.labels[0, 7]
    assert ensemble.measures["cut"][0, 7] == pytest.approx(problem.cut(label) / problem.scale)
    weights = problem.part_weights(label, 4)
    assert ensemble.measures["deviation"][0, 7] == pytest.approx(abs(weights / weights.mean() - 1).max())


def test_r_hat_of_independent_numbers_is_one_and_of_parted_chains_is_not() -> None:
    numbers = np.random.default_rng(1).normal(size=(4, 2_000))
    good = diagnose(numbers)
    assert good.rhat == pytest.approx(1, abs=0.01)
    assert good.ess == pytest.approx(8_000, rel=0.15)
    assert diagnose(numbers + np.arange(4)[:, None]).rhat > 1.5
    assert diagnose(np.repeat(numbers[:, :200], 10, axis=1)).ess == pytest.approx(800, rel=0.3)


def test_a_chain_that_stands_still_is_not_called_converged() -> None:
    assert math.isinf(diagnose(np.repeat([[1.0], [2.0]], 50, axis=1)).rhat)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"parts": 1}, "parts must be at least 2"),
        ({"parts": 40}, "more parts than blocks"),
        ({"plans": 3}, "plans must be at least 4"),
        ({"chains": 0}, "chains must"),
        ({"every": 0}, "every must"),
        ({"discard": -1}, "discard must"),
        ({"lower": 12}, "above the upper"),
        ({"method": "flip"}, "recom or reversible"),
    ],
)
def test_what_cannot_be_sampled_is_refused(change: dict[str, object], said: str) -> None:
    asked: dict[str, object] = {"lower": 7, "upper": 11, "parts": 4, "plans": 10, **change}
    with pytest.raises(InputError, match=said):
        sample(grid(6), **asked)  # type: ignore[arg-type]


def test_bounds_that_no_plan_keeps_are_named() -> None:
    with pytest.raises(NoPlanError, match="too tight"):
        sample(Problem.from_graph([5, 1, 1, 1], [(0, 1), (1, 2), (2, 3)]), 4, 4, 2, 10)


def test_pieces_are_to_be_sampled_apart() -> None:
    with pytest.raises(InputError, match="not connected"):
        sample(Problem.from_graph([1, 1, 1, 1], [(0, 1), (2, 3)]), 2, 2, 2, 10)


@pytest.mark.parametrize("method", ["recom", "reversible"])
def test_batches_hold_the_same_plans_whatever_their_size(method: Method) -> None:
    problem = grid(5)
    whole = sample(problem, 4, 6, 5, 60, chains=2, method=method, every=2, discard=3, seed=7).labels
    for batch in (1, 7, 60, 1000):
        drawn = np.zeros_like(whole)
        for given_away in stream(
            problem, 4, 6, 5, 60, chains=2, method=method, every=2, discard=3, seed=7, batch=batch
        ):
            drawn[:, given_away.first : given_away.first + given_away.labels.shape[1]] = given_away.labels
        assert (drawn == whole).all()
