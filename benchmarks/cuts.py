"""The seed-size suite and the hard cases: least weighted new line, proven, beside the peers."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from statistics import median

import numpy as np

from .check import check
from .instances import Instance, hard_cases, seed_suite
from .peers import PEERS, Answer, run
from .report import Section, publish, seconds, table

PEERS_ON = "voronoi-*-s1*"  # a third of the instances: all peers on all of them take a night
MEDIAN_TARGET, WORST_TARGET = 0.1, 6.0
MARKS = {"proven": "", "feasible": " unproved", "unknown": " no plan", "stopped": " stopped", "failed": " failed"}


@dataclass(frozen=True)
class Line:
    """One instance and all answers to it; `ours` is None where only peers were run."""

    instance: Instance
    ours: Answer | None
    peers: dict[str, Answer]


def run_seed_suite(options: Namespace) -> None:
    """Figure a: 45 instances, all proven, median ≤ 0.1 s, worst ≤ 6 s."""
    lines = solve_all(seed_suite(), options, time_limit=options.time_limit)
    section = Section("seed_suite", "Least new line, proven: 60–250 blocks, two to four parts")
    section.body.append(
        "Bounds 1,500–3,500 households, prices of the common profile. A peer's cell holds its seconds, then its gap "
        f"where it did not prove its answer within {options.cap:g} s (wall clock); – was not run."
    )
    section.body += [_summary(lines, options.peers), _details(lines, options.peers)]
    own = [line for line in lines if line.ours is not None]
    times = [line.ours.cpu_seconds for line in own if line.ours]
    section.misses += _faults(lines)
    section.misses += [
        f"{line.instance.name}: {line.ours.status}, gap {_percent(line.ours.gap)}, {seconds(line.ours.cpu_seconds)} s"
        for line in own
        if line.ours and line.ours.status != "proven"
    ]
    section.misses += [
        f"{line.instance.name}: {seconds(line.ours.cpu_seconds)} s, target {WORST_TARGET:g} s"
        for line in own
        if line.ours and line.ours.cpu_seconds > WORST_TARGET
    ]
    if times and median(times) > MEDIAN_TARGET:
        section.misses.append(f"median {seconds(median(times))} s, target {MEDIAN_TARGET:g} s")
    publish(section, packages(options.peers), to=options.results)


def run_hard(options: Namespace) -> None:
    """Pure length, five parts, bounds within one per cent: solved, or with bound and gap."""
    limit = 60.0 if options.time_limit is None else options.time_limit
    lines = solve_all(hard_cases(), options, time_limit=limit)
    section = Section("hard", "Hard cases: pure length, five parts, bounds within one per cent")
    section.body.append(
        f"Linli stopped after {limit:g} s, peers after {options.cap:g} s (wall clock). `-length`: a metre costs the "
        "same whatever runs there; `-within1%`: bounds are total / parts ± 1 %."
    )
    section.body.append(_details(lines, options.peers))
    unproven = [line.instance.name for line in lines if line.ours and line.ours.status not in ("proven", "infeasible")]
    section.body.append(f"Unproven after {limit:g} s: {', '.join(unproven) or 'none'}.")
    section.misses += _faults(lines)
    section.misses += [
        f"{line.instance.name}: {line.ours.status}, no {'plan' if line.ours.objective is None else 'bound'}"
        for line in lines
        if line.ours and line.ours.status != "infeasible" and line.ours.gap is None
    ]
    publish(section, packages(options.peers), to=options.results)


def solve_all(instances: Iterable[Instance], options: Namespace, *, time_limit: float | None) -> list[Line]:
    """Linli and the chosen peers on each instance in turn; peers' answers are kept in a journal if one is named."""
    lines = []
    chosen = [i for i in instances if fnmatch(i.name, options.only)]
    for number, instance in enumerate(chosen, start=1):
        mine = None
        if options.linli:
            from . import ours

            mine = ours.solve(instance, time_limit=time_limit)
        among = options.peers if fnmatch(instance.name, options.peers_on or PEERS_ON) else ()
        answers = {name: _journalled(options.journal, name, instance, options.cap) for name in among}
        lines.append(Line(instance, mine, answers))
        told = [
            f"{a.peer} {a.status} {seconds(a.cpu_seconds)} gap {_percent(a.gap)}"
            for a in (mine, *answers.values())
            if a
        ]
        print(f"[{number}/{len(chosen)}] {instance.name}: {' · '.join(told)}", flush=True)
    return lines


def packages(peers: Sequence[str]) -> list[str]:
    """The packages whose versions a section names."""
    return list(dict.fromkeys(PEERS[name][1] for name in peers))


