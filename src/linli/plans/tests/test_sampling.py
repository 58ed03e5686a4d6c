"""Neutral plans of real blocks: lawful, measured as plans are, kept in a file, and what they say of a plan."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from linli.errors import InputError
from linli.plans import NeutralPlans, Plan, Rules, compare, sample, split, standing
from linli.plans.measures import measure
from linli.plans.names import name_parts
from linli.plans.tests.world import town

pytestmark = pytest.mark.filterwarnings("ignore::linli.districting.ensemble.NotConvergedWarning")

GROUND = town(6, 6, river=4)
RULES = Rules(households=(1000, 2600), keep_whole="compound")
DRAWN = {"plans": 40, "parts": 4, "chains": 2, "every": 2, "discard": 5, "seed": 3, "count": "households_registered"}


@pytest.fixture(scope="module")
def neutral(tmp_path_factory: pytest.TempPathFactory) -> NeutralPlans:
    return sample(GROUND, RULES, to=tmp_path_factory.mktemp("neutral") / "plans.parquet", **DRAWN)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def plan() -> Plan:
    best = split(GROUND, RULES, parts=4, count="households_registered", time_limit=5).best
    assert best is not None
    return best


def test_every_neutral_plan_keeps_the_bounds_and_the_compounds(neutral: NeutralPlans) -> None:
    households = GROUND.counts("households_registered")
    compound = GROUND.columns["compound"].astype(str)
    for label in neutral.labels():
        sums = np.bincount(label, households, 4)
        assert ((sums >= 1000) & (sums <= 2600)).all()
        assert all(len(set(label[compound == name])) == 1 for name in set(compound))


def test_measures_agree_with_those_of_a_plan(neutral: NeutralPlans) -> None:
    rows = neutral.labels()[:40:9]
    for number, label in enumerate(rows):
        named = name_parts(GROUND, label.astype(np.int64), RULES, "households_registered", {})
        community = np.array(named.names, dtype=object)[label]
        found = measure(GROUND, community.astype(str), RULES, "households_registered")
        for name, values in neutral.measures.items():
            assert values[0, number * 9] == pytest.approx(found[name]), name


def test_a_file_holds_what_was_drawn(neutral: NeutralPlans) -> None:
    assert neutral.path is not None
    again = NeutralPlans.from_file(neutral.path)
    assert again.meta == neutral.meta
    assert again.plans == 80
    for name, values in neutral.measures.items():
        assert (again.measures[name] == values).all()
    assert (again.labels(10, 25) == neutral.labels()[10:25]).all()


def test_the_same_seed_gives_the_same_plans(neutral: NeutralPlans) -> None:
    again = sample(GROUND, RULES, **DRAWN)  # type: ignore[arg-type]
    assert all((again.measures[name] == values).all() for name, values in neutral.measures.items())
    with pytest.raises(InputError, match="only the measures"):
        again.labels()


def test_pieces_get_the_communities_that_a_plan_gives_them() -> None:
    apart = Rules(households=(1000, 2600), never_cross=("community",))
    with pytest.raises(InputError, match="2 pieces"):
        sample(GROUND, apart, **DRAWN)  # type: ignore[arg-type]
    best = split(GROUND, apart, parts=4, count="households_registered", time_limit=5).best
    neutral = sample(GROUND, apart, plans=20, like=best, chains=2, every=2, discard=0, count="households_registered")
    assert neutral.meta["parts"] == 4
    # no household changes community more than the rule allows: each part lies in one of today's communities
    assert neutral.measures["continuity"].max() <= GROUND.counts("households_registered").sum()


def test_the_best_plan_is_shorter_than_nearly_all_neutral_ones(neutral: NeutralPlans, plan: Plan) -> None:
    stands = {one.measure: one for one in standing(plan, neutral)}
    assert stands["boundary"].percentile <= 5
    assert "中性方案短" in stands["boundary"].sentence
    assert stands["boundary"].low <= stands["boundary"].median <= stands["boundary"].high


def test_plans_of_another_number_of_communities_are_not_compared(neutral: NeutralPlans) -> None:
    other = split(GROUND, Rules(households=(1000, 3600)), parts=3, count="households_registered", time_limit=5).best
    assert other is not None
    with pytest.raises(InputError, match="parts"):
        standing(other, neutral)


def test_two_plans_differ_by_the_blocks_that_moved(plan: Plan) -> None:
    community = plan.community.copy()
    names = plan.names
    row = int(np.flatnonzero(community == names[0])[0])
    community[row] = names[1]
    other = Plan(plan.blocks, community, plan.rules, plan.count)
    found = compare(plan, other)
    assert found.moved == {plan.blocks.ids[row]: (names[0], names[1])}
    assert found.households == int(plan.blocks.counts(plan.count)[row])
    assert found.measures["boundary"][0] == plan.measures()["boundary"]


def test_an_interrupted_draw_keeps_the_plans_it_has(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("linli.plans.sampling.BATCH", 10)

    def stop(progress: object) -> None:
        if getattr(progress, "done", 0) >= 20:
            raise KeyboardInterrupt

    drawn = sample(GROUND, RULES, progress=stop, to=tmp_path / "some.parquet", **DRAWN)  # type: ignore[arg-type]
    assert drawn.meta["interrupted"] is True
    assert NeutralPlans.from_file(tmp_path / "some.parquet").plans == 40


def test_a_file_that_holds_no_plans_is_named(tmp_path: Path) -> None:
    path = tmp_path / "nothing.parquet"
    path.write_text("no")
    with pytest.raises(InputError, match=r"nothing\.parquet"):
        NeutralPlans.from_file(path)
