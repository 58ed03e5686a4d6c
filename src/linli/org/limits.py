"""Limits of how often something may be asked, shared by all workers through the database, exact on both.

The arithmetic is the generic cell rate algorithm: a key has one number, the moment at which its allowance is full
again. An allowed act moves it by `seconds / most`; an act that would move it further than `seconds` ahead is refused
and moves nothing. So `most` acts may come at once and one more each `seconds / most`, and no window has an edge.
One statement decides and counts, so that two workers never both give the last place away.
A moment further ahead than any act could have put it was written by a clock that went wrong, and counts for nothing.

On SQLite the numbers stand in a file of their own: a count never waits behind a long import, which holds the one
writer's place of the site's database. On PostgreSQL they stand in an unlogged table. Losing them costs nothing.
"""

from __future__ import annotations

import ipaddress
import sqlite3
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

UPSERT = """
    INSERT INTO linli_limits (name, full_at) VALUES ({0}, {0})
    ON CONFLICT (name) DO UPDATE SET full_at =
        CASE WHEN linli_limits.full_at > {0} THEN {0} ELSE {1}(linli_limits.full_at, {0}) END + {0}
    WHERE linli_limits.full_at > {0} OR {1}(linli_limits.full_at, {0}) + {0} <= {0}
    RETURNING full_at
"""
READ = "SELECT full_at FROM linli_limits WHERE name = {0}"
SWEEP = "DELETE FROM linli_limits WHERE full_at < {0}"
TABLE = "CREATE {0} TABLE IF NOT EXISTS linli_limits (name varchar(40) PRIMARY KEY, full_at double precision NOT NULL)"
# what else all processes must know for a while, see `linli.org.shared`
SHARED = """
    CREATE {0} TABLE IF NOT EXISTS linli_shared
        (name varchar(64) PRIMARY KEY, value text NOT NULL, ends_at double precision NOT NULL)
"""
SLACK = 60.0  # seconds that clocks of several machines may differ
SWEEP_EVERY = 2000  # acts of one process between two removals of what has lapsed

_here = threading.local()
_acts = 0


@dataclass(frozen=True)
class Allowance:
    """The answer to one act: whether it may be, how many more at once, seconds until the next where it may not."""

    allowed: bool
    left: int
    wait: float


def allow(key: str, *, most: int, seconds: float, now: float | None = None) -> Allowance:
    """Count one act, or refuse it without counting.

    Parameters
    ----------
    key
        What is limited and for whom, such as `api:203.0.113.9`; only a keyed digest of it is kept.
    most
        How many may come at once, and in `seconds` on average.
    seconds
        The time in which an empty allowance is full again.
    now
        Seconds since 1970; the clock where None.
    """
    global _acts
    moment = time.time() if now is None else now
    name = salted_hmac("linli.org.limits", key, algorithm="sha256").hexdigest()[:40]
    step = seconds / most
    _acts += 1
    if _acts % SWEEP_EVERY == 0:
        _run(SWEEP, "", (moment,))
    largest = "GREATEST" if connection.vendor == "postgresql" else "max"
    wrong, latest = moment + seconds + SLACK, moment + seconds * (1 + 1e-9)
    row = _run(UPSERT, largest, (name, moment + step, wrong, moment, moment, step, wrong, moment, step, latest))
    if row is not None:
        return Allowance(True, max(0, round((moment + seconds - row) // step)), 0.0)
    full = _run(READ, "", (name,))
    return Allowance(False, 0, max(0.0, (full if full is not None else moment) + step - moment - seconds))


def forget_all() -> None:
    """Give everybody a full allowance."""
    _run("DELETE FROM linli_limits WHERE full_at > {0}", "", (0.0,))


def address_of(request: HttpRequest) -> str:
    """Return the address that asks: of an IPv6 network its first 64 bits, which one household holds.

    Behind proxies of one's own (`LINLI_PROXIES`, their number) it is what the outermost of them saw.
    """
    found = request.META.get("REMOTE_ADDR", "")
    if settings.LINLI_PROXIES:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        found = hops[-settings.LINLI_PROXIES] if len(hops) >= settings.LINLI_PROXIES else found
    try:
        address = ipaddress.ip_address(found)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


def _run(statement: str, largest: str, values: tuple[str | float, ...]) -> float | None:
    row = run_shared(statement.replace("{1}", largest), values)
    return None if row is None else float(row[0])


def run_shared(statement: str, values: tuple[str | float, ...]) -> tuple[Any, ...] | None:
    """Run one statement on what all processes share, `{0}` for each value; its first row, if any."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(statement.replace("{0}", "%s"), values)
            row: tuple[Any, ...] | None = cursor.fetchone() if cursor.description else None
    else:
        cursor_of_file = _file().execute(statement.replace("{0}", "?"), values)
        row = cursor_of_file.fetchone()
        cursor_of_file.close()
    return row


def _file() -> sqlite3.Connection:
    """Return this thread's connection to the file of limits; a new one after a fork or another home."""
    path = Path(settings.HOME) / "limits.sqlite3"
    held: tuple[Path, sqlite3.Connection] | None = getattr(_here, "held", None)
    if held is None or held[0] != path:
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = sqlite3.connect(path, timeout=5, isolation_level=None)
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("PRAGMA synchronous=OFF")
        opened.execute(TABLE.format(""))
        opened.execute(SHARED.format(""))
        held = _here.held = (path, opened)
    return held[1]
