from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
import typer
from typer.testing import CliRunner

from linli.cli.blocks import command
from linli.errors import InputError
from linli.geodata import read_blocks

app = typer.Typer()
app.command()(command)


@pytest.fixture
def town(tmp_path: Path) -> Path:
    path = tmp_path / "town.gpkg"
    features = {
        "roads": ([shapely.LineString([(-20, 200), (420, 200)]), shapely.LineString([(200, -20), (200, 420)])],
                  {"highway": ["primary", "residential"], "name": ["铜源大道", "团结街"]}),
        "boundary": ([shapely.box(0, 0, 400, 400)], {"name": ["铜源街道"]}),
        "buildings": ([shapely.box(x, y, x + 30, y + 30) for x in (50, 300) for y in (50, 300)],
                      {"dwellings": [10, 20, 30, 40]}),
    }  # fmt: skip
    for layer, (shapes, columns) in features.items():
        moved = [shapely.affinity.translate(shape, 500_000, 2_880_000) for shape in shapes]
        pyogrio.raw.write(
            path,
            shapely.to_wkb(moved),
            [np.array(values, dtype=object if isinstance(values[0], str) else int) for values in columns.values()],
            list(columns),
            layer=layer,
            geometry_type=shapes[0].geom_type,
            crs="EPSG:4543",
        )
    return path


def test_blocks_writes_a_blocks_file_and_one_json_object(town: Path, tmp_path: Path):
    output = tmp_path / "blocks.gpkg"
    arguments = ["--roads", f"{town}:roads", "--within", f"{town}:boundary", "--buildings", str(town)]
    result = CliRunner().invoke(app, [*arguments, "-o", str(output), "--json"], catch_exceptions=False)
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert (said["blocks"], said["counts"]["dwellings"]) == (4, 100)
    assert said["line_m"] == {"arterial": 400.0, "lane": 400.0}
    blocks = read_blocks(output, count="dwellings")
    assert blocks.counts("dwellings").sum() == 100
    assert set(blocks.lines.name) == {"铜源大道", "团结街"}
    assert blocks.report["found"]["blocks"] == 4


def test_blocks_tells_what_it_did_in_chinese(town: Path, tmp_path: Path):
    output = tmp_path / "blocks.gpkg"
    result = CliRunner().invoke(app, ["--roads", str(town), "--buildings", str(town), "-o", str(output)])
    assert result.exit_code == 0
    assert "4 个地块" in result.stdout
    assert "没有给出边界" in result.stdout


def test_a_wrong_ending_or_a_missing_layer_writes_nothing(town: Path, tmp_path: Path):
    for arguments in (
        ["--roads", str(town), "-o", "blocks.shp"],
        ["--roads", f"{town}:rods", "-o", str(tmp_path / "b.gpkg")],
    ):
        result = CliRunner().invoke(app, arguments)
        assert isinstance(result.exception, InputError)
    assert not (tmp_path / "b.gpkg").exists()
