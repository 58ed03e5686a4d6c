"""Upgrade, backup and restore, as commands of processes of their own; killed ones leave the old or the new."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from linli.errors import InputError
from linli.web.tests.dying import DIES_AT, sqlite_in
from linli.web.upkeep.archive import MANIFEST, add, check_sqlite
from linli.web.upkeep.restore import finish_restore, restore
from linli.web.upkeep.rights import open_to_others

pytestmark = pytest.mark.own_site

LINLI = [sys.executable, "-c", "from linli.cli import main; main()"]
DYING = [sys.executable, "-m", "linli.web.tests.dying"]


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "LINLI_SECRET_KEY")}
    return {**kept, "LINLI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "linli.web.settings", "LINLI_LOG": "ERROR"}


def linli(home: Path, *arguments: object, code: int = 0, out: bool = False) -> str:
    command = [*LINLI, *map(str, arguments)]
    done = subprocess.run(command, env=environment(home), capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 or out else done.stderr


def mark(home: Path, text: str) -> None:
    """Put something into a site that tells it from others."""
    (home / "files").mkdir(exist_ok=True)
    (home / "files" / "mark.txt").write_text(text, encoding="utf-8")
    with closing(sqlite3.connect(home / "linli.sqlite3")) as database:
        database.execute("CREATE TABLE IF NOT EXISTS mark (text)")
        database.execute("DELETE FROM mark")
        database.execute("INSERT INTO mark VALUES (?)", [text])
        database.commit()


def marks(home: Path) -> tuple[str, str]:
    with closing(sqlite3.connect(home / "linli.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        (row,) = database.execute("SELECT text FROM mark").fetchall()
    return row[0], (home / "files" / "mark.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site marked 'new' after its backup `old.zip` was made while it was marked 'old'."""
    home = tmp_path_factory.mktemp("site")
    linli(home, "upgrade")
    mark(home, "old")
    linli(home, "backup", "-o", home / "old.zip")
    mark(home, "new")
    return home


