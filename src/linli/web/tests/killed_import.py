"""A worker that dies, as by kill -9, at the Nth statement of writing an import; another one then does the job.

Run as a process of its own, on a site of its own: `python -m linli.web.tests.killed_import N …` prints what came of it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

ROWS = 300


def prepare() -> None:
    """Make a site with a street of blocks and a checked import that waits to be written."""
    from linli.org.actors import actor_of
    from linli.org.tests.world import build_world
    from linli.territory import tasks
    from linli.territory.actions.prepare_import import check_import, locate_import, map_columns, upload_import
    from linli.territory.tests.ground import blocks_in
    from linli.web.upkeep.upgrading import upgrade

    upgrade(tell=lambda _: None)
    world = build_world()
    street, clerk = world.division("铜源街道"), actor_of(world.account("jiedao"))
    blocks_in(street, ROWS)
    text = "地块,房屋套数\n" + "".join(f"B{k:03d},{k}\n" for k in range(1, ROWS + 1))
    batch = upload_import(clerk, street=street, kind="counts", name="户数.csv", chunks=[text.encode()])
    locate_import(clerk, batch=batch, layer="file")
    mapping = {"block": "地块", "dwellings": "房屋套数"}
    map_columns(clerk, batch=batch, columns=mapping, source="住建", as_of=date(2026, 1, 31))
    check_import(clerk, batch=batch)
    tasks.AT_ONCE = 0
    tasks.begin(clerk, tasks.APPLY, batch)


def state() -> dict[str, Any]:
    """What stands in the database."""
    from linli.jobs.models import Job
    from linli.ledger.chain import verify
    from linli.ledger.export import rows
    from linli.ledger.models import Entry
    from linli.territory.models import Count, ImportBatch

    return {
        "counts": Count.objects.count(), "sum": sum(Count.objects.values_list("value", flat=True)),
        "import": ImportBatch.objects.get().state, "job": Job.objects.get().state,
        "entries": Entry.objects.filter(verb="territory.apply_import").count(), "sound": verify(rows()).sound,
    }  # fmt: skip


def work_on(database: Path, *, die_at: int | None = None) -> int:
    """Let a child do what waits in a database; returns how it ended."""
    from django.db import connection

    connection.close()
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    from linli.jobs.running import work

    connection.settings_dict["NAME"] = str(database)
    left = die_at

    def dying(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal left
        if left is not None and connection.in_atomic_block:
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, *rest)

    with connection.execute_wrapper(dying):
        work(Event(), until_empty=True)
    os._exit(0)


def main(moments: list[int]) -> None:
    """Kill at each moment, look, let time pass, let another worker do it, look again."""
    from linli.web.start import start_django

    start_django()
    from django.conf import settings
    from django.db import connection
    from django.utils import timezone

    import linli.territory.actions.apply_import  # noqa: F401  once, not in every child
    from linli.jobs.models import Job

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # nobody signs in here
    prepare()
    connection.close()
    whole = Path(settings.HOME) / "linli.sqlite3"
    kept = whole.with_name("kept.sqlite3")
    shutil.copy(whole, kept)
    told = []
    for moment in moments:
        for name in ("linli.sqlite3-wal", "linli.sqlite3-shm"):
            whole.with_name(name).unlink(missing_ok=True)
        shutil.copy(kept, whole)
        code = work_on(whole, die_at=moment)
        after = state()
        Job.objects.update(lease_until=timezone.now())  # the dead worker's lease runs out
        again = work_on(whole)
        told.append({"code": code, "after": after, "again": again, "end": state()})
        connection.close()
    print(json.dumps(told))


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]])
