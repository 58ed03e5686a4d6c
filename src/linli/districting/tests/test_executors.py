"""A dask cluster draws the plans that threads draw, also when a worker is killed in the middle."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from linli.districting import City, Problem, Progress, Proof, Result, sample, split
from linli.districting.ensemble import stream
from linli.districting.executors import Cluster, pool_of
from linli.districting.restarts import best_of, joined
from linli.districting.warm import field
from linli.errors import InputError

pytestmark = pytest.mark.filterwarnings("ignore::linli.districting.ensemble.NotConvergedWarning")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # distributed's own
        with pool_of("dask", 2) as pool:
            yield pool


@pytest.fixture
def problem() -> Problem:
    return Problem.from_graph(np.ones(64, np.int64), field(8).edges)


class Killer:
    """A progress hook that kills one worker, the first time that it hears of a stage."""

    def __init__(self, cluster: Cluster, stage: str) -> None:
        self.cluster, self.stage, self.done = cluster, stage, False

    def __call__(self, step: Progress) -> None:
        if step.stage == self.stage and not self.done:
            os.kill(next(iter(self.cluster.client.run(os.getpid).values())), signal.SIGKILL)
            self.done = True


def test_a_cluster_draws_the_same_plans(cluster: Cluster, problem: Problem) -> None:
    here = sample(problem, 14, 18, 4, 30, chains=3, every=2, seed=5).labels
    there = sample(problem, 14, 18, 4, 30, chains=3, every=2, seed=5, executor=cluster).labels
    assert (here == there).all()


def test_a_worker_that_is_killed_loses_no_plan(cluster: Cluster, problem: Problem) -> None:
    here = sample(problem, 14, 18, 4, 60, chains=2, every=2, seed=9).labels
    there = np.zeros_like(here)
    killed = False
    for batch in stream(problem, 14, 18, 4, 60, chains=2, every=2, seed=9, batch=10, executor=cluster):
        there[:, batch.first : batch.first + 10] = batch.labels
        if batch.first == 20:
            worker = next(iter(cluster.client.run(os.getpid).values()))
            os.kill(worker, signal.SIGKILL)
            killed = True
    assert killed
    assert (here == there).all()


def test_a_scheduler_that_does_not_answer_is_named(problem: Problem) -> None:
    with pytest.raises(InputError, match="no such executor"):
        sample(problem, 14, 18, 4, 30, executor="ray")  # type: ignore[arg-type]


def test_a_cluster_divides_a_city_as_threads_do_also_when_a_worker_is_killed(cluster: Cluster) -> None:
    from linli.districting.tests.test_city import LOWER, PARTS, UPPER, town

    here = split(town(), LOWER, UPPER, PARTS, seed=2, city=City(rounds=2)).labels
    kill = Killer(cluster, "regions")
    there = split(town(), LOWER, UPPER, PARTS, seed=2, city=City(rounds=2, executor=cluster), progress=kill).labels
    assert kill.done
    assert here is not None
    assert there is not None
    assert (here == there).all()


def test_restarts_keep_the_best_plan_and_the_largest_bound() -> None:
    known = {
        3: Result("feasible", np.array([0, 1]), 7.0, 2.0, Proof("heuristic", "", 7.0, 2.0), 2, 1.0),
        4: Result("feasible", np.array([1, 0]), 5.0, None, Proof("heuristic", "", 5.0, None), 2, 1.0),
        5: Result("unknown", None, None, 4.0, Proof("heuristic", "", None, 4.0), 2, 1.0),
    }
    asked: list[tuple[int, float | None]] = []
    told: list[Progress] = []

    def search(seed: int, time_limit: float | None) -> Result:
        asked.append((seed, time_limit))
        return known[seed]

    found = best_of(search, City(workers=2, restarts=3), 3, 10.0, told.append)
    assert sorted(asked) == [(3, 5.0), (4, 5.0), (5, 5.0)]
    assert (found.objective, found.bound, found.status, found.cpu_seconds) == (5.0, 4.0, "feasible", 3.0)
    assert [(step.done, step.total, step.objective) for step in told] == [(1, 3, 7.0), (2, 3, 5.0), (3, 3, 5.0)]


def test_a_plan_of_one_seed_and_a_bound_of_another_prove_each_other() -> None:
    plan = Result("feasible", np.array([0, 1]), 5.0, 1.0, Proof("heuristic", "", 5.0, 1.0), 2)
    bound = Result("feasible", np.array([1, 1]), 6.0, 5.0, Proof("planar-dual", "none below", 6.0, 5.0), 2)
    found = joined([plan, bound])
    assert (found.status, found.objective, found.gap) == ("proven", 5.0, 0.0)
    assert (found.proof.method, found.proof.objective) == ("planar-dual", 5.0)


def test_restarts_on_a_cluster_survive_a_worker_that_is_killed(cluster: Cluster) -> None:
    problem = Problem.from_graph(np.ones(36, np.int64), field(6).edges)
    kill = Killer(cluster, "restarts")
    whole = split(problem, 10, 14, 3, seed=1)
    found = split(problem, 10, 14, 3, seed=1, city=City(workers=2, restarts=4, executor=cluster), progress=kill)
    assert kill.done
    assert (found.status, found.objective) == ("proven", whole.objective)
