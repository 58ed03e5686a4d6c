"""Waking Django outside the server, for the commands that need the site's database."""

from __future__ import annotations

import os
from pathlib import Path


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
