"""All peers on the same blocks files, each plan written as a plan file and rechecked by `linli verify`'s code."""

from __future__ import annotations

import tempfile
import time
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import linli
from linli.districting.verify import Verification, verify
from linli.geodata.blocks import Blocks
from linli.geodata.blocks_file import write_blocks
from linli.plans import Plan, Rules
from linli.plans.goals import goal_of
from linli.plans.task import make_task

from .chart import Bar, Panel, draw
from .check import check
from .cuts import packages
from .instances import COUNT, LOWER, UPPER, Instance, town
from .peers import Answer, run
from .report import Section, publish, seconds, table

LINLI_SECONDS, PEER_SECONDS = 10.0, 60.0
RULES = Rules(households=(LOWER, UPPER), enclaves=True)  # no peer knows what an enclave is
TITLES = {
    "highs": "HiGHS", "cpsat": "OR-Tools CP-SAT", "gerrychain": "GerryChain bursts", "metis": "METIS",
    "kahip": "KaHIP eco", "maxp": "spopt MaxP", "azp": "spopt AZP", "skater": "spopt Skater",
    "kmeans": "spopt RegionKMeans", "ward": "spopt Ward",
}  # fmt: skip
IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"


@dataclass(frozen=True)
class Input:
    """One blocks file, and into how many communities it is to be divided."""

    name: str
    chinese: str
    blocks: Blocks
    parts: int

    def instance(self) -> Instance:
        """The same as the peers take it: a graph with prices."""
        goal = goal_of("boundary", self.blocks, RULES, COUNT)
        problem = make_task(self.blocks, RULES, COUNT, goal.costs).problem
        return Instance(self.name, problem, LOWER, UPPER, self.parts)


@dataclass(frozen=True)
class Line:
    """A solver's answer to one input, what verify says of its plan, its line beside Linli's."""

    answer: Answer
    verdict: Verification | None
    parts: int
    broken: str
    ratio: float | None


def run_together(options: Namespace) -> None:
    """Peers: one input, one run, verify's verdict, ratio of line and time; draws the README's chart."""
    section = Section("together", "All peers on the same blocks files, every plan rechecked by verify")
    if not options.blocks.exists():
        section.misses.append(f"{options.blocks} is not there: linli demo demo/")
        publish(section, to=options.results)
        return
    panels = []
    with tempfile.TemporaryDirectory() as folder:
        for given in _inputs(options.blocks):
            lines = list(_answers(given, options, Path(folder), section))
            section.body.append(f"**{given.name}**, {len(given.blocks):,} blocks, {given.parts} communities")
            section.body.append(_table(lines))
            panels.append((given, lines))
    section.body.insert(0, (
        f"Bounds {LOWER:,}–{UPPER:,} households, prices of the common profile, enclaves allowed. CPU seconds of one "
        f"process; Linli may take {LINLI_SECONDS:g} s, peers {PEER_SECONDS:g}. Each plan is written as a plan file "
        "and rechecked by `linli verify`. spopt's methods ask for alike places, not for a short line, and take no "
        "upper bound; METIS and KaHIP take bounds softly: they answer the nearest question that they know."
    ))  # fmt: skip
    publish(section, packages(options.peers), to=options.results)
    if options.results is not None:
        for name, chinese in (("peers.svg", False), ("peers.zh.svg", True)):
            drawing = draw([_panel(given, lines, chinese=chinese) for given, lines in panels], chinese=chinese)
            (IMAGES / name).write_text(drawing, encoding="utf-8")


def _inputs(path: Path) -> Iterator[Input]:
    street = linli.read_blocks(path)
    largest = max(np.unique(street.columns["community"].astype(str)), key=lambda name: int(
        street.columns[COUNT][street.columns["community"] == name].sum()
    ))  # fmt: skip
    yield Input("One community of the demo", "演示街道的一个社区", street.select_communities([largest]), 3)
    yield Input("The demo street", "整个演示街道", street, 9)
    yield Input("A town of street blocks", "街坊合成城区", town(2_000, 1), 48)


