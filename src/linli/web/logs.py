"""The one place that decides what a log line may say: no secret, name, query or path with a code ever stands in one.

Whoever runs the machine reads the log, and so may whoever keeps it; number and code of a matter are all the rights of
its reporter, and stand in the path. So a line names the route, never the path, and is made of what is safe by its
making: our own constant messages, the fields of `FIELDS`, the template of a library's message without what was put into
it, and of an exception its class, its code and the lines of source it passed, never its words.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

# what our own lines may carry besides their message; a field that is not here is left out
FIELDS = (
    "request", "method", "route", "status", "ms", "job", "kind", "state", "tick", "moment", "notice", "channel",
    "error",
)  # fmt: skip
OUR_OWN = "linli"
SERVER = "_granian"  # its messages come ready made; what follows the first line is a traceback with words
# codes by which databases and the operating system name an error, free of anyone's data
CODES = ("errno", "sqlite_errorname", "sqlstate")
MOST_FRAMES, MOST_CAUSES = 30, 5


class Plain(logging.Formatter):
    """Writes a record as one JSON object, made of nothing but what may be said."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": message_of(record),
        }
        if _ours(record):
            values = vars(record)
            line |= {name: _plain(values[name]) for name in FIELDS if name in values}
        else:
            line["where"] = f"{record.module}:{record.lineno}"
        if record.exc_info and record.exc_info[1] is not None:
            line["exceptions"] = exceptions_of(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def message_of(record: logging.LogRecord) -> str:
    """Return as much of a record's message as is no one's data: a template, never what was put into it.

    A library's message without arguments may have been put together before, so it is left out; `where` finds it.
    """
    if record.name == SERVER:
        return str(record.msg).partition("\n")[0]
    return str(record.msg) if _ours(record) or record.args else ""


def exceptions_of(error: BaseException) -> list[dict[str, Any]]:
    """Return an exception and what caused it, each with class, codes and the lines of source it passed."""
    found: list[dict[str, Any]] = []
    one: BaseException | None = error
    while one is not None and len(found) < MOST_CAUSES:
        codes = {name: _plain(getattr(one, name)) for name in CODES if getattr(one, name, None) is not None}
        frames = traceback.extract_tb(one.__traceback__)[-MOST_FRAMES:]
        passed = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
        found.append({"class": f"{type(one).__module__}.{type(one).__qualname__}", **codes, "passed": passed})
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return found


def _ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] == OUR_OWN


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | float) else str(value)[:200]


def _short(filename: str) -> str:
    """A file of source by its last folders: enough to find it, without the folders of this machine."""
    return "/".join(filename.replace("\\", "/").rsplit("/", 4)[-3:])


def configuration(level: str) -> dict[str, Any]:
    """Return the site's settings of `logging`: to standard error, through `Plain`.

    What libraries tell of their progress has nothing left to say once it has passed `Plain`: of them, warnings and
    worse are written, and the rest only where everything is asked for.
    """
    libraries = "WARNING" if level == "INFO" else level
    loud = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": {"()": f"{__name__}.Plain"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
        "root": {"handlers": ["stderr"], "level": libraries},
        # Django brings handlers of its own for these, which know nothing of `Plain`
        "loggers": {OUR_OWN: {"level": level}, "django": loud, "django.server": {**loud, "level": "WARNING"}},
    }


def of_server() -> dict[str, Any]:
    """Return what the serving process's own log lines go through: the same."""
    plain = {"()": f"{__name__}.Plain"}
    stderr = {"class": "logging.StreamHandler", "formatter": "generic"}
    return {"formatters": {"generic": plain, "access": plain}, "handlers": {"console": stderr, "access": stderr}}
