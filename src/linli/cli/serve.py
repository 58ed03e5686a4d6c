"""`linli serve`: serve the site, with the worker of long jobs beside it."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from linli.cli.common import note
from linli.errors import InputError


def command(
    host: Annotated[str, typer.Option(help="监听地址 / address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="端口 / port")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="进程数 / processes that answer requests")] = 1,
    jobs: Annotated[bool, typer.Option(help="同时运行后台任务 / run long jobs too")] = True,
    upgrade: Annotated[bool, typer.Option("--upgrade", help="先升级数据库 / upgrade the database first")] = False,
    open_page: Annotated[bool, typer.Option("--open", help="在浏览器中打开 / open the page in the browser")] = False,
) -> None:
    """启动 / Serve the site until Ctrl-C: pages, the API, long jobs. A new site is made where there is none.

    Behind HTTPS set `LINLI_HTTPS=1`; names other than this machine's go into `LINLI_HOSTS`.

    Example: linli serve --port 8000
    """
    from linli.web.start import start_django

    start_django()
    from django.conf import settings

    _must_be_free(host, port)
    _prepare(upgrade)
    if host not in ("127.0.0.1", "localhost", "::1") and not os.environ.get("LINLI_HOSTS"):
        note("linli: LINLI_HOSTS is not set: the site answers only requests to this machine's own names")
    if not settings.OPERATOR.name:
        note("linli: LINLI_ORGANISER is not set: no page says who runs this site (主办单位)")
    arguments = ["--host", host, "--port", str(port), "--workers", str(workers), "--home", str(settings.HOME)]
    arguments += ["--jobs"] * (jobs) + ["--open"] * open_page
    sys.stdout.flush()
    sys.stderr.flush()
    # become the supervisor: same process, same group, without the memory that the check took
    os.execv(sys.executable, [sys.executable, "-m", "linli.web.upkeep.serving", *arguments])


def _prepare(upgrade: bool) -> None:
    from django.db import connection

    from linli.web.upkeep.upgrading import is_fresh, waiting
    from linli.web.upkeep.upgrading import upgrade as run_upgrade

    todo = waiting()
    if upgrade or (todo and is_fresh()):
        run_upgrade(tell=note)
    elif todo:
        raise InputError(
            f"{len(todo)} changes of the database wait, {todo[0]} first",
            advice="run linli upgrade (it backs up first), or linli serve --upgrade",
        )
    connection.close()


def _must_be_free(host: str, port: int) -> None:
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InputError(
                f"cannot listen there: {error.strerror}", value=f"{host}:{port}", advice="choose another --port"
            ) from None