def test_upgrade_is_safe_to_repeat(site: Path) -> None:
    assert json.loads(linli(site, "upgrade", "--json")) == {"fresh": False, "migrations": [], "backup": None}
    with closing(sqlite3.connect(site / "linli.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM org_role").fetchone()[0] > 5


def test_restore_puts_back_database_and_files_into_a_new_home(site: Path, tmp_path: Path) -> None:
    linli(site, "restore", site / "old.zip", "--into", tmp_path / "there")
    assert marks(tmp_path / "there") == ("old", "old")
    assert marks(site) == ("new", "new")
    assert (tmp_path / "there" / "secret.key").read_bytes() == (site / "secret.key").read_bytes()


def test_a_sealed_backup_comes_back_for_its_key_and_what_a_site_keeps_is_its_own(site: Path, tmp_path: Path) -> None:
    key, there, made = tmp_path / "key", tmp_path / "there", tmp_path / "a.sealed"
    key.write_text("four words that nobody guesses", encoding="utf-8")
    linli(site, "backup", "--key-file", key, "-o", made)
    with pytest.raises(InputError, match="this backup is sealed"):
        restore(made, there, sqlite_in(there))
    assert not (there / "linli.sqlite3").exists()
    linli(site, "restore", made, "--key-file", key, "--into", there)
    assert marks(there) == ("new", "new")
    assert list(there.glob(".restore-*")) == []
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert open_to_others(there) == open_to_others(site) == []


def test_a_changed_backup_is_refused_and_the_site_stays(site: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(site / "old.zip") as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"other" if name == "files/mark.txt" else old.read(name))
    assert "not what was written" in linli(site, "restore", changed, code=2)
    assert marks(site) == ("new", "new")


PHOTOGRAPH = """
from linli.web.start import start_site
start_site()
import uuid
from django.db import transaction
from linli.ledger.vouching import vouch
from linli.matters.actions.open_matter import open_matter
from linli.matters.models import Category
from linli.org.actors import PUBLIC
from linli.org.tests.world import build_world
with transaction.atomic():
    build_world()
    vouch()
category = Category.objects.first()
open_matter(PUBLIC, key=uuid.uuid4(), text="井盖响", place="路口", photos=[b"picture"], category=category)
"""


def test_a_bent_and_a_lost_photograph_are_named_by_verify_backup_and_restore(site: Path, tmp_path: Path) -> None:
    home, there, made = tmp_path / "home", tmp_path / "there", tmp_path / "made.zip"
    linli(site, "restore", site / "old.zip", "--into", home)
    subprocess.run([sys.executable, "-c", PHOTOGRAPH], env=environment(home), check=True)
    (photo,) = (home / "files" / "photos").rglob("*.jpg")
    linli(home, "ledger", "verify")
    photo.write_bytes(b"picturE")
    assert "a file is not what was kept: photos/" in linli(home, "ledger", "verify", code=1, out=True)
    photo.unlink()
    told = json.loads(linli(home, "backup", "-o", made, "--json"))["astray"]
    assert len(told) == 1
    assert "a file is gone: photos/" in told[0]
    assert "(matter:" in told[0]
    assert json.loads(linli(home, "restore", made, "--into", there, "--json"))["astray"] == told
    why = ("--by", "xitong", "--why", "硬盘坏了，登记在案")
    linli(there, "ledger", "acknowledge", "--thing", told[0].rpartition("(")[2][:-1], *why)
    linli(there, "ledger", "verify")


BENT = {
    "guard": "DROP TRIGGER ledger_entry_no_update",
    "content": "DROP TRIGGER ledger_entry_no_update; UPDATE ledger_entry SET content = X'7b7d' WHERE seq = 1",
    "contents": "CREATE TABLE t AS SELECT * FROM ledger_entry; DROP TABLE ledger_entry;"
    " ALTER TABLE t RENAME TO ledger_entry; UPDATE ledger_entry SET content = NULL, salt = NULL",
}


@pytest.mark.parametrize("way", BENT)
def test_a_bent_ledger_is_neither_backed_up_nor_restored(site: Path, tmp_path: Path, way: str) -> None:
    home = tmp_path / "bent"
    linli(site, "restore", site / "old.zip", "--into", home)
    with closing(sqlite3.connect(home / "linli.sqlite3")) as database:
        database.executescript(BENT[way])
    with pytest.raises(InputError, match="ledger is broken"):
        check_sqlite(home / "linli.sqlite3")
    bent = tmp_path / "bent.zip"
    with zipfile.ZipFile(site / "old.zip") as old, zipfile.ZipFile(bent, "w") as new:
        manifest = json.loads(old.read(MANIFEST))
        manifest["members"] = {"database.sqlite3": add(new, home / "linli.sqlite3", "database.sqlite3")}
        new.writestr(MANIFEST, json.dumps(manifest))
    with pytest.raises(InputError, match="ledger is broken"):
        restore(bent, tmp_path / "there", sqlite_in(tmp_path / "there"))
    assert not (tmp_path / "there" / "linli.sqlite3").exists()
    if way == "guard":
        assert "ledger is broken" in linli(home, "backup", code=2)
        assert "ledger_entry_no_update" in linli(home, "ledger", "verify", code=1, out=True)


@pytest.fixture(scope="module")
def killed(site: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, int]]:
    """Homes of a site marked 'present' in which a restore of 'old' was killed, each at another moment."""
    folder = tmp_path_factory.mktemp("killed")
    linli(site, "restore", site / "old.zip", "--into", folder / "0")
    mark(folder / "0", "present")
    homes = {f"{function}-{calls}": folder / f"{function}-{calls}" for function in DIES_AT for calls in range(6)}
    for home in homes.values():
        shutil.copytree(folder / "0", home)
    asked = json.dumps({name: str(home) for name, home in homes.items()})
    done = subprocess.run(
        [*DYING, "restore-often", str(site / "old.zip"), asked], capture_output=True, text=True, check=True
    )
    return {name: (homes[name], code) for name, code in json.loads(done.stdout).items()}


@pytest.mark.parametrize("calls", range(6))
@pytest.mark.parametrize("function", DIES_AT)
def test_a_killed_restore_leaves_the_old_site_or_the_new(
    killed: dict[str, tuple[Path, int]], function: str, calls: int
) -> None:
    home, code = killed[f"{function}-{calls}"]
    assert code in (0, -signal.SIGKILL)
    if calls == 3:
        linli(home, "upgrade")  # whoever opens the site next finishes what was begun
    else:
        finish_restore(home, sqlite_in(home))  # which does it so
    assert marks(home) in (("present", "present"), ("old", "old"))


def test_restores_were_killed_all_along(killed: dict[str, tuple[Path, int]]) -> None:
    deaths = [name for name, (_, code) in killed.items() if code == -signal.SIGKILL]
    assert len([name for name in deaths if name.startswith("rename")]) >= 4
    assert len([name for name in deaths if name.startswith("mkdir")]) >= 2


@pytest.mark.parametrize("calls", [0, 1])
def test_a_killed_backup_leaves_no_file_and_the_next_one_cleans_up(site: Path, tmp_path: Path, calls: int) -> None:
    target = tmp_path / "backup.zip"
    function = ("chmod", "replace")[calls]
    command = [*DYING, "command", function, "0", "backup", "-o", str(target)]
    assert subprocess.run(command, env=environment(site), capture_output=True).returncode == -signal.SIGKILL
    assert not target.exists()
    linli(site, "backup", "-o", target)
    assert [path.name for path in tmp_path.iterdir()] == ["backup.zip"]


def test_the_server_loads_no_heavy_library() -> None:
    script = (
        "import sys, linli.web.wsgi; from django.urls import get_resolver as r; r().url_patterns; print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "LINLI_LOG": "ERROR"}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) & {"numba", "matplotlib", "pyogrio", "highspy"} == set()
