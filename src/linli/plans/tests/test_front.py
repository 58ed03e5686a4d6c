"""The front of two goals: nothing on it is beaten, and what is best for some weighing is on it."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from linli.errors import InputError
from linli.plans import Front, Rules, front
from linli.plans.measures import boundary, cut_length_m
from linli.plans.tests.world import town

GROUND = town(3, 4, river=2)
RULES = Rules(households=(900, 1600))
PRICES = RULES.prices or {}


@pytest.fixture(scope="module")
def found() -> Front:
    return front(GROUND, RULES, goals=("boundary", "cut_length_m"), parts=2, count="households_registered")


def every_plan() -> list[tuple[float, float]]:
    """Values of both goals of every plan of two connected communities within the bounds."""
    weight = GROUND.counts("households_registered")
    pairs = list(zip(GROUND.lines.a.tolist(), GROUND.lines.b.tolist(), strict=True))

    def connected(rows: set[int]) -> bool:
        seen, rest = set(), [min(rows)]
        while rest:
            at = rest.pop()
            seen.add(at)
            rest += [b if a == at else a for a, b in pairs if at in (a, b) and {a, b} <= rows and {a, b} - seen]
        return seen == rows

    values = []
    for rest in product((0, 1), repeat=len(GROUND) - 1):
        label = np.array([0, *rest])
        sides = [set(np.flatnonzero(label == k).tolist()) for k in (0, 1)]
        sums = [int(weight[list(side)].sum()) for side in sides]
        if all(900 <= s <= 1600 for s in sums) and all(map(connected, sides)):
            values.append((boundary(GROUND, label, prices=PRICES), cut_length_m(GROUND, label)))
    return values


def test_every_plan_best_for_some_weighing_is_on_the_front(found: Front) -> None:
    assert found.complete
    plans = every_plan()
    points = [one.values for one in found.points]
    for share in np.linspace(0.001, 0.999, 50):
        best = min(share * a + (1 - share) * b for a, b in plans)
        assert min(share * a + (1 - share) * b for a, b in points) == pytest.approx(best)


def test_no_plan_beats_a_point_of_the_front(found: Front) -> None:
    for a, b in (one.values for one in found.points):
        assert not [1 for c, d in every_plan() if c <= a + 1e-6 and d <= b + 1e-6 and (c < a - 1e-6 or d < b - 1e-6)]


def test_a_sentence_speaks_of_the_knee_or_says_that_there_is_none(found: Front) -> None:
    assert found.sentence().endswith("。")
    assert 0 <= found.knee < len(found.points)


def test_the_picture_is_drawn(found: Front, tmp_path: Path) -> None:
    found.draw(tmp_path / "front.png", dpi=60)
    assert (tmp_path / "front.png").stat().st_size > 2000


def test_one_goal_alone_has_no_front() -> None:
    with pytest.raises(InputError, match="two different goals"):
        front(GROUND, RULES, goals=("boundary", "boundary"), parts=2)
