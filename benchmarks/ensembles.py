"""ReCom steps a CPU second on real graphs, beside GerryChain in one run."""

from __future__ import annotations

import time
import warnings
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch

import numpy as np

from linli.districting import Ensemble, NotConvergedWarning, Problem, sample

from .graphs import DATA, gerrychain_graph, gerrychain_plan, read_graph
from .report import Section, publish, table

TOLERANCE = 0.05
ROUNDS = 3
LEAST_RATIO, LEAST_RATIO_ONCE, LEAST_RUST, LEAST_TWO = 150.0, 250.0, 1.5, 1.8


@dataclass(frozen=True)
class Graph:
    """A real graph: where it lies, its parts, what frcw.rs 0.1.2 was seen to do on another run (steps a second)."""

    name: str
    path: str
    parts: int
    rust: float
    steps: int
    peer_steps: int

    def problem(self) -> Problem:
        """Read the graph, without prices."""
        columns, edges = read_graph(DATA / self.path)
        return Problem.from_graph(columns["population"], edges)

    def bounds(self, problem: Problem) -> tuple[int, int]:
        """Bounds of a part's population."""
        mean = problem.total / self.parts
        return int(np.ceil(mean * (1 - TOLERANCE))), int(mean * (1 + TOLERANCE))


GRAPHS = (
    Graph("Iowa counties", "gerrychain/frcw_IA_counties.json", 4, 27_800, 200_000, 1_500),
    Graph("Arkansas tracts", "validi_buchanan_2022/tract/AR.json.gz", 4, 7_200, 60_000, 250),
    Graph("Arkansas block groups", "gerrychain/AR_blockgroups_2020.json.gz", 4, 2_970, 20_000, 60),
    Graph("Pennsylvania VTDs", "gerrychain/PA_vtd.json.gz", 18, 2_020, 20_000, 60),
)


def run_ensembles(options: Namespace) -> None:
    """Neutral plans: ReCom steps a CPU second, one core, 5 % tolerance; ratios to GerryChain in turn."""
    section = Section("ensembles", "Neutral plans: ReCom steps a CPU second")
    if not DATA.is_dir():
        section.misses.append(f"the real graphs are not on this machine ({DATA.name})")
        publish(section, to=options.results)
        return
    rows, best = [], 0.0
    for graph in (g for g in GRAPHS if fnmatch(g.name, options.only)):
        problem = graph.problem()
        ours, theirs = [], []
        _ours(graph, problem, 100, 0)
        for turn in range(ROUNDS):
            ours.append(_ours(graph, problem, graph.steps, turn))
            if "gerrychain" in options.peers:
                theirs.append(_gerrychain(graph, problem, turn))
        speed = float(np.median(ours))
        ratios = [a / b for a, b in zip(ours, theirs, strict=False)]
        ratio = float(np.median(ratios)) if ratios else None
        two = float(np.median([_two_chains(graph, problem, turn) for turn in range(ROUNDS)]))
        if two < LEAST_TWO:
            section.misses.append(f"{graph.name}: two chains on two cores {two:.2f} × one, target {LEAST_TWO}")
        rows.append([
            graph.name, problem.n, graph.parts, f"{speed:,.0f}",
            f"{np.median(theirs):,.0f}" if theirs else None,
            f"{ratio:.0f} ({min(ratios):.0f}–{max(ratios):.0f})" if ratio else None,
            f"{speed / graph.rust:.2f}", f"{two:.2f}",
        ])  # fmt: skip
        best = max(best, ratio or 0.0)
        if ratio is not None and ratio < LEAST_RATIO:
            section.misses.append(f"{graph.name}: {ratio:.0f} × GerryChain, target {LEAST_RATIO:.0f}")
        if speed / graph.rust < LEAST_RUST:
            section.misses.append(f"{graph.name}: {speed / graph.rust:.2f} × frcw.rs, target {LEAST_RUST}")
    if "gerrychain" in options.peers and best < LEAST_RATIO_ONCE:
        section.misses.append(f"no graph at {LEAST_RATIO_ONCE:.0f} × GerryChain; the best is {best:.0f}")
    section.body += [
        (
            f"A step merges two neighbouring parts and cuts them anew, every part within {TOLERANCE:.0%} of the mean. "
            "Linli draws uniform trees (Wilson) at a border edge drawn uniformly; GerryChain draws random-weight trees "
            f"at a pair of parts drawn uniformly. {ROUNDS} rounds in turn: medians, and the ratio round by round. "
            "Compilation is not counted; finding the first plan is counted for Linli and not for GerryChain. "
            "frcw.rs (Rust) was measured in another run on another machine: its column is no ratio within one run. "
            "Last column: steps a wall second of two chains on two cores, by those of one chain."
        ),
        table(
            [
                "graph",
                "blocks",
                "parts",
                "Linli",
                "GerryChain",
                "Linli ÷ GerryChain",
                "Linli ÷ frcw.rs",
                "two chains ÷ one",
            ],
            rows,
        ),
    ]
    publish(section, ("gerrychain",) if "gerrychain" in options.peers else (), to=options.results)


def _ours(graph: Graph, problem: Problem, steps: int, seed: int) -> float:
    before = time.process_time()
    _drawn(graph, problem, every=steps // 4, seed=seed)
    return steps / (time.process_time() - before)


def _drawn(graph: Graph, problem: Problem, **more: int) -> Ensemble:
    """Draw four plans; speed is asked for here, not a percentile."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotConvergedWarning)
        return sample(problem, *graph.bounds(problem), graph.parts, 4, **more)


def _two_chains(graph: Graph, problem: Problem, seed: int) -> float:
    """Steps a wall second of two chains in two threads, by those of one chain."""
    speeds = []
    for chains in (1, 2):
        before = time.perf_counter()
        _drawn(graph, problem, every=graph.steps // 2, chains=chains, seed=seed)
        speeds.append(chains / (time.perf_counter() - before))
    return speeds[1] / speeds[0]


def _gerrychain(graph: Graph, problem: Problem, seed: int) -> float:
    import random
    from functools import partial

    import gerrychain
    from gerrychain.accept import always_accept
    from gerrychain.proposals import recom

    begin = _drawn(graph, problem, seed=seed).labels[0, 0]
    random.seed(seed)
    start = gerrychain_plan(gerrychain_graph(problem), {b: int(part) for b, part in enumerate(begin)})
    propose = partial(
        recom, pop_col="population", pop_target=problem.total / graph.parts, epsilon=TOLERANCE, node_repeats=0
    )
    chain = gerrychain.MarkovChain(propose, [], always_accept, start, total_steps=graph.peer_steps + 1)
    return _speed(iter(chain), graph.peer_steps)


def _speed(chain: Iterator[object], steps: int) -> float:
    next(chain)
    before = time.process_time()
    for _ in range(steps):
        next(chain)
    return steps / (time.process_time() - before)
