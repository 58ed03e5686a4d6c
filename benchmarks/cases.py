"""Suggested categories and found duplicates, on sentences of the demo: how well, and how fast."""

from __future__ import annotations

import tempfile
import time
from argparse import Namespace
from pathlib import Path
from typing import Any

import numpy as np

from .report import Section, publish, table

TEXTS, PAIRS, SEED = 6000, 4000, 11
WITHIN = 30  # days


def run_cases(options: Namespace) -> None:
    """Figures of cases: macro-F1 on wordings not seen, milliseconds a text; duplicates' precision and recall."""
    from linli.web.start import start_django

    start_django(Path(tempfile.mkdtemp(prefix="linli-bench-")))
    from linli.cases.suggesting import train, unpacked, wordings

    section = Section("cases", f"Cases: categories of {TEXTS:,} sentences, {PAIRS:,} pairs of reports")
    rng = np.random.default_rng(SEED)
    texts, codes = _spoken(rng, TEXTS)
    began = time.process_time()
    content, figures = train(texts, codes)
    trained = time.process_time() - began
    model = unpacked(content)
    began = time.process_time()
    for text in texts[:2000]:
        model.ask(text)
    each = (time.process_time() - began) / 2
    section.body.append(
        f"A category is suggested from {figures['trained']:,} different sentences of {len(set(codes))} categories in "
        f"{len(set(wordings(texts, codes)))} wordings; each fifth of the wordings is judged by a model "
        "that has seen none of it."
    )
    section.body.append(
        table(
            ["macro-F1", "first suggestion right", "certainty − truth", "training, CPU s", "CPU ms a text", "kB"],
            [[
                f"{figures['macro_f1']:.3f}", f"{figures['right']:.3f}", f"{figures['calibration']:.3f}",
                f"{trained:.1f}", f"{each:.3f}", f"{len(content) / 1000:.0f}",
            ]],
        )
    )  # fmt: skip
    rows, truth = _pairs(rng, model)
    half = len(rows) // 2
    section.body.append(_duplicates(rows, truth, half))
    publish(section, packages=("scikit-learn", "numpy"), to=options.results)


def _spoken(rng: np.random.Generator, number: int) -> tuple[list[str], list[str]]:
    from linli.demo.case_texts import sentence, topics

    spoken = topics()
    shares = np.array([topic.share for topic in spoken], dtype=float)
    drawn = [spoken[k] for k in rng.choice(len(spoken), size=number, p=shares / shares.sum())]
    said = [sentence(rng, topic, door=f"白云花园{rng.integers(1, 40)}幢", compound="白云花园") for topic in drawn]
    return said, [topic.code for topic in drawn]


def _pairs(rng: np.random.Generator, model: Any) -> tuple[list[tuple[float, bool | None, bool, int]], list[bool]]:
    """Pairs of reports of one block: a third about the same thing, the others about another, elsewhere, or long ago."""
    from linli.demo.case_texts import LONG, NIGHT, ROADS, TIMES, topics
    from linli.matters.similar import shared
    from linli.territory.indexing import grams_of

    spoken = topics()

    def pick(values: Any) -> Any:
        return values[int(rng.integers(len(values)))]

    def say(topic: Any, thing: str, door: str) -> str:
        said = f"{thing}{pick(topic.troubles)}。" if rng.random() < 0.75 else pick(topic.texts)
        return str(said).format(
            door=door, compound="白云花园", road=pick(ROADS), long=pick(LONG), night=pick(NIGHT), times=pick(TIMES)
        )

    rows, truth = [], []
    for _ in range(PAIRS):
        topic, same = pick(spoken), bool(rng.random() < 1 / 3)
        thing, door = pick(topic.things), f"{rng.integers(1, 40)}幢"
        first = say(topic, thing, door)
        if same:
            other = say(topic, thing if rng.random() < 0.7 else pick(topic.things), door)
            building, days = bool(rng.random() < 0.8), int(rng.integers(0, 8))
        else:
            kind = rng.random()
            topic = topic if kind < 0.4 else pick([one for one in spoken if one.code != topic.code])
            building = bool(rng.random() < 0.3) and kind >= 0.25
            days = int(rng.integers(12, WITHIN)) if kind < 0.4 and building else int(rng.integers(0, WITHIN))
            other = say(
                topic, pick([one for one in topic.things if one != thing] or topic.things), f"{rng.integers(1, 40)}幢"
            )
        guesses = [(model.ask(text, 1) or [None])[0] for text in (first, other)]
        category = None if None in guesses else guesses[0].code == guesses[1].code
        rows.append((shared(grams_of(first), grams_of(other)), category, building, days))
        truth.append(same)
    return rows, truth


def _duplicates(rows: list[tuple[float, bool | None, bool, int]], truth: list[bool], half: int) -> str:
    from sklearn.linear_model import LogisticRegression

    from linli.matters.similar import LIKELY, likeness

    def features(row: tuple[float, bool | None, bool, int]) -> list[float]:
        words, category, building, days = row
        return [words, float(category is True), float(category is False), float(building), days / 7]

    fitted = LogisticRegression(C=100.0).fit([features(row) for row in rows[:half]], truth[:half])
    found = np.array([likeness(*row) >= LIKELY for row in rows[half:]])
    wanted = np.array(truth[half:])
    right = int((found & wanted).sum())
    names = ("words", "same category", "another category", "same building", "a week later")
    weights = ", ".join(f"{name} {weight:+.2f}" for name, weight in zip(names, fitted.coef_[0], strict=True))
    return (
        f"Duplicates, on {len(wanted):,} pairs of reports of one block, {wanted.mean():.0%} of them about the same: "
        f"precision {right / max(int(found.sum()), 1):.3f}, recall {right / max(int(wanted.sum()), 1):.3f}. "
        f"The weights come from the other half (a fit there: base {fitted.intercept_[0]:+.2f}, {weights})."
    )
