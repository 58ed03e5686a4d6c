"""Processes that die, as by kill -9, at the Nth statement inside a transaction: a worker that imports, a clerk's act.

Run as a process of its own, on a site of its own: `python -m linli.web.tests.killed import N …` or `act N …` prints
what came of each.
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
DAY = date(2026, 3, 1)


def in_child(database: Path, do: Callable[[], object], *, die_at: int | None = None) -> int:
    """Do something in a child on a database, dying at a statement where asked; returns how the child ended."""
    from django.db import connection

    connection.close()
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
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
        do()
    os._exit(0)


def each_moment(
    moments: list[int], do: Callable[[], object], look: Callable[[], dict[str, Any]], pass_time: Callable[[], object]
) -> list[dict[str, Any]]:
    """Kill at each moment, look, let time pass, let another do it, look again; each on a fresh copy of the site."""
    from django.conf import settings
    from django.db import connection

    connection.close()
    whole = Path(settings.HOME) / "linli.sqlite3"
    kept = whole.with_name("kept.sqlite3")
    shutil.copy(whole, kept)
    told = []
    for moment in moments:
        for name in ("linli.sqlite3-wal", "linli.sqlite3-shm"):
            whole.with_name(name).unlink(missing_ok=True)
        shutil.copy(kept, whole)
        code = in_child(whole, do, die_at=moment)
        after = look()
        pass_time()
        again = in_child(whole, do)
        told.append({"code": code, "after": after, "again": again, "end": look()})
        connection.close()
    return told


def kill_import(moments: list[int]) -> list[dict[str, Any]]:
    """A worker writes an import that was checked and waits."""
    from django.utils import timezone

    from linli.jobs.models import Job
    from linli.jobs.running import work
    from linli.ledger.models import Entry
    from linli.org.actors import actor_of
    from linli.org.tests.world import World
    from linli.territory import tasks
    from linli.territory.actions.prepare_import import check_import, locate_import, map_columns, upload_import
    from linli.territory.models import Count, ImportBatch
    from linli.territory.tests.ground import blocks_in

    world = World()
    street, clerk = world.division("铜源街道"), actor_of(world.account("jiedao"))
    blocks_in(street, ROWS)
    text = "地块,房屋套数\n" + "".join(f"B{k:03d},{k}\n" for k in range(1, ROWS + 1))
    batch = upload_import(clerk, street=street, kind="counts", name="户数.csv", chunks=[text.encode()])
    locate_import(clerk, batch=batch, layer="file")
    map_columns(clerk, batch=batch, columns={"block": "地块", "dwellings": "房屋套数"}, source="住建", as_of=DAY)
    check_import(clerk, batch=batch)
    tasks.AT_ONCE = 0
    tasks.begin(clerk, tasks.APPLY, batch)
    import linli.territory.actions.apply_import  # noqa: F401  once, not in every child

    def look() -> dict[str, Any]:
        return {
            "counts": Count.objects.count(), "sum": sum(Count.objects.values_list("value", flat=True)),
            "import": ImportBatch.objects.get().state, "job": Job.objects.get().state,
            "entries": Entry.objects.filter(verb="territory.apply_import").count(), "sound": sound(),
        }  # fmt: skip

    return each_moment(
        moments, lambda: work(Event(), until_empty=True), look, lambda: Job.objects.update(lease_until=timezone.now())
    )


def kill_act(moments: list[int]) -> list[dict[str, Any]]:
    """A clerk renames a community: the name and its line in the ledger stand or fall together."""
    from linli.ledger.models import Entry
    from linli.org.actions import rename_division
    from linli.org.actors import actor_of
    from linli.org.models import DivisionName
    from linli.org.tests.world import World

    world = World()

    def do() -> None:
        rename_division(actor_of(world.account("jiedao")), division=world.division("白云"), name="白云里", from_day=DAY)

    def look() -> dict[str, Any]:
        return {
            "names": DivisionName.objects.filter(name="白云里").count(),
            "entries": Entry.objects.filter(verb="org.rename_division").count(), "sound": sound(),
        }  # fmt: skip

    def do_where_needed() -> None:
        if not look()["names"]:
            do()

    return each_moment(moments, do_where_needed, look, lambda: None)


def kill_enactment(moments: list[int]) -> list[dict[str, Any]]:
    """The district puts a plan in force: relabelling, founding and ledger stand or fall together."""
    from datetime import timedelta

    from django.utils import timezone

    from linli.ledger.models import Entry
    from linli.org.actors import SYSTEM
    from linli.org.models import Division
    from linli.org.tests.world import World
    from linli.planning.actions.enact import enact
    from linli.planning.actions.run_scenario import run_scenario
    from linli.planning.models import Enactment
    from linli.planning.tests.small import clear_way, engine_plan, small_ground, small_project
    from linli.territory.models import Membership

    world = World()
    small_ground(world)
    project = small_project(world)
    plan = engine_plan(
        run_scenario(SYSTEM, project=project, goals={"boundary": 1.0}, parts=2, kept=["团结"], seconds=2)
    )
    clear_way(project)
    day = timezone.localdate() + timedelta(days=1)

    def do() -> None:
        if not Enactment.objects.exists():
            enact(SYSTEM, plan=plan, from_day=day, paper="云政复〔2026〕1号")

    def look() -> dict[str, Any]:
        return {
            "enactments": Enactment.objects.count(), "founded": Division.objects.filter(temporary=True).count(),
            "moved": Membership.objects.filter(valid_from=day).count(),
            "entries": Entry.objects.filter(verb="planning.enact").count(), "sound": sound(),
        }  # fmt: skip

    return each_moment(moments, do, look, lambda: None)


def kill_run(moments: list[int]) -> list[dict[str, Any]]:
    """A worker searches for a plan: a version is written whole and once, whatever came before."""
    from django.utils import timezone

    from linli.jobs.models import Job
    from linli.jobs.running import work
    from linli.ledger.models import Entry
    from linli.org.actors import SYSTEM
    from linli.org.tests.world import World
    from linli.planning.actions.run_scenario import run_scenario
    from linli.planning.models import Plan, PlanChange
    from linli.planning.tests.small import small_ground, small_project
    from linli.plans import splitting  # noqa: F401  once, not in every child

    world = World()
    small_ground(world)
    run_scenario(SYSTEM, project=small_project(world), goals={"boundary": 1.0}, parts=2, kept=["团结"], seconds=2)

    def look() -> dict[str, Any]:
        return {
            "plans": Plan.objects.count(), "changes": PlanChange.objects.exists(),
            "entries": Entry.objects.filter(verb="planning.save_plan").count(), "job": Job.objects.get().state,
            "sound": sound(),
        }  # fmt: skip

    return each_moment(
        moments, lambda: work(Event(), until_empty=True), look, lambda: Job.objects.update(lease_until=timezone.now())
    )


STORIES = {"import": kill_import, "act": kill_act, "enactment": kill_enactment, "run": kill_run}


def sound() -> bool:
    """Whether the whole ledger holds."""
    from linli.ledger.chain import verify
    from linli.ledger.export import rows

    return verify(rows()).sound


def main(story: str, moments: list[int]) -> None:
    """Make the site with the small world, kill, tell."""
    from linli.web.start import start_django

    start_django()
    from django.conf import settings

    from linli.org.tests.world import build_world
    from linli.web.upkeep.upgrading import upgrade

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # nobody signs in here
    upgrade(tell=lambda _: None)
    build_world()
    print(json.dumps(STORIES[story](moments)))


if __name__ == "__main__":
    main(sys.argv[1], [int(word) for word in sys.argv[2:]])
