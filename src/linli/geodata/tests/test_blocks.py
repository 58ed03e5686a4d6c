import numpy as np
import pytest

from linli.errors import InputError
from linli.geodata.tests.ground import board, text


def test_counts_are_whole_numbers_under_either_name():
    blocks = board(2, 1, dwellings_delivered=[3.0, 0.0], 户数=[5, 6])
    assert blocks.counts("dwellings_delivered").tolist() == [3, 0]
    assert blocks.counts("已交付套数").tolist() == [3, 0]
    assert blocks.counts("户数").dtype == np.int64
    assert board(2, 1, 人口=[7, 8]).counts("persons").tolist() == [7, 8]


def test_whole_numbers_written_as_text_are_counts():
    assert board(2, 1, dwellings=text(["12", "7.0"])).counts("dwellings").tolist() == [12, 7]


@pytest.mark.parametrize(
    ("values", "row", "value", "words"),
    [
        ([3, -1], "B1", -1, "no whole number"),
        ([0.5, 2.0], "B0", 0.5, "no whole number"),
        ([1.0, np.nan], "B1", None, "missing"),
        (text(["12", "约三百"]), "B1", "约三百", "no whole number"),
        (text([None, "3"]), "B0", None, "missing"),
        ([np.inf, 1.0], "B0", np.inf, "no whole number"),
    ],
)
def test_a_bad_count_is_named_with_block_field_and_value(values, row, value, words):
    with pytest.raises(InputError, match=words) as caught:
        board(2, 1, dwellings=values).counts("dwellings")
    assert caught.value.where == {"layer": "blocks", "row": row, "field": "dwellings"} | (
        {} if value is None else {"value": value}
    )
    assert "whole number" in caught.value.advice


def test_a_missing_count_column_lists_those_that_exist():
    blocks = board(2, 1, dwellings=[1, 2], storeys=[3, 4], name=text(["x", "y"]))
    with pytest.raises(InputError, match="persons") as caught:
        blocks.counts("persons")
    assert caught.value.advice == (
        "count columns of this file: dwellings, storeys; "
        "bring it in with `linli blocks --counts FILE --count-column persons=COLUMN`"
    )
    with pytest.raises(InputError) as caught:
        blocks.counts("rooms")
    assert caught.value.advice == "count columns of this file: dwellings, storeys"


def test_a_scope_keeps_its_lines_and_turns_the_others_into_rim():
    blocks = board(3, 1, dwellings=[1, 2, 3], community=text(["东", "东", "西"]))
    east = blocks.only(np.array([True, True, False]))
    assert east.ids == ("B0", "B1")
    assert east.counts("dwellings").tolist() == [1, 2]
    assert east.lines.length_m == pytest.approx([100])
    by_block = np.bincount(east.rim.a, weights=east.rim.length_m)
    assert by_block == pytest.approx([300, 300])
    assert east.rim_mask().all()


def test_a_scope_by_indices_names_or_mask_is_the_same():
    blocks = board(3, 1, community=text(["东", "西", "东"]))
    for chosen in ([0, 2], ["东"], np.array([True, False, True])):
        part = blocks.only(chosen)
        assert part.ids == ("B0", "B2")
        assert len(part.lines) == 0


def test_indices_are_those_of_the_scope():
    blocks = board(3, 3)
    part = blocks.only([4, 5, 7, 8])
    found = {(part.ids[a], part.ids[b]) for a, b in zip(part.lines.a, part.lines.b, strict=True)}
    assert found == {("B4", "B5"), ("B4", "B7"), ("B5", "B8"), ("B7", "B8")}


def test_an_unknown_community_lists_the_known():
    blocks = board(3, 1, community=text(["团结", "白云", None]))
    assert blocks.select_communities("白云").ids == ("B1",)
    with pytest.raises(InputError, match="京铜") as caught:
        blocks.select_communities(["团结", "京铜"])
    assert caught.value.advice.endswith(": 团结, 白云") or caught.value.advice.endswith(": 白云, 团结")


def test_communities_that_are_numbers_are_found_by_their_text():
    assert board(2, 1, community=[101, 102]).select_communities(["102"]).ids == ("B1",)
    assert board(2, 1, community=[101.0, np.nan]).select_communities(["101"]).ids == ("B0",)


def test_a_scope_needs_communities_and_blocks():
    with pytest.raises(InputError, match="community"):
        board(2, 1).select_communities(["东"])
    with pytest.raises(InputError, match="no block"):
        board(2, 1).only(np.array([False, False]))


def test_points_lie_inside_their_blocks():
    blocks = board(2, 2)
    assert blocks.xy().shape == (4, 2)
    assert (np.abs(blocks.xy() - [[618_050, 2_885_050]]) <= 100.1).all()
