"""边界微调: few blocks move, and only for the better; locks, seats and bounds hold."""

from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from linli.errors import InputError
from linli.plans.change import remeasured
from linli.plans.checks import broken_rules
from linli.plans.nearby import adjust
from linli.plans.plan import Plan
from linli.plans.rules import Rules
from linli.plans.tests.world import town
from linli.plans.working import partial_plan

BLOCKS = town()
RULES = Rules(households=(1500, 5500), kept=["团结", "白云"])


def jagged(*, rules: Rules = RULES, locked: tuple[str, ...] = ()) -> Plan:
    """Today's line with a tooth of two blocks on either side."""
    names = [str(name) for name in BLOCKS.columns["community"]]
    for row, name in ((9, "团结"), (21, "团结"), (14, "白云"), (26, "白云")):
        names[row] = name
    return partial_plan(BLOCKS, names, rules, locked=[code in locked for code in BLOCKS.ids])


def changed(before: Plan, after: Plan) -> list[str]:
    return [code for code, a, b in zip(BLOCKS.ids, before.community, after.community, strict=True) if a != b]


def test_teeth_are_drawn_straight_and_nothing_else_moves() -> None:
    before = jagged()
    after = adjust(before, minimize="boundary")
    assert sorted(changed(before, after)) == ["B0010", "B0015", "B0022", "B0027"]
    assert (after.objective or 0) < (remeasured(before).objective or 0)
    assert after.bound is None
    assert "at most 10 blocks" in (after.proof.claim if after.proof else "")


@pytest.mark.parametrize("most", [0, 1, 2, 3])
def test_never_more_blocks_than_were_granted_and_each_makes_it_better(most: int) -> None:
    values = [adjust(jagged(), most_blocks=k).objective or 0 for k in range(most + 1)]
    assert len(changed(jagged(), adjust(jagged(), most_blocks=most))) == most
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == most + 1


def test_never_more_households_than_were_granted() -> None:
    after = adjust(jagged(), most_households=450)
    moved = np.isin(BLOCKS.ids, changed(jagged(), after))
    assert 0 < int(BLOCKS.counts("dwellings_delivered")[moved].sum()) <= 450


def test_locked_blocks_and_seats_stay() -> None:
    rules = RULES.but(kept={"团结": "B0010", "白云": None})
    before = jagged(rules=rules, locked=("B0022",))
    moved = changed(before, adjust(before))
    assert "B0015" in moved
    assert not {"B0010", "B0022"} & set(moved)


def test_a_community_below_its_bounds_is_brought_within_them_first() -> None:
    low = int(BLOCKS.counts("dwellings_delivered").sum()) // 2 - 100
    before = jagged(rules=RULES.but(households=(low, 5500)))
    names = before.community.copy()
    names[[3, 9, 15]] = "团结"
    small = partial_plan(BLOCKS, names.tolist(), before.rules)
    assert any(one.code == "R01" for one in broken_rules(small))
    after = adjust(small, most_blocks=6)
    assert broken_rules(after) == []
    assert len(changed(small, after)) <= 6


def test_two_blocks_change_places_where_the_bounds_let_none_go_alone() -> None:
    counts = np.full(len(BLOCKS), 200)
    even = replace(BLOCKS, columns={**BLOCKS.columns, "dwellings_delivered": counts})
    names = [str(name) for name in BLOCKS.columns["community"]]
    names[9], names[26] = "团结", "白云"
    before = partial_plan(even, names, Rules(households=(3600, 3600)))
    after = adjust(before)
    assert sorted(c for c, a, b in zip(even.ids, names, after.community, strict=True) if a != b) == ["B0010", "B0027"]


def test_an_open_block_is_to_be_given_away_first() -> None:
    names = [str(name) for name in BLOCKS.columns["community"]]
    with pytest.raises(InputError, match="open"):
        adjust(partial_plan(BLOCKS, ["", *names[1:]], RULES))


@settings(max_examples=15)
@given(st.integers(0, 2**20), st.integers(0, 6), st.sampled_from(["boundary", "cut_length_m", "balance"]))
def test_whatever_the_line_the_plan_is_never_worse_and_keeps_its_pieces(seed: int, most: int, goal: str) -> None:
    rng = np.random.default_rng(seed)
    names = [str(name) for name in BLOCKS.columns["community"]]
    for row in rng.choice(len(names), 3, replace=False):
        names[row] = str(rng.choice(["团结", "白云"]))
    before = partial_plan(BLOCKS, names, RULES)
    after = adjust(before, minimize=goal, most_blocks=most)
    worst = remeasured(replace(before, goal=goal)).objective or 0
    assert (after.objective or 0) <= worst + 1e-9
    assert len(changed(before, after)) <= most
    codes = {one.code for one in broken_rules(before)}
    assert {one.code for one in broken_rules(after)} <= codes
