"""Cities of 100,000 and 1,000,000 blocks: a valid plan, every pair divided anew, METIS and KaHIP beside it."""

from __future__ import annotations

import gc
import json
import os
import resource
import subprocess
import sys
import time
from argparse import Namespace
from typing import Any

from .check import check
from .cuts import packages
from .instances import Instance, district
from .peers import run
from .report import Section, publish, table

SIZES = (100_000, 1_000_000)
VALID = {100_000: 2.0, 1_000_000: 30.0}  # seconds of CPU to a valid plan, after loading
PAIRS = {1_000_000: 100.0}  # seconds of CPU until no pair gains
MOST_BYTES = 4 * 2**30
GROWTH = 1.3  # of the time a block from 100,000 to 1,000,000
BUDGET, MARGIN = 60.0, 3.0  # seconds of CPU; so much earlier no new batch of regions is begun
MEANS = (60, 30)  # households of a block: courtyards, single buildings
RATIO = {"metis": 0.6, "kahip": 0.85}
CAP = 600.0


def run_city(options: Namespace) -> None:
    """Figure b of the city: valid plans, every pair, 60 s beside METIS and KaHIP, memory, growth."""
    section = Section("city", "Cities of 100,000 and 1,000,000 blocks, least weighted line, one core")
    rows, found = [], {}
    for size in SIZES:
        found[size] = one = json.loads(_child(size, MEANS[0]))
        for name, value, most in (
            ("embedding", one["embed"], None), ("a valid plan", one["valid"], VALID[size]),
            ("every pair divided anew", one["pairs"], PAIRS.get(size)),
        ):  # fmt: skip
            rows.append([f"{size:,}", f"{name}, CPU s", f"{value:.1f}", most])
            if most and value > most:
                section.misses.append(f"{size:,} blocks, {name}: {value:.1f} s, target {most:g}")
        rows.append([f"{size:,}", "peak memory, GiB", f"{one['bytes'] / 2**30:.2f}", MOST_BYTES / 2**30])
        if one["bytes"] > MOST_BYTES:
            section.misses.append(f"{size:,} blocks: {one['bytes'] / 2**30:.1f} GiB, target 4")
        faults = sum(map(sum, one["seen"]))
        rows.append([f"{size:,}", "violations", faults, 0])
        if faults:
            section.misses.append(f"{size:,} blocks: {faults} violations")
    growth = (found[SIZES[1]]["pairs"] / SIZES[1]) / (found[SIZES[0]]["pairs"] / SIZES[0])
    rows.append(["10 ×", "time a block, every pair", f"{growth:.2f} ×", f"{GROWTH:g} ×"])
    if growth > GROWTH:
        section.misses.append(f"time a block grows {growth:.2f}-fold, target {GROWTH:g}")
    beside = {mean: json.loads(_child(SIZES[0], mean)) if mean != MEANS[0] else found[SIZES[0]] for mean in MEANS}
    cuts = [row for mean, ours in beside.items() for row in _beside(options, ours, mean, section)]
    section.body += [
        (
            f"Street blocks of {MEANS[0]} households on average, bounds 1,500–3,500, as many parts as households / "
            "2,500. A process of its own for each size, kernels compiled before, one worker. CPU from the embedded "
            "graph on."
        ),
        table(["blocks", "", "measured", "target"], rows),
        (
            f"100,000 blocks: {BUDGET:g} s of CPU for Linli; METIS (contiguous) and KaHIP eco with the slack that "
            "equals 3,500 households, softly. Their violations are counted. First column: households of a block on "
            "average."
        ),
        table(
            [
                "households",
                "solver",
                "cut",
                "CPU s",
                "out of bounds",
                "not in one piece",
                "Linli's cut ÷ theirs",
                "target",
            ],
            cuts,
        ),
    ]
    publish(section, packages([name for name in RATIO if name in options.peers]), to=options.results)


