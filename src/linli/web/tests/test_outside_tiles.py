"""An outside map under ours: read from the environment, told to the pages, and let through by their policy alone."""

from __future__ import annotations

import pytest
from django.test import Client

from linli.errors import InputError
from linli.org.tests.world import World
from linli.web.outside_tiles import OutsideTiles, outside_tiles_from

ADDRESS = "https://tiles.example/w/{z}/{x}/{y}.png"


@pytest.mark.parametrize(
    ("named", "system"),
    [("", "wgs84"), ("CGCS2000", "wgs84"), ("GCJ-02", "gcj02"), ("高德", "gcj02"), ("BD-09", "bd09")],
)
def test_its_system_is_read_by_any_of_its_names(named: str, system: str) -> None:
    read = outside_tiles_from({"LINLI_TILES": ADDRESS, "LINLI_TILES_SYSTEM": named, "LINLI_TILES_CREDIT": "审图号1"})
    assert read == OutsideTiles(ADDRESS, system, "审图号1")
    assert read.origin == "https://tiles.example"


@pytest.mark.parametrize(
    ("address", "system"),
    [
        ("/tiles/{z}/{x}/{y}", ""),
        ("https://tiles.example; script-src *//{z}/{x}/{y}", ""),
        ("https://tiles.example/{z}/{x}", ""),
        (ADDRESS, "EPSG:4543"),
        (ADDRESS, "nothing"),
    ],
)
def test_what_cannot_be_a_map_is_refused_at_the_start(address: str, system: str) -> None:
    with pytest.raises(InputError):
        outside_tiles_from({"LINLI_TILES": address, "LINLI_TILES_SYSTEM": system})


def test_pages_name_it_and_its_pictures_alone_may_come_from_outside(
    world: World, settings: object, client: Client
) -> None:
    plain = client.get("/report/public/")
    assert b"data-outside-map" not in plain.content
    assert "img-src 'self' data: blob:;" in plain["Content-Security-Policy"]
    settings.OUTSIDE_TILES = OutsideTiles(ADDRESS, "gcj02", "审图号1")  # type: ignore[attr-defined]
    answer = client.get("/report/public/")
    assert f'data-outside-map="{ADDRESS}" data-system="gcj02"' in answer.content.decode()
    assert "审图号1" in answer.content.decode()
    before, after = plain["Content-Security-Policy"], answer["Content-Security-Policy"]
    assert after == before.replace("blob:;", "blob: https://tiles.example;", 1)
