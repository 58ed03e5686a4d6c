"""The pages of long work: one's own, everybody's for who tends the machine, cancelled by either."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from django.test import Client

from linli.jobs.models import Job
from linli.ledger.models import Entry
from linli.org.tests.world import World

Queries = Callable[[int], AbstractContextManager[object]]


def made(world: World, **values: object) -> Job:
    return Job.objects.create(kind="territory.check_import", actor=world.account("jiedao").reference, **values)


def test_one_sees_ones_own_and_the_administrator_all(world: World, client_of: Callable[[str], Client]) -> None:
    job = made(world)
    assert "检查导入文件" in client_of("jiedao").get("/jobs/").content.decode()
    assert "检查导入文件" not in client_of("shuji").get("/jobs/").content.decode()
    assert client_of("shuji").get(f"/jobs/{job.pk}/").status_code == 404
    assert "jiedao" in client_of("xitong").get("/jobs/").content.decode()


def test_a_waiting_job_is_cancelled_once_and_told(world: World, client_of: Callable[[str], Client]) -> None:
    job, clerk = made(world), client_of("jiedao")
    for _ in range(2):
        assert clerk.post(f"/jobs/{job.pk}/cancel").status_code == 302
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert Entry.objects.filter(verb="jobs.cancel").count() == 1
    assert client_of("shuji").post(f"/jobs/{job.pk}/cancel").status_code == 404


def test_a_job_tells_how_far_it_is_and_where_its_result_stands(
    world: World, client_of: Callable[[str], Client]
) -> None:
    clerk = client_of("jiedao")
    running = made(world, state="running", done=3, total=9, words="正在逐行检查")
    page = clerk.get(f"/jobs/{running.pk}/").content.decode()
    assert "3 / 9" in page
    assert "正在逐行检查" in page
    done = made(world, state="done", result={"url": "/ground/imports/7/"})
    assert 'href="/ground/imports/7/"' in clerk.get(f"/jobs/{done.pk}/").content.decode()
    for outside in ("//evil.example/", "https://evil.example/", "javascript:alert(1)"):
        job = made(world, state="done", result={"url": outside})
        assert "evil" not in clerk.get(f"/jobs/{job.pk}/").content.decode()
    failed = made(world, state="failed", error="没有权限做这件事")
    assert "没有权限做这件事" in clerk.get(f"/jobs/{failed.pk}/").content.decode()


def test_the_list_costs_the_same_for_many(
    world: World, client_of: Callable[[str], Client], django_assert_max_num_queries: Queries
) -> None:
    for _ in range(60):
        made(world)
    browser = client_of("xitong")
    browser.get("/")
    with django_assert_max_num_queries(6):
        assert "共 60 条" in browser.get("/jobs/").content.decode()
