"""Cut edges of counties and tracts at ±0.5 % (Validi, Buchanan 2022): proven or best found, published beside it."""

from __future__ import annotations

import csv
import time
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from linli.districting import Problem, split
from linli.districting.warm import cool_once

from .graphs import DATA, read_graph
from .instances import Instance
from .ours import warm
from .report import Section, publish, table

FOLDER = DATA / "validi_buchanan_2022"
LEAST_LIMIT, TIMES = 60.0, 10.0  # seconds, or so many times the published time
MOST_NODES = 105
TRACTS = {"NE": 44.0, "UT": 78.0, "AR": 69.0}  # cut edges to reach
TRACT_SECONDS, TRACT_LIMIT = 10.0, 9.0  # of CPU, and the wall seconds that Linli is told


@dataclass(frozen=True)
class Published:
    """The best of the published runs: cut edges, bound, seconds of the quickest run that proved it."""

    cut: float
    bound: float
    seconds: float | None


def run_literature(options: Namespace) -> None:
    """Figure c: counties proven wherever published as proven, tracts within 10 s of CPU; every miss is named."""
    section = Section("literature", "Cut edges at ±0.5 %, counties and tracts of Validi and Buchanan (2022)")
    if not FOLDER.is_dir():
        section.misses.append(f"{FOLDER} is not here")
        publish(section, to=options.results)
        return
    warm("cut")
    counties = []
    for instance, known in _instances("county"):
        if instance.problem.n > MOST_NODES:
            continue
        limit = max(LEAST_LIMIT, TIMES * (known.seconds or 0.0))
        began = time.process_time()
        found = split(instance.problem, instance.lower, instance.upper, instance.parts, time_limit=limit, enclaves=True)
        spent = time.process_time() - began
        counties.append(_row(instance, found.objective, found.bound, spent, known))
        print(counties[-1], flush=True)
        proven = known.cut == known.bound
        if proven and found.status != "proven":
            section.misses.append(
                f"{instance.name}: {found.objective} with bound {found.bound} in {spent:.0f} s, published proven "
                f"{known.cut:g}"
            )
        elif proven and found.objective != known.cut:
            section.misses.append(f"{instance.name}: {found.objective} is proven, published {known.cut:g}")
    tracts = []
    cool_once()
    for instance, known in _instances("tract"):
        state = instance.name.split()[0]
        began = time.process_time()
        found = split(
            instance.problem, instance.lower, instance.upper, instance.parts, time_limit=TRACT_LIMIT, enclaves=True
        )
        spent = time.process_time() - began
        tracts.append(_row(instance, found.objective, found.bound, spent, known))
        print(tracts[-1], flush=True)
        wanted = TRACTS.get(state)
        if wanted is not None and (found.objective is None or found.objective > wanted):
            section.misses.append(f"{instance.name}: {found.objective}, target {wanted:g}")
        if wanted is not None and spent > TRACT_SECONDS:
            section.misses.append(f"{instance.name}: {spent:.1f} s of CPU, target {TRACT_SECONDS:g}")
    head = ["instance", "nodes", "parts", "cut", "bound", "CPU s", "published", "their bound", "Gurobi 9.1 s"]
    section.body += [
        (
            "Unit price on every edge, bounds of the published runs, parts connected, enclaves allowed as there. Their "
            "times are of another machine. Counties: the limit is the larger of 60 s and ten times theirs."
        ),
        table(head, counties),
        f"Tracts, told to stop after {TRACT_LIMIT:g} s so as to spend less than {TRACT_SECONDS:g} s of CPU:",
        table(head, tracts),
    ]
    publish(section, to=options.results)


def _row(instance: Instance, cut: float | None, bound: float | None, spent: float, known: Published) -> list[object]:
    return [instance.name, instance.problem.n, instance.parts, cut, bound, f"{spent:.1f}", known.cut, known.bound,
            known.seconds]  # fmt: skip


def _instances(level: str) -> Iterator[tuple[Instance, Published]]:
    """The graphs that are here and that published runs speak of."""
    for (state, parts, lower, upper), runs in sorted(_published(level).items()):
        path = next(iter(FOLDER.glob(f"{level}/{state}.json*")), None)
        if path is None:
            continue
        columns, edges = read_graph(path)
        xy = np.array([columns["lon"], columns["lat"]], dtype=np.float64).T
        problem = Problem.from_graph(columns["population"], edges, np.ones(len(edges)), xy)
        yield Instance(f"{state} {level}", problem, lower, upper, parts), runs


def _published(level: str) -> dict[tuple[str, int, int, int], Published]:
    """The best of the runs that asked for connected parts, by graph and bounds."""
    found: dict[tuple[str, int, int, int], Published] = {}
    with (FOLDER / "results" / "mpc2022_all_tables.csv").open() as file:
        for row in csv.DictReader(file):
            try:
                cut, bound, seconds = (float(row[name]) for name in ("MIP_obj", "MIP_bound", "MIP_time"))
            except ValueError:
                continue
            if row["level"] != level or (row["contiguity"] == "none" and row["connected"] != "True"):
                continue
            key = row["state"], int(row["k"]), int(row["L"]), int(row["U"])
            known = found.get(key)
            quick = seconds if cut == bound else None
            if known is not None and known.seconds is not None:
                quick = min(quick, known.seconds) if quick is not None and cut <= known.cut else known.seconds
            if known is None:
                found[key] = Published(cut, bound, quick)
            else:
                found[key] = Published(min(cut, known.cut), max(bound, known.bound), quick)
    return found
