from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import shapely
import typer
from PIL import Image
from typer.testing import CliRunner

from linli.cli.draw import command
from linli.errors import InputError
from linli.geodata import Blocks, Lines, Rim, write_blocks

app = typer.Typer()
app.command()(command)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with blocks.gpkg, a terrace of four blocks, and plan.gpkg, which divides it in two."""
    place = tmp_path_factory.mktemp("draw")
    geometry = shapely.box(np.arange(4) * 100.0, 0, np.arange(1, 5) * 100.0, 150)
    shared = shapely.linestrings([[(x, 0), (x, 150)] for x in (100, 200, 300)])
    lines = Lines(
        np.arange(3), np.arange(1, 4), np.full(3, 150.0), np.array(["lane", "river", "none"], dtype=object),
        np.array(["", "铜源河", ""], dtype=object), np.full(3, np.nan), shared,
    )  # fmt: skip
    nothing = np.zeros(0, dtype=object)
    blocks = Blocks(
        ("甲", "乙", "丙", "丁"), geometry,
        {
            "dwellings": np.array([10, 20, 30, 40]), "persons": np.array([1, 2, 3, 4]),
            "community": np.array(["团结"] * 4, dtype=object),
            "facilities": np.array(["幼儿园", None, "", "公园"], dtype=object),
        },
        lines, Rim(np.zeros(0, np.int64), np.zeros(0), nothing, nothing, nothing), "EPSG:4543", {"demo": True},
    )  # fmt: skip
    write_blocks(blocks, place / "blocks.gpkg")
    _write_plan(place / "plan.gpkg", ["甲", "乙", "丙", "丁"], {"count": "dwellings"})
    return place


def _write_plan(path: Path, ids: list[str], meta: object) -> None:
    def table(layer: str, **columns: list[object]) -> None:
        values = [np.array(column, dtype=object) for column in columns.values()]
        pyogrio.raw.write(
            path, geometry=None, field_data=values, fields=list(columns), layer=layer, driver="GPKG",
            append=path.exists(),
        )  # fmt: skip

    table("plan", id=ids, community=["团结", "团结", "新村", "新村"][: len(ids)])
    table("meta", json=[json.dumps(meta)])


def _run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_plan_is_drawn_before_and_after(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "plan.svg"
    said = json.loads(
        _run(folder / "plan.gpkg", "--blocks", folder / "blocks.gpkg", "--before", "-o", output, "--json")
    )
    assert said["communities"] == ["团结", "新村"]
    assert said["count"] == "dwellings"
    drawn = output.read_text("utf-8")
    for words in ("调整前　1 个社区", "调整后　2 个社区", "房屋套数", "铜", "界线依托率 100%"):
        assert words in drawn


def test_facilities_and_another_counting_definition_are_drawn_when_asked(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "plan.svg"
    _run(folder / "plan.gpkg", "--blocks", folder / "blocks.gpkg", "--facilities", "--count", "人口", "-o", output)
    drawn = output.read_text("utf-8")
    assert "幼儿园" in drawn
    assert "共 10 人" in drawn


def test_blocks_alone_are_drawn(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "blocks.png"
    said = json.loads(_run(folder / "blocks.gpkg", "-o", output, "--dpi", 60, "--json"))
    assert said["blocks"] == 4
    with Image.open(output) as picture:
        assert picture.width == pytest.approx(297 / 25.4 * 60, abs=1)


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("plan.gpkg", "-o", "plan.png"), "--blocks BLOCKS"),
        (("blocks.gpkg", "--before", "-o", "plan.png"), "leave --before"),
        (("plan.gpkg", "--blocks", "blocks.gpkg", "-o", "plan.jpg"), r"\.png, \.svg, \.pdf"),
        (("nothing.gpkg", "-o", "plan.png"), "does not exist"),
        (("blocks.gpkg", "--blocks", "blocks.gpkg", "-o", "plan.png"), "holds no plan"),
        (("plan.gpkg", "--blocks", "blocks.gpkg", "--count", "cows", "-o", "plan.png"), "cows"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(
    folder: Path, tmp_path: Path, arguments: tuple[str, ...], what: str
) -> None:
    full = [str(folder / word) if word.endswith(".gpkg") else word for word in arguments]
    full[full.index("-o") + 1] = str(tmp_path / full[full.index("-o") + 1])
    with pytest.raises(InputError, match=what):
        CliRunner().invoke(app, full, catch_exceptions=False)
    assert not list(tmp_path.iterdir())


def test_a_plan_of_other_blocks_is_refused(folder: Path, tmp_path: Path) -> None:
    _write_plan(tmp_path / "other.gpkg", ["甲", "戊"], {"count": "dwellings"})
    with pytest.raises(InputError, match="戊"):
        _run(tmp_path / "other.gpkg", "--blocks", folder / "blocks.gpkg", "-o", tmp_path / "plan.png")


@pytest.mark.parametrize("meta", [{}, [], {"count": 3}])
def test_a_plan_without_a_counting_definition_asks_for_one(folder: Path, tmp_path: Path, meta: object) -> None:
    _write_plan(tmp_path / "bare.gpkg", ["甲", "乙", "丙", "丁"], meta)
    with pytest.raises(InputError, match="--count COLUMN"):
        _run(tmp_path / "bare.gpkg", "--blocks", folder / "blocks.gpkg", "-o", tmp_path / "plan.png")


def test_a_file_that_is_no_map_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gpkg"
    broken.write_bytes(b"not a map")
    with pytest.raises(InputError, match="no map file"):
        _run(broken, "-o", tmp_path / "plan.png")
