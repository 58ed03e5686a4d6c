"""Every bad input, through the command line: one message, exit code 2, nothing half-written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from inspect import signature
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from linli.cli import blocks, run
from linli.geodata import Blocks, find_borders, read_blocks, write_blocks
from linli.plans import Rules, complete
from linli.plans.working import partial_plan

EAST, NORTH = 618_000.0, 2_885_000.0  # near Dongchuan, EPSG:4543
BOUNDS = ("--count", "dwellings", "--min", "600", "--max", "2000", "--time-limit", "5")
OLD = b"what stood here before"

pyogrio.set_gdal_config_options({"OGR_SQLITE_SYNCHRONOUS": "OFF"})  # what tests write need not survive a power cut


def squares(columns: int, rows: int, north: float = NORTH, east: float = EAST, size: float = 100.0) -> list[object]:
    return [
        shapely.box(east + size * c, north + size * r, east + size * (c + 1), north + size * (r + 1))
        for r in range(rows)
        for c in range(columns)
    ]


def text(values: list[object]) -> np.ndarray:
    return np.array(values, dtype=object)


def layer(path: Path, geometry: list[object], *, crs: str | None = "EPSG:4543", **columns: object) -> Path:
    """Write one layer as another program would."""
    options = {"crs": crs} if crs else {}
    pyogrio.raw.write(
        path, shapely.to_wkb(np.array(geometry, dtype=object)), [np.array(values) for values in columns.values()],
        np.array(list(columns), dtype=object), geometry_type=geometry[0].geom_type, **options,
    )  # fmt: skip
    return path


def ground(
    path: Path, *, geometry: list[object] | None = None, crs: str | None = "EPSG:4543", **changed: object
) -> Path:
    """Sixteen blocks in two communities, some columns replaced, those that are None left out."""
    columns = {
        "id": text([f"b{k:02d}" for k in range(16)]),
        "dwellings": np.full(16, 200),
        "community": text(["团结" if k % 4 < 2 else "白云" for k in range(16)]),
        "compound": text([f"{k}号院" for k in range(16)]),
    } | changed
    kept = {name: values for name, values in columns.items() if values is not None}
    return layer(path, squares(4, 4) if geometry is None else geometry, crs=crs, **kept)


def half(source: Path, path: Path) -> Path:
    path.write_bytes(source.read_bytes()[: source.stat().st_size // 2])
    return path


def saved(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with good blocks, a good plan of them, and good raw layers; tests only read there."""
    folder = tmp_path_factory.mktemp("world")
    geometry = np.array(squares(4, 4), dtype=object)
    ids = tuple(f"b{k:02d}" for k in range(16))
    columns = {
        "dwellings": np.full(16, 200, dtype=np.int64),
        "community": text(["团结" if k % 4 < 2 else "白云" for k in range(16)]),
        "compound": text([f"{k}号院" for k in range(16)]),
    }
    write_blocks(Blocks(ids, geometry, columns, *find_borders(ids, geometry), "EPSG:4543"), folder / "good.gpkg")
    blocks = read_blocks(folder / "good.gpkg", count="dwellings")
    draft = partial_plan(blocks, list(columns["community"]), Rules(households=(600, 2000)))
    complete(draft).to_file(folder / "plan.gpkg")
    roads = [
        shapely.LineString([(EAST - 20, NORTH + 200), (EAST + 420, NORTH + 200)]),
        shapely.LineString([(EAST + 200, NORTH - 20), (EAST + 200, NORTH + 420)]),
    ]
    layer(folder / "roads.gpkg", roads, highway=text(["primary", "residential"]))
    layer(folder / "boundary.gpkg", squares(1, 1, size=400), name=text(["铜源街道"]))
    layer(folder / "houses.gpkg", squares(2, 2, size=90), dwellings=[10, 20, 30, 40])
    return folder


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., str]]:
    """Run a command that must fail: return its one message."""

    def called(*arguments: object) -> str:
        before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
        code = run([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert code == 2, err
        assert out == ""
        assert "Traceback" not in err
        said = [line for line in err.splitlines() if line.startswith("linli ")]
        assert len(said) == 1, err
        assert said[0].startswith(f"linli {arguments[0]}: ")
        assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
        return said[0]

    return called


BAD_BLOCKS = {
    "no such file": (lambda f, w: f / "bad.gpkg", "does not exist|cannot be opened"),
    "an empty file": (lambda f, w: saved(f / "bad.gpkg", ""), "is empty"),
    "no features": (
        lambda f, w: saved(f / "bad.geojson", '{"type":"FeatureCollection","features":[]}'),
        "no features.*layer bad|no column 'id'",
    ),
    "a truncated file": (lambda f, w: half(w / "good.gpkg", f / "bad.gpkg"), "breaks off|malformed"),
    "no count column": (
        lambda f, w: ground(f / "bad.gpkg", dwellings=None),
        r"no count column \(口径\) named dwellings.*field dwellings",
    ),
    "text in a count": (
        lambda f, w: ground(f / "bad.gpkg", dwellings=text(["200"] * 15 + ["约三百"])),
        "no whole number.*row b15, field dwellings, value '约三百'",
    ),
    "a negative count": (
        lambda f, w: ground(f / "bad.gpkg", dwellings=[200] * 15 + [-1]),
        "no whole number.*row b15, field dwellings, value -1",
    ),
    "an absent count": (
        lambda f, w: ground(f / "bad.gpkg", dwellings=[200.0] * 15 + [np.nan]),
        "count is missing.*row b15, field dwellings",
    ),
    "two blocks of one id": (
        lambda f, w: ground(f / "bad.gpkg", id=text([f"b{min(k, 14):02d}" for k in range(16)])),
        "same id.*row 16, field id, value 'b14'",
    ),
}  # fmt: skip
READERS = {
    "split": lambda bad, w, out: ("split", bad, *BOUNDS, "-o", out / "out.gpkg"),
    "complete": lambda bad, w, out: ("complete", bad, "--draft-column", "community", *BOUNDS, "-o", out / "out.gpkg"),
    "diagnose": lambda bad, w, out: ("diagnose", bad, "--count", "dwellings"),
    "draw": lambda bad, w, out: ("draw", w / "plan.gpkg", "--blocks", bad, "-o", out / "out.png"),
    "draw blocks": lambda bad, w, out: ("draw", bad, "--count", "dwellings", "-o", out / "out.png"),
    "evaluate": lambda bad, w, out: (
        "evaluate", w / "plan.gpkg", "--blocks", bad, "--move", "b00=白云", "-o", out / "out.gpkg",
    ),
    "improve": lambda bad, w, out: ("improve", w / "plan.gpkg", "--blocks", bad, "-o", out / "out.gpkg"),
    "report": lambda bad, w, out: ("report", w / "plan.gpkg", "--blocks", bad, "-o", out / "out.html"),
}  # fmt: skip


@pytest.mark.parametrize("bad", BAD_BLOCKS)
def test_bad_blocks_are_named_by_every_command_and_an_old_output_stays(
    world: Path, tmp_path: Path, call: Callable[..., str], bad: str
) -> None:
    make, words = BAD_BLOCKS[bad]
    file = make(tmp_path, world)
    for old in ("out.gpkg", "out.png", "out.html"):
        (tmp_path / old).write_bytes(OLD)
    for command, arguments in READERS.items():
        said = call(*arguments(file, world, tmp_path))
        assert re.search(words, said), f"{command}: {said}"
        assert str(file) in said, said
        assert " → " in said, f"{command} says not what to do: {said}"


@pytest.mark.parametrize("bad", ["no such file", "an empty file", "no features", "a truncated file"])
def test_verify_refuses_blocks_and_plans_that_it_cannot_read(
    world: Path, tmp_path: Path, call: Callable[..., str], bad: str
) -> None:
    file = BAD_BLOCKS[bad][0](tmp_path, world)
    assert str(file) in call("verify", world / "plan.gpkg", "--blocks", file)
    assert str(file) in call("verify", file, "--blocks", world / "good.gpkg")


@pytest.mark.parametrize("counts", [[200] * 15 + [-1], [200] * 15 + [201], text(["200"] * 15 + ["约三百"])])
def test_verify_finds_fault_with_counts_that_are_not_those_of_the_plan(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], counts: object
) -> None:
    file = ground(tmp_path / "blocks.gpkg", dwellings=counts)
    assert run(["verify", str(world / "plan.gpkg"), "--blocks", str(file), "--json"]) == 1
    assert '"ok": false' in capsys.readouterr().out


@pytest.mark.parametrize("bad", ["missing", "empty", "truncated", "no plan"])
@pytest.mark.parametrize("command", ["draw", "evaluate", "improve", "report"])
def test_a_plan_that_cannot_be_read_is_named(
    world: Path, tmp_path: Path, call: Callable[..., str], bad: str, command: str
) -> None:
    make = {
        "missing": lambda: tmp_path / "p.gpkg",
        "empty": lambda: saved(tmp_path / "p.gpkg", ""),
        "truncated": lambda: half(world / "plan.gpkg", tmp_path / "p.gpkg"),
        "no plan": lambda: world / "good.gpkg",
    }
    words = {"missing": "does not exist", "empty": "is empty", "truncated": "breaks off", "no plan": "no plan"}
    file = make[bad]()
    more = {"draw": ("-o", "out.png"), "evaluate": ("--move", "b00=白云"), "improve": ("-o", "out.gpkg")}
    extra = [tmp_path / word if word.startswith("out") else word for word in more.get(command, ("-o", "out.md"))]
    said = call(command, file, "--blocks", world / "good.gpkg", *extra)
    assert words[bad] in said
    assert str(file) in said
    assert " → " in said


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_blocks_without_a_coordinate_system_are_told_what_the_command_can_do(
    world: Path, tmp_path: Path, call: Callable[..., str]
) -> None:
    file = ground(tmp_path / "bare.shp", crs=None, compound=None, community=text(["a"] * 16))
    for name in ("split", "diagnose", "draw", "improve"):
        said = call(*READERS[name](file, world, tmp_path))
        assert re.search(r"coordinate system is in doubt.*bare\.shp.*field crs.*linli blocks --crs", said)


SPLITS = {
    "a compound above the upper bound": (
        {"compound": text(["长城"] * 12 + ["B"] * 4)},
        ("--keep-whole", "compound"),
        r"长城 has 2400 households, above the upper bound 2000.*row b00, field compound, value '长城'",
    ),
    "an area in pieces that do not touch": (
        {"school_area": text(["东校"] * 2 + ["西校"] * 12 + ["东校"] * 2)},
        ("--keep-whole", "compound", "--keep-whole", "school_area", "--max", "2900"),
        r"area \(school_area\) 东校 lies in 2 places that do not touch: 0号院、1号院；14号院、15号院.*row b00",
    ),
    "a block above the upper bound": (
        {"dwellings": [200] * 15 + [9999]},
        (),
        "9999 households, above the upper bound 2000.*row b15",
    ),
    "a disconnected territory": (
        {"geometry": [*squares(4, 3), *squares(4, 1, north=NORTH + 5000)]},
        (),
        "2 pieces that do not touch.*b12, b13, b14, b15.*--pieces",
    ),
    "crossed bounds": ({}, ("--min", "3000"), r"lower bound 3000 lies above the upper bound 2000.*field households"),
    "negative bounds": ({}, ("--min", "-1"), "must not be negative.*field households"),
    "no such column": ({}, ("--keep-whole", "yard"), "field yard|value 'yard'"),
    "another column for community": ({"community": None}, ("--within", "团结"), "community"),
    "a weight that is none": ({}, ("--minimize", "boundary=much"), "no number.*value 'boundary=much'"),
    "a cap that is none": ({}, ("--cap", "dwellings=few"), "whole number.*cap dwellings, value 'few'"),
    "another ending": ({}, ("-o", "plan.shp"), r"plan\.shp.*end the name in \.gpkg"),
    "no such folder": ({}, ("-o", "nowhere/plan.gpkg"), "folder does not exist.*nowhere"),
    "a folder for a file": ({}, ("-o", "folder.gpkg"), r"folder stands.*folder\.gpkg"),
}


@pytest.mark.parametrize("case", SPLITS)
def test_rules_and_outputs_that_cannot_be_are_refused_by_split(
    tmp_path: Path, call: Callable[..., str], case: str
) -> None:
    changed, options, words = SPLITS[case]
    file = ground(tmp_path / "blocks.gpkg", **changed)
    (tmp_path / "folder.gpkg").mkdir()
    full = [
        str(tmp_path / word) if before == "-o" else word for before, word in zip(("", *options), options, strict=False)
    ]
    assert re.search(words, call("split", file, *BOUNDS, "-o", tmp_path / "plan.gpkg", *full))


LACKING = {
    "a count": (("diagnose", "--count", "dwellings_delivered"), "--counts FILE --count-column dwellings_delivered="),
    "a count in Chinese": (("diagnose", "--count", "已交付套数"), "--counts FILE --count-column dwellings_delivered="),
    "communities to check": (("diagnose", "--count", "dwellings"), "--communities FILE`; a place without"),
    "communities to divide": (("split", *BOUNDS, "--within", "团结"), "--communities FILE`, or leave the scope open"),
    "communities to keep": (("split", *BOUNDS, "--keep", "community"), "--communities FILE`"),
    "compounds": (("split", *BOUNDS, "--keep-whole", "compound"), "--compounds FILE`"),
    "areas": (("split", *BOUNDS, "--never-cross", "police_area"), "--area police_area=FILE`"),
    "facilities": (("split", *BOUNDS, "--minimize", "facilities"), "--facilities FILE`"),
    "a survey": (("split", *BOUNDS, "--minimize", "belonging"), "--affinities FILE`"),
    "what to hold to": (("split", *BOUNDS, "--minimize", "continuity"), "--communities FILE`"),
}


@pytest.mark.parametrize("what", LACKING)
def test_what_layers_lack_is_answered_with_the_option_that_brings_it(
    tmp_path: Path, call: Callable[..., str], what: str
) -> None:
    (command, *options), words = LACKING[what]
    bare = ground(tmp_path / "bare.gpkg", community=None, compound=None)
    output = ("-o", tmp_path / "plan.gpkg") if command == "split" else ()
    said = call(command, bare, *options, *output)
    assert f"bring it in with `linli blocks {words}" in said
    offered = {f"--{name.replace('_', '-')}" for name in signature(blocks.command).parameters}
    assert set(re.findall(r"--[\w-]+", words)) <= offered


@pytest.mark.parametrize("place", ["good.gpkg", "plan.gpkg", "nowhere/out.gpkg", "out.shp"])
def test_no_command_writes_over_its_input_or_into_nowhere(
    world: Path, tmp_path: Path, call: Callable[..., str], place: str
) -> None:
    for name in ("good.gpkg", "plan.gpkg", "roads.gpkg"):
        (tmp_path / name).write_bytes((world / name).read_bytes())
    plan, blocks, out = tmp_path / "plan.gpkg", tmp_path / "good.gpkg", tmp_path / place
    calls = [
        ("improve", plan, "--blocks", blocks, "-o", out),
        ("evaluate", plan, "--blocks", blocks, "--move", "b00=白云", "-o", out),
    ]
    if place != "plan.gpkg":
        calls += [
            ("split", blocks, *BOUNDS, "-o", out),
            ("complete", blocks, "--draft-column", "community", *BOUNDS, "-o", out),
            ("blocks", "--roads", f"{tmp_path / 'roads.gpkg'}:roads", "-o", tmp_path / place.replace("good", "roads")),
        ]
    if place.startswith("nowhere"):
        calls += [
            ("report", plan, "--blocks", blocks, "-o", out.with_suffix(".html")),
            ("draw", plan, "--blocks", blocks, "-o", out.with_suffix(".svg")),
        ]
    words = {"nowhere/out.gpkg": "folder does not exist", "out.shp": "end the name in .gpkg"}
    for arguments in calls:
        assert words.get(place, "overwrite an input") in call(*arguments)


RAW = {
    "a boundary outside the data": (
        lambda f: ("--within", layer(f / "far.gpkg", squares(2, 2, east=EAST + 200_000), name=text(["x"] * 4))),
        r"km away.*far\.gpkg",
    ),
    "a boundary beside the data": (
        lambda f: ("--within", layer(f / "near.gpkg", squares(2, 2, east=EAST + 3_000), name=text(["x"] * 4))),
        "no road, river, railway or wall lies inside the boundary",
    ),
    "no roads": (
        lambda f: ("--roads", saved(f / "none.geojson", '{"type":"FeatureCollection","features":[]}')),
        r"no features.*none\.geojson, layer none",
    ),
    "an empty table": (lambda f: ("--counts", saved(f / "t.csv", "")), r"is empty.*t\.csv"),
    "no count column": (
        lambda f: ("--counts", saved(f / "t.csv", "id,门牌\nx,3\n")),
        r"no count column.*t\.csv.*id, 门牌",
    ),
    "text in a count": (
        lambda f: ("--buildings", layer(f / "h.gpkg", squares(2, 1, size=50), dwellings=text(["9", "许多"]))),
        "no whole number.*row 2, field dwellings, value '许多'",
    ),
    "a negative count": (
        lambda f: ("--buildings", layer(f / "h.gpkg", squares(2, 1, size=50), dwellings=[9, -4])),
        "no whole number.*row 2, field dwellings, value '?-4",
    ),
    "no CRS": (
        lambda f: ("--buildings", saved(f / "h.csv", "lon,lat,dwellings\n618050,2885050,3\n")),
        r"in doubt.*h\.csv.*field crs.*--crs",
    ),
    "mixed CRS": (
        lambda f: ("--water", layer(f / "w.gpkg", [shapely.LineString([(1, 1), (2, 2)])], crs="EPSG:4326")),
        r"km away.*w\.gpkg",
    ),
    "a pair that is none": (lambda f: ("--area", "police.gpkg"), "no pair.*--area, value 'police.gpkg'"),
}  # fmt: skip


@pytest.mark.parametrize("case", RAW)
def test_bad_layers_are_refused_by_blocks(world: Path, tmp_path: Path, call: Callable[..., str], case: str) -> None:
    make, words = RAW[case]
    changed = make(tmp_path)
    given = {"--roads": world / "roads.gpkg", "--within": world / "boundary.gpkg", "--buildings": world / "houses.gpkg"}
    words_of_call = [word for pair in (given | {changed[0]: changed[1]}).items() for word in pair]
    (tmp_path / "blocks.gpkg").write_bytes(OLD)
    said = call("blocks", *words_of_call, "-o", tmp_path / "blocks.gpkg")
    assert re.search(words, said), said
    assert " → " in said


def test_a_plan_whose_blocks_have_changed_claims_no_proof(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = ground(tmp_path / "blocks.gpkg", dwellings=[200] * 15 + [201])
    assert run(["report", str(world / "plan.gpkg"), "--blocks", str(file), "-o", str(tmp_path / "r.md")]) == 0
    assert "no longer what" in capsys.readouterr().err
    assert "已证明" not in (tmp_path / "r.md").read_text(encoding="utf-8")