def _answers(given: Input, options: Namespace, folder: Path, section: Section) -> Iterator[Line]:
    path = folder / f"{len(given.blocks)}.gpkg"
    write_blocks(given.blocks, path)
    blocks, instance = linli.read_blocks(path), given.instance()
    linli.split(blocks, RULES, parts=given.parts, count=COUNT, time_limit=1.0)  # kernels
    began = time.process_time()
    found = linli.split(blocks, RULES, parts=given.parts, count=COUNT, time_limit=LINLI_SECONDS)
    spent = time.process_time() - began
    if found.best is None:
        raise RuntimeError(f"{given.name}: Linli found no plan")
    names = np.unique(found.best.community.astype(str), return_inverse=True)[1]
    best = found.best.objective
    mine = Answer("Linli", found.status, best, found.bound, names.astype(np.int64), spent)
    answers = [mine, *(replace(run(name, instance, PEER_SECONDS), peer=TITLES[name]) for name in options.peers)]
    for answer in answers:
        if answer.labels is None:
            yield Line(answer, None, 0, "no plan", None)
            continue
        seen = check(instance, answer.labels)
        verdict = _verified(answer, given, blocks, path)
        parts = len(np.unique(answer.labels))
        several = {
            f"{parts} communities": parts != given.parts, f"{seen.out_of_bounds} out of bounds": seen.out_of_bounds > 0,
            f"{seen.broken} in pieces": seen.broken > 0,
        }  # fmt: skip
        broken = ", ".join(words for words, true in several.items() if true)
        if verdict.ok == bool(broken):
            told = "; ".join(finding.english for finding in verdict.faults) or "nothing"
            section.misses.append(f"{given.name}, {answer.peer}: verify finds {told}, the benchmark {broken or 'none'}")
        if answer is mine and broken:
            section.misses.append(f"{given.name}: Linli's plan breaks rules: {broken}")
        yield Line(answer, verdict, parts, broken, seen.cut / best if best else None)
        if not broken and best is not None and seen.cut < best * (1 - 1e-9):
            section.misses.append(f"{given.name}: {answer.peer}'s line is shorter than Linli's")


def _verified(answer: Answer, given: Input, blocks: Blocks, path: Path) -> Verification:
    """Write labels as a plan file, as Linli writes its own, and let verify read both files anew."""
    assert answer.labels is not None
    community = np.array([f"第{label + 1}社区" for label in answer.labels.tolist()], dtype=object)
    plan = Plan(
        blocks,
        community,
        RULES,
        COUNT, parents=dict.fromkeys(np.unique(community.astype(str)).tolist(), ""),
        objective=answer.objective, parts=given.parts,
    )  # fmt: skip
    written = path.with_name("plan.gpkg")
    plan.to_file(written)
    return verify(written, path)


def _table(lines: list[Line]) -> str:
    ours = lines[0].answer.cpu_seconds
    rows = [
        [
            line.answer.peer, line.answer.status, None if line.ratio is None else f"{line.ratio:.3f}",
            seconds(line.answer.cpu_seconds), f"{line.answer.cpu_seconds / ours:.2g}",
            "–" if line.verdict is None else "passed" if line.verdict.ok else "failed", line.broken,
            line.answer.remark,
        ]
        for line in lines
    ]  # fmt: skip
    head = ["solver", "says", "line ÷ Linli's", "CPU s", "CPU ÷ Linli's", "verify", "rules broken", "remark"]
    return table(head, rows)


def _panel(given: Input, lines: list[Line], *, chinese: bool) -> Panel:
    title = (
        f"{given.chinese} · {len(given.blocks):,} 个地块分为 {given.parts} 个社区" if chinese
        else f"{given.name} · {len(given.blocks):,} blocks, {given.parts} communities"
    )  # fmt: skip
    bars = [
        Bar(line.answer.peer, line.ratio, line.answer.cpu_seconds, lawful=not line.broken,
            proven=line.answer.status == "proven")
        for line in sorted(lines[1:], key=lambda line: (line.ratio is None, line.ratio))
    ]  # fmt: skip
    own = lines[0].answer
    return Panel(title, [Bar("Linli", 1.0, own.cpu_seconds, lawful=True, proven=own.status == "proven"), *bars])
