"""PostgreSQL's own tools, called with the site's address: dump, restore beside the site, change places."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from linli.errors import InputError

ADVICE = "install PostgreSQL's client programs (package postgresql-client) of the server's version or newer"


def dump(settings: dict[str, Any], path: Path) -> None:
    """Write the database as pg_dump's custom format: one snapshot, while others write on.

    Raises
    ------
    InputError
        pg_dump is not there, or says why it cannot.
    """
    _run(settings, ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={path}"], settings["NAME"])


def restore_beside(settings: dict[str, Any], path: Path, name: str) -> None:
    """Make the database `name` and restore a dump into it; the site's own database is not touched.

    Raises
    ------
    InputError
        pg_restore is not there, the role may create no database, or the dump is broken.
    """
    with maintenance(settings) as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    command = ["pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    try:
        _run(settings, [*command, f"--dbname={name}", str(path)], name)
    except BaseException:
        drop(settings, name)
        raise


def drop(settings: dict[str, Any], name: str) -> None:
    """Remove a database that never became the site's."""
    with maintenance(settings) as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


def change_places(settings: dict[str, Any], new: str, aside: str) -> None:
    """Call the site's database `aside` and `new` by the site's name, in one transaction; once done it does nothing."""
    with maintenance(settings) as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname IN (%s, %s)", [new, settings["NAME"]])
        there = {name for (name,) in cursor.fetchall()}
        if new not in there:
            return
        cursor.execute("BEGIN")
        if settings["NAME"] in there:
            cursor.execute(f'ALTER DATABASE "{settings["NAME"]}" RENAME TO "{aside}"')
        cursor.execute(f'ALTER DATABASE "{new}" RENAME TO "{settings["NAME"]}"')
        cursor.execute("COMMIT")


@contextmanager
def maintenance(settings: dict[str, Any], database: str = "postgres") -> Iterator[Any]:
    """Lend a cursor in another database of the same server, outside any transaction.

    Raises
    ------
    InputError
        The server refuses.
    """
    import psycopg

    address = {"host": settings["HOST"], "port": settings["PORT"], "user": settings["USER"]}
    address |= {"password": settings["PASSWORD"], "dbname": database, **settings.get("OPTIONS", {})}
    known = {name: value for name, value in address.items() if value}
    try:
        with psycopg.connect(**known, autocommit=True) as connection, connection.cursor() as cursor:
            yield cursor
    except psycopg.Error as error:
        raise InputError(
            f"PostgreSQL refuses: {error}".strip(),
            advice="the role needs CREATEDB, and nothing else may use the database",
        ) from error


def _run(settings: dict[str, Any], command: list[str], name: str) -> None:
    if shutil.which(command[0]) is None:
        raise InputError(f"{command[0]} is not installed", advice=ADVICE)
    said = {"PGHOST": settings["HOST"], "PGPORT": settings["PORT"], "PGUSER": settings["USER"], "PGDATABASE": name}
    said |= {"PGPASSWORD": settings["PASSWORD"], "PGSSLMODE": settings.get("OPTIONS", {}).get("sslmode", "")}
    if settings.get("OPTIONS", {}).get("host"):
        said["PGHOST"] = settings["OPTIONS"]["host"]
    environment = {**os.environ, **{key: str(value) for key, value in said.items() if value}}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise InputError(f"{command[0]}: {done.stderr.strip()[-500:]}", advice=ADVICE)
