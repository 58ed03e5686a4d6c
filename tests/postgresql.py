"""Run a command with a PostgreSQL of its own: `python tests/postgresql.py COMMAND …`.

The cluster lives in a temporary folder, listens on a Unix socket only, and is gone when the command ends. `initdb`
refuses root, so root runs the server as the user postgres or nobody.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path


def binaries() -> Path:
    """Return the folder of initdb: Debian keeps it off the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    there = shutil.which("initdb")
    if found:
        return found[-1].parent
    if there:
        return Path(there).resolve().parent
    sys.exit("tests/postgresql.py: initdb is not installed; install the package postgresql")


def as_whom() -> str | None:
    """Return whom the server runs as; None for the one who calls."""
    if os.geteuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


def main(command: list[str]) -> int:
    """Start, run, stop; returns the command's exit code."""
    folder, programs, user = Path(tempfile.mkdtemp(prefix="linli-pg-")), binaries(), as_whom()
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    group = pwd.getpwnam(user).pw_gid if user else None
    call = {"cwd": folder, "user": user, "group": group, "stdout": subprocess.DEVNULL}
    # nothing here outlives the run, so nothing need reach the disk
    options = f"-k {folder} -h '' -F -c full_page_writes=off -c synchronous_commit=off -c shared_buffers=64MB "
    options += os.environ.get("LINLI_PG_OPTIONS", "")  # a benchmark gives it more memory
    server = [programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(143))
    try:
        initdb = ["-U", "linli", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run([programs / "initdb", "-D", data, *initdb], check=True, **call)
        subprocess.run([*server, "-o", options, "start"], check=True, **call)
        address = f"postgresql://linli@/linli?host={folder}"
        create = [programs / "createdb", "-h", folder, "-U", "linli", "linli"]
        subprocess.run(create, check=True, **call)
        path = f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": address, "PATH": path}).returncode
    finally:
        if (data / "postmaster.pid").exists():
            subprocess.run([*server, "-m", "immediate", "stop"], **call)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
