"""The database of the site, from one address: SQLite by default, PostgreSQL where a city needs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def database_from(url: str, home: Path) -> dict[str, Any]:
    """Return Django's settings of the database that `url` names.

    Parameters
    ----------
    url
        `postgresql://user:password@host:port/name?sslmode=…`, `sqlite:///path`, or empty for SQLite in `home`.
    home
        Folder of the embedded database.

    Raises
    ------
    ValueError
        The address names another kind of database.
    """
    parts = urlsplit(url)
    if parts.scheme in ("postgres", "postgresql"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": dict(parse_qsl(parts.query)),
        }
    if parts.scheme not in ("", "sqlite"):
        raise ValueError(f"DATABASE_URL names {parts.scheme!r}; Linli runs on sqlite and postgresql")
    path = Path(unquote(parts.path)) if parts.scheme == "sqlite" else home / "linli.sqlite3"
    path.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "linli.web.sqlite",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000; "
            "PRAGMA mmap_size=134217728; PRAGMA temp_store=MEMORY",
        },
    }
