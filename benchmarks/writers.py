"""Twenty who report at once for a minute on SQLite, while a worker and then the supervisor are killed (kill -9)."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from argparse import Namespace
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import pairwise
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlencode

from .inbox import _family, _kill_workers
from .report import Section, publish, table
from .serving import FILL, LINLI, free_port, ready

WRITERS, SECONDS, WORKERS = 20, 60.0, 2
KILL_WORKER, KILL_SUPERVISOR = 20.0, 40.0  # seconds after the start
BACK = 15.0  # seconds after a kill until a report is acknowledged again
CHECK = [sys.executable, "-m", "benchmarks.writers"]
TICKS = os.sysconf("SC_CLK_TCK")


def run_writers(options: Namespace) -> None:
    """Figures of reports coming in: CPU a report, p95, none lost over kill -9, back in ≤ 15 s."""
    section = Section("writers", f"Writers: {WRITERS} report at once for {SECONDS:.0f} s on SQLite, killed twice")
    # a disk, not memory: what is acknowledged has been brought there
    with tempfile.TemporaryDirectory(dir=options.blocks.parent) as folder:
        environment = {**os.environ, "DATABASE_URL": "", "LINLI_HOME": folder, "LINLI_LOG": "ERROR"}
        environment |= {"LINLI_DEMO": "1", "LINLI_PROXIES": "1"}
        filled = subprocess.run(
            [sys.executable, "-c", FILL, str(options.blocks.parent)], env=environment, check=True,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        place = dict(zip(("street", "code"), filled.stdout.split()[-2:], strict=True))
        crowd, site = Crowd(place), Site(environment)
        try:
            gaps = _minute(crowd, site)
        finally:
            crowd.end()
            site.stop()
        told = subprocess.run(
            CHECK, env=environment, input=json.dumps(crowd.acknowledged), stdout=subprocess.PIPE, text=True, check=True
        )
        found = json.loads(told.stdout.splitlines()[-1])
        sound = subprocess.run([LINLI, "ledger", "verify"], env=environment, capture_output=True).returncode == 0
    _tell(section, crowd, gaps, site.cpu, found, sound)
    publish(section, packages=("django", "granian"), to=options.results)


@dataclass
class Site:
    """A served site whose processes may be killed, and the CPU seconds that all of them took."""

    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None
    _spent: dict[int, float] = field(default_factory=dict)
    _ended: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Serve; returns once the process is there, which may be before it answers."""
        self._process = subprocess.Popen(
            [LINLI, "serve", "--port", str(self.port), "--workers", str(WORKERS)], env=self.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        if not self._spent:
            threading.Thread(target=self._count, daemon=True).start()

    def kill_worker(self) -> None:
        """Kill a process that answers; the supervisor starts another."""
        assert self._process is not None
        assert _kill_workers(self._process.pid)

    def kill_supervisor(self) -> None:
        """Kill the supervisor and start it again as soon as its port is free, as a service manager does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self.start()
        while self._process.poll() is not None:  # its workers, which end by themselves, still hold the port
            time.sleep(0.2)
            self.start()

    def stop(self) -> None:
        """End it."""
        assert self._process is not None
        self._ended.set()
        self._process.terminate()
        self._process.wait(timeout=60)

    @property
    def cpu(self) -> float:
        """CPU seconds of every process that served."""
        return sum(self._spent.values())

    def _count(self) -> None:
        while not self._ended.wait(0.5):
            if self._process is not None:
                for pid in _family(self._process.pid):
                    try:
                        parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                    except OSError:  # it ended
                        continue
                    self._spent[pid] = (int(parts[11]) + int(parts[12])) / TICKS


class Crowd:
    """Residents who report without a pause, each over a connection and from an address of his own.

    One who gets no answer sends the same report again, with its key, as the page does; so none may come twice.
    """

    def __init__(self, place: dict[str, str]) -> None:
        self.path = f"/report/?{urlencode(place)}"
        self.acknowledged: dict[str, str] = {}  # key → address of the page to which the answer leads
        self.seconds: list[float] = []
        self.again = 0
        self.other: dict[int, int] = {}
        self._moments: list[float] = []
        self._lock, self._ended = threading.Lock(), threading.Event()
        self._threads: list[threading.Thread] = []

    def begin(self, port: int) -> None:
        """Send everyone on his way."""
        self._threads = [threading.Thread(target=self._write, args=(port, k)) for k in range(WRITERS)]
        for one in self._threads:
            one.start()

    def end(self) -> None:
        """Let everyone finish what he began."""
        self._ended.set()
        for one in self._threads:
            one.join()

    def silence(self, since: float) -> float:
        """Longest time without an acknowledgement after a moment, in seconds."""
        moments = [since, *sorted(one for one in self._moments if one > since), time.monotonic()]
        return max(later - one for one, later in pairwise(moments))

    def _write(self, port: int, seed: int) -> None:
        chance, connection = random.Random(seed), None
        key, tries = "", 0
        while not self._ended.is_set():
            if not key:
                key, tries = str(uuid.UUID(int=chance.getrandbits(128), version=4)), 0
            tries += 1
            began = time.monotonic()
            try:
                connection = connection or HTTPConnection("127.0.0.1", port, timeout=30)
                status, where = self._send(connection, key, chance)
            except (OSError, HTTPException):
                connection = None
                time.sleep(0.1)
                continue
            with self._lock:
                if status == 302:
                    self.acknowledged[key] = where
                    self._moments.append(time.monotonic())
                    self.seconds.append(self._moments[-1] - began)
                    self.again += tries > 1
                else:
                    self.other[status] = self.other.get(status, 0) + 1
            key = "" if status == 302 else key

    def _send(self, connection: HTTPConnection, key: str, chance: random.Random) -> tuple[int, str]:
        token = "a" * 32
        body = urlencode({
            "csrfmiddlewaretoken": token, "kind": "report", "contact": "", "longitude": "", "latitude": "", "place": "",
            "key": key, "text": f"楼道灯坏了 {chance.getrandbits(32):x}", "same": "none",
        })  # fmt: skip
        headers = {
            "Content-Type": "application/x-www-form-urlencoded", "Cookie": f"csrftoken={token}",
            "X-Forwarded-For": ".".join(["10", *(str(chance.randint(1, 254)) for _ in range(3))]),
        }  # fmt: skip
        connection.request("POST", self.path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers.get("Location", "")


def _minute(crowd: Crowd, site: Site) -> dict[str, float]:
    """Let them write, kill what serves; returns the longest silence after each kill, in seconds."""
    site.start()
    ready(site.port)
    began, gaps = time.monotonic(), {}
    crowd.begin(site.port)
    for what, after, kill in (
        ("a worker", KILL_WORKER, site.kill_worker), ("the supervisor", KILL_SUPERVISOR, site.kill_supervisor),
    ):  # fmt: skip
        time.sleep(max(0.0, began + after - time.monotonic()))
        killed = time.monotonic()
        kill()
        time.sleep(max(0.0, killed + BACK - time.monotonic()))
        gaps[what] = crowd.silence(killed)
    time.sleep(max(0.0, began + SECONDS - time.monotonic()))
    return gaps


def _tell(
    section: Section, crowd: Crowd, gaps: dict[str, float], cpu: float, found: dict[str, int], sound: bool
) -> None:
    cuts = quantiles(crowd.seconds, n=100)
    reports = len(crowd.acknowledged)
    section.body.append(
        f"The demo district, {WORKERS} workers and the worker of jobs; {WRITERS} writers on the same "
        f"{os.cpu_count()} cores send without a pause, and again with the same key where no answer came. A worker is "
        f"killed after {KILL_WORKER:.0f} s, the supervisor after {KILL_SUPERVISOR:.0f} s and started anew."
    )
    rows: list[list[Any]] = [
        ["acknowledged", reports],
        ["CPU ms a report, all processes", f"{1000 * cpu / reports:.1f}"],
        ["p50 ms", f"{1000 * cuts[49]:.0f}"],
        ["p95 ms", f"{1000 * cuts[94]:.0f}"],
        ["slowest ms", f"{1000 * max(crowd.seconds):.0f}"],
        ["sent again and acknowledged", crowd.again],
        *([f"longest silence after {what} was killed, s", f"{gap:.1f}"] for what, gap in gaps.items()),
        ["acknowledged and missing", found["lost"]],
        ["kept twice", found["twice"]],
        ["answers other than 302", sum(crowd.other.values())],
        ["ledger afterwards", "sound" if sound else "not sound"],
    ]
    section.body.append(table(["", "figure"], rows))
    if found["lost"] or found["twice"] or not sound:
        section.misses.append(f"{found['lost']} lost, {found['twice']} twice, ledger sound: {sound}")
    section.misses += [f"back {gap:.1f} s after {what}, target {BACK:.0f}" for what, gap in gaps.items() if gap >= BACK]
    if crowd.other:
        section.misses.append(f"other answers: {crowd.other}")


def check(acknowledged: dict[str, str]) -> dict[str, int]:
    """How many acknowledged reports the site of this process's environment has lost, and how many it keeps twice."""
    from linli.web.start import start_django

    start_django()
    from linli.matters.models import Matter

    kept: dict[str, list[str]] = {}
    for key, number, secret in Matter.objects.exclude(key=None).values_list("key", "number", "secret"):
        kept.setdefault(str(key), []).append(f"{number}/{secret}")
    lost = sum(where.strip("/").split("/", 1)[1] not in kept.get(key, ()) for key, where in acknowledged.items())
    return {"lost": lost, "twice": sum(len(kept.get(key, ())) > 1 for key in acknowledged)}


if __name__ == "__main__":
    print(json.dumps(check(json.load(sys.stdin))))
