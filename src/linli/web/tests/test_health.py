"""Health answers for whoever watches the service: what fails is told part by part, and by pages in words."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import django.db
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from linli.cli import _unable
from linli.errors import is_full
from linli.jobs.models import Job, Tick
from linli.matters.models import Matter
from linli.notices.models import Notice
from linli.org.limits import forget_all
from linli.org.tests.world import World
from linli.web.upkeep import condition

OLD = timedelta(minutes=30)


@pytest.fixture
def parts(world: World, settings: Any, tmp_path: Path) -> Callable[[], dict[str, str]]:
    """Return a call that tells the state of each part, of a site whose home is its own alone."""
    settings.HOME = tmp_path
    tmp_path.chmod(0o700)

    def told() -> dict[str, str]:
        answer = Client().get("/readyz")
        said = answer.json()
        assert (answer.status_code == 503) == (said["status"] == "down")
        assert all("words" in part for part in said["parts"].values() if part["state"] != "ok")
        return {name: part["state"] for name, part in said["parts"].items() if part["state"] != "ok"}

    return told


def test_the_process_says_that_it_is_alive(client_of: Callable[[str], Client]) -> None:
    assert client_of("").get("/healthz").json() == {"status": "ok"}


def test_a_sound_site_is_ready(parts: Callable[[], dict[str, str]]) -> None:
    assert parts() == {}


def test_a_disk_that_fills_warns_and_a_full_one_is_not_ready(
    parts: Callable[[], dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(condition, "LOW", 2**62)
    assert parts() == {"disk": "warn"}
    monkeypatch.setattr(condition, "FULL", 2**62)
    assert parts() == {"disk": "down"}


def test_files_that_others_may_read_are_told(parts: Callable[[], dict[str, str]], tmp_path: Path) -> None:
    (tmp_path / "secret.key").touch()
    (tmp_path / "secret.key").chmod(0o640)
    assert parts() == {"rights": "warn"}


def test_a_worker_that_stands_still_is_told_from_one_that_is_long_at_work(parts: Callable[[], dict[str, str]]) -> None:
    Tick.objects.update_or_create(name="notices.send", defaults={"next_at": timezone.now() - OLD})
    assert parts() == {"worker": "warn"}
    job = Job.objects.create(kind="x", actor="x", state=Job.State.RUNNING, lease_until=timezone.now() + OLD)
    assert parts() == {}
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - OLD)
    assert parts() == {"worker": "warn"}


def test_a_notice_that_waits_too_long_is_told(parts: Callable[[], dict[str, str]], world: World) -> None:
    said = {"object": "x", "channel": "mail", "address": "x", "masked": "x", "subject": "x", "text": "x"}
    for key, wait in (("1", OLD), ("2", -OLD / 6)):
        Notice.objects.create(key=key, division=world.division("团结"), not_before=timezone.now() + wait, **said)
        assert parts() == {}
    Notice.objects.filter(key="2").update(not_before=timezone.now() - OLD)
    assert parts() == {"notices": "warn"}
    Notice.objects.update(state=Notice.State.SENT)
    assert parts() == {}


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="a bound of pages is SQLite's")
def test_a_full_database_keeps_no_report_and_gives_its_text_back(world: World) -> None:
    forget_all()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
    client, texts = Client(), [f"第{k}件：{'楼道灯坏了<b>。' * 400}" for k in range(40)]
    try:
        answers = [
            client.post("/report/", {"text": text, "kind": "report", "asked": "yes", "key": str(uuid.uuid4())})
            for text in texts
        ]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1073741823")
    kept = [answer.status_code for answer in answers].count(302)
    full = next(answer for answer in answers if answer.status_code == 503)
    page = full.content.decode()
    assert Matter.objects.count() == kept
    assert "存储空间已满，刚才的内容没有保存" in page
    assert "楼道灯坏了&lt;b&gt;。" * 400 in page
    assert "no-store" in full["Cache-Control"]


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (django.db.OperationalError("database or disk is full"), True),
        (sqlite3.OperationalError("disk I/O error"), True),
        (django.db.DatabaseError('could not extend file "base/1": No space left on device\nHINT: Check it.'), True),
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (django.db.OperationalError("database is locked"), False),
        (OSError(errno.ENOENT, "No such file"), False),
        (ValueError("the list is full"), False),
        (None, False),
    ],
)
def test_pages_and_commands_agree_on_what_a_full_disk_is(error: Exception | None, full: bool) -> None:
    assert is_full(error) is full
    assert error is None or ("the disk is full" in str(_unable(error))) is full


LOST = """
from linli.web.start import start_django
start_django()
import json
from django.test import Client
client = Client(raise_request_exception=False)
ready, page = client.get("/readyz"), client.post("/report/", {"text": "楼道灯坏了"})
client.cookies["sessionid"] = "a" * 32
early = client.post("/report/", {"text": "楼道灯坏了"})
client.cookies.clear()
assert early.status_code == 503 and "楼道灯坏了" in early.content.decode()
print(json.dumps([client.get("/healthz").status_code, ready.status_code, ready.json()["parts"]["database"]["state"],
                  page.status_code, "数据库没有应答" in page.content.decode(), "楼道灯坏了" in page.content.decode()]))
"""


def test_a_lost_postgresql_is_told_by_readiness_pages_and_commands(tmp_path: Path) -> None:
    where = {
        "DATABASE_URL": "postgresql://linli@127.0.0.1:1/linli",
        "LINLI_HOME": str(tmp_path),
        "LINLI_LOG": "CRITICAL",
    }
    environment = {**os.environ, **where, "DJANGO_SETTINGS_MODULE": "linli.web.settings"}
    page = subprocess.run([sys.executable, "-c", LOST], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(page.stdout) == [200, 503, "down", 503, True, True]
    script = [sys.executable, "-c", "from linli.cli import main; main()", "upgrade"]
    command = subprocess.run(script, env=environment, capture_output=True, text=True)
    assert command.returncode == 2
    assert command.stderr.startswith("linli upgrade: 数据库没有应答 / the database does not answer")
    assert len(command.stderr.splitlines()) == 1


def test_every_answer_forbids_inline_script(client_of: Callable[[str], Client]) -> None:
    answer = client_of("jiedao").get("/today/")
    assert answer.status_code == 200
    assert "script-src 'self';" in answer["Content-Security-Policy"]
    assert b"<script>" not in answer.content
