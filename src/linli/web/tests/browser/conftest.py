"""A served site with the test world and a little ground, and Chromium to look at it."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from linli.demo.office import OFFICE

START = """
from linli.web.start import start_django
start_django()
from linli.web.upkeep.upgrading import upgrade
upgrade(tell=lambda words: None)
from linli.web.tests.filled import fill
fill()
"""


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Fill a site in processes of its own; return what they run in. `LINLI_PICTURED` names one that is filled."""
    pictured = os.environ.get("LINLI_PICTURED")
    home = Path(pictured).resolve() if pictured else tmp_path_factory.mktemp("site")
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("LINLI", "DATABASE", "DJANGO"))}
    made = {**keep, "LINLI_HOME": str(home), "LINLI_SECOND_FACTOR": "0", "LINLI_LOG": "DEBUG", **OFFICE}
    if pictured:
        return {**made, "LINLI_DEMO": "1"}
    shutil.copytree(_filled(tmp_path_factory.getbasetemp(), made), home, dirs_exist_ok=True)
    return made


def _filled(own: Path, made: dict[str, str]) -> Path:
    """Fill a site once, however many workers ask: the first fills it, the others wait; each takes a copy."""
    filled = (own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own) / "filled"
    with filled.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not filled.exists():
            begun = filled.with_suffix(".begun")
            begun.mkdir()
            within = {**made, "LINLI_HOME": str(begun), "LINLI_LOG": "ERROR"}
            subprocess.run([sys.executable, "-c", START], env=within, check=True)
            begun.rename(filled)
    return filled


@pytest.fixture(scope="session")
def work_jobs(environment: dict[str, str]) -> Callable[[], None]:
    """Return a call that does the long work that waits, as a worker would."""

    def work() -> None:
        with log_of(environment).open("ab") as log:
            subprocess.run(
                [Path(sys.executable).with_name("linli"), "worker", "--until-empty"],
                env=environment,
                check=True,
                timeout=120,
                stderr=log,
            )

    return work


@pytest.fixture(scope="session")
def run_inside(environment: dict[str, str]) -> Callable[[str], None]:
    """Return a call that runs a few lines in the site's own process, such as letting days pass."""

    def run(code: str) -> None:
        start = "from linli.web.start import start_django; start_django()\n"
        subprocess.run([sys.executable, "-c", start + code], env=environment, check=True, timeout=120)

    return run


@pytest.fixture(scope="session")
def site(environment: dict[str, str]) -> Iterator[str]:
    """Serve a site in processes of its own; return its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    linli = Path(sys.executable).with_name("linli")
    log = log_of(environment).open("ab")
    server = subprocess.Popen([linli, "serve", "--port", str(port), "--no-jobs"], env=environment, stderr=log)
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{address}/readyz", timeout=2).close()
            break
        except (urllib.error.URLError, OSError):
            if time.monotonic() > until or server.poll() is not None:
                server.kill()
                pytest.fail("the site does not answer")
            time.sleep(0.1)
    yield address
    server.terminate()
    server.wait(20)
    log.close()


@pytest.fixture
def secrets(environment: dict[str, str], site: str) -> Iterator[list[str]]:
    """Yield a list for every secret that a story uses; afterwards none of them may stand in the site's whole log."""
    used: list[str] = []
    yield used
    written = log_of(environment).read_text(encoding="utf-8")
    assert "linli.request" in written
    assert used
    assert [secret for secret in used if secret in written] == []


def log_of(environment: dict[str, str]) -> Path:
    """Return the file in which a site of the tests keeps its log."""
    return Path(environment["LINLI_HOME"]) / "log.jsonl"


@pytest.fixture(scope="session")
def chromium(site: str) -> Iterator[Any]:
    """Return a browser; it knows no host but this machine."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("Chromium is not installed: these tests need the package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
                  "--disable-background-networking", "--disable-component-update"],
        )  # fmt: skip
        yield browser
        browser.close()
