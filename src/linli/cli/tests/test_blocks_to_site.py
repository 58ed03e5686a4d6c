"""What `linli blocks` writes goes into the site as it is: blocks, compounds, buildings; and every building is found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
import typer
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from typer.testing import CliRunner

from linli.cli.blocks import command
from linli.org.limits import forget_all
from linli.org.tests.world import World
from linli.territory.models import Block, Building, Compound, ImportProblem
from linli.territory.search import search
from linli.web.tests.test_api import program_of

EAST, NORTH = 500_000, 2_880_000
HOUSES = (  # x, y, size, compound, number, road, gate, floors, dwellings
    (50, 50, 30, "白云花园", "1幢", "", "", 6, 10),
    (120, 50, 30, "白云花园", "2幢", "", "", 6, 20),
    (300, 50, 30, "", "", "铜源大道", "18", 3, 30),
    (60, 300, 30, "银河湾", "3-5幢", "", "", 11, 40),
    (180, 300, 30, "", "市民中心", "", "", 4, 0),  # across the lane, more of it to the west
    (300, 300, 30, "", "", "", "", 2, 5),
    (900, 300, 30, "", "", "", "", 2, 5),  # outside
)


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """Roads, a boundary and buildings, as a survey office may give them."""
    path = tmp_path / "town.gpkg"
    names = ("小区", "幢号", "路名", "门牌号", "层数", "dwellings")
    layers: dict[str, tuple[list[Any], dict[str, list[Any]]]] = {
        "roads": ([shapely.LineString([(-20, 200), (420, 200)]), shapely.LineString([(200, -20), (200, 420)])],
                  {"highway": ["primary", "residential"]}),
        "boundary": ([shapely.box(0, 0, 400, 400)], {"name": ["铜源街道"]}),
        "buildings": ([shapely.box(x, y, x + side, y + side) for x, y, side, *_ in HOUSES],
                      dict(zip(names, map(list, zip(*(house[3:] for house in HOUSES), strict=True)), strict=True))),
    }  # fmt: skip
    for layer, (shapes, columns) in layers.items():
        fields = [np.array(one, dtype=object if isinstance(one[0], str) else int) for one in columns.values()]
        moved = [shapely.affinity.translate(shape, EAST, NORTH) for shape in shapes]
        kind = shapes[0].geom_type
        pyogrio.raw.write(
            path, shapely.to_wkb(moved), fields, list(columns), layer=layer, geometry_type=kind, crs="EPSG:4543"
        )
    return path


def test_the_file_of_blocks_goes_through_the_wizard_without_hand_work(world: World, town: Path, tmp_path: Path) -> None:
    forget_all()
    program = program_of(world, "jiedao", "territory.import")
    output = tmp_path / "blocks.gpkg"
    arguments = ["--roads", f"{town}:roads", "--within", f"{town}:boundary", "--buildings", str(town)]
    app = typer.Typer()
    app.command()(command)
    assert CliRunner().invoke(app, [*arguments, "-o", str(output)], catch_exceptions=False).exit_code == 0
    for kind in ("blocks", "compounds", "buildings"):
        told = _bring(program, output, kind)
        assert (told["state"], told["summary"]["errors"], told["summary"]["left_out"]) == ("checked", 0, 0), told
        assert program.post(f"/api/v1/imports/{told['id']}/apply").status_code == 200
    assert Block.objects.count() == 4
    assert sorted(Compound.objects.values_list("name", flat=True)) == ["白云花园", "银河湾"]
    assert Building.objects.count() == 6
    assert told["summary"]["unfound"] == {"unfound_nothing": [1, 6]}
    assert ImportProblem.objects.filter(level="error").count() == 0
    for asked, floors in (("白云花园2幢", 6), ("银河湾4幢", 11), ("铜源大道18号", 3), ("市民中心", 4)):
        answer = search(asked)[0]
        assert answer.exact, asked
        assert Building.objects.get(pk=answer.key).floors == floors
    across = Building.objects.select_related("block").get(number="市民中心")
    assert across.block.code == "B0001", "it stands on the block that it counts for"
    again = _bring(program, output, "buildings")
    assert again["summary"]["numbers"]["building"] == {"new": 0, "changed": 0, "same": 6, "gone": 0}


def _bring(program: Client, path: Path, kind: str) -> Any:
    said = {"street": "539901001000", "kind": kind}
    if kind == "blocks":  # whose numbers, and as of when, no map can say
        said |= {"source": "测绘院", "as_of": "2026-01-31"}
    file = SimpleUploadedFile(path.name, path.read_bytes())
    response = program.post("/api/v1/imports", {**said, "file": file})
    assert response.status_code == 201, response.content.decode()
    return response.json()
