"""`linli upgrade`: bring the site's database up to this version."""

from __future__ import annotations

from typing import Annotated

import typer

from linli.cli.common import Json, note, print_json


def command(
    json: Json = False,
    backup: Annotated[bool, typer.Option(help="更新前先备份 / back up first where anything is to change")] = True,
) -> None:
    """升级 / Back up, then bring the database of the site up to this version of Linli. Safe to repeat.

    The site lies in `LINLI_HOME` (`var` where not set); `DATABASE_URL` names another database.

    Example: linli upgrade
    """
    from linli.web.start import start_django

    start_django()
    from linli.web.upkeep.upgrading import upgrade

    done = upgrade(backup=backup, tell=note)
    if json:
        print_json({"fresh": done.fresh, "migrations": done.migrations, "backup": done.backup})
    elif not done.migrations:
        print("已是最新 / nothing to upgrade")
    else:
        print("已建库 / the site's database is made" if done.fresh else "升级完成 / upgraded")
