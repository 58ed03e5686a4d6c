"""Bringing the database of a site up to this version of Linli."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from linli import __version__
from linli.web.upkeep.locks import holding
from linli.web.upkeep.rights import mend

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Upgrade:
    """What an upgrade did.

    Parameters
    ----------
    fresh
        Whether there was nothing before.
    migrations
        The changes of the database, `org.0001_initial`, in the order in which they were made.
    backup
        The backup made before; None where nothing waited or there was nothing to back up.
    """

    fresh: bool
    migrations: tuple[str, ...]
    backup: Path | None


def waiting() -> tuple[str, ...]:
    """Return the migrations that the database lacks, in order; no table is touched."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return tuple(f"{migration.app_label}.{migration.name}" for migration, _ in plan)


def is_fresh() -> bool:
    """Whether the database holds no site yet."""
    from django.db import connection

    return "django_migrations" not in connection.introspection.table_names()


def upgrade(*, backup: bool = True, tell: Tell = lambda words: None) -> Upgrade:
    """Mend who may read the files, back up, change the tables, load roles; safe to repeat.

    Parameters
    ----------
    backup
        Whether to keep the data as it was in `LINLI_HOME/backups` where anything is to change.
    tell
        Called with each step in words.
    """
    from django.conf import settings
    from django.core.management import call_command

    from linli.ledger.vouching import vouch

    with holding(settings.HOME, "upgrade"):
        mended = mend(settings.HOME)
        if mended:
            tell(f"已收紧 {mended} 个文件和文件夹的权限 / {mended} files and folders are now the site's own alone")
        fresh, todo = is_fresh(), waiting()
        kept = None
        if todo and not fresh and backup:
            from linli.web.upkeep.backup import back_up

            kept = back_up(reason="before-upgrade").path
            tell(f"已备份 / backed up to {kept}")
        if todo:
            tell(f"数据库更新 {len(todo)} 项 / {len(todo)} changes of the database")
        # also with nothing to do: what follows every migration loads roles and permissions anew
        before = _astray()
        call_command("migrate", interactive=False, verbosity=0)
        if todo:
            _record(fresh, todo)
        # what was loaded or changed just now has no entry of its own; what was astray before stays so
        vouch(but=before)
        return Upgrade(fresh, todo, kept)


def _astray() -> set[str]:
    """Return what is not as the ledger tells before anything is changed."""
    from django.db import connection

    from linli.ledger.vouching import astray

    return astray() if "ledger_entry" in connection.introspection.table_names() else set()


def _record(fresh: bool, todo: tuple[str, ...]) -> None:
    from django.db import transaction

    from linli.org.actors import SYSTEM

    with transaction.atomic():
        content = {"version": __version__, "fresh": fresh, "migrations": list(todo)}
        SYSTEM.record("web.upgrade", object="site", content=content)
