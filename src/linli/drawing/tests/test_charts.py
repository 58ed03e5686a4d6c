from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from linli.drawing.charts import Band, bar_chart
from linli.drawing.page import DEMO_NOTE
from linli.drawing.palette import CINNABAR
from linli.errors import InputError
from linli.geodata.count_notes import CountNote, Part

COUNTED = CountNote("dwellings", (Part("不动产登记", date(2026, 6, 30), "floor_area:90", 9),))
BANDS = (Band("法定一般规模", 1000, 3000), Band("本区标准", 1500, 3500))


def _drawn(path: Path, values: list[int], **options: object) -> str:
    names = ["团结", "白云", "京铜"][: len(values)]
    return bar_chart(names, values, path, note=COUNTED, bands=BANDS, **options).read_text("utf-8")


def test_communities_outside_a_band_are_told_so_in_words(tmp_path: Path) -> None:
    said = re.findall(r"<!-- (.*?) -->", _drawn(tmp_path / "bars.svg", [3200, 1200, 2000]))
    assert "3,200 套　超出法定一般规模" in said
    assert "1,200 套　低于本区标准" in said
    assert "2,000 套" in said


def test_what_the_values_rest_on_stands_beneath(tmp_path: Path) -> None:
    said = _drawn(tmp_path / "bars.svg", [2000])
    assert "口径：房屋套数，估算；来源：不动产登记，2026年6月30日，估算，按建筑面积每90平方米一套推算" in said


def test_only_what_every_band_refuses_is_cinnabar(tmp_path: Path) -> None:
    assert CINNABAR not in _drawn(tmp_path / "fine.svg", [3200, 1000, 2000])
    alarm = _drawn(tmp_path / "alarm.svg", [3600, 2000, 2000])
    assert CINNABAR in alarm
    assert "3,600 套　超出以上各项标准" in alarm


def test_a_demo_chart_says_so(tmp_path: Path) -> None:
    assert DEMO_NOTE in _drawn(tmp_path / "demo.svg", [2000], demo=True)
    assert DEMO_NOTE not in _drawn(tmp_path / "real.svg", [2000])


def test_values_that_do_not_match_the_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="one value for each community"):
        bar_chart(["团结"], [1, 2], tmp_path / "bars.png", note=COUNTED)


@pytest.mark.parametrize("suffix", ["svg", "pdf", "png"])
def test_the_same_figures_give_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    one, other = (
        bar_chart(["团结", "白云"], [900, 3200], tmp_path / f"{k}.{suffix}", note=COUNTED, bands=BANDS, title="户数")
        for k in (1, 2)
    )
    assert one.read_bytes() == other.read_bytes()


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        bar_chart(["团结"], [1], tmp_path / "nowhere" / "bars.png", note=COUNTED)