def _beside(options: Namespace, ours: dict[str, Any], mean: int, section: Section) -> list[list[object]]:
    instance = district("streets", SIZES[0], 1, mean=mean)
    if sum(map(sum, ours["seen"])):
        section.misses.append(f"100,000 blocks of {mean} households: parts out of bounds, in pieces: {ours['seen']}")
    if ours["spent"] > BUDGET:
        section.misses.append(f"100,000 blocks of {mean} households: {ours['spent']:.1f} s of CPU, target {BUDGET:g}")
    cuts: list[list[object]] = [
        [mean, "Linli, pairs", f"{ours['cut_pairs']:,.0f}", f"{ours['pairs']:.1f}", *ours["seen"][0], None, None],
        [mean, f"Linli, {BUDGET:g} s", f"{ours['cut']:,.0f}", f"{ours['spent']:.1f}", *ours["seen"][1], None, None],
    ]
    for name, most in RATIO.items():
        if name not in options.peers:
            continue
        answer = run(name, instance, CAP)
        if answer.labels is None:
            section.misses.append(f"{name}: {answer.status} {answer.remark}")
            continue
        seen = check(instance, answer.labels)
        ratio = ours["cut"] / seen.cut
        cuts.append([mean, answer.peer, f"{seen.cut:,.0f}", f"{answer.cpu_seconds:.1f}", seen.out_of_bounds,
                     seen.broken, f"{ratio:.3f}", most])  # fmt: skip
        if ratio > most:
            section.misses.append(
                f"100,000 blocks of {mean} households: cut {ratio:.3f} of {answer.peer}'s, target {most:g}"
            )
    return cuts


def _child(size: int, mean: int) -> str:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "benchmarks.city", str(size), str(mean)]
    told = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
    return told.splitlines()[-1]


def measure(size: int, mean: int) -> dict[str, Any]:
    """Time one city in this process."""
    import numpy as np

    from linli.districting.city import mended_first, search_city
    from linli.districting.executors import City
    from linli.districting.lawful import Demands
    from linli.districting.planar import embed

    from .ours import warm

    warm("cut")
    small = district("streets", 10_000, 1)
    _search(small, 2)
    instance = district("streets", size, 1, mean=mean)
    problem = instance.problem
    gc.collect()
    began = time.process_time()
    root = embed(problem)
    embedded = time.process_time()
    assert root is not None
    assert problem.rim is not None
    demands = Demands(instance.lower, instance.upper, False, problem.rim, np.full(problem.n, -1, np.int64))
    first = mended_first(root, demands, instance.parts, 1, None)
    valid = time.process_time()
    assert first is not None
    pairs = search_city(root, demands, instance.parts, City(rounds=1), seed=1, begin=first)
    paired = time.process_time()
    told = {
        "embed": embedded - began, "valid": valid - embedded, "pairs": paired - embedded,
        "cut_pairs": pairs.cost / problem.scale, "spent": paired - embedded, "cut": pairs.cost / problem.scale,
        "seen": [_seen(instance, pairs.label)],
    }  # fmt: skip
    if size == SIZES[0]:
        left = time.monotonic() + BUDGET - MARGIN - (paired - embedded)
        best = search_city(root, demands, instance.parts, City(), seed=2, begin=pairs.label, deadline=left)
        told |= {"cut": best.cost / problem.scale, "spent": time.process_time() - embedded}
        told["seen"].append(_seen(instance, best.label))
    return {**told, "bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


def _search(instance: Instance, rounds: int) -> None:
    from linli.districting import City, split

    split(instance.problem, instance.lower, instance.upper, instance.parts, city=City(rounds=rounds))


def _seen(instance: Instance, labels: Any) -> tuple[int, int]:
    """Parts out of bounds or empty, parts in several pieces."""
    seen = check(instance, labels)
    return seen.out_of_bounds + seen.empty, seen.broken


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]), int(sys.argv[2]))))
