"""How a site fares, part by part: what serves, what does not, and what is about to fail."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import Error as DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.jobs.ticking import overdue
from linli.notices.sending import latest
from linli.web.upkeep.rights import open_to_others

OK, WARN, DOWN = "ok", "warn", "down"
LATE = timedelta(minutes=10)  # that a worker or a notice may be behind
FULL, LOW = 64 * 2**20, 2 * 2**30  # bytes left on the disk
_upgraded = False  # once found it stays so for the code of this process


@dataclass(frozen=True)
class Part:
    """One part of a site: its name, `ok`, `warn` or `down`, and in words what is wrong and what to do."""

    name: str
    state: str = OK
    words: str = ""


def condition() -> list[Part]:
    """Look at every part; those that need the database are left out where it does not answer."""
    found = [_disk(), _rights()]
    try:
        found = [_tables(), *found, _worker(), _notices()]
    except DatabaseError as error:
        found = [Part("database", DOWN, _("数据库没有应答：%(error)s") % {"error": type(error).__name__}), *found]
    return found


def state_of(parts: list[Part]) -> str:
    """Return the worst state of all parts."""
    return max((part.state for part in parts), key=(OK, WARN, DOWN).index)


def _tables() -> Part:
    global _upgraded
    if _upgraded:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return Part("database")
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if waiting:
        return Part(
            "database", DOWN, _("有 %(number)d 项数据库更新没有做，请运行 linli upgrade。") % {"number": waiting}
        )
    _upgraded = True
    return Part("database")


def _disk() -> Part:
    free = shutil.disk_usage(Path(settings.HOME)).free
    words = _("磁盘只剩 %(free)d MB。旧备份和 aside- 开头的文件夹可以移走。") % {"free": free // 2**20}
    return Part("disk", DOWN, words) if free < FULL else Part("disk", WARN, words) if free < LOW else Part("disk")


def _rights() -> Part:
    names = "、".join(path.name for path in open_to_others(Path(settings.HOME))[:3])
    words = _("本机其他用户能读站点的文件（%(names)s），请运行 linli upgrade 收紧。") % {"names": names}
    return Part("rights", WARN, words) if names else Part("rights")


def _worker() -> Part:
    behind = overdue()
    if behind is None or behind <= LATE:
        return Part("worker")
    words = _("后台任务已有 %(minutes)d 分钟没有动静，请查看 linli worker 是否在运行。")
    return Part("worker", WARN, words % {"minutes": behind // timedelta(minutes=1)})


def _notices() -> Part:
    due = latest()
    if due is None or timezone.now() - due <= LATE:
        return Part("notices")
    words = _("有通知到时 %(minutes)d 分钟还没有发出，请查看通知页里的原因。")
    return Part("notices", WARN, words % {"minutes": (timezone.now() - due) // timedelta(minutes=1)})
