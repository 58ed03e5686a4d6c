"""Waking Django outside the server, for the commands that need the site's database."""

from __future__ import annotations

import os
from pathlib import Path

from linli.errors import InputError


def start_django(home: Path | None = None) -> None:
    """Load settings and applications, once a process; later calls do nothing.

    Parameters
    ----------
    home
        Folder of the site's data; `LINLI_HOME` from the environment where None.
    """
    if home is not None:
        os.environ["LINLI_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.web.settings")

    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


def start_site(*, upgraded: bool = True) -> None:
    """Start Django for a command that needs a site that stands.

    Parameters
    ----------
    upgraded
        Whether its database must be of this version.

    Raises
    ------
    InputError
        There is no site where `LINLI_HOME` or `DATABASE_URL` leads, or its database is older than this version.
    """
    start_django()
    from django.conf import settings
    from django.db import connection

    from linli.web.upkeep.upgrading import is_fresh, waiting

    name = connection.settings_dict["NAME"]
    if (connection.vendor == "sqlite" and not Path(name).exists()) or is_fresh():
        raise InputError(
            "there is no site here yet", file=settings.HOME, advice="make one with linli upgrade, or set LINLI_HOME"
        )
    todo = waiting() if upgraded else ()
    if todo:
        raise InputError(
            f"{len(todo)} changes of the database wait, {todo[0]} first", advice="run linli upgrade (it backs up first)"
        )
