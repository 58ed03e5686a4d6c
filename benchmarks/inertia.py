"""Least moment of inertia, proven, at 60 to 250 blocks (figure b), beside HiGHS on the plain Hess model."""

from __future__ import annotations

from argparse import Namespace
from fnmatch import fnmatch
from statistics import median

from .check import check, inertia
from .instances import Instance, inertia_cases
from .peers import Answer, run
from .report import Section, publish, seconds, table

PEERS_ON = "*-s[12]"
TARGETS = {60: 0.1, 100: 0.1, 150: 0.2, 250: 0.5}


def run_inertia(options: Namespace) -> None:
    """Figure b: medians ≤ 0.1, 0.1, 0.2, 0.5 s at 60, 100, 150, 250 blocks, all proven."""
    from . import ours

    peers = [name for name in options.peers if name == "highs-inertia"]
    section = Section("inertia", "Least moment of inertia, proven")
    details: list[list[object]] = []
    by_size: dict[int, list[tuple[Answer, Answer | None]]] = {n: [] for n in TARGETS}
    for instance in inertia_cases():
        if not fnmatch(instance.name, options.only):
            continue
        mine = ours.solve(instance, minimize="inertia", time_limit=options.time_limit)
        beside = None
        if peers and fnmatch(instance.name, options.peers_on or PEERS_ON):
            beside = run(peers[0], instance, options.cap)
        by_size[instance.problem.n].append((mine, beside))
        details.append(
            [
                instance.name,
                mine.objective,
                mine.status,
                seconds(mine.cpu_seconds),
                None if beside is None else f"{seconds(beside.cpu_seconds)} {beside.status}",
            ]
        )
        section.misses += _faults(instance, mine, beside)
        print(f"{instance.name}: {mine.status} {seconds(mine.cpu_seconds)}", flush=True)
    rows = []
    for n, answers in by_size.items():
        if not answers:
            continue
        times = [mine.cpu_seconds for mine, _ in answers]
        proven = sum(mine.status == "proven" for mine, _ in answers)
        theirs = [beside.cpu_seconds / mine.cpu_seconds for mine, beside in answers if beside]
        ratio = f"{median(theirs):,.0f}×" if theirs else None
        rows.append([n, f"{proven} of {len(times)}", seconds(median(times)), seconds(max(times)), TARGETS[n], ratio])
        if median(times) > TARGETS[n]:
            section.misses.append(f"{n} blocks: median {seconds(median(times))} s, target {TARGETS[n]} s")
    section.body += [
        "Σ households × squared metres to the best block of the part; bounds 1,500–3,500, three and four parts.",
        table(["blocks", "proven", "median s", "worst s", "target", "HiGHS (Hess), × Linli's CPU"], rows),
        table(["instance", "households × m²", "Linli", "CPU s", "HiGHS (Hess)"], details),
    ]
    publish(section, ["highspy"], to=options.results)


def _faults(instance: Instance, mine: Answer, beside: Answer | None) -> list[str]:
    found = []
    if mine.status != "proven":
        found.append(f"{instance.name}: {mine.status}, gap {mine.gap}")
    if mine.labels is not None and mine.objective is not None:
        faults, again = check(instance, mine.labels).faults, inertia(instance.problem, mine.labels)
        if faults:
            found.append(f"{instance.name}: Linli's plan has {faults} faults")
        if abs(again - mine.objective) > 1e-6 * again:
            found.append(f"{instance.name}: Linli says {mine.objective:.1f}, the plan's inertia is {again:.1f}")
    proven = [a.objective for a in (mine, beside) if a and a.status == "proven" and a.objective is not None]
    if len(proven) == 2 and abs(proven[0] - proven[1]) > 1e-5 * proven[0]:
        found.append(f"{instance.name}: Linli proves {proven[0]:.1f}, HiGHS proves {proven[1]:.1f}")
    return found
