"""Django's cache where every worker sees it: used codes of authenticators, counts and locks of django-allauth.

It stands beside the limits (see `linli.org.limits`): a file on SQLite, an unlogged table on PostgreSQL. `add` is one
statement, so that of two workers exactly one adds. Values are JSON: reading them runs nothing.
"""

from __future__ import annotations

import json
import time
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.utils.crypto import salted_hmac

from linli.org.limits import SLACK, run_shared

LONGEST = 86400.0  # nothing is kept longer; a later end was written by a clock that went wrong
SWEEP_EVERY = 500
SET = """
    INSERT INTO linli_shared (name, value, ends_at) VALUES ({0}, {0}, {0})
    ON CONFLICT (name) DO UPDATE SET value = excluded.value, ends_at = excluded.ends_at
"""
ADD = f"""{SET} WHERE linli_shared.ends_at <= {{0}} OR linli_shared.ends_at > {{0}} RETURNING name"""
GET = "SELECT value FROM linli_shared WHERE name = {0} AND ends_at > {0} AND ends_at <= {0}"
TOUCH = "UPDATE linli_shared SET ends_at = {0} WHERE name = {0} AND ends_at > {0} RETURNING name"
DELETE = "DELETE FROM linli_shared WHERE name = {0} RETURNING name"
SWEEP = "DELETE FROM linli_shared WHERE ends_at <= {0} OR ends_at > {0}"


class SharedCache(BaseCache):
    """A cache of small values for a day at most."""

    _acts = 0

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep a value where there is none; whether it was kept."""
        now = time.time()
        row = run_shared(ADD, (self._name(key, version), json.dumps(value), self._end(timeout, now), now, _wrong(now)))
        self._sweep(now)
        return row is not None

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return what is kept."""
        now = time.time()
        row = run_shared(GET, (self._name(key, version), now, _wrong(now)))
        return default if row is None else json.loads(row[0])

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep a value."""
        now = time.time()
        run_shared(SET, (self._name(key, version), json.dumps(value), self._end(timeout, now)))
        self._sweep(now)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep a value for longer; whether it was there."""
        now = time.time()
        return run_shared(TOUCH, (self._end(timeout, now), self._name(key, version), now)) is not None

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget a value; whether it was there."""
        return run_shared(DELETE, (self._name(key, version),)) is not None

    def clear(self) -> None:
        """Forget everything."""
        run_shared(SWEEP, (float(2**53), 0.0))

    def _name(self, key: Any, version: int | None) -> str:
        """Return under what a key is kept: a keyed digest, for keys hold codes."""
        return salted_hmac("linli.org.shared", self.make_and_validate_key(key, version), algorithm="sha256").hexdigest()

    def _end(self, timeout: Any, now: float) -> float:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return now + min(LONGEST, LONGEST if seconds is None else max(float(seconds), 0.0))

    def _sweep(self, now: float) -> None:
        SharedCache._acts += 1
        if SharedCache._acts % SWEEP_EVERY == 0:
            run_shared(SWEEP, (now, _wrong(now)))


def _wrong(now: float) -> float:
    return now + LONGEST + SLACK
