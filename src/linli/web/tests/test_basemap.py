"""What maps are drawn on comes with blocks, is the same for everybody, and goes with its import."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import timezone

from linli.org.actors import Actor, actor_of
from linli.org.tests.world import World
from linli.planning.outlines import draw
from linli.territory.actions.apply_import import undo_import
from linli.territory.basemap import lay_basemap, under_maps
from linli.territory.models import Block, ImportBatch
from linli.territory.tests.ground import blocks_in
from linli.web.tests.filled import bring_basemap

AT = (15, 25768, 13923)  # the tile of the street


@pytest.fixture
def clerk(world: World, settings: object, tmp_path: Path) -> Actor:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    blocks_in(world.division("铜源街道"), 3)
    return actor_of(world.account("jiedao"))


def address(zoom: int, x: int, y: int) -> str:
    return under_maps().tiles.format(z=zoom, x=x, y=y)


def test_blocks_with_streets_give_every_map_its_ground(world: World, clerk: Actor, client: Client) -> None:
    assert under_maps().tiles == ""
    assert b"data-basemap" not in client.get("/report/public/").content
    bring_basemap(clerk, world.division("铜源街道"))
    assert f'data-basemap="{under_maps().tiles}"'.encode() in client.get("/report/public/").content
    answer = client.get(address(*AT))
    assert answer.status_code == 200
    assert answer["Content-Encoding"] == "gzip"
    content = gzip.decompress(answer.content)
    for name in ("兴铜路", "桂花巷", "铜源河", "莲花塘公园", "铜源二小", "白云花园1区"):
        assert name.encode() in content


def test_a_tile_is_kept_by_every_cache_whoever_asks(
    world: World, clerk: Actor, client_of: Callable[[str], Client], client: Client
) -> None:
    bring_basemap(clerk, world.division("铜源街道"))
    for one in (client, client_of("jiedao")):
        answer = one.get(address(*AT))
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in answer


def test_the_picture_of_a_street_lies_where_its_plan_is_drawn(world: World, clerk: Actor, client: Client) -> None:
    batch = bring_basemap(clerk, world.division("铜源街道"))
    (picture,) = under_maps().pictures
    answer = client.get(picture.address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    drawing = draw({1: list(Block.objects.values_list("pk", flat=True))})
    assert drawing is not None
    image = Template("{% load planning %}{% ground_of drawing %}").render(
        Context({"drawing": drawing, "under_maps": under_maps()})
    )
    told = {name: float(value) for name, value in re.findall(r'(x|y|width|height)="([-\d.]+)"', image)}
    west, north = picture.west, picture.north
    assert (told["x"], told["y"]) == pytest.approx(drawing.place(west, north), abs=0.1)
    corner = (told["x"] + told["width"], told["y"] + told["height"])
    assert corner == pytest.approx(drawing.place(picture.east, picture.south), abs=0.2)
    undo_import(clerk, batch=batch)
    assert client.get(picture.address).status_code == 404


def test_there_is_no_tile_of_another_map_or_beyond_the_world(world: World, clerk: Actor, client: Client) -> None:
    bring_basemap(clerk, world.division("铜源街道"))
    empty = client.get(address(15, 0, 0))
    assert (empty.status_code, empty.content, "Content-Encoding" in empty) == (200, b"", False)
    for bad in (address(15, 2**15, 0), address(0, 0, 1), address(16, 0, 0), "/basemap/0123456789ab/15/0/0"):
        answer = client.get(bad)
        assert answer.status_code == 404
        assert "no-store" in answer["Cache-Control"]


def test_the_newest_import_is_drawn_and_undoing_it_brings_back_the_one_before(world: World, clerk: Actor) -> None:
    street = world.division("铜源街道")
    first = bring_basemap(clerk, street)
    ImportBatch.objects.filter(pk=first.pk).update(applied_at=timezone.now() - timedelta(days=1))
    before = under_maps().tiles
    second = bring_basemap(clerk, street)
    assert under_maps().tiles not in ("", before)
    undo_import(clerk, batch=second)
    assert under_maps().tiles == before


def test_streets_side_by_side_are_drawn_on_one_tile(world: World, clerk: Actor, client: Client) -> None:
    one = bring_basemap(clerk, world.division("铜源街道"))
    alone = gzip.decompress(client.get(address(*AT)).content)
    other = ImportBatch.objects.get(pk=one.pk)
    other.pk, other.street = None, world.division("云川区")
    other.key = "00000000-0000-0000-0000-000000000001"
    other.save()
    lay_basemap(other)
    both = gzip.decompress(client.get(address(*AT)).content)
    assert len(both) > 1.9 * len(alone)
    assert f"roads-{one.pk}".encode() in both
    assert f"roads-{other.pk}".encode() in both


def test_a_layer_of_that_name_with_other_columns_is_not_drawn(world: World, clerk: Actor, tmp_path: Path) -> None:
    import numpy as np
    import pyogrio
    import shapely

    path = tmp_path / "other.gpkg"
    pyogrio.raw.write(
        path, shapely.to_wkb(np.array([shapely.Point(103.18, 26.08)])), [np.array(["x"], dtype=object)], ["what"],
        layer="basemap", geometry_type="Point", crs="EPSG:4490",
    )  # fmt: skip
    lay_basemap(ImportBatch(pk=99, kind=ImportBatch.Kind.BLOCKS, path="other.gpkg", street=world.division("铜源街道")))
    assert not (tmp_path / "basemap").exists()
