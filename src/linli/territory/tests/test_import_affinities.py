"""人心归属: a survey's table through the one wizard, to the lines of pairs and to the community people call theirs."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from linli.org.actors import Actor, actor_of
from linli.org.models import Division
from linli.org.tests.world import World
from linli.territory.actions.apply_import import apply_import, undo_import
from linli.territory.actions.prepare_import import upload_import
from linli.territory.actions.ready_import import ready_import
from linli.territory.importing.problems import words_of
from linli.territory.models import Belonging, Compound, ImportBatch, Line, Membership
from linli.territory.tests.ground import blocks_in, square

HEAD = "小区或地块,认同哪里,受访户数,认同户数,认同比例,折合全体户数"


@pytest.fixture
def clerk(world: World) -> Actor:
    """The street clerk; four blocks in a row, the first two one compound, lines of two kinds between neighbours."""
    street = world.division("铜源街道")
    blocks = blocks_in(street, 4)
    for code, name, some in (("C1", "白云花园", blocks[:2]), ("C2", "春江里", blocks[2:3]), ("C3", "远村", blocks[3:])):
        compound = Compound.objects.create(street=street, code=code, name=name)
        for block in some:
            block.compound = compound
            block.save()
    for block in blocks:
        Membership.objects.create(block=block, community=world.division("团结"), valid_from=date(2020, 1, 1))
    for a, b in pairwise(blocks):
        for kind in ("lane", "wall"):
            Line.objects.create(a=a, b=b, length_m=50, kind=kind)
    return actor_of(world.account("jiedao"))


def bring(clerk: Actor, *rows: str, head: str = HEAD, **said: Any) -> ImportBatch:
    """Take a table through the wizard up to its check."""
    street = Division.objects.get(name="铜源街道")
    text = "\n".join((head, *rows))
    batch = upload_import(clerk, street=street, kind="affinities", name="归属.csv", chunks=[text.encode()])
    ready_import(clerk, batch=batch, **said)
    batch.refresh_from_db()
    return batch


def felt() -> dict[tuple[str, str, str], tuple[float | None, int | None, int | None]]:
    rows = Line.objects.exclude(affinity=None).values_list("a__code", "b__code", "kind", "affinity", "asked", "agreed")
    return {row[:3]: row[3:] for row in rows}


def told(batch: ImportBatch) -> list[tuple[int | None, str, str]]:
    return [(one.row, one.level, words_of(one.code, one.details)[0]) for one in batch.problems.order_by("row")]


def test_pairs_reach_the_first_line_between_them_and_come_back(clerk: Actor) -> None:
    batch = bring(clerk, "白云花园,春江里,100,72,,", "B003,白云花园,50,,40%,", "春江里,远村,80,,0.5,300")
    assert (batch.state, told(batch)) == ("checked", [])
    apply_import(clerk, batch=batch)
    assert felt() == {
        ("B002", "B003", "lane"): (92.0, 150, 92), ("B003", "B004", "lane"): (300.0, 80, 40),
    }, "rows of one pair are summed; what stands for all households goes before those asked"  # fmt: skip
    again = bring(clerk, "春江里,白云花园,200,100,,")
    apply_import(clerk, batch=again)
    assert felt()["B002", "B003", "lane"] == (100.0, 200, 100), "told anew, it is replaced and not added to"
    assert felt()["B003", "B004", "lane"] == (300.0, 80, 40)
    undo_import(clerk, batch=again)
    assert felt()["B002", "B003", "lane"] == (92.0, 150, 92)


def test_the_community_that_people_call_theirs_is_kept_with_asked_and_agreed(clerk: Actor, world: World) -> None:
    batch = bring(clerk, "白云花园,团结,100,,72%", "春江里,白云社区,40,10,", head=HEAD.removesuffix(",折合全体户数"))
    assert (batch.state, told(batch)) == ("checked", [])
    apply_import(clerk, batch=batch)
    rows = Belonging.objects.order_by("block__code").values_list("block__code", "community__name", "asked", "agreed")
    assert list(rows) == [("B001", "团结", 100, 72), ("B003", "白云", 40, 10)]
    assert felt() == {}
    undo_import(clerk, batch=batch)
    assert not Belonging.objects.exists()


@pytest.mark.parametrize(
    ("row", "level", "words"),
    [
        ("白云花园,远村,10,5,,", "warning", "两处不相邻，或在同一地块"),
        ("白云花园,白云花园,10,5,,", "warning", "两处不相邻，或在同一地块"),
        ("白云花园,没有的,10,5,,", "error", "没有这个小区、地块或社区"),
        ("没有的,春江里,10,5,,", "error", "没有这个小区、地块或社区"),
        (",春江里,10,5,,", "error", "此项没有填"),
        ("白云花园,春江里,10,11,,", "error", "认同的多于受访的"),
        ("白云花园,春江里,10,,,", "error", "没有认同户数，也没有受访户数和比例"),
        ("白云花园,春江里,10,,七成,", "error", "不是比例"),
        ("白云花园,春江里,10,,140%,", "error", "不是比例"),
        ("白云花园,春江里,很多,5,,", "error", "不是零或正整数"),
        ("白云花园,团结,,5,,", "error", "没有认同户数，也没有受访户数和比例"),
    ],
)
def test_what_a_row_lacks_is_said_before_anything_is_written(clerk: Actor, row: str, level: str, words: str) -> None:
    # no compound is called 白云花园 and within one's own the lines between its two blocks are met
    Line.objects.filter(a__code="B001").delete()
    batch = bring(clerk, row)
    assert told(batch) == [(2, level, words)]
    assert batch.state == ("checked" if level == "warning" else "mapped")
    assert felt() == {}


def test_blocks_imported_anew_keep_what_a_survey_told(clerk: Actor) -> None:
    apply_import(clerk, batch=bring(clerk, "白云花园,春江里,100,72,,"))
    street = Division.objects.get(name="铜源街道")
    rows = [
        {"type": "Feature", "properties": {"编号": f"B00{k + 1}"},
         "geometry": json.loads(json.dumps(square(k).__geo_interface__))}
        for k in range(4)
    ]  # fmt: skip
    text = json.dumps({"type": "FeatureCollection", "features": rows})
    batch = upload_import(clerk, street=street, kind="blocks", name="地块.geojson", chunks=[text.encode()])
    ready_import(clerk, batch=batch, crs="EPSG:4490")
    batch.refresh_from_db()
    apply_import(clerk, batch=batch)
    assert {row[:2]: said for row, said in felt().items()} == {("B002", "B003"): (72.0, 100, 72)}
