from __future__ import annotations

import numpy as np
import pytest
import shapely

from linli.drawing.fonts import text_width
from linli.drawing.lettering import Taken, place_along, place_beside, place_inside
from linli.drawing.page import round_length

FRAME = shapely.box(0, 0, 1000, 1000)


def test_text_width_counts_a_chinese_character_as_one_em() -> None:
    assert text_width("团结社区", 10) == pytest.approx(40, abs=2.5)
    assert 3 < text_width("1", 10) < 7


def test_a_name_is_placed_wholly_inside_a_bent_ground() -> None:
    ground = shapely.union(shapely.box(0, 0, 100, 1000), shapely.box(0, 0, 1000, 120))
    x, y = place_inside(ground, 200, 60, Taken())
    assert shapely.contains(ground, shapely.box(x - 100, y - 30, x + 100, y + 30))


def test_a_name_that_does_not_fit_gets_no_place() -> None:
    assert place_inside(shapely.box(0, 0, 50, 50), 60, 20, Taken()) is None


def test_names_avoid_each_other() -> None:
    taken = Taken()
    ground = shapely.box(0, 0, 300, 200)
    boxes = []
    for _ in range(3):
        x, y = place_inside(ground, 120, 50, taken)
        box = np.array([[x - 60, y - 25, x + 60, y + 25]])
        taken.add(box)
        boxes.append(shapely.box(*box[0]))
    assert all(shapely.area(shapely.intersection(boxes[i], boxes[j])) == 0 for i in range(3) for j in range(i))


def test_a_name_beside_stays_off_the_territory_and_in_the_frame() -> None:
    territory = shapely.box(400, 0, 600, 1000)
    x, y, align = place_beside((500, 500), 150, 20, (0, 0, 1000, 1000), territory, Taken())
    left = x if align == "left" else x - 150
    assert not territory.intersects(shapely.box(left, y - 10, left + 150, y + 10))
    assert 0 <= left <= 850


def test_a_road_to_the_east_is_lettered_from_west_to_east() -> None:
    for line in (shapely.LineString([(100, 500), (900, 520)]), shapely.LineString([(900, 520), (100, 500)])):
        places = place_along(line, "古渡路", 10, 2.0, FRAME, Taken())
        xs = [x for x, _, _ in places]
        assert xs == sorted(xs)
        assert all(abs(angle) < 10 for _, _, angle in places)


def test_a_river_to_the_north_is_lettered_downwards_with_upright_characters() -> None:
    for line in (shapely.LineString([(500, 100), (520, 900)]), shapely.LineString([(520, 900), (500, 100)])):
        places = place_along(line, "铜源河", 10, 2.0, FRAME, Taken())
        ys = [y for _, y, _ in places]
        assert ys == sorted(ys, reverse=True)
        assert all(abs(angle) < 10 for _, _, angle in places)


def test_a_line_too_short_for_its_name_stays_without() -> None:
    assert place_along(shapely.LineString([(0, 500), (30, 500)]), "铜源大道", 10, 2.0, FRAME, Taken()) is None


@pytest.mark.parametrize(
    ("most", "round_one"), [(1.0, 1), (999, 500), (1000, 1000), (3999, 2000), (4100, 4000), (7, 5), (0.35, 0.2)]
)
def test_scale_bars_have_round_lengths(most: float, round_one: float) -> None:
    assert round_length(most) == pytest.approx(round_one)
