from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
import shapely

from linli.districting import City
from linli.districting.result import Progress
from linli.errors import InputError
from linli.geodata import Blocks, find_borders
from linli.plans.checks import broken_rules
from linli.plans.limits import split_within_limits
from linli.plans.measures import measure
from linli.plans.plan import Plan
from linli.plans.rules import Rules
from linli.plans.splitting import split
from linli.plans.tests.world import town

RULES = Rules(households=(1000, 3500), keep_whole="compound")


def best(blocks: Blocks, rules: Rules = RULES, **more: object) -> Plan:
    found = split(blocks, rules, time_limit=20, **more).best  # type: ignore[arg-type]
    assert found is not None
    return found


def test_a_plan_keeps_its_rules_and_its_objective_is_the_measured_one() -> None:
    plan = best(town(), parts=3)
    assert broken_rules(plan) == []
    assert plan.status == "proven"
    assert plan.objective == plan.measures()["boundary"]
    assert len(plan.names) == 3


def test_equal_input_and_seed_give_the_equal_plan() -> None:
    assert best(town(), parts=3, seed=5).community.tolist() == best(town(), parts=3, seed=5).community.tolist()


def test_a_scope_leaves_the_other_communities_out() -> None:
    plan = best(town(), parts=2, within=["团结"])
    assert plan.scope == ("团结",)
    assert len(plan.blocks) == 18
    assert set(plan.parents.values()) == {"团结"}


def test_communities_divided_apart_have_proofs_that_add_up() -> None:
    plan = best(town(), RULES.but(never_cross=("community",)), parts=4)
    assert plan.status == "proven"
    assert plan.proof is not None
    assert sum(p.objective or 0 for p in plan.proof.pieces) == pytest.approx(plan.objective)
    assert sum(p.bound or 0 for p in plan.proof.pieces) == pytest.approx(plan.bound)
    assert sum(p.counters["blocks"] for p in plan.proof.pieces) == len(plan.blocks)
    for name in plan.names:
        assert len(set(plan.blocks.columns["community"][plan.community == name])) == 1


def test_parts_are_dealt_out_over_pieces_at_least_cost() -> None:
    blocks = town()
    rules = RULES.but(never_cross=("community",))
    alone = {
        (side, k): best(blocks, RULES, within=[side], parts=k).objective for side in ("团结", "白云") for k in (2, 3)
    }
    border = 600 * 0.25
    cheapest = min(alone["团结", 2] + alone["白云", 3], alone["团结", 3] + alone["白云", 2])  # type: ignore[operator]
    assert best(blocks, rules, parts=5).objective == pytest.approx(border + cheapest)


def test_a_river_never_crossed_divides_the_territory() -> None:
    plan = best(town(river=2), RULES.but(never_cross_kinds=("river",)), parts=3)
    west = np.array([int(block[1:]) % 6 in (1, 2) for block in plan.blocks.ids])
    assert all(len(set(west[plan.community == name])) == 1 for name in plan.names)


def test_a_free_number_of_parts_takes_the_cheapest() -> None:
    blocks = town()
    rules = RULES.but(households=(1500, 3500))
    free = best(blocks, rules)
    assert free.status == "proven"
    assert free.objective == min(best(blocks, rules, parts=k).objective or 0 for k in (3, 4))


def test_seats_and_fixed_blocks_name_their_communities() -> None:
    rules = RULES.but(kept={"团结": "B0003", "白云": "B0034"}, fixed={"B0004": "团结"})
    plan = best(town(), rules, parts=3)
    where = dict(zip(plan.blocks.ids, plan.community, strict=True))
    assert (where["B0003"], where["B0034"], where["B0004"]) == ("团结", "白云", "团结")


def test_the_only_block_with_a_station_is_the_seat_of_a_kept_community() -> None:
    plan = best(town(), RULES.but(kept={"团结", "白云"}), parts=3)
    assert plan.rules.seats == {"团结": "B0001", "白云": "B0006"}
    assert plan.community[0] == "团结"
    assert plan.community[5] == "白云"


def test_a_cap_on_persons_holds_and_the_bound_without_it_stays_valid() -> None:
    plan = best(town(), Rules(households=(1000, 3500), capped={"persons": 6700}), parts=3)
    persons = plan.blocks.columns["persons"]
    assert max(int(persons[plan.community == name].sum()) for name in plan.names) <= 6700
    assert plan.bound is not None
    assert plan.objective is not None
    assert plan.bound <= plan.objective


@pytest.mark.parametrize("goal", ["cut_length_m", "inertia", "access", "continuity", "balance", "facilities"])
def test_every_goal_gives_a_plan_under_the_rules(goal: str) -> None:
    found = split(town(), RULES, parts=3, minimize=goal, time_limit=4)
    assert found.best is not None
    assert broken_rules(found.best) == []
    assert found.bound is None or found.bound <= (found.objective or 0) * (1 + 1e-9)


