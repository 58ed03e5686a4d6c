"""Districts of 1,000 and 10,000 blocks at equal bounds, beside METIS and KaHIP in one run (figure c)."""

from __future__ import annotations

from argparse import Namespace
from fnmatch import fnmatch

from .check import Check, check
from .cuts import packages
from .instances import Instance, districts
from .peers import Answer, run
from .report import Section, publish, seconds, table

SIZES, BUDGETS = (1_000, 10_000), (10.0, 60.0)
SINGLE = ("metis", "kahip")
RESTARTS = ("metis-restarts", "kahip-restarts")


def run_scale(options: Namespace) -> None:
    """Figure c: zero violations, and a cut never above METIS's and KaHIP's, at 10 s and 60 s."""
    section = Section("scale", "Districts of 1,000 and 10,000 blocks, least weighted line")
    peers = [name for name in (*SINGLE, *RESTARTS) if name in options.peers]
    details, summary = [], []
    for instance in (i for n in SIZES for i in districts(n) if fnmatch(i.name, options.only)):
        theirs: list[tuple[str, Answer, Check]] = []
        for name in peers:
            answer = run(name, instance, min(options.cap, BUDGETS[0]))
            if answer.labels is None:
                section.misses.append(f"{instance.name}: {name} {answer.status} {answer.remark}")
                continue
            theirs.append((name, answer, check(instance, answer.labels)))
        details += [_row(instance, answer.peer, answer, seen) for _, answer, seen in theirs]
        for budget in options.budgets if options.linli else ():
            from . import ours

            answer = ours.solve(instance, time_limit=budget)
            label = f"Linli {budget:g} s"
            if answer.labels is None:
                section.misses.append(f"{instance.name}: no plan in {budget:g} s")
                continue
            seen = check(instance, answer.labels)
            details.append(_row(instance, label, answer, seen))
            if seen.faults:
                section.misses.append(f"{instance.name}: {label} has {seen.faults} violations")
            for name, _, peer_seen in theirs:
                if name in SINGLE and seen.cut > peer_seen.cut * (1 + 1e-9):
                    lawful = "lawful" if not peer_seen.faults else f"{peer_seen.faults} violations"
                    section.misses.append(
                        f"{instance.name}: {label} {seen.cut:,.0f} is above {name} {peer_seen.cut:,.0f} ({lawful})"
                    )
            ratios = {name: peer_seen.cut / seen.cut for name, _, peer_seen in theirs}
            summary.append([f"{instance.name} {budget:g} s", *(_ratio(ratios.get(name)) for name in peers)])
        print(table(HEADER, [row for row in details if row[0] == instance.name]), flush=True)
    section.body += [
        (
            "Bounds 1,500–3,500, as many parts as households / 2,500 for everyone. METIS and KaHIP take an upper "
            "imbalance only, and softly: they get the one that equals 3,500, and their violations are counted. "
            "`restarts` repeats seeds and imbalances (1, 3/4, 1/2, 1/4 of the allowed) for 10 s of CPU and keeps the "
            "plan with the fewest violations, then the least cut."
        ),
        "Cut of the peer ÷ cut of Linli (above 1: Linli's line is shorter):",
        table(["instance, Linli's limit", *peers], summary),
        table(HEADER, details),
    ]
    publish(section, packages(peers), to=options.results)


HEADER = ["instance", "solver", "cut", "CPU s", "out of bounds", "not in one piece", "empty", "bound"]


def _row(instance: Instance, label: str, answer: Answer, seen: Check) -> list[object]:
    faults = [seen.out_of_bounds, seen.broken, seen.empty]
    return [instance.name, label, f"{seen.cut:,.0f}", seconds(answer.cpu_seconds), *faults, answer.bound]


def _ratio(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}"
