"""Fronts of a line and of even households: every plan that none beats, proven, on towns of 100 blocks."""

from __future__ import annotations

import time
from argparse import Namespace
from statistics import median

from linli.plans import Rules, front

from .instances import LOWER, UPPER, town
from .report import Section, publish, table

BLOCKS, PARTS, MEAN = 100, 3, 75  # households of a block on average
SEEDS = range(1, 11)
MOST_SECONDS = 5.0
LIMIT = 60.0


def run_fronts(options: Namespace) -> None:
    """Figure d: fronts of two goals at 100 blocks, 3 parts: complete and proven within 5 s."""
    section = Section("fronts", f"Fronts of new line and evenness, {BLOCKS} blocks, {PARTS} communities")
    rules = Rules(households=(LOWER, UPPER))
    front(town(BLOCKS, 0, mean=MEAN), rules, goals=("boundary", "balance"), parts=PARTS, time_limit=LIMIT)  # kernels
    rows: list[list[object]] = []
    times = []
    for seed in SEEDS:
        blocks = town(BLOCKS, seed, mean=MEAN)
        began = time.process_time()
        found = front(blocks, rules, goals=("boundary", "balance"), parts=PARTS, time_limit=LIMIT)
        times.append(time.process_time() - began)
        line, even = (sorted(point.values[goal] for point in found.points) for goal in range(2))
        said = "complete" if found.whole else "broken off"
        rows.append([f"seed {seed}", len(found.points), said, f"{times[-1]:.2f}", f"{line[0]:.1f}–{line[-1]:.1f}",
                     f"{even[0]:.1%}–{even[-1]:.1%}"])  # fmt: skip
        if not found.whole:
            section.misses.append(f"seed {seed}: the front is not complete after {times[-1]:.0f} s")
        elif times[-1] > MOST_SECONDS:
            section.misses.append(f"seed {seed}: {times[-1]:.1f} s, target {MOST_SECONDS:g}")
    section.body += [
        (
            f"Street blocks of {MEAN} households on average, bounds {LOWER:,}–{UPPER:,}. Every point is a least line, "
            "proven, among plans more even than the one before, until none is left. What a plan is told in words is "
            f"counted in. Median {median(times):.2f} s, longest {max(times):.2f} s."
        ),
        table(["town", "points", "front", "CPU s", "line", "largest deviation"], rows),
    ]
    publish(section, to=options.results)
