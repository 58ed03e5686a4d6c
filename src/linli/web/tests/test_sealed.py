"""Sealed backups open for their passphrase alone and whole or not at all; a site's files are its own user's alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from linli.errors import InputError
from linli.web.upkeep import sealed
from linli.web.upkeep.restore import MOVED
from linli.web.upkeep.rights import mend, open_to_others

SECRET = "四个不相干的词 keep it elsewhere"


@pytest.fixture(autouse=True)
def _quick_and_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same file layout in pieces of 100 bytes; a passphrase costs nothing here."""
    monkeypatch.setattr(sealed, "PIECE", 100)
    monkeypatch.setattr(sealed, "COST", {"n": 2, "r": 8, "p": 1})


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, bytes]:
    content = os.urandom(350)
    (tmp_path / "plain").write_bytes(content)
    sealed.seal(tmp_path / "plain", tmp_path / "sealed", SECRET)
    return tmp_path / "sealed", content


@pytest.mark.parametrize("size", [0, 1, 99, 100, 101, 200, 350])
def test_what_was_sealed_opens_again(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    (tmp_path / "plain").write_bytes(content)
    sealed.seal(tmp_path / "plain", tmp_path / "sealed", SECRET)
    assert sealed.is_sealed(tmp_path / "sealed")
    assert size < 16 or content[:16] not in (tmp_path / "sealed").read_bytes()
    sealed.unseal(tmp_path / "sealed", tmp_path / "again", SECRET)
    assert (tmp_path / "again").read_bytes() == content
    assert stat.S_IMODE((tmp_path / "again").stat().st_mode) == 0o600


def test_the_same_content_is_never_sealed_alike(pair: tuple[Path, bytes], tmp_path: Path) -> None:
    sealed.seal(tmp_path / "plain", tmp_path / "twin", SECRET)
    assert (tmp_path / "twin").read_bytes() != pair[0].read_bytes()


def test_every_changed_byte_and_every_cut_is_refused_before_anything_is_written(
    pair: tuple[Path, bytes], tmp_path: Path
) -> None:
    whole = pair[0].read_bytes()
    head, step = 32, 116
    bent = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(16, len(whole), 7)]
    bent += [whole[:cut] for cut in range(head, len(whole), 29)]  # where a piece ends, and within
    bent += [whole[: head + step * k] for k in range(4)]
    bent += [whole + b"\0", whole + whole[head : head + step]]
    first, second, rest = whole[head : head + step], whole[head + step : head + 2 * step], whole[head + 2 * step :]
    bent.append(whole[:head] + second + first + rest)
    for number, content in enumerate(bent):
        path = tmp_path / f"bent-{number}"
        path.write_bytes(content)
        with pytest.raises(InputError, match="changed"):
            sealed.unseal(path, tmp_path / "again", SECRET)
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("secret", ["", SECRET[:-1], SECRET + " ", SECRET.upper()])
def test_another_passphrase_opens_nothing(pair: tuple[Path, bytes], secret: str) -> None:
    with pytest.raises(InputError, match="passphrase is another one"):
        sealed.check(pair[0], secret)


def test_a_short_passphrase_and_a_key_file_that_is_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("short\n", encoding="utf-8")
    for path in (tmp_path / "key", tmp_path / "none", tmp_path):
        with pytest.raises(InputError):
            sealed.secret_in(path)
    (tmp_path / "key").write_text(f" {SECRET}\n", encoding="utf-8")
    assert sealed.secret_in(tmp_path / "key") == SECRET


def test_rights_are_mended_for_what_is_the_sites_and_for_nothing_else(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for folder in ("files/2026", "backups", "other"):
        (home / folder).mkdir(parents=True)
    for name in (
        "linli.sqlite3",
        "linli.sqlite3-wal",
        "secret.key",
        "files/2026/a.jpg",
        "backups/a.zip",
        "other/b.txt",
    ):
        (home / name).touch()
    for path in (home, *home.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (home / "files" / "link").symlink_to(home / "other" / "b.txt")
    assert {path.name for path in open_to_others(home)} == {
        "home", "linli.sqlite3", "linli.sqlite3-wal", "secret.key", "files", "backups",
    }  # fmt: skip
    assert mend(home) == 9
    assert (open_to_others(home), mend(home)) == ([], 0)
    assert stat.S_IMODE((home / "other" / "b.txt").stat().st_mode) == 0o644
    assert stat.S_IMODE((home / "files" / "2026").stat().st_mode) == 0o700


def test_all_that_a_restore_puts_back_is_the_sites_own(tmp_path: Path) -> None:
    names = {*MOVED, ".ledger.key-0a1b2c3d"}  # the last is left by a process that was killed while it made the key
    for name in names:
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o644)
    assert names <= {path.name for path in open_to_others(tmp_path)}
    mend(tmp_path)
    assert open_to_others(tmp_path) == []
