"""Habits of the repository: what is committed names no host and no machine, is finished, and can be read."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path

import linli

HOME = Path(__file__).resolve().parent.parent
TEXTS = (".cfg", ".css", ".csv", ".geojson", ".html", ".json", ".lock", ".md", ".py", ".toml", ".txt", ".yaml", "run")
# written so that these patterns do not match themselves
HOSTS = re.compile(r"pyp[i]\.o|pythonhos[t]ed|npmj[s]\.|npmmirro[r]|deb\.debia[n]")
MACHINE = re.compile(r"/(wor[k]|far[m])/|/roo[t]/|/hom[e]/\w")
OPENING = re.compile(r'(#![^\n]*\n)?"""')
UNFINISHED = re.compile(
    r"TOD[O]|FIXM[E]|XX[X]|NotImplementedErro[r]|raise NotImplemente[d]|pytest\.mark\.(ski[p]|xfai[l])\b"
)
MOST_LINES, MOST_BYTES = 500, 1 << 20


@cache
def tracked() -> tuple[Path, ...]:
    """Files that git holds; without git (an unpacked archive) the files of the source folders."""
    try:
        listed = subprocess.run(
            ["git", "-c", f"safe.directory={HOME}", "-C", str(HOME), "ls-files", "-z"], capture_output=True, check=True
        ).stdout.decode()
        found = [HOME / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        folders = ("src", "tests", "docs", "benchmarks", "examples")
        found = [path for folder in folders for path in (HOME / folder).rglob("*") if "__pycache__" not in path.parts]
    return tuple(path for path in found if path.is_file())


def lines_that_match(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [
        f"{path.relative_to(HOME)}:{number}: {line[:100]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def texts(*folders: str) -> list[Path]:
    roots = [HOME / folder for folder in folders] or [HOME]
    return [
        path
        for path in tracked()
        if any(path.is_relative_to(root) for root in roots) and (path.name.endswith(TEXTS) or path.name == "Makefile")
    ]


def test_there_are_files_to_check() -> None:
    assert len(texts("src")) > 50


def test_no_file_names_a_registry_host() -> None:
    assert lines_that_match(HOSTS, texts()) == []


def test_no_file_names_a_path_of_one_machine() -> None:
    assert lines_that_match(MACHINE, texts()) == []


def test_nothing_is_left_unfinished() -> None:
    assert lines_that_match(UNFINISHED, texts("src", "tests", "benchmarks", "examples")) == []


def test_every_source_file_can_be_held_in_the_head() -> None:
    long = {path.name: count for path in texts("src") if (count := path.read_bytes().count(b"\n")) > MOST_LINES}
    assert long == {}


def test_no_large_file_is_committed() -> None:
    assert [path.name for path in tracked() if path.stat().st_size > MOST_BYTES] == []


def test_every_module_opens_with_one_sentence() -> None:
    silent = [
        path.relative_to(HOME).as_posix()
        for path in texts("src")
        if path.suffix == ".py" and (text := path.read_text(encoding="utf-8")) and not OPENING.match(text)
    ]
    assert [path for path in silent if "/tests/" not in path and "/migrations/" not in path] == []


def test_locks_hold_hashes_and_no_address() -> None:
    for lock in HOME.glob("requirements*.lock"):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        pins = [line for line in text.splitlines() if "==" in line and not line.startswith((" ", "#"))]
        assert len(pins) > 20
        assert all(line.endswith("\\") for line in pins), f"{lock.name}: a pin without a hash"


def test_the_installed_version_is_the_one_of_the_sources() -> None:
    assert version("linli") == linli.__version__


def test_the_front_door_and_help_load_no_heavy_library() -> None:
    script = "import sys, linli, linli.cli; linli.cli.run(['--help']); print('LOADED', *sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split("LOADED")[1].split())
    assert loaded & {"numba", "shapely", "matplotlib", "pyogrio", "highspy", "scipy", "numpy", "typer", "rich"} == set()
