"""Addresses come to one spelling, whatever hand wrote them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.territory.addresses import normalise, parse

NUMERALS = ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
PREFIXES = (
    "",
    "云川区(演示)铜源街道(演示)",
    "云川区铜源街道白云社区",
    "云南省昆明市东川区铜都街道",
    "白云社区第三网格",
    "昆明市",
)
PLACES = ("白云花园", "矿务局二片区家属院", "团结新村A区", "幸福小区(团结街)", "市府街12号院", "白云小区", "教师新村")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("白云花园12栋301", "白云花园12幢301室"),
        ("白云花园12-3-301", "白云花园12幢3单元301室"),
        ("白云花园12幢3单元301", "白云花园12幢3单元301室"),
        ("白云花园12幢3-301", "白云花园12幢3单元301室"),
        ("白云花园12#301室", "白云花园12幢301室"),
        ("白云花园 12 号楼 3 单元 3 层", "白云花园12幢3单元3层"),
        ("白云花园12号", "白云花园12幢"),
        ("白云花园十二幢三单元三〇一室", "白云花园12幢3单元301室"),
        ("白云花园3-5幢", "白云花园3-5幢"),
        ("白云花园3至5栋", "白云花园3-5幢"),
        ("白云花园3~5", "白云花园3-5幢"),
        ("紫金华府A座1201", "紫金华府A幢1201室"),
        ("古渡路12号", "古渡路12号"),
        ("古渡路12", "古渡路12号"),
        ("古渡路12号3幢", "古渡路12号3幢"),
        ("古渡路12号白云花园3栋", "古渡路12号白云花园3幢"),
        ("市府街十二号院2栋", "市府街12号院2幢"),
        ("云川区铜源街道白云社区第一网格白云花园01栋", "白云花园1幢"),
        ("白云小区无", "白云小区"),
        ("老二食堂", "老二食堂"),
        ("", ""),
    ],
)
def test_spellings_of_the_field(written: str, expected: str) -> None:
    assert normalise(written) == expected


@given(
    st.sampled_from(PREFIXES),
    st.sampled_from(PLACES),
    st.integers(1, 13),
    st.integers(1, 9),
    st.integers(101, 2604),
    st.data(),
)
def test_every_spelling_of_one_address_is_one(
    prefix: str, place: str, number: int, unit: int, room: int, data: st.DataObject
) -> None:
    building = data.draw(
        st.sampled_from(
            [f"{number}{word}" for word in ("幢", "栋", "号楼", "#", "座")]
            + [f"{NUMERALS[number]}{word}" for word in ("幢", "栋", "号楼")]
            + [f"0{number}幢", f"第{number}栋"]
        )
    )
    stair = data.draw(st.sampled_from([f"{unit}单元", f"{NUMERALS[unit]}单元", f"-{unit}单元", f"{unit}-"]))
    door = f"{room}" if stair.endswith("-") else data.draw(st.sampled_from([f"{room}", f"{room}室", f"{room}房"]))
    text = data.draw(st.sampled_from([f"{building}{stair}{door}", f"{number}-{unit}-{room}"]))
    written = f"{prefix}{place}{text}"
    written = data.draw(st.sampled_from([written, written.translate(WIDE), " ".join(written)]))
    assert normalise(written) == f"{place}{number}幢{unit}单元{room}室"


@given(st.text("省市区县街道社小第一三十号楼栋幢单元层室路巷院A#-至0123(园) 演示白云", max_size=24))
def test_a_spelling_once_made_stays(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(max_size=40))
def test_any_text_is_read(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


def test_a_range_names_all_its_buildings() -> None:
    assert parse("团结佳苑3-5幢").numbers == ("3", "4", "5")


def test_the_dwelling_is_no_part_of_the_building() -> None:
    assert parse("白云花园12幢3单元301室").building == "白云花园12幢"
