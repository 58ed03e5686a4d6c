"""Peers that grow regions: spopt's five methods, told where the blocks lie, and GerryChain's short bursts on the cut.

None of spopt's methods knows an upper bound and none a price of a line: each gets the nearest question that it can
answer. MaxP and Skater are told the lower bound, the others the number of parts.
"""

from __future__ import annotations

import random
import time
import warnings
from functools import partial
from typing import Any

import numpy as np

from .graphs import gerrychain_graph, gerrychain_plan
from .instances import Instance
from .peers import Answer, heuristic

CONSTRUCTIONS = 4  # of MaxP; its own 99 take minutes at a hundred blocks
BURST = 10  # steps between two returns to the best plan


def max_p(instance: Instance, cap: float) -> Answer:
    """MaxP: as many regions as reach the lower bound, then alike within."""
    from spopt.region import MaxPHeuristic

    frame, weights = _frame(instance)
    model = MaxPHeuristic(
        frame, weights, ["x", "y"], "households", instance.lower, max_iterations_construction=CONSTRUCTIONS
    )
    return _solved("spopt MaxP", instance, model)


def azp(instance: Instance, cap: float) -> Answer:
    """AZP: the automatic zoning procedure of Openshaw, for a number of regions."""
    from spopt.region import AZP

    frame, weights = _frame(instance)
    return _solved("spopt AZP", instance, AZP(frame, weights, ["x", "y"], instance.parts, random_state=0))


def skater(instance: Instance, cap: float) -> Answer:
    """Skater: edges of a minimum spanning tree are cut, each side above a floor in blocks."""
    from spopt.region import Skater

    frame, weights = _frame(instance)
    floor = int(instance.lower * instance.problem.n / instance.problem.total)
    return _solved("spopt Skater", instance, Skater(frame, weights, ["x", "y"], instance.parts, floor=floor))


def region_k_means(instance: Instance, cap: float) -> Answer:
    """RegionKMeans: k-means that keeps regions in one piece."""
    from spopt.region import RegionKMeansHeuristic

    frame, weights = _frame(instance)
    model = RegionKMeansHeuristic(frame[["x", "y"]].to_numpy(), instance.parts, weights)
    return _solved("spopt RegionKMeans", instance, model)


def ward(instance: Instance, cap: float) -> Answer:
    """Ward: neighbours are joined from below where variance grows least."""
    from spopt.region import WardSpatial

    frame, weights = _frame(instance)
    return _solved("spopt Ward", instance, WardSpatial(frame, weights, ["x", "y"], instance.parts))


def gerrychain(instance: Instance, cap: float) -> Answer:
    """GerryChain: short bursts of ReCom within the bounds towards a small cut, until `cap` CPU seconds are spent."""
    from gerrychain.optimization import SingleMetricOptimizer
    from gerrychain.partition import recursive_tree_part
    from gerrychain.proposals import recom

    before = time.process_time()
    problem, lower, upper = instance.problem, instance.lower, instance.upper
    graph = gerrychain_graph(problem)
    mean, slack = (lower + upper) / 2, (upper - lower) / (upper + lower)
    random.seed(0)
    own = problem.total / instance.parts  # the search is told bounds that hold on both sides of the mean of the parts
    first = recursive_tree_part(graph, range(instance.parts), own, "population", min(slack, 0.9 * upper / own - 0.9))
    start = gerrychain_plan(graph, first)
    propose = partial(recom, pop_col="population", pop_target=mean, epsilon=slack, node_repeats=0)

    def labels(partition: Any) -> Any:
        return np.array([partition.assignment[b] for b in range(problem.n)], dtype=np.int64)

    optimizer = SingleMetricOptimizer(propose, [], start, lambda p: problem.cut(labels(p)), maximize=False)
    steps = 0
    for _ in optimizer.short_bursts(BURST, 10**6):
        steps += 1
        if time.process_time() - before >= cap:
            break
    answer = heuristic("GerryChain bursts", instance, labels(optimizer.best_part))
    return Answer(**{**answer.__dict__, "remark": f"{steps:,} steps"})


def _frame(instance: Instance) -> tuple[Any, Any]:
    """Blocks as points with their households, and who borders on whom."""
    import geopandas
    import libpysal

    problem = instance.problem
    xy = problem.xy
    if xy is None:
        raise ValueError("spopt needs a place for every block")
    near: dict[int, list[int]] = {block: [] for block in range(problem.n)}
    for a, b in problem.edges.tolist():
        near[a].append(b)
        near[b].append(a)
    columns = {"x": xy[:, 0], "y": xy[:, 1], "households": problem.weights}
    frame = geopandas.GeoDataFrame(columns, geometry=geopandas.points_from_xy(xy[:, 0], xy[:, 1]))
    return frame, libpysal.weights.W(near, silence_warnings=True)


def _solved(name: str, instance: Instance, model: Any) -> Answer:
    np.random.seed(0)  # noqa: NPY002 - spopt draws from the global generator
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.solve()
    found = np.unique(np.asarray(model.labels_, dtype=np.int64), return_inverse=True)[1]
    return heuristic(name, instance, found)
