"""A clash is contradictory, minimal, the smallest there is, and told with numbers."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from linli.districting.clash import Demands, find_clash, possible, smallest_clash
from linli.districting.problem import Problem
from linli.districting.tests.oracle import brute_force, random_planar

PATH = Problem.from_graph([4, 3, 2, 3, 4], [(0, 1), (1, 2), (2, 3), (3, 4)])


def truth(problem: Problem, demands: Demands, kept: frozenset[str]) -> bool:
    """Whether a plan keeps the rules, by trying every division."""
    sets = np.arange(1 << problem.n)[:, None] >> np.arange(problem.n) & 1 == 1
    allowed = np.ones(len(sets), dtype=bool)

    def whole(blocks: list[int]) -> np.ndarray:
        held = sets[:, blocks].sum(axis=1)
        return (held == 0) | (held == len(blocks))

    if "compounds" in kept:
        for blocks in demands.compounds.values():
            allowed &= whole(list(blocks))
    named: dict[str, list[int]] = {}
    if "fixed" in kept:
        for block, name in demands.fixed.items():
            named.setdefault(name, []).append(block)
    if "seats" in kept:
        for name, block in demands.seats.items():
            named.setdefault(name, []).append(block)
    for blocks in named.values():
        allowed &= whole(sorted(set(blocks)))
    for one, two in combinations(named.values(), 2):
        allowed &= ~(sets[:, one].any(axis=1) & sets[:, two].any(axis=1))
    for column, values in demands.never_cross.items():
        if f"never_cross:{column}" in kept:
            for one, two in combinations({v for v in values if v is not None}, 2):
                a, b = ([i for i, v in enumerate(values) if v == which] for which in (one, two))
                allowed &= ~(sets[:, a].any(axis=1) & sets[:, b].any(axis=1))
    fenced = problem if "no_enclave" in kept else Problem(problem.weights, problem.edges, problem.costs)
    found = brute_force(
        fenced,
        (demands.lower or 0) if "lower" in kept else 0,
        problem.total if demands.upper is None or "upper" not in kept else demands.upper,
        demands.parts if "parts" in kept else None,
        allowed=allowed,
        pieces="one_piece" in kept,
    )
    return found is not None


def random_demands(rng: np.random.Generator, problem: Problem) -> Demands:
    n, mean = problem.n, problem.total / 3
    blocks = rng.permutation(n).tolist()
    compounds = {"甲": blocks[:2], "乙": blocks[2:4]} if rng.random() < 0.5 else {}
    seats = {"团结": blocks[4], "白云": blocks[0]} if rng.random() < 0.5 else {}
    fixed = {blocks[1]: "团结", blocks[5]: "新民"} if rng.random() < 0.4 else {}
    police = [None if rng.random() < 0.2 else int(x > 500) for x in problem.xy[:, 0]]
    return Demands(
        lower=int(mean * rng.uniform(0.5, 1.1)),
        upper=int(mean * rng.uniform(0.9, 1.6)),
        parts=int(rng.integers(2, 5)) if rng.random() < 0.7 else None,
        compounds=compounds,
        one_piece=bool(rng.random() < 0.8),
        enclaves=bool(rng.random() < 0.5),
        fixed=fixed,
        seats=seats,
        never_cross={"police_area": police} if rng.random() < 0.4 else {},
    )


def test_smallest_clash_of_random_demands_is_contradictory_and_none_is_smaller():
    sizes = []
    for seed in range(16):
        rng = np.random.default_rng(seed)
        problem = random_planar(rng, int(rng.integers(6, 9)), deleted=0.4)
        demands = random_demands(rng, problem)
        asked = demands.rules(problem)
        clash = find_clash(problem, demands)
        if clash is None:
            assert truth(problem, demands, frozenset(asked))
            sizes.append(0)
            continue
        assert clash.smallest
        assert not truth(problem, demands, frozenset(clash.rules))
        assert set(clash.rules) <= set(asked)
        for fewer in combinations(asked, len(clash.rules) - 1):  # what these allow, smaller sets allow
            assert truth(problem, demands, frozenset(fewer))
        sizes.append(len(clash.rules))
    assert {0, 2, 3} <= set(sizes)


def test_the_integer_program_agrees_with_trying_everything():
    answers = set()
    for seed in range(20):
        rng = np.random.default_rng(seed + 500)
        problem = random_planar(rng, 7, deleted=0.3)
        demands = random_demands(rng, problem)
        asked = demands.rules(problem)
        kept = frozenset(rule for rule in asked if rng.random() < 0.8)
        answer = possible(problem, demands, kept)
        assert answer == truth(problem, demands, kept)
        answers.add(answer)
    assert answers == {True, False}


def test_too_few_communities_are_told_with_numbers():
    problem = Problem.from_graph([2211] * 10, [(i, i + 1) for i in range(9)])
    words = smallest_clash(problem, Demands(lower=1500, upper=2400, parts=9))
    assert words == ("分成 9 个社区", "每个社区不超过 2,400 户", "9 个社区 × 上限 2,400 = 21,600 < 22,110 户")
    english = smallest_clash(problem, Demands(lower=1500, upper=2400, parts=9), language="en")
    assert english[-1] == "9 communities × upper bound 2,400 = 21,600 < 22,110 households"


def test_too_many_communities_are_told_with_numbers():
    clash = find_clash(PATH, Demands(lower=5, upper=9, parts=4))
    assert clash.rules == ("parts", "lower")
    assert clash.words()[-1] == "4 个社区 × 下限 5 = 20 > 16 户"


def test_one_heavy_block_clashes_alone():
    problem = Problem.from_graph([1787, 10], [(0, 1)], names=("B1", "B2"))
    clash = find_clash(problem, Demands(lower=1, upper=1700, parts=2))
    assert clash.rules == ("upper",)
    assert clash.words()[-1] == "地块 B1 有 1,787 户 > 上限 1,700 户"


def test_a_heavy_compound_is_named_and_others_are_not():
    demands = Demands(upper=6, compounds={"光明": [0, 1], "新村": [2, 3]})
    clash = find_clash(PATH, demands)
    assert clash.rules == ("upper", "compounds")
    assert clash.words()[1] == "小区不拆分:光明(7 户)"
    assert clash.words("en")[-1] == "compound 光明 has 7 households > the upper bound 6"


def test_two_seats_in_one_compound():
    clash = find_clash(PATH, Demands(compounds={"光明": [0, 1]}, seats={"团结": 0, "白云": 1, "京铜": 4}))
    assert clash.rules == ("compounds", "seats")
    assert "京铜" not in clash.words()[1]
    assert clash.words()[-1] == "小区光明同时属于团结、白云"


def test_an_island_too_small_for_a_community():
    problem = Problem.from_graph([5, 5, 2], [(0, 1)])
    clash = find_clash(problem, Demands(lower=4, upper=12, parts=2))
    assert clash.rules == ("lower", "one_piece")
    assert "2 户 < 下限 4 户" in clash.words()[-1]


def test_no_number_of_communities_fits_between_the_bounds():
    clash = find_clash(PATH, Demands(lower=9, upper=12))
    assert clash.rules == ("upper", "lower")
    assert clash.words()[-1] == "全部有 16 户:按上限 12 户至少 2 个社区,至多只能分成 1 个"


def test_a_clash_that_counting_does_not_see():
    """A star of equal rays around a light middle: two communities of two rays each cannot both hold the middle."""
    star = Problem.from_graph([0, 5, 5, 5, 5], [(0, 1), (0, 2), (0, 3), (0, 4)])
    clash = find_clash(star, Demands(lower=8, parts=2))
    assert clash.rules == ("parts", "lower", "one_piece")
    assert clash.smallest


def test_rules_that_can_hold_do_not_clash():
    assert smallest_clash(PATH, Demands(lower=7, upper=9, parts=2)) == ()


def test_an_oracle_of_ones_own_is_asked_and_may_not_know():
    demands = Demands(lower=8, upper=16, parts=2)
    star = Problem.from_graph([0, 5, 5, 5, 5], [(0, 1), (0, 2), (0, 3), (0, 4)])

    def feasible(kept: frozenset[str]) -> bool | None:
        return None if kept == {"lower", "one_piece"} else not {"parts", "lower", "one_piece"} <= kept

    clash = find_clash(star, demands, feasible=feasible)
    assert clash.rules == ("parts", "lower", "one_piece")
    blind = find_clash(star, demands, feasible=lambda kept: True if not kept else None)
    assert set(blind.rules) == set(demands.rules(star))
    assert not blind.smallest
