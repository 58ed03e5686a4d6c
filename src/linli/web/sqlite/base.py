"""Django's SQLite, except for how a transaction waits for the one writer's place.

SQLite's own waiting sleeps up to a tenth of a second between two looks; with a few writers the unlucky one loses again
and again. Here one looks again every few milliseconds.
"""

from __future__ import annotations

import random
import time

from django.db import OperationalError
from django.db.backends.sqlite3 import base

SHORTEST, LONGEST = 0.0005, 0.004  # seconds between two looks; by chance, so that two do not look in step
USUAL = 5.0  # seconds, where the settings name none


class DatabaseWrapper(base.DatabaseWrapper):
    """The connection."""

    def _start_transaction_under_autocommit(self) -> None:
        seconds = float(self.settings_dict["OPTIONS"].get("timeout", USUAL))
        until = time.monotonic() + seconds
        self.connection.execute("PRAGMA busy_timeout = 0")
        try:
            while True:
                try:
                    super()._start_transaction_under_autocommit()  # type: ignore[misc]
                    return
                except OperationalError as error:
                    if "locked" not in str(error) or time.monotonic() > until:
                        raise
                    time.sleep(random.uniform(SHORTEST, LONGEST))
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")
