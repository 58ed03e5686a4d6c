"""From roads and buildings alone: each command says that its households are an estimate; maps name OpenStreetMap."""

from __future__ import annotations

import html
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import shapely

from linli.cli import run
from linli.geodata.credits import OPENSTREETMAP

MARKED = "口径：房屋套数，估算；来源：城建图，2026年6月30日，估算，按建筑面积每90平方米一套推算"
SIDE, STEP = 6, 120.0


def layer(path: Path, name: str, geometry: object, columns: dict[str, object]) -> None:
    pyogrio.raw.write(
        path, geometry=shapely.to_wkb(geometry), field_data=list(columns.values()),
        fields=np.array(list(columns), dtype=object), layer=name, driver="GPKG", geometry_type="Unknown",
        crs="EPSG:4543",
    )  # fmt: skip


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A blocks file that `linli blocks` made of streets out of OpenStreetMap and houses that nobody counted."""
    place = tmp_path_factory.mktemp("reckoned")
    file, far = place / "map.gpkg", SIDE * STEP
    ways = [[(k * STEP, 0), (k * STEP, far)] for k in range(SIDE + 1)]
    ways += [[(0, k * STEP), (far, k * STEP)] for k in range(SIDE + 1)]
    keys = np.array([str(k) for k in range(len(ways))], dtype=object)
    layer(file, "roads", shapely.linestrings(ways), {"osm_id": keys, "highway": np.full(len(ways), "residential")})
    at = [(c * STEP + 30, r * STEP + 30) for r in range(SIDE) for c in range(SIDE)]
    layer(file, "buildings", np.array([shapely.box(x, y, x + 55, y + 55) for x, y in at]),
          {"levels": np.full(len(at), 6, dtype=np.int32)})  # fmt: skip
    halves = [shapely.box(0, 0, far / 2, far), shapely.box(far / 2, 0, far, far)]
    layer(file, "communities", np.array(halves), {"community": np.array(["团结", "白云"], dtype=object)})
    made = place / "blocks.gpkg"
    told = ("--count-source", "城建图", "--count-day", "2026-06-30", "--within", f"{file}:communities")
    layers = ("--roads", f"{file}:roads", "--buildings", f"{file}:buildings", "--communities", f"{file}:communities")
    assert run(["blocks", *layers, *told, "--picture", str(place / "blocks.svg"), "-o", str(made)]) == 0
    return made


def test_every_command_that_prints_households_marks_the_estimate(
    ground: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, other = tmp_path / "plan.gpkg", tmp_path / "other.gpkg"
    bounds = ("--count", "dwellings", "--min", "1500", "--max", "4500")
    draft = tmp_path / "draft.csv"
    draft.write_text("id,community\nB0001,团结\n", encoding="utf-8")
    on = ("--blocks", str(ground))
    commands: dict[str, tuple[str, ...]] = {
        "diagnose": ("diagnose", str(ground), "--count", "dwellings"),
        "split": ("split", str(ground), *bounds, "--parts", "3", "--keep", "community", "-o", str(plan)),
        "improve": ("improve", str(plan), *on, "--time-limit", "2", "-o", str(other)),
        "evaluate": ("evaluate", str(plan), *on, "--move", "B0001=团结"),
        "compare": ("compare", str(plan), str(other), *on),
        "complete": ("complete", str(ground), "--draft", str(draft), *bounds, "--parts", "3",
                     "-o", str(tmp_path / "whole.gpkg")),
        "front": ("front", str(ground), *bounds, "--parts", "3", "--goals", "boundary,balance", "--time-limit", "4",
                  "-o", str(tmp_path / "front")),
        "sample": ("sample", str(ground), *bounds, "--parts", "3", "--plans", "20", "-o",
                   str(tmp_path / "neutral.parquet")),
    }  # fmt: skip
    for name, words in commands.items():
        for json in ((), ("--json",)):
            run([*words, *json])
            printed = capsys.readouterr()
            assert MARKED in printed.out, (name, json, printed.err)


def test_every_report_marks_the_estimate_and_every_map_names_openstreetmap(
    ground: Path, tmp_path: Path, read_words: Callable[[Path], str]
) -> None:
    plan = tmp_path / "plan.gpkg"
    bounds = ("--count", "dwellings", "--min", "1500", "--max", "4500")
    assert run(["split", str(ground), *bounds, "--parts", "3", "--keep", "community", "-o", str(plan)]) == 0
    for ending in ("txt", "md", "html", "docx"):
        path = tmp_path / f"report.{ending}"
        assert run(["report", str(plan), "--blocks", str(ground), "-o", str(path)]) == 0
        words = read_words(path)
        assert MARKED in words
        assert words.count("房屋套数，估算") > 3
    drawn = tmp_path / "plan.svg"
    assert run(["draw", str(plan), "--blocks", str(ground), "--before", "-o", str(drawn)]) == 0
    for picture in (drawn, ground.with_name("blocks.svg")):
        words = read_words(picture)
        assert MARKED in words
        assert OPENSTREETMAP in words


@pytest.fixture
def read_words() -> Callable[[Path], str]:
    def read(path: Path) -> str:
        if path.suffix == ".docx":
            return zipfile.ZipFile(path).read("word/document.xml").decode()
        return html.unescape(path.read_text(encoding="utf-8"))

    return read