def _journalled(journal: Path | None, name: str, instance: Instance, cap: float) -> Answer:
    key = f"{name} {instance.name} {instance.digest} {cap:g}"
    known = {}
    if journal is not None and journal.exists():
        known = {entry["key"]: entry["answer"] for entry in map(json.loads, journal.read_text("utf-8").splitlines())}
    if key in known:
        kept = known[key]
        return Answer(**{**kept, "labels": None if kept["labels"] is None else np.asarray(kept["labels"])})
    answer = run(name, instance, cap)
    if journal is not None:
        plain = {**answer.__dict__, "labels": None if answer.labels is None else answer.labels.tolist()}
        with journal.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": key, "answer": plain}) + "\n")
    return answer


def _faults(lines: Sequence[Line]) -> list[str]:
    """Unlawful plans, wrong objectives, and answers that contradict each other; none of these may ever occur."""
    found = []
    for line in lines:
        name, ours = line.instance.name, line.ours
        for answer in (ours, *line.peers.values()):
            if answer is None or answer.labels is None or answer.objective is None:
                continue
            seen = check(line.instance, answer.labels)
            if seen.faults:
                found.append(f"{name}: {answer.peer}'s plan has {seen.faults} faults")
            if not _close(seen.cut, answer.objective):
                found.append(f"{name}: {answer.peer} says {answer.objective:.3f}, the plan costs {seen.cut:.3f}")
            if answer is ours and seen.enclosing:
                found.append(f"{name}: a part of Linli's plan encloses others")
        for peer in line.peers.values():
            if ours is None or peer.status in ("failed", "stopped"):
                continue
            if {ours.status, peer.status} >= {"infeasible"} and "proven" in (ours.status, peer.status):
                found.append(f"{name}: Linli says {ours.status}, {peer.peer} says {peer.status}")
            lawful = peer.labels is not None and not check(line.instance, peer.labels).enclosing
            if lawful and _above(ours.bound, peer.objective):
                found.append(f"{name}: Linli's bound {ours.bound:.3f} is above {peer.peer}'s plan {peer.objective:.3f}")
            if _above(peer.bound, ours.objective):
                found.append(f"{name}: {peer.peer}'s bound {peer.bound:.3f} is above Linli's plan {ours.objective:.3f}")
    return found


def _summary(lines: Sequence[Line], peers: Sequence[str]) -> str:
    rows = []
    for parts in sorted({line.instance.parts for line in lines}):
        mine = [line for line in lines if line.instance.parts == parts]
        times = [line.ours.cpu_seconds for line in mine if line.ours]
        proven = sum(line.ours.status == "proven" for line in mine if line.ours)
        row: list[object] = [f"{parts} parts", f"{proven} of {len(times)}"]
        row += [seconds(median(times)), seconds(max(times))] if times else [None, None]
        for name in peers:
            found = [(line.peers[name], line.ours) for line in mine if name in line.peers]
            done = sum(answer.status == "proven" for answer, _ in found)
            ratios = [answer.cpu_seconds / max(ours.cpu_seconds, 1e-5) for answer, ours in found if ours]
            row.append(f"{done} of {len(found)}" + (f", {median(ratios):,.0f}×" if ratios else "") if found else None)
        rows.append(row)
    header = ["", "Linli proven", "median s", "worst s", *(f"{name} proven, × Linli's CPU" for name in peers)]
    return table(header, rows)


def _details(lines: Sequence[Line], peers: Sequence[str]) -> str:
    rows = []
    for line in lines:
        row: list[object] = [line.instance.name, line.instance.digest]
        if line.ours is None:
            row += [None, None, None]
        else:
            gap = "" if line.ours.status in ("proven", "infeasible") else f", gap {_percent(line.ours.gap)}"
            row += [line.ours.objective, line.ours.status + gap, seconds(line.ours.cpu_seconds)]
        row += [_peer_cell(line.peers[name]) if name in line.peers else None for name in peers]
        rows.append(row)
    return table(["instance", "digest", "least line", "Linli", "CPU s", *peers], rows)


def _peer_cell(answer: Answer) -> str:
    if answer.status in ("proven", "infeasible"):
        return seconds(answer.cpu_seconds) + (" infeasible" if answer.status == "infeasible" else "")
    gap = f", gap {_percent(answer.gap)}" if answer.gap is not None else ""
    return f"{seconds(answer.cpu_seconds)}{MARKS[answer.status]}{gap}"


def _percent(gap: float | None) -> str:
    return "unknown" if gap is None else f"{gap:.1%}"


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-6 * max(1.0, abs(a), abs(b))


def _above(bound: float | None, objective: float | None) -> bool:
    return bound is not None and objective is not None and bound > objective and not _close(bound, objective)
