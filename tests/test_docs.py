"""The documents hold true: their commands run, their links lead somewhere, both languages say the same commands."""

from __future__ import annotations

import importlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

import linli
from linli.cli import COMMANDS, run
from linli.web.tests.browser.test_pictures import MOST_BYTES, SIGHTS

HOME = Path(__file__).resolve().parent.parent
PAGES = sorted([*HOME.glob("*.md"), *(HOME / "docs").rglob("*.md"), *(HOME / "examples").glob("*.md")])
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
PYTHON = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)(#[^)\s]*)?\)")
SITE = {"demo", "found", "serve", "worker", "upgrade", "backup", "restore", "ledger"}  # told of in docs/operations.md
ALL = """
import json, sys
from linli.cli import run
for arguments in json.loads(sys.argv[1]):
    code = run(arguments)
    if code:
        sys.exit(f"{arguments} ended with {code}")
"""


def commands(page: Path) -> tuple[str, ...]:
    """Every `$ linli …` of a page's console blocks, in order, continued lines joined."""
    blocks = "".join(CONSOLE.findall(page.read_text(encoding="utf-8")))
    joined = blocks.replace("\\\n", " ")
    return tuple(" ".join(line[2:].split()) for line in joined.splitlines() if line.startswith("$ linli "))


def pages_by_commands() -> dict[tuple[str, ...], str]:
    """Pages with commands; pages that say the same commands, as two languages of one page do, are run once."""
    found: dict[tuple[str, ...], str] = {}
    for page in PAGES:
        said = commands(page)
        if said:
            found.setdefault(said, page.relative_to(HOME).as_posix())
    return found


@pytest.mark.parametrize("said", pages_by_commands(), ids=pages_by_commands().values())
def test_every_command_of_a_page_runs(
    said: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in (HOME / "examples").iterdir():
        if file.is_file():
            shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    if {command.split()[1] for command in said} & SITE:  # a site of its own, in a process that serves no test
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "LINLI_SECRET_KEY")}
        environment = {**kept, "DJANGO_SETTINGS_MODULE": "linli.web.settings", "LINLI_HOME": str(tmp_path / "home")}
        arguments = json.dumps([shlex.split(command)[1:] for command in said])
        done = subprocess.run([sys.executable, "-c", ALL, arguments], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        return
    for command in said:
        code = run(shlex.split(command)[1:])
        assert code == 0, f"{command}\nended with {code}: {capsys.readouterr().err[-2000:]}"


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_sample_code_of_the_readme_runs_on_the_blocks_of_its_commands(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in (HOME / "examples").glob("*.geojson"):
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    blocks, *_others = commands(HOME / name)
    assert run(shlex.split(blocks)[1:]) == 0
    capsys.readouterr()
    (code,) = PYTHON.findall((HOME / name).read_text(encoding="utf-8"))
    exec(code, {})
    assert capsys.readouterr().out.startswith("proven ")
    assert (tmp_path / "plan.gpkg").exists()


def test_both_guides_show_every_command_of_the_engine() -> None:
    for guide in ("docs/guide.md", "docs/guide.zh.md"):
        shown = {command.split()[1] for command in commands(HOME / guide)}
        assert shown == set(COMMANDS) - SITE, f"{guide} shows {sorted(shown)}"


def test_the_page_on_operations_shows_every_command_of_the_site() -> None:
    shown = {command.split()[1] for command in commands(HOME / "docs/operations.md")}
    assert shown == SITE - {"demo", "serve"}  # these two serve until they are told to end
    told = (HOME / "docs/operations.md").read_text(encoding="utf-8")
    names = re.findall(r"`(LINLI_\w+|DATABASE_URL)`", (HOME / "src/linli/web/settings.py").read_text(encoding="utf-8"))
    assert [name for name in names if f"`{name}`" not in told and name != "LINLI_DEMO"] == []


@pytest.mark.parametrize(
    ("command", "page"), [("blocks", "docs/guide"), ("found", "docs/operations")], ids=["blocks", "found"]
)
def test_every_option_of_the_commands_that_bring_data_in_is_told(command: str, page: str) -> None:
    module = importlib.import_module(f"linli.cli.{command}")
    options = options_of(module.command)
    assert "--json" in options
    for ending in (".md", ".zh.md"):
        told = (HOME / f"{page}{ending}").read_text(encoding="utf-8")
        assert [one for one in options if not re.search(rf"(?<![\w-]){one}(?![\w-])", told)] == []


def options_of(function: Callable[..., object]) -> list[str]:
    """Every long option of a sub-command, as Typer reads it."""
    app = typer.Typer(add_completion=False)
    app.command()(function)
    return [name for one in typer.main.get_command(app).params for name in one.opts if name.startswith("--")]


@pytest.mark.parametrize("page", [page for page in PAGES if page.name.endswith(".zh.md")], ids=lambda page: page.name)
def test_both_languages_say_the_same_commands(page: Path) -> None:
    english = page.with_name(page.name.replace(".zh.md", ".md"))
    assert commands(page) == commands(english)


def test_both_pages_on_architecture_name_every_room_and_the_same_layers_columns_and_fields() -> None:
    rooms = {f"{one.parent.name}/" for one in (HOME / "src/linli").glob("*/__init__.py")}
    named = []
    for page in ("docs/architecture.md", "docs/architecture.zh.md"):
        prose = re.sub(r"^```.*?^```", "", (HOME / page).read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
        names = re.findall(r"`([^`\n]+)`", prose)
        assert rooms - set(names) == set(), page
        named.append(sorted(name for name in names if re.fullmatch(r"[\w./:=>*\- ]+", name, re.ASCII)))
    assert named[0] == named[1]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(HOME).as_posix())
def test_links_lead_to_files_of_the_repository(page: Path) -> None:
    for target, _ in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"


def test_each_readme_shows_the_three_pictures_that_the_browser_tests_take_in_its_language() -> None:
    for readme, ending in (("README.md", ".en.webp"), ("README.zh.md", ".webp")):
        shown = re.findall(r"docs/images/([\w.]+\.webp)", (HOME / readme).read_text(encoding="utf-8"))
        assert shown == [f"{sight}{ending}" for sight in SIGHTS]
        assert all((HOME / "docs/images" / picture).stat().st_size <= MOST_BYTES for picture in shown)


def test_the_changelog_names_the_version() -> None:
    assert f"## {linli.__version__}" in (HOME / "CHANGELOG.md").read_text(encoding="utf-8")
