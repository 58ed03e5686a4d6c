from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from linli.drawing.palette import (
    ALL_FILLS,
    CINNABAR,
    GROUND,
    INK,
    LEAST_NEIGHBOUR_DISTANCE,
    LEVELS,
    PAPER,
    assign_fills,
)
from linli.drawing.territory import bordering
from linli.drawing.tests.valley import nested, valley
from linli.drawing.vision import SIGHTS, distances, lab, least_distances

COLOURS = [fill.colour for fill in ALL_FILLS]
LEVEL = np.array([fill.level for fill in ALL_FILLS])


def test_lab_agrees_with_published_values() -> None:
    # sRGB white, black, red and blue in CIELAB under D65
    found = lab(["#ffffff", "#000000", "#ff0000", "#0000ff"])
    assert found == pytest.approx(
        np.array([[100, 0, 0], [0, 0, 0], [53.24, 80.09, 67.20], [32.30, 79.19, -107.86]]), abs=0.05
    )


def test_red_and_green_of_equal_lightness_fall_together_for_the_red_and_green_blind_only() -> None:
    pair = ["#c08060", "#8b9a4e"]
    assert distances(pair)[0, 1] > 25
    assert distances(pair, "deuteranopia")[0, 1] < distances(pair)[0, 1] / 2
    assert distances(pair, "tritanopia")[0, 1] > 15


@pytest.mark.parametrize("sight", SIGHTS)
def test_fills_on_different_steps_are_far_apart_under_every_sight(sight: str) -> None:
    apart = distances(COLOURS, sight)[LEVEL[:, None] != LEVEL[None, :]]
    assert apart.min() >= LEAST_NEIGHBOUR_DISTANCE


def test_fills_on_one_step_differ_in_hue_and_in_hatch() -> None:
    for level in range(LEVELS):
        row = [fill for fill in ALL_FILLS if fill.level == level]
        assert len({fill.hatch for fill in row}) == len(row)
        full = distances([fill.colour for fill in row])
        assert full[~np.eye(len(row), dtype=bool)].min() >= 12


def test_ink_is_legible_on_every_fill_and_the_accent_stands_out() -> None:
    light = lab([*COLOURS, GROUND, PAPER])[:, 0]
    assert light.min() - lab([INK])[0, 0] > 40
    assert least_distances([CINNABAR, *COLOURS])[0, 1:].min() > 12


def test_neighbours_on_a_plan_keep_the_stated_distance_under_every_sight() -> None:
    blocks = valley()
    after = nested(blocks)
    pairs = bordering(blocks.lines, after) | bordering(blocks.lines, blocks.columns["community"])
    fills = assign_fills(sorted(set(after)), sorted(pairs))
    for one, other in pairs:
        pair = [fills[one].colour, fills[other].colour]
        assert least_distances(pair)[0, 1] >= LEAST_NEIGHBOUR_DISTANCE


@pytest.mark.parametrize("number", [1, 4, 9, 12, 16])
def test_up_to_sixteen_communities_get_different_fills(number: int) -> None:
    names = [f"社区{k}" for k in range(number)]
    ring = [(names[k], names[(k + 1) % number]) for k in range(number)]
    fills = assign_fills(names, ring)
    assert len(set(fills.values())) == number


def test_a_large_triangulated_map_is_coloured_without_clash() -> None:
    side = 15
    names = [f"{x},{y}" for x in range(side) for y in range(side)]
    steps = ((1, 0), (0, 1), (1, 1))
    pairs = [
        (f"{x},{y}", f"{x + i},{y + j}")
        for x in range(side)
        for y in range(side)
        for i, j in steps
        if x + i < side and y + j < side
    ]
    fills = assign_fills(names, pairs)
    assert all(fills[one].level != fills[other].level for one, other in pairs)


def test_neighbours_that_four_steps_cannot_part_differ_in_hatch() -> None:
    names = list("甲乙丙丁戊己")
    fills = assign_fills(names, combinations(names, 2))
    assert all((fills[a].level, fills[a].hatch) != (fills[b].level, fills[b].hatch) for a, b in combinations(names, 2))


def test_no_community_needs_no_fill() -> None:
    assert assign_fills([], []) == {}
