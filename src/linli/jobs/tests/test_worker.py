"""Workers as processes of their own, on a database file of their own, stopped and killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

pytestmark = pytest.mark.own_site

WORKER = """
import sys, threading, django
django.setup()
import linli.jobs.tests.work
from linli.jobs.running import work
stop = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
work(stop)
"""


class Site:
    """A site's database in a folder, with the workers that run on it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.workers: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **os.environ, "LINLI_HOME": str(home), "DATABASE_URL": "", "LINLI_SECRET_KEY": "x",
            "DJANGO_SETTINGS_MODULE": "linli.web.settings", "LINLI_LOG": "CRITICAL",
        }  # fmt: skip
        source = (
            "import django; django.setup()\n"
            "from django.db import connection\n"
            "from linli.jobs.models import Job\n"
            "with connection.schema_editor() as editor: editor.create_model(Job)\n"
            "import linli.jobs.tests.work\n"
            "from linli.jobs.running import start\n"
            f"start('tests.hold', actor='account:7', folder={str(home)!r})\n"
        )
        subprocess.run([sys.executable, "-c", source], env=self.environment, check=True, timeout=60)

    def worker(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-c", WORKER], env=self.environment, stdin=subprocess.PIPE)
        self.workers.append(process)
        return process

    def job(self) -> tuple[str, int]:
        with sqlite3.connect(self.home / "linli.sqlite3", timeout=20) as database:
            state, attempts = database.execute("SELECT state, attempts FROM jobs_job").fetchone()
        return state, attempts

    def until(self, holds: Callable[[], bool], seconds: float) -> float:
        began, pause = time.monotonic(), Event()
        while not holds():
            assert time.monotonic() - began < seconds, f"not in {seconds} s; the job is {self.job()}"
            pause.wait(0.05)
        return time.monotonic() - began


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    for worker in made.workers:
        worker.kill()
        worker.wait()
        if worker.stdin:
            worker.stdin.close()


def test_a_job_whose_worker_is_killed_runs_again_within_15_seconds(site: Site) -> None:
    first = site.worker()
    site.until((site.home / f"worked-{first.pid}").exists, 60)
    second = site.worker()
    site.until(lambda: site.job() == ("running", 1), 10)
    first.send_signal(signal.SIGKILL)
    first.wait()
    took = site.until((site.home / f"worked-{second.pid}").exists, 40)
    assert took <= 15
    assert site.job() == ("running", 2)
    (site.home / "go").touch()
    site.until(lambda: site.job() == ("done", 2), 10)


def test_a_worker_that_is_told_to_stop_hands_its_job_back(site: Site) -> None:
    worker = site.worker()
    site.until((site.home / f"worked-{worker.pid}").exists, 60)
    assert worker.stdin is not None
    worker.stdin.close()
    assert worker.wait(timeout=20) == 0
    assert site.job() == ("waiting", 0)