def test_a_plan_of_least_inertia_has_no_more_inertia_than_one_of_least_line() -> None:
    line, round_ = best(town(), parts=3), best(town(), parts=3, minimize="inertia")
    assert round_.status == "proven"
    assert round_.objective == pytest.approx(round_.measures()["inertia"])
    assert round_.objective <= line.measures()["inertia"] + 1e-9


def test_continuity_counts_the_households_that_change() -> None:
    plan = best(town(), parts=3, minimize="continuity")
    total = int(plan.blocks.counts(plan.count).sum())
    assert plan.objective == total - plan.measures()["continuity"]


def test_a_weighted_sum_is_no_worse_than_the_plan_it_starts_from() -> None:
    weights = {"boundary": 1.0, "inertia": 50.0}
    line = best(town(), parts=3)
    mixed = best(town(), parts=3, minimize=weights)
    assert mixed.objective is not None
    assert line.objective is not None
    assert mixed.objective <= line.objective + 50 * line.measures()["inertia"] + 1e-6
    assert mixed.bound is not None
    assert line.objective <= mixed.bound <= mixed.objective


def test_a_limit_on_another_goal_holds_and_costs_no_less_than_the_free_plan() -> None:
    blocks = town(5, 5, households=300)
    line, round_ = best(blocks, parts=3), best(blocks, parts=3, minimize="inertia")
    limit = (line.measures()["inertia"] + round_.measures()["inertia"]) / 2
    assert limit < line.measures()["inertia"]
    found = split_within_limits(blocks, RULES, minimize="boundary", at_most={"inertia": limit}, parts=3, time_limit=4)
    assert found.best is not None
    assert found.best.measures()["inertia"] <= limit + 1e-9
    assert found.objective == found.best.measures()["boundary"]
    assert line.objective is not None
    assert line.objective <= (found.bound or 0) <= (found.objective or 0)
    with pytest.raises(InputError, match="within the limits"):
        split_within_limits(town(3, 3, households=800), RULES, minimize="boundary", at_most={"inertia": 0.0}, parts=3)


@pytest.mark.parametrize("goal", ["boundary", "inertia", "balance"])
def test_an_interruption_gives_the_best_plan_so_far(goal: str) -> None:
    def interrupt(step: Progress) -> None:
        raise KeyboardInterrupt

    found = split(town(10, 10, households=90), RULES, parts=5, minimize=goal, progress=interrupt, time_limit=20)
    assert found.interrupted
    assert found.best is not None
    assert broken_rules(found.best) == []


def test_belonging_needs_a_survey_and_keeps_friends_together() -> None:
    blocks = town()
    with pytest.raises(InputError, match="affinity"):
        split(blocks, RULES, parts=3, minimize="belonging")
    rng = np.random.default_rng(1)
    asked = replace(blocks, lines=replace(blocks.lines, affinity=rng.integers(0, 50, len(blocks.lines)).astype(float)))
    plan = best(asked, parts=3, minimize="belonging")
    assert plan.objective == plan.measures()["belonging"]


@pytest.mark.parametrize(
    ("rules", "parts", "words"),
    [
        (RULES, 9, ("R01", "社区个数9")),
        (RULES, 1, ("R01", "社区个数1")),
        (RULES.but(households=(3500, 3500)), None, ("R01",)),
        (RULES.but(never_cross=("police_area",), fixed={"B0001": "团结", "B0036": "团结"}), 4, ("R13", "R04", "R11")),
        (RULES.but(fixed={"B0002": "团结", "B0008": "白云"}), 3, ("R10", "R13")),
    ],
)
def test_rules_that_clash_are_named(rules: Rules, parts: int | None, words: tuple[str, ...]) -> None:
    found = split(town(), rules, parts=parts, time_limit=10)
    assert found.status == "infeasible"
    assert found.best is None
    assert all(any(word in said for said in found.clash) for word in words)


def test_a_clash_names_no_rule_that_has_nothing_to_do_with_it() -> None:
    # one block of the middle column belongs to each end: a community of one piece must run through all of it
    rules = Rules(households=(1000, 3500), fixed={"B0001": "甲", "B0006": "甲"}, capped={"persons": 10**6})
    blocks = town(1, 12, households=300)
    rules = rules.but(households=(1000, 2000), fixed={"B0001": "甲", "B0012": "甲"})
    found = split(blocks, rules, parts=2, time_limit=10)
    assert found.status == "infeasible"
    assert not any("R02" in said or "R06" in said for said in found.clash)


def test_a_compound_above_the_upper_bound_is_bad_input() -> None:
    blocks = town()
    compound = np.array(["大院" if row < 12 else str(row) for row in range(36)], dtype=object)
    with pytest.raises(InputError, match="above the upper bound") as caught:
        split(replace(blocks, columns={**blocks.columns, "compound": compound}), RULES.but(households=(100, 1500)))
    assert caught.value.where["value"] == "大院"


