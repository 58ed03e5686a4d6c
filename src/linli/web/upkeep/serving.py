"""The serving processes: granian's supervisor and workers, and the worker of long jobs, which end together.

The supervisor loads neither Django nor any page, so that it stays small; `linli serve` checks the database first and
then becomes this process.
"""

from __future__ import annotations

import argparse
import encodings.idna  # noqa: F401  a thread that imports it while a worker is forked would leave the worker a lock
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import webbrowser
from pathlib import Path

from linli.web.logs import of_server
from linli.web.upkeep.locks import holding

PARENT = "LINLI_PARENT"
JOBS = [sys.executable, "-c", "from linli.cli import main; main()", "worker"]
GRACE = 10  # seconds that running requests and jobs get at the end


def end_with_parent() -> None:
    """Let this process end soon after the supervisor that `LINLI_PARENT` names, even one that was killed."""
    parent = int(os.environ.get(PARENT) or 0)
    if not parent:
        return

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def serve(*, host: str, port: int, workers: int, jobs: bool, open_page: bool, home: Path) -> None:
    """Serve until a signal comes, then let running requests end.

    Parameters
    ----------
    host, port
        Where to listen.
    workers
        Processes that answer requests.
    jobs
        Whether to run the worker of long jobs too.
    open_page
        Whether to open the page in the browser.
    home
        Folder of the site; it is locked against `linli restore` meanwhile.
    """
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    os.environ[PARENT] = str(os.getpid())
    server = Server(
        "linli.web.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=2,
        workers_kill_timeout=GRACE,
        respawn_failed_workers=True,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=of_server(),
        log_access=False,  # a path may hold a code
    )
    worker = JobWorker() if jobs else None
    if worker is not None:
        server.on_startup(worker.start)
        server.on_shutdown(worker.stop)
    threading.Thread(target=_announce, args=(host, port, open_page), daemon=True).start()
    with holding(home, "serving", refusal="this site is being served already", advice="end that process first"):
        server.serve()


class JobWorker:
    """The worker of long jobs, started anew where it dies."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._ending = threading.Event()

    def start(self) -> None:
        """Start the worker and watch over it."""
        self._process = subprocess.Popen(JOBS)
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        """End the worker; one that does not listen is killed. What it was doing is taken up at the next start."""
        self._ending.set()
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _watch(self) -> None:
        while self._process is not None:
            self._process.wait()
            if self._ending.wait(2):
                return
            self._process = subprocess.Popen(JOBS)


def _announce(host: str, port: int, open_page: bool) -> None:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    address = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}/"
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection((shown, port), 1).close()
        except OSError:
            time.sleep(0.1)
            continue
        print(f"邻里 Linli: {address}  (Ctrl-C 结束 / ends)", file=sys.stderr, flush=True)
        if open_page:
            webbrowser.open(address)
        return


def _main() -> None:
    parser = argparse.ArgumentParser("python -m linli.web.upkeep.serving")
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--jobs", action="store_true")
    parser.add_argument("--open", dest="open_page", action="store_true")
    parser.add_argument("--home", type=Path, required=True)
    from linli.errors import LinliError

    try:
        serve(**vars(parser.parse_args()))
    except LinliError as error:
        print(f"linli serve: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    _main()
