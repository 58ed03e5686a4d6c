from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely

from linli.cli import COMMANDS, run
from linli.geodata import Blocks, find_borders, read_blocks, write_blocks
from linli.plans.neutral import NeutralPlans
from linli.plans.planfile import read_plan

Json = dict[str, object]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A blocks file of 6 × 6 squares in two communities of 18."""
    rng = np.random.default_rng(4)
    ids = tuple(f"B{row + 1:04d}" for row in range(36))
    geometry = np.array([shapely.box(100 * (r % 6), 100 * (r // 6), 100 * (r % 6) + 100, 100 * (r // 6) + 100)
                         for r in range(36)], dtype=object)  # fmt: skip
    lines, rim = find_borders(ids, geometry)
    columns = {
        "dwellings": rng.integers(170, 230, 36).astype(np.int64),
        "households_registered": rng.integers(170, 230, 36).astype(np.int64),
        "community": np.array(["团结" if r % 6 < 3 else "白云" for r in range(36)], dtype=object),
        "compound": np.array([f"{r}号院" for r in range(36)], dtype=object),
    }
    path = tmp_path_factory.mktemp("ground") / "blocks.gpkg"
    write_blocks(Blocks(ids, geometry, columns, lines, rim, "EPSG:4543"), path)
    return path


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def called(*arguments: object) -> tuple[int, str, str]:
        code = run([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return called


SPLIT = ("--count", "dwellings", "--min", 1000, "--max", 3500, "--seed", 1, "--time-limit", 20)


@pytest.fixture(scope="module")
def plan(ground: Path) -> Path:
    path = ground.parent / "plan.gpkg"
    assert run([str(a) for a in ("split", ground, *SPLIT, "--parts", 3, "--keep", "community", "-o", path)]) == 0
    return path


def test_split_prints_one_object_of_the_contract(ground: Path, tmp_path: Path, call: Callable[..., tuple]) -> None:
    path = tmp_path / "plan.gpkg"
    code, out, _ = call("split", ground, *SPLIT, "--parts", 3, "--keep-whole", "compound", "-o", path, "--json")
    found = json.loads(out)
    assert code == 0
    assert path.is_file()
    assert list(found) == [
        "status", "goal", "objective", "bound", "gap", "cut_length_m", "cpu_seconds", "parts", "clash", "counted",
    ]  # fmt: skip
    assert found["status"] == "proven"
    assert found["gap"] == 0
    assert [set(part) for part in found["parts"]] == [{"name", "blocks", "count"}] * 3
    assert sum(part["count"] for part in found["parts"]) == int(read_blocks(ground).counts("dwellings").sum())


def test_several_columns_are_kept_whole_by_every_command_that_divides(
    ground: Path, tmp_path: Path, call: Callable[..., tuple]
) -> None:
    blocks, zones = tmp_path / "zones.gpkg", np.array([r // 12 * 3 + r % 6 // 2 for r in range(36)])
    read = read_blocks(ground)
    columns = {**read.columns, "zone": np.array([f"{z}区" for z in zones], dtype=object),
               "draft": np.array(["甲"] + [""] * 34 + ["乙"], dtype=object)}  # fmt: skip
    write_blocks(Blocks(read.ids, read.geometry, columns, read.lines, read.rim, read.crs), blocks)
    both = ("--keep-whole", "compound", "--keep-whole", "zone")
    asked = ("--count", "dwellings", "--min", 1000, "--max", 6000, "--parts", 2, "--seed", 1)
    assert call("split", blocks, *asked, *both, "-o", tmp_path / "a.gpkg")[0] == 0
    assert call("complete", blocks, *asked, *both, "--draft-column", "draft", "-o", tmp_path / "b.gpkg")[0] == 0
    assert call("front", blocks, *asked, *both, "--time-limit", 5, "-o", tmp_path / "front")[0] == 0
    assert call("sample", blocks, *asked, *both, "--plans", 4, "--chains", 1, "-o", tmp_path / "n.parquet")[0] == 0
    found = [tmp_path / "a.gpkg", tmp_path / "b.gpkg", *(tmp_path / "front").glob("*.gpkg")]
    assert len(found) > 2
    for path in found:
        plan = read_plan(path, read_blocks(blocks, count="dwellings"))
        assert plan.rules.whole == ("compound", "zone")
        assert all(len(set(plan.community[zones == zone])) == 1 for zone in range(9))
    assert NeutralPlans.from_file(tmp_path / "n.parquet").meta["keep_whole"] == ["compound", "zone"]


def test_split_without_a_plan_leaves_with_3_and_names_the_clash(
    ground: Path, tmp_path: Path, call: Callable[..., tuple]
) -> None:
    code, out, _ = call("split", ground, *SPLIT, "--parts", 30, "-o", tmp_path / "plan.gpkg", "--json")
    found = json.loads(out)
    assert code == 3
    assert found["status"] == "infeasible"
    assert any("社区个数30" in said for said in found["clash"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "changed",
    [
        ("--min", 4000),
        ("--count", "cats"),
        ("--keep-whole", "yard"),
        ("--keep", "yard"),
        ("--within", "京铜"),
        ("--minimize", "beauty"),
        ("--minimize", "boundary=x"),
        ("--parts", 0),
        ("--parts", "many"),
        ("--cap", "persons"),
        ("--rules", "nowhere.toml"),
        ("--profile", "nowhere"),
        ("--never-cross-kind", "canal"),
    ],
)
def test_bad_input_leaves_with_2_one_message_and_no_file(
    ground: Path, tmp_path: Path, call: Callable[..., tuple], changed: tuple[object, ...]
) -> None:
    code, out, err = call("split", ground, *SPLIT, *changed, "-o", tmp_path / "plan.gpkg")
    assert code == 2
    assert out == ""
    assert "Traceback" not in err
    assert err.strip()
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_found_before_the_work(ground: Path, call: Callable[..., tuple]) -> None:
    code, _, err = call("split", ground, *SPLIT, "-o", "/no/such/folder/plan.gpkg")
    assert code == 2
    assert "the folder does not exist" in err


def test_rules_from_a_file_are_replaced_by_options(ground: Path, tmp_path: Path, call: Callable[..., tuple]) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('households = [10, 20]\nnever_cross = ["community"]\n', encoding="utf-8")
    code, out, _ = call("split", ground, *SPLIT, "--rules", rules, "--parts", 4, "-o", tmp_path / "p.gpkg", "--json")
    assert code == 0
    assert [part["blocks"] for part in json.loads(out)["parts"]]


def test_evaluate_says_what_a_move_changes(ground: Path, plan: Path, call: Callable[..., tuple]) -> None:
    code, out, _ = call("evaluate", plan, "--blocks", ground, "--move", "B0003=白云", "--json")
    found = json.loads(out)
    assert code == 0
    before, after = ({row["name"]: row[when] for row in found["communities"]} for when in ("before", "after"))
    assert len(before) == 2
    assert after["白云"] > before["白云"]
    assert sum(before.values()) == sum(after.values())
    assert call("evaluate", plan, "--blocks", ground, "--move", "B0003")[0] == 2


def test_improve_keeps_what_is_locked(ground: Path, plan: Path, tmp_path: Path, call: Callable[..., tuple]) -> None:
    better = tmp_path / "better.gpkg"
    code, out, _ = call(
        "improve", plan, "--blocks", ground, "--minimize", "inertia", "--lock", "B0001", "-o", better, "--json"
    )
    assert code == 0
    assert json.loads(out)["goal"] == "inertia"
    assert better.is_file()


def test_complete_fills_a_draft_from_a_table(ground: Path, tmp_path: Path, call: Callable[..., tuple]) -> None:
    draft = tmp_path / "draft.csv"
    rows = [f"B{r + 1:04d},{'团结' if r % 6 < 2 else '白云' if r % 6 > 3 else ''},0" for r in range(36)]
    draft.write_text("id,community,locked\n" + "\n".join(rows) + "\n", encoding="utf-8")
    code, out, _ = call(
        "complete", ground, "--draft", draft, "--count", "dwellings", "--min", 1000, "--max", 5000,
        "-o", tmp_path / "plan.gpkg", "--json",
    )  # fmt: skip
    assert code == 0
    assert sorted(part["name"] for part in json.loads(out)["parts"]) == ["团结", "白云"]


def test_complete_answers_a_clash_with_one_object_and_writes_nothing(
    ground: Path, tmp_path: Path, call: Callable[..., tuple]
) -> None:
    draft = tmp_path / "draft.csv"
    draft.write_text("id,community,locked\nB0001,团结,1\n", encoding="utf-8")
    path = tmp_path / "plan.gpkg"
    code, out, err = call(
        "complete", ground, "--draft", draft, "--count", "dwellings", "--min", 1000, "--max", 1200, "--parts", 2,
        "-o", path, "--json",
    )  # fmt: skip
    answer = json.loads(out)
    assert (code, answer["status"]) == (3, "infeasible")
    assert any("1200" in clause for clause in answer["clash"])
    assert "cannot all hold" in err
    assert not path.exists()


def test_report_writes_the_words(ground: Path, plan: Path, tmp_path: Path, call: Callable[..., tuple]) -> None:
    page = tmp_path / "report.html"
    assert call("report", plan, "--blocks", ground, "-o", page, "--no-picture")[0] == 0
    assert "社区范围：东至" in page.read_text(encoding="utf-8")


def test_diagnose_flags_by_the_threshold(ground: Path, call: Callable[..., tuple]) -> None:
    code, out, _ = call("diagnose", ground, "--count", "dwellings", "--threshold", 100, "--json")
    assert code == 0
    assert sorted(json.loads(out)["flagged"]) == ["团结", "白云"]
    assert "正常" in call("diagnose", ground, "--count", "dwellings")[1]


def test_a_shortest_cut_of_lengths_beyond_the_millimetre_is_verified(
    tmp_path: Path, call: Callable[..., tuple]
) -> None:
    edges = [100.1114 * k + 0.0011 * k * k for k in range(7)]  # no two columns of one width
    ids = tuple(f"B{row + 1:04d}" for row in range(36))
    around = [(edges[r % 6], edges[r // 6], edges[r % 6 + 1], edges[r // 6 + 1]) for r in range(36)]
    geometry = np.array([shapely.box(*sides) for sides in around], dtype=object)
    columns = {"dwellings": np.full(36, 200, dtype=np.int64)}
    blocks, plan = tmp_path / "blocks.gpkg", tmp_path / "plan.gpkg"
    write_blocks(Blocks(ids, geometry, columns, *find_borders(ids, geometry), "EPSG:4543"), blocks)
    assert call("split", blocks, *SPLIT, "--parts", 3, "--minimize", "cut_length_m", "-o", plan)[0] == 0
    assert call("verify", plan, "--blocks", blocks)[0] == 0


@pytest.mark.parametrize("name", ["split", "complete", "improve", "evaluate", "report", "diagnose"])
def test_help_of_each_command_has_an_example(name: str, call: Callable[..., tuple]) -> None:
    code, out, _ = call(name, "--help")
    assert code == 0
    assert f"Example: linli {name}" in " ".join(out.split())


def test_the_overview_lists_every_command_and_an_unknown_one_is_refused(call: Callable[..., tuple]) -> None:
    code, out, _ = call("--help")
    assert code == 0
    assert all(name in out for name in COMMANDS)
    code, _, err = call("spilt")
    assert code == 2
    assert "did you mean split" in err


def test_the_front_door_and_the_overview_load_nothing_heavy() -> None:
    heavy = "{'numba', 'shapely', 'scipy', 'highspy', 'matplotlib', 'pyogrio', 'numpy', 'typer'}"
    program = (
        "import sys, linli, linli.cli; linli.cli.run(['--help']); "
        f"found = {heavy} & set(sys.modules); sys.exit(str(found) if found else 0)"
    )
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, timeout=20)
    assert time.perf_counter() - began < 5
