"""Address search over 200,000 buildings, on SQLite and on PostgreSQL side by side."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections import defaultdict
from itertools import product
from pathlib import Path
from typing import Any

from .report import Section, publish, table

COMPOUNDS, BUILDINGS = 8_000, 25  # compounds, and buildings in each
QUESTIONS = 3_000
TARGET = 50.0  # milliseconds, p95
POSTGRESQL = Path(__file__).resolve().parents[1] / "tests" / "postgresql.py"
CHILD = [sys.executable, "-m", "benchmarks.search"]

# pairs of characters of which names are put together
FIRST = "白云幸福铜源泉水阳光锦绣古渡市府龙潭桂花钟楼云岭炎龙木棉南苑沙坝春晖北岸学府锦江金沙翠湖东湖西山长青和平"
SECOND = "一二三四东西南北新老"
LAST = "花园小区雅苑名邸国际山庄雅居家园公寓新村华庭大院佳园尚城新城"


def run_search(options: Namespace) -> None:
    """Figure of the spine: p95 ≤ 50 ms a question on 200,000 buildings."""
    section = Section("search", f"Address search: {COMPOUNDS * BUILDINGS:,} buildings, {QUESTIONS:,} questions")
    answers = {
        "SQLite": _child({"DATABASE_URL": ""}),
        "PostgreSQL": _child({}, [sys.executable, str(POSTGRESQL)]),
    }
    rows: list[list[Any]] = []
    for database, found in answers.items():
        for kind, (p50, p95, worst, hit) in found["kinds"].items():
            rows.append([f"{database}, {kind}", f"{p50:.1f}", f"{p95:.1f}", f"{worst:.1f}", f"{hit:.0%}"])
            if kind == "all" and p95 > TARGET:
                section.misses.append(f"{database}: p95 {p95:.1f} ms, target {TARGET:.0f} ms")
    section.body.append(
        "Wall time of one question in a process that keeps its connection. *found*: the building asked for, or its "
        "compound, is among the ten answers. Names are drawn at random, so that many are alike."
    )
    section.body.append(table(["", "p50 ms", "p95 ms", "slowest ms", "found"], rows))
    section.body.append(
        "; ".join(f"{name}: indexed in {found['indexed']:.0f} s" for name, found in answers.items()) + "."
    )
    publish(section, to=options.results)


def _child(environment: dict[str, str], wrapper: list[str] | None = None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [*(wrapper or []), *CHILD],
            env={**os.environ, **environment, "LINLI_HOME": folder, "LINLI_LOG": "ERROR"},
            stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def measure() -> dict[str, Any]:
    """Fill the site of this process's environment and ask it; milliseconds by kind of question."""
    from linli.web.start import start_django

    start_django()
    from linli.territory.search import search
    from linli.web.upkeep.upgrading import upgrade

    upgrade(tell=lambda _: None)
    draw = random.Random(20261123)
    names = draw.sample(
        ["".join(parts) for parts in product(_pairs(FIRST), SECOND, _pairs(FIRST), _pairs(LAST))], COMPOUNDS
    )
    indexed = _fill(names)
    spent: dict[str, list[float]] = defaultdict(list)
    hits: dict[str, list[bool]] = defaultdict(list)
    for kind, question, wanted in _questions(draw, names):
        began = time.perf_counter()
        found = search(question)
        spent[kind].append(1000 * (time.perf_counter() - began))
        hits[kind].append(any(answer.title.startswith(wanted) for answer in found))
    spent["all"] = [one for times in spent.values() for one in times]
    hits["all"] = [one for some in hits.values() for one in some]
    return {"indexed": indexed, "kinds": {kind: (*_percentiles(spent[kind]), _mean(hits[kind])) for kind in spent}}


def _fill(names: list[str]) -> float:
    """Write compounds with their buildings and index them; returns the seconds that indexing took."""
    from datetime import date

    import shapely
    from django.db import transaction

    from linli.org.models import Division
    from linli.territory.indexing import index_buildings
    from linli.territory.models import Block, Building, Compound

    with transaction.atomic():
        district = Division(name="测量区", code="539900000000", kind="district", valid_from=date(2020, 1, 1))
        district.save()
        street = Division(
            name="测量街道", code="539900001000", kind="street", parent=district, valid_from=date(2020, 1, 1)
        )
        street.save()
        compounds = Compound.objects.bulk_create(
            [Compound(street=street, code=f"C{k}", name=name) for k, name in enumerate(names)], batch_size=500
        )
        blocks = []
        for k, compound in enumerate(compounds):
            block = Block(street=street, code=f"B{k}", compound=compound)
            block.shape = shapely.box(103 + k % 100 / 1000, 26 + k // 100 / 1000, 103.001, 26.001)
            blocks.append(block)
        Block.objects.bulk_create(blocks, batch_size=500)
        Building.objects.bulk_create(
            [
                Building(
                    block=block, compound=block.compound, code=f"L{number}", number=f"{number}幢",
                    longitude=block.west, latitude=block.south,
                )
                for block in blocks
                for number in range(1, BUILDINGS + 1)
            ],
            batch_size=500,
        )  # fmt: skip
        began = time.perf_counter()
        index_buildings(Building.objects.all())
        return time.perf_counter() - began


def _questions(draw: random.Random, names: list[str]) -> list[tuple[str, str, str]]:
    """Kind, what is typed, and how a good answer begins."""
    from pypinyin import Style, lazy_pinyin

    asked = []
    for _ in range(QUESTIONS):
        name, number = draw.choice(names), draw.randint(1, BUILDINGS)
        kind = draw.choice(("whole address", "compound", "part of a name", "initials", "one wrong character"))
        question, wanted = {
            "whole address": (f"测量街道{name}{number}栋2单元501室", f"{name}{number}幢"),
            "compound": (name, name),
            "part of a name": (name[1:4], ""),
            "initials": ("".join(lazy_pinyin(name, style=Style.FIRST_LETTER)) + str(number), ""),
            "one wrong character": (name[:2] + "某" + name[3:], name[:2]),
        }[kind]
        asked.append((kind, question, wanted))
    return asked


def _pairs(text: str) -> list[str]:
    return [text[at : at + 2] for at in range(0, len(text), 2)]


def _percentiles(values: list[float]) -> tuple[float, float, float]:
    ordered = sorted(values)
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)], ordered[-1]


def _mean(values: list[bool]) -> float:
    return sum(values) / len(values)


if __name__ == "__main__":
    print(json.dumps(measure()))