def test_a_compound_in_two_places_is_bad_input() -> None:
    blocks = town()
    compound = np.array([str(row) for row in range(36)], dtype=object)
    compound[[0, 35]] = "幸福小区"
    with pytest.raises(InputError, match="2 places that do not touch: B0001；B0036"):
        split(replace(blocks, columns={**blocks.columns, "compound": compound}), RULES, parts=3)


def two_islands() -> Blocks:
    blocks = town()
    geometry = blocks.geometry.copy()
    geometry[18:] = shapely.transform(geometry[18:], lambda xy: xy + np.array([0, 500]))
    lines, rim = find_borders(blocks.ids, geometry)
    return replace(blocks, geometry=geometry, lines=lines, rim=rim)


def test_a_territory_in_two_pieces_is_bad_input_unless_pieces_are_asked_for() -> None:
    with pytest.raises(InputError, match="2 pieces that do not touch"):
        split(two_islands(), RULES, parts=4)
    plan = best(two_islands(), parts=4, pieces=True)
    assert broken_rules(plan) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"parts": 0},
        {"time_limit": 0},
        {"minimize": "beauty"},
        {"minimize": {}},
        {"minimize": {"boundary": -1}},
        {"within": ["京铜"]},
        {"count": "cats"},
    ],
)
def test_a_question_that_cannot_be_answered_is_bad_input(changes: dict[str, object]) -> None:
    with pytest.raises(InputError):
        split(town(), RULES, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "rules",
    [
        Rules(keep_whole="yard"),
        Rules(never_cross=("street",)),
        Rules(fixed={"B9999": "团结"}),
        Rules(kept={"京铜"}),
        Rules(capped={"cats": 3}),
    ],
)
def test_a_rule_about_what_the_blocks_do_not_have_is_bad_input(rules: Rules) -> None:
    with pytest.raises(InputError):
        split(town(), rules)


def test_progress_is_told_with_the_piece_it_is_about() -> None:
    told: list[Progress] = []
    rules = RULES.but(never_cross=("community",))
    split(town(), rules, parts=4, minimize="inertia", progress=told.append, time_limit=10)
    solving = [step for step in told if not step.stage.startswith("compiling")]
    assert solving
    assert all(step.stage.startswith("piece ") for step in solving)


def test_the_order_of_the_blocks_changes_no_objective() -> None:
    blocks = town()
    order = np.random.default_rng(2).permutation(len(blocks))
    ids = tuple(blocks.ids[row] for row in order)
    rank = np.argsort(order)
    shuffled = replace(
        blocks,
        ids=ids,
        geometry=blocks.geometry[order],
        columns={name: values[order] for name, values in blocks.columns.items()},
        lines=replace(blocks.lines, a=rank[blocks.lines.a], b=rank[blocks.lines.b]),
        rim=replace(blocks.rim, a=rank[blocks.rim.a]),
    )
    assert best(shuffled, parts=3).objective == best(blocks, parts=3).objective


def test_measures_without_data_are_none_and_never_invented() -> None:
    blocks = town()
    bare = replace(blocks, columns={"dwellings_delivered": blocks.columns["dwellings_delivered"]})
    found = measure(bare, np.zeros(36, dtype=np.int64), RULES.but(keep_whole=None), "dwellings_delivered")
    assert found["continuity"] is found["belonging"] is found["facilities"] is found["workload"] is None
    assert found["reliance"] is None


def test_a_city_is_divided_and_named() -> None:
    """Above 200 communities regions are divided one by one; every community has a name of its own."""
    ground = town(70, 60)
    mean = int(ground.counts("households_registered").sum()) / 220
    rules = Rules(households=(int(mean * 0.5), int(mean * 1.5)))
    found = split(ground, rules, parts=220, count="households_registered", city=City(rounds=1, workers=2))
    assert found.best is not None
    assert len(set(found.best.names)) == 220
    assert not broken_rules(found.best)
    assert any(name.startswith(("团结100", "白云100")) for name in found.best.names), "figures above ninety-nine"


TAKING_TURNS = {"boundary": 1.0, "inertia": 0.01, "access": 0.001, "continuity": 1.0}


@pytest.mark.parametrize("goals", [TAKING_TURNS, {"continuity": 1.0}])
def test_searches_that_follow_each_other_together_keep_the_time_limit(goals: dict[str, float]) -> None:
    blocks = town(16, 16)
    rules = Rules(households=(1500, 3500), kept=["团结", "白云"], capped={"persons": 8500})
    split(blocks, rules, parts=20, minimize=goals, time_limit=0.5)  # compiled before it is timed
    begun = time.monotonic()
    split(blocks, rules, parts=20, minimize=goals, time_limit=3)
    assert time.monotonic() - begun < 4.3, "4.8 seconds where each search takes its share of the whole limit"
