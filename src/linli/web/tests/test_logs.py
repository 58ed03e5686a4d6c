"""What stands in the log: enough to find a fault, nothing that is anyone's."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from linli.jobs.running import run_job, start, task
from linli.matters.models import Matter
from linli.org.limits import forget_all
from linli.org.models import Account
from linli.org.tests.world import PASSWORD, World
from linli.web.logs import FIELDS, Plain, configuration, of_server
from linli.web.middleware import RequestLog


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Everything that is logged, to the last detail, as the site writes it."""
    written, root, ours = io.StringIO(), logging.getLogger(), logging.getLogger("linli")
    handler, levels = logging.StreamHandler(written), (root.level, ours.level)
    handler.setFormatter(Plain())
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    ours.setLevel(logging.DEBUG)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


def test_no_secret_of_a_story_stands_in_the_log(world: World, lines: Callable[[], list[dict[str, Any]]]) -> None:
    forget_all()
    resident, key = Client(), str(uuid.uuid4())
    secrets = ["王小明家的水管爆了", "13912345678", "白云花园77幢", "chaxun-mi-zi", "geheim-token-1", key]
    told = {
        "text": secrets[0],
        "contact": secrets[1],
        "place": secrets[2],
        "kind": "report",
        "asked": "yes",
        "key": key,
    }
    assert resident.post("/report/", told).status_code == 302
    one = Matter.objects.get()
    secrets += [one.number, one.secret]
    there = f"/report/{one.number}/{one.secret}/"
    assert resident.get(there).status_code == 200
    assert resident.get(there + "nothing-there?q=chaxun-mi-zi").status_code == 404
    assert resident.get(f"/report/{one.number}/{one.secret}/?q=chaxun-mi-zi").status_code == 200
    assert resident.post("/report/look-up", {"number": one.number, "secret": one.secret}).status_code == 302
    assert resident.get("/where/", {"q": secrets[2]}).status_code == 200
    assert resident.get("/", headers={"Host": "geheim-token-1"}).status_code == 400
    bearer = {"Authorization": "Bearer geheim-token-1"}
    assert resident.get("/api/v1/posts?q=chaxun-mi-zi", headers=bearer).status_code == 401
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/accounts/login/?next=/chaxun-mi-zi", {"login": "shuji"}).status_code == 403
    clerk = Client()
    for tried in ("geheim-token-1", PASSWORD):
        clerk.post("/accounts/login/", {"login": "jiedao", "password": tried})
    assert clerk.get("/my/?next=chaxun-mi-zi").status_code == 200
    assert clerk.get(f"/matters/{one.number}/?next=chaxun-mi-zi").status_code == 404  # of no place, so of the district
    secrets += [
        PASSWORD,
        "jiedao",
        world.account("jiedao").name,
        *(one.value for one in clerk.cookies.values() if one.value),
    ]
    written = json.dumps(lines(), ensure_ascii=False)
    assert [secret for secret in secrets if secret in written] == []
    routes = [line["route"] for line in lines() if line["logger"] == "linli.request"]
    assert any("secret>" in route for route in routes)
    assert "unknown" in routes


def test_an_exception_is_told_by_class_and_source_never_by_its_words(
    lines: Callable[[], list[dict[str, Any]]],
) -> None:
    def fail(request: HttpRequest) -> HttpResponse:
        try:
            raise ValueError("geheim 1")
        except ValueError as error:
            raise OSError(28, "geheim 2") from error

    request = RequestFactory().get("/report/202600000001/aaaaaaaa/?q=geheim")
    try:
        fail(request)
    except OSError as error:
        theirs, extra = logging.getLogger("django.request"), {"job": "7", "arguments": {"name": "geheim"}}
        theirs.error("%s: %s", "Error", request.path, exc_info=error, extra={"request": request})
        logging.getLogger("linli.jobs").exception("job failed", extra=extra)
    foreign, ours = lines()
    assert "geheim" not in json.dumps([foreign, ours])
    assert foreign["message"] == "%s: %s"
    assert [one["class"] for one in ours["exceptions"]] == ["builtins.OSError", "builtins.ValueError"]
    assert ours["exceptions"][0]["errno"] == 28
    assert ours["exceptions"][0]["passed"][-1].startswith("web/tests/test_logs.py:")
    assert (ours["message"], ours["job"]) == ("job failed", "7")
    assert "arguments" not in ours


@task("web.test_logs", title="测试")
def _refuse(progress: Any, name: str) -> None:
    raise RuntimeError(name)


def test_a_job_that_fails_tells_nothing_of_its_arguments(
    world: World, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    one = run_job(start("web.test_logs", actor="system", name="王小明"))
    assert one.state == "failed"
    failed = next(line for line in lines() if line["message"] == "job failed")
    assert failed["exceptions"][0]["class"] == "builtins.RuntimeError"
    assert "王小明" not in json.dumps(lines(), ensure_ascii=False)


def test_a_database_says_which_rule_was_broken_not_by_whom(
    world: World, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    try:
        with transaction.atomic():
            Account.objects.create_account("shuji", name="王小明", password=PASSWORD)
    except IntegrityError as error:
        logging.getLogger("linli.request").error("database", exc_info=error)
    (line,) = [line for line in lines() if line["message"] == "database"]
    codes = {"sqlite_errorname": "SQLITE_CONSTRAINT_UNIQUE"} if connection.vendor == "sqlite" else {"sqlstate": "23505"}
    assert any(codes.items() <= one.items() for one in line["exceptions"])
    assert "shuji" not in json.dumps(line)


def test_every_way_out_goes_through_the_one_place() -> None:
    site, server = configuration("INFO"), of_server()
    assert {one["formatter"] for one in site["handlers"].values()} == {"plain"}
    assert site["formatters"]["plain"]["()"] == "linli.web.logs.Plain" == server["formatters"]["generic"]["()"]
    assert not site["loggers"]["django"]["handlers"]
    assert settings.LOGGING["handlers"] == site["handlers"]
    made_ready = logging.LogRecord("_granian", 40, "", 1, "Application callable raised an exception\ngeheim", (), None)
    assert json.loads(Plain().format(made_ready))["message"] == "Application callable raised an exception"
    assert "path" not in FIELDS


QUIET = """
import logging, logging.config, sys
import numpy as np, pyogrio, shapely
from linli.web.logs import configuration
logging.config.dictConfig(configuration("INFO"))
places = shapely.to_wkb(shapely.points(np.zeros((3, 2))))
pyogrio.raw.write(sys.argv[1], places, [], fields=[], geometry_type="Point", crs="EPSG:4490")
logging.getLogger("linli.request").info("request")
logging.getLogger("pyogrio._io").warning("something is wrong with %s", "this file")
"""


def test_a_library_that_tells_of_its_progress_leaves_no_empty_line(tmp_path: Path) -> None:
    command = [sys.executable, "-c", QUIET, str(tmp_path / "places.gpkg")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert [json.loads(line)["message"] for line in done.stderr.splitlines()] == [
        "request", "something is wrong with %s",
    ]  # fmt: skip


def test_an_address_is_told_by_its_route(lines: Callable[[], list[dict[str, Any]]]) -> None:
    log = RequestLog(lambda request: HttpResponse())
    for path in ("/static/linli.svg", "/report/202600000001/aaaaaaaa/", "/gibt/es/nicht"):
        log(RequestFactory().get(path))
    static, matter, nothing = (line["route"] for line in lines())
    assert (static, nothing) == ("/static/", "unknown")
    assert "aaaaaaaa" not in matter
    assert "secret" in matter
