"""The peers under one roof: each takes an instance and a cap, and answers with labels, objective, bound and seconds."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Literal

from linli.districting.problem import Ints

from .instances import Instance

Status = Literal["proven", "feasible", "infeasible", "unknown", "stopped", "failed"]


@dataclass(frozen=True)
class Answer:
    """What a solver says, in the user's units, and the CPU seconds of its process."""

    peer: str
    status: Status
    objective: float | None
    bound: float | None
    labels: Ints | None
    cpu_seconds: float = 0.0
    remark: str = ""

    @property
    def gap(self) -> float | None:
        """Relative distance between objective and bound, None where one is missing."""
        if self.objective is None or self.bound is None:
            return None
        return max(0.0, (self.objective - self.bound) / max(abs(self.objective), 1e-12))


Peer = Callable[[Instance, float], Answer]


def highs(instance: Instance, cap: float) -> Answer:
    """HiGHS on the labelled cut model, connectivity by separators added between solves."""
    from .models import highs_cut

    return highs_cut(instance, cap)


def cpsat(instance: Instance, cap: float) -> Answer:
    """CP-SAT (OR-tools), one worker, the same model and separators as HiGHS."""
    from .models import cpsat_cut

    return cpsat_cut(instance, cap)


def scip(instance: Instance, cap: float) -> Answer:
    """SCIP, the same model, separators added inside one search tree."""
    from .models import scip_cut

    return scip_cut(instance, cap)


def highs_inertia(instance: Instance, cap: float) -> Answer:
    """HiGHS on the Hess model of moment of inertia, separators added between solves."""
    from .models import highs_hess

    return highs_hess(instance, cap)


def metis(instance: Instance, cap: float, *, seed: int = 0, imbalance: float | None = None) -> Answer:
    """METIS k-way with contiguous parts; its bound on imbalance is soft and it knows no lower bound."""
    import pymetis

    start, ends, edge = instance.problem.neighbours
    allowed = _imbalance(instance) if imbalance is None else imbalance
    options = pymetis.Options(contig=1, seed=seed, ufactor=max(1, int(1000 * allowed)))
    _, labels = pymetis.part_graph(
        instance.parts,
        xadj=start,
        adjncy=ends,
        vweights=instance.problem.weights,
        eweights=_short_costs(instance.problem.costs)[edge],
        recursive=False,
        options=options,
    )
    return heuristic("METIS", instance, labels)


def kahip_eco(instance: Instance, cap: float, *, seed: int = 0, imbalance: float | None = None) -> Answer:
    """KaHIP (kaffpa, eco); its parts need not be contiguous and it knows no lower bound."""
    import kahip

    start, ends, edge = instance.problem.neighbours
    allowed = _imbalance(instance) if imbalance is None else imbalance
    _, labels = kahip.kaffpa(
        instance.problem.weights.tolist(),
        start.tolist(),
        _short_costs(instance.problem.costs)[edge].tolist(),
        ends.tolist(),
        instance.parts,
        allowed,
        True,
        seed,
        kahip.ECO,
    )
    return heuristic("KaHIP eco", instance, labels)


def metis_restarts(instance: Instance, cap: float) -> Answer:
    """METIS again and again until `cap` CPU seconds are spent; the plan with the fewest violations, then least cut."""
    return _restarts(metis, "METIS restarts", instance, cap)


def kahip_restarts(instance: Instance, cap: float) -> Answer:
    """KaHIP eco again and again until `cap` CPU seconds are spent; the fewest violations, then least cut."""
    return _restarts(kahip_eco, "KaHIP eco restarts", instance, cap)


def region(name: str) -> Peer:
    """A peer of `regions`, imported when it is called."""

    def call(instance: Instance, cap: float) -> Answer:
        answer: Answer = getattr(import_module("benchmarks.regions"), name)(instance, cap)
        return answer

    return call


PEERS: dict[str, tuple[Peer, str]] = {
    "highs": (highs, "highspy"),
    "cpsat": (cpsat, "ortools"),
    "scip": (scip, "pyscipopt"),
    "highs-inertia": (highs_inertia, "highspy"),
    "metis": (metis, "pymetis"),
    "kahip": (kahip_eco, "kahip"),
    "metis-restarts": (metis_restarts, "pymetis"),
    "kahip-restarts": (kahip_restarts, "kahip"),
    "gerrychain": (region("gerrychain"), "gerrychain"),
    "maxp": (region("max_p"), "spopt"),
    "azp": (region("azp"), "spopt"),
    "skater": (region("skater"), "spopt"),
    "kmeans": (region("region_k_means"), "spopt"),
    "ward": (region("ward"), "spopt"),
}
MODULES = {"ortools": "ortools.sat.python.cp_model", "spopt": "spopt.region"}


def run(name: str, instance: Instance, cap: float) -> Answer:
    """Run one peer in a process of its own, so that neither a crash nor a cap that it ignores harms the rest."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(name, instance, cap, there))
    process.start()
    there.close()
    try:
        # a wall clock on a loaded machine runs faster than the CPU clock; leave room before the hard stop
        answer: Answer = here.recv() if here.poll(3 * cap + 60) else Answer(name, "stopped", None, None, None, cap)
    except EOFError:
        answer = Answer(name, "failed", None, None, None, remark="the process died")
    process.kill()
    process.join()
    return answer


def _child(name: str, instance: Instance, cap: float, pipe: Connection) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # solvers print banners past Python
    try:
        answer = timed(name, instance, cap)
    except Exception as error:  # the parent prints it in the table
        answer = Answer(name, "failed", None, None, None, remark=f"{type(error).__name__}: {error}")
    pipe.send(answer)
    pipe.close()


def timed(name: str, instance: Instance, cap: float) -> Answer:
    """Call a peer and put the CPU seconds of this process into its answer; imports are not counted."""
    function, package = PEERS[name]
    for module in ("benchmarks.models", MODULES.get(package, package)):
        import_module(module)
    before = time.process_time()
    answer = function(instance, cap)
    return replace(answer, cpu_seconds=time.process_time() - before)


def _imbalance(instance: Instance) -> float:
    return instance.upper * instance.parts / instance.problem.total - 1


def _short_costs(costs: Ints) -> Ints:
    """Costs of at least 1 whose sum fits the 32-bit integers of the partitioners."""
    divisor = max(1.0, float(costs.sum()) * 2 / 2**29)
    return (costs / divisor).round().clip(1).astype(costs.dtype)


def heuristic(name: str, instance: Instance, labels: object) -> Answer:
    """A plan without a bound, as an answer."""
    import numpy as np

    found = np.asarray(labels, dtype=np.int64)
    return Answer(name, "feasible", instance.problem.cut(found) / instance.problem.scale, None, found)


def _restarts(peer: Callable[..., Answer], name: str, instance: Instance, cap: float) -> Answer:
    from .check import check

    allowed, seed, started = _imbalance(instance), 0, time.process_time()
    best: tuple[int, float] | None = None
    kept: Answer | None = None
    while kept is None or time.process_time() - started < cap:
        answer = peer(instance, cap, seed=seed, imbalance=allowed * (1 - seed % 4 / 4))
        if answer.labels is None:
            raise ValueError(f"{name} gave no labels")
        seen = check(instance, answer.labels)
        if best is None or (seen.faults, seen.cut) < best:
            best, kept = (seen.faults, seen.cut), answer
        seed += 1
    return replace(kept, peer=name, remark=f"{seed} runs")
