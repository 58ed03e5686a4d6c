"""A dask cluster draws the plans that threads draw, also when a worker is killed in the middle."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from linli.districting import Problem, sample
from linli.districting.ensemble import stream
from linli.districting.executors import Cluster, pool_of
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
    from linli.districting import City, Progress, split
    from linli.districting.tests.test_city import LOWER, PARTS, UPPER, town

    here = split(town(), LOWER, UPPER, PARTS, seed=2, city=City(rounds=2)).labels
    killed: list[int] = []

    def kill(step: Progress) -> None:
        if step.stage == "regions" and not killed:
            worker = next(iter(cluster.client.run(os.getpid).values()))
            os.kill(worker, signal.SIGKILL)
            killed.append(worker)

    there = split(town(), LOWER, UPPER, PARTS, seed=2, city=City(rounds=2, executor=cluster), progress=kill).labels
    assert killed
    assert here is not None
    assert there is not None
    assert (here == there).all()
