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


def every_label() -> list[np.ndarray]:
    """Every plan of two connected communities within the bounds."""
    weight = GROUND.counts("households_registered")
    pairs = list(zip(GROUND.lines.a.tolist(), GROUND.lines.b.tolist(), strict=True))

    def connected(rows: set[int]) -> bool:
        seen, rest = set(), [min(rows)]
        while rest:
            at = rest.pop()
            seen.add(at)
            rest += [b if a == at else a for a, b in pairs if at in (a, b) and {a, b} <= rows and {a, b} - seen]
        return seen == rows

    found = []
    for rest in product((0, 1), repeat=len(GROUND) - 1):
        label = np.array([0, *rest])
        sides = [set(np.flatnonzero(label == k).tolist()) for k in (0, 1)]
        sums = [int(weight[list(side)].sum()) for side in sides]
        if all(900 <= s <= 1600 for s in sums) and all(map(connected, sides)):
            found.append(label)
    return found


def every_plan() -> list[tuple[float, float]]:
    """Values of both goals of every plan."""
    return [(boundary(GROUND, label, prices=PRICES), cut_length_m(GROUND, label)) for label in every_label()]


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


def test_a_line_and_balance_are_narrowed_until_no_plan_is_left() -> None:
    """Every pair of values that no plan beats is on the front, those best for no weighing too."""
    found = front(GROUND, RULES, goals=("cut_length_m", "balance"), parts=2, count="households_registered")
    assert found.whole
    assert found.complete
    assert all(one.proven for one in found.points)
    weight = GROUND.counts("households_registered")
    plans = set()
    for label in every_label():
        sums = np.bincount(label, weight, minlength=2)
        plans.add((round(cut_length_m(GROUND, label), 6), round(float(np.abs(sums / sums.mean() - 1).max()), 9)))
    best = {p for p in plans if not any(q != p and q[0] <= p[0] and q[1] <= p[1] for q in plans)}
    assert {(round(a, 6), round(b, 9)) for a, b in (one.values for one in found.points)} == best


def test_an_archive_of_three_goals_keeps_what_none_beats() -> None:
    goals = ("boundary", "cut_length_m", "balance")
    found = front(GROUND, RULES, goals=goals, parts=2, count="households_registered", time_limit=6, most_points=6)
    assert found.goals == goals
    assert not found.complete
    values = [one.values for one in found.points]
    assert all(len(one) == 3 for one in values)
    assert not [
        1 for a in values for b in values
        if a != b and all(x <= y for x, y in zip(a, b, strict=True))
    ]  # fmt: skip
    assert 0 <= found.knee < len(values)
    assert found.sentence().endswith("。")


@pytest.mark.parametrize("goals", [("boundary",), ("boundary", "boundary"), ("boundary", "nothing")])
def test_goals_that_make_no_front(goals: tuple[str, ...]) -> None:
    with pytest.raises(InputError):
        front(GROUND, RULES, goals=goals, parts=2, count="households_registered")
