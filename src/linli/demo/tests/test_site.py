"""A site filled with the demo, and the demo's own files imported from first to last: the sums come out again."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Sum

from linli.demo import generate
from linli.demo.story import blocks_of
from linli.geodata import read_blocks, write_blocks
from linli.geodata.credits import OPENSTREETMAP
from linli.ledger.models import Entry
from linli.org.actors import Actor, actor_of
from linli.org.tests.world import World
from linli.territory.actions.apply_import import apply_import, undo_import
from linli.territory.actions.prepare_import import (
    discard_import,
    locate_import,
    upload_import,
)
from linli.territory.actions.ready_import import ready_import
from linli.territory.basemap import under_maps
from linli.territory.importing.checking import path_of
from linli.territory.importing.fields import guess_columns
from linli.territory.importing.sight import look
from linli.territory.models import Belonging, Block, Building, Compound, Count, Facility, ImportBatch, Line, Membership
from linli.territory.search import search

DAY = date(2026, 6, 30)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's layers and its blocks file, as `linli demo` lays them out, made once."""
    folder = tmp_path_factory.mktemp("demo")
    blocks_of(generate(folder / "data"), folder / "blocks.gpkg")
    return folder


@pytest.fixture
def clerk(world: World) -> Actor:
    return actor_of(world.account("jiedao"))


def ready(
    world: World, clerk: Actor, path: Path, kind: str, *, counts: bool = False, **settings: object
) -> ImportBatch:
    """Take a file through upload, coordinates, columns and check."""
    street = world.division("铜源街道")
    batch = upload_import(clerk, street=street, kind=kind, name=path.name, chunks=[path.read_bytes()])
    columns = guess_columns(kind, look(path_of(batch), kind=kind).columns)
    if not counts:
        columns = {name: column for name, column in columns.items() if name not in Count.Definition.values}
    told = {"source": "街道台账", "as_of": DAY} if counts else {}
    ready_import(clerk, batch=batch, columns=columns, **told, **settings)  # type: ignore[arg-type]
    return ImportBatch.objects.get(pk=batch.pk)


def total(definition: str) -> int:
    return int(Count.objects.filter(definition=definition).aggregate(n=Sum("value"))["n"] or 0)


