"""Caps: a plan by construction where there is one, how few communities they allow, and the clash in words."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from linli.districting import split as least_line
from linli.districting.separators import is_plan
from linli.geodata import Blocks, find_borders
from linli.plans.caps import fewest_parts, within_caps
from linli.plans.checks import broken_rules
from linli.plans.goals import goal_of
from linli.plans.rules import Rules
from linli.plans.splitting import split
from linli.plans.task import make_task

PLACES = ("west", "corner", "rare", "anywhere")


def ground(side: int, where: str, seed: int) -> Blocks:
    """A square of blocks of 150 to 450 households; the old live in the west, a corner, few blocks, or anywhere."""
    rng = np.random.default_rng(seed)
    row, column = np.divmod(np.arange(side * side), side)
    old = {
        "west": np.where(column < side // 2, 400, 20),
        "corner": np.where((column < side // 2) & (row < side // 2), 500, 10),
        "rare": np.where(rng.random(side * side) < 0.06, 1, 0),
        "anywhere": rng.integers(0, 400, side * side),
    }[where]
    ids = tuple(f"B{k:04d}" for k in range(side * side))
    squares = np.array([shapely.box(100 * c, 100 * r, 100 * c + 100, 100 * r + 100)
                        for r, c in zip(row, column, strict=True)], dtype=object)  # fmt: skip
    lines, rim = find_borders(ids, squares)
    columns = {"dwellings": rng.integers(150, 450, side * side), "old": old.astype(np.int64)}
    return Blocks(ids, squares, columns, lines, rim, "EPSG:4543")


def rules_for(blocks: Blocks, parts: int, slack: float) -> Rules:
    homes, old = (int(blocks.columns[name].sum()) / parts for name in ("dwellings", "old"))
    return Rules(households=(int(homes * 0.6), int(homes * 1.4)), capped={"old": math.ceil(old * slack)})


@pytest.mark.parametrize(("side", "parts"), [(6, 3), (10, 4)])
@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_small_ground_with_caps_ends_with_a_plan(side: int, parts: int, where: str, seed: int) -> None:
    blocks = ground(side, where, seed)
    found = split(blocks, rules_for(blocks, parts, 1.15), parts=parts, count="dwellings", seed=seed, time_limit=60)
    assert found.best is not None
    assert broken_rules(found.best) == []
    assert len(found.best.names) == parts


@pytest.mark.parametrize(
    ("side", "parts", "where"), [(15, 6, "west"), (15, 6, "corner"), (22, 8, "west"), (22, 8, "rare")]
)
def test_a_walk_comes_within_the_caps_from_the_plan_of_the_shortest_line(side: int, parts: int, where: str) -> None:
    blocks = ground(side, where, 2)
    rules = rules_for(blocks, parts, 1.15)
    problem = make_task(blocks, rules, "dwellings", goal_of("boundary", blocks, rules, "dwellings").costs).problem
    start = least_line(problem, *rules.households, parts=parts, seed=1, time_limit=0.2).labels
    assert start is not None
    old, cap = blocks.columns["old"], rules.capped["old"]
    held = np.flatnonzero(start == 0)[:1].tolist()
    found = within_caps(
        problem, start, np.column_stack([problem.weights, old]), np.array([rules.households[0], 0]),
        np.array([rules.households[1], cap]), held, enclaves=False, seed=1, deadline=math.inf,
    )  # fmt: skip
    assert found is not None
    assert is_plan(problem, found, parts, *rules.households)
    assert np.bincount(found, old).max() <= cap
    assert found[held] == start[held]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=5), st.integers(1, 12))
def test_no_fewer_communities_hold_what_blocks_have(values: list[int], most: int) -> None:
    fewest = fewest_parts(np.array(values), most)
    fits = [
        max(labels) + 1
        for labels in product(range(len(values)), repeat=len(values))
        if np.bincount(labels, values).max() <= most
    ]
    assert fewest <= min(fits, default=len(values) + 1)
    assert (fewest > len(values)) == (not fits)


def test_a_cap_that_no_number_of_communities_asked_for_can_keep_is_named() -> None:
    blocks = ground(10, "corner", 1)
    rules = rules_for(blocks, 4, 1.05)
    cap = rules.capped["old"]
    total = int(blocks.columns["old"].sum())
    assert total <= 4 * cap, "not by the sum: of 25 blocks with 500 a community holds six"
    found = split(blocks, rules, parts=4, count="dwellings", time_limit=60)
    assert found.status == "infeasible"
    assert found.clash == (f"R02 每个社区old不超过{cap}", f"社区个数4（共{total}，至少5个）")
    tight = rules.but(households=(int(blocks.columns["dwellings"].sum()) // 4, 10**6))
    found = split(blocks, tight, count="dwellings", time_limit=60)
    assert found.clash[0] == f"R02 每个社区old不超过{cap}"
    assert found.clash[1].endswith("（最多4个，而这项指标要至少5个）")
    free = split(blocks, rules.but(households=(100, 10**6)), count="dwellings", time_limit=10)
    assert free.best is not None
    assert len(free.best.names) >= 5
    assert broken_rules(free.best) == []