def test_the_survey_comes_in_by_the_wizard_as_the_engine_hangs_it(
    world: World, clerk: Actor, demo: Path, settings: object, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    apply_import(clerk, batch=ready(world, clerk, demo / "blocks.gpkg", "blocks"))
    apply_import(clerk, batch=ready(world, clerk, demo / "data" / "compounds.gpkg", "compounds"))
    by_engine = dict(Line.objects.exclude(affinity=None).values_list("pk", "affinity"))
    assert by_engine
    Line.objects.update(affinity=None)
    for sheet in ("归属感", "认同感"):
        street = world.division("铜源街道")
        content = (demo / "data" / "survey.xlsx").read_bytes()
        batch = upload_import(clerk, street=street, kind="affinities", name="survey.xlsx", chunks=[content])
        ready_import(clerk, batch=batch, layer=sheet)
        batch.refresh_from_db()
        assert batch.state == "checked", list(batch.problems.values_list("row", "code", "value"))
        apply_import(clerk, batch=batch)
    assert dict(Line.objects.exclude(affinity=None).values_list("pk", "affinity")) == by_engine
    assert Belonging.objects.filter(agreed__gt=0).exists()


def test_an_estimate_stays_one_from_the_blocks_file_into_the_site(
    world: World, clerk: Actor, demo: Path, settings: object, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    blocks = read_blocks(demo / "blocks.gpkg")
    marked = replace(blocks, report={**blocks.report, "counts": {"dwellings": [{"estimate": "floor_area:90"}]}})
    write_blocks(marked, tmp_path / "marked.gpkg")
    apply_import(clerk, batch=ready(world, clerk, tmp_path / "marked.gpkg", "blocks", counts=True))
    told = set(Count.objects.values_list("definition", "estimate"))
    assert ("dwellings", "floor_area:90") in told
    assert {rule for definition, rule in told if definition != "dwellings"} == {""}


def test_the_demo_goes_in_from_blocks_to_counts(
    world: World, clerk: Actor, demo: Path, settings: object, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    blocks = ready(world, clerk, demo / "blocks.gpkg", "blocks", counts=True, members_from=date(2020, 1, 1))
    assert (blocks.state, blocks.summary["errors"]) == ("checked", 0)
    assert Block.objects.count() == 0
    apply_import(clerk, batch=blocks)
    made = Block.objects.count()
    assert made == Membership.objects.count() == blocks.summary["rows"] > 150
    assert Line.objects.count() > made
    assert total("households_registered") == 22110
    block = Block.objects.order_by("code")[0]
    assert 102 < block.west < 103
    assert 25 < block.south < 26

    apply_import(clerk, batch=ready(world, clerk, demo / "data" / "compounds.gpkg", "compounds"))
    assert Compound.objects.count() == 118
    assert Block.objects.exclude(compound=None).count() > 80
    apply_import(clerk, batch=ready(world, clerk, demo / "data" / "buildings.gpkg", "buildings"))
    assert Building.objects.count() == 1168
    assert Building.objects.exclude(compound=None).count() > 900
    assert search("白云花园1栋")[0].title == "白云花园1幢"
    apply_import(clerk, batch=ready(world, clerk, demo / "data" / "facilities.gpkg", "facilities"))
    assert Facility.objects.count() == 55

    Count.objects.all().delete()
    ledger = ready(world, clerk, demo / "data" / "counts.xlsx", "counts", counts=True)
    assert ledger.state == "mapped"  # rows of courtyards without a name have no place
    assert set(ledger.problems.filter(level="error").values_list("code", flat=True)) == {"no_place"}
    ledger = ready(world, clerk, demo / "data" / "counts.xlsx", "counts", counts=True, leave_out=True)
    assert ledger.summary["left_out"] == 48
    apply_import(clerk, batch=ledger)
    assert 21000 < total("households_registered") < 22110
    assert Entry.objects.filter(verb="territory.apply_import").count() == 5

    # the same again changes nothing
    again = ready(world, clerk, demo / "data" / "buildings.gpkg", "buildings")
    assert again.summary["numbers"] == {"building": {"new": 0, "changed": 0, "same": 1168, "gone": 0}}
    blocks = ready(world, clerk, demo / "blocks.gpkg", "blocks", counts=True)
    assert blocks.summary["numbers"]["block"]["same"] == made
    assert blocks.summary["numbers"]["line"]["changed"] == 0


def test_the_last_import_can_be_taken_back_and_only_once_applied(
    world: World, clerk: Actor, demo: Path, settings: object, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    blocks = ready(world, clerk, demo / "blocks.gpkg", "blocks", members_from=date(2020, 1, 1))
    apply_import(clerk, batch=blocks)
    seen = Entry.objects.count()
    assert apply_import(clerk, batch=blocks).state == "applied"
    assert Entry.objects.count() == seen
    facilities = ready(world, clerk, demo / "data" / "facilities.gpkg", "facilities")
    apply_import(clerk, batch=facilities)
    with pytest.raises(ValidationError, match="最近一次"):
        undo_import(clerk, batch=blocks)
    undo_import(clerk, batch=facilities)
    assert Facility.objects.count() == 0
    assert facilities.state == "undone"


def test_a_file_that_lacks_blocks_removes_only_those_that_nothing_hangs_on(
    world: World, clerk: Actor, demo: Path, settings: object, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"  # type: ignore[attr-defined]
    street = world.division("铜源街道")
    apply_import(clerk, batch=ready(world, clerk, demo / "blocks.gpkg", "blocks"))
    from linli.territory.tests.ground import blocks_in

    bare, held = blocks_in(street, 2, prefix="旧")
    Membership.objects.create(block=held, community=world.division("团结"), valid_from=DAY)
    batch = ready(world, clerk, demo / "blocks.gpkg", "blocks", complete=True)
    missing = batch.problems.filter(code__in=("removed", "kept"))
    assert dict(missing.values_list("value", "code")) == {bare.code: "removed", held.code: "kept"}
    apply_import(clerk, batch=batch)
    assert list(Block.objects.filter(code__startswith="旧")) == [held]
    undo_import(clerk, batch=batch)
    assert Block.objects.get(code=bare.code).shape.equals(bare.shape)


def test_others_may_not_import_and_a_discarded_import_goes_no_further(
    world: World, clerk: Actor, settings: object, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    content = "小区,幢号\n白云花园,1幢\n".encode()
    street = world.division("铜源街道")
    for username in ("wangge", "shuji", "xitong", "shenji"):
        with pytest.raises(PermissionDenied):
            upload_import(
                actor_of(world.account(username)), street=street, kind="counts", name="a.csv", chunks=[content]
            )
    with pytest.raises(PermissionDenied):
        upload_import(clerk, street=world.division("兴铜街道"), kind="counts", name="a.csv", chunks=[content])
    batch = upload_import(clerk, street=street, kind="counts", name="a.csv", chunks=[content])
    assert upload_import(clerk, street=street, kind="counts", name="a.csv", chunks=[], key=batch.key) == batch
    discard_import(clerk, batch=batch)
    assert not path_of(batch).exists()
    with pytest.raises(ValidationError, match="不能再改"):
        locate_import(clerk, batch=batch, layer="a")


def test_a_site_is_filled_by_the_actions_of_its_users_and_once(demo: Path, tmp_path: Path) -> None:
    script = (
        "from linli.web.start import start_django; start_django()\n"
        "from linli.web.upkeep.upgrading import upgrade; upgrade(tell=lambda words: None)\n"
        "from pathlib import Path; import sys\n"
        "from linli.demo.site import fill\n"
        "quiet = lambda words: None\n"
        "print(*(fill(Path(sys.argv[1]), tell=quiet, cases=60) for _ in range(2)))\n"
        "from django.db.models import Sum\n"
        "from linli.territory.models import Building, Count, Membership\n"
        "from linli.territory.search import search\n"
        "total = Count.objects.filter(definition='households_registered').aggregate(n=Sum('value'))['n']\n"
        "print(total, Membership.objects.count(), Building.objects.count(), search('老二食堂')[0].title)\n"
        "from linli.ledger.models import Entry\n"
        "print(Entry.objects.filter(verb='territory.apply_import').count())\n"
        "from linli.planning.models import Plan; from linli.matters.models import Matter\n"
        "shown = Plan.objects.exclude(published_at=None).get()\n"
        "print(shown.number, len(shown.names), Matter.objects.filter(about=f'plan:{shown.pk}').count())\n"
        "from django.db import connection as c; from linli.ledger.checking import check\n"
        "found = check(c.cursor(), c.vendor); print(found.faults, found.uncovered)\n"
    )
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("LINLI", "DATABASE", "DJANGO"))}
    done = subprocess.run(
        [sys.executable, "-c", script, str(demo)], env={**keep, "LINLI_HOME": str(tmp_path)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["True False", "22110 204 1168 矿务局二片区家属院", "6", "1 3 4", "[] 0"]
    assert (tmp_path / "demo-accounts.txt").stat().st_mode & 0o077 == 0


def test_a_file_out_of_openstreetmap_is_named_beneath_maps_until_it_is_taken_back(
    world: World, clerk: Actor, demo: Path, settings: object, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    blocks = read_blocks(demo / "blocks.gpkg")
    write_blocks(replace(blocks, report={**blocks.report, "credits": [OPENSTREETMAP]}), tmp_path / "osm.gpkg")
    batch = ready(world, clerk, tmp_path / "osm.gpkg", "blocks", counts=True, credit="审图号 云S(2026)1号")
    assert under_maps().credit == ""
    apply_import(clerk, batch=batch)
    assert under_maps().credit == f"审图号 云S(2026)1号；{OPENSTREETMAP}"
    undo_import(clerk, batch=batch)
    assert under_maps().credit == ""
