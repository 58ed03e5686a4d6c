from __future__ import annotations

from datetime import timedelta
from threading import Event

import pytest
from django.db import transaction
from django.utils import timezone

from linli.jobs.models import Job
from linli.jobs.progress import Cancelled, Lost, Progress, Stopped
from linli.jobs.running import MAX_ATTEMPTS, _next, cancel, run_job, start, task, title_of
from linli.jobs.tests import work as _work  # noqa: F401  registers the tasks

pytestmark = pytest.mark.django_db


def started(kind: str = "tests.count", **arguments: object) -> Job:
    return start(kind, actor="account:7", **arguments)


def test_a_job_waits_until_it_is_run_and_then_holds_its_result() -> None:
    job = started(to=3)
    assert job.state == Job.State.WAITING
    run_job(job)
    assert (job.state, job.result) == (Job.State.DONE, {"counted": 3})
    assert (job.done, job.total, job.words, job.attempts) == (3, 3, "正在数", 1)
    assert job.started_at is not None
    assert job.ended_at is not None
    assert job.lease_until is None


def test_a_task_without_a_result_ends_well() -> None:
    assert run_job(started("tests.nothing")).state == Job.State.DONE


def test_no_job_is_left_of_a_transaction_that_fails() -> None:
    def ask_and_fail() -> None:
        with transaction.atomic():
            started(to=1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask_and_fail()
    assert not Job.objects.exists()


def test_work_that_no_task_bears_is_refused_at_the_door() -> None:
    with pytest.raises(KeyError, match=r"tests\.count"):
        started("tests.unknown")


def test_a_kind_has_one_task() -> None:
    with pytest.raises(ValueError, match="already"):

        @task("tests.count")
        def other(progress: Progress) -> None: ...


def test_a_kind_has_a_title_and_an_unknown_one_names_itself() -> None:
    assert (title_of("tests.count"), title_of("gone.kind")) == ("数数", "gone.kind")


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("values", "第 2 行没有户数；第 9 行没有户数"),
        ("rights", "没有权限做这件事"),
        ("fault", "程序出错，已记入日志；请联系系统管理员"),
    ],
)
def test_a_job_that_fails_says_why_without_details_of_the_program(why: str, words: str) -> None:
    job = run_job(started("tests.refuse", why=why))
    assert (job.state, job.error) == (Job.State.FAILED, words)


def test_a_job_whose_task_has_gone_fails_with_words() -> None:
    job = Job.objects.create(kind="gone.kind", actor="account:7")
    assert run_job(job).state == Job.State.FAILED
    assert job.error


def test_a_waiting_job_is_cancelled_at_once_and_never_run() -> None:
    job = started(to=1)
    cancel(job)
    assert job.state == Job.State.CANCELLED
    assert run_job(job).state == Job.State.CANCELLED
    assert job.attempts == 0


def test_a_running_job_is_cancelled_at_its_next_word_of_progress() -> None:
    assert run_job(started("tests.cancel_itself")).state == Job.State.CANCELLED


def test_cancelling_what_has_ended_changes_nothing() -> None:
    job = run_job(started(to=1))
    cancel(job)
    assert (job.state, job.cancel_asked) == (Job.State.DONE, False)


def running(job: Job, *, lease: timedelta, attempts: int = 1) -> Job:
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, attempts=attempts, lease_until=timezone.now() + lease)
    job.refresh_from_db()
    return job


def test_a_job_held_by_a_live_worker_is_left_alone() -> None:
    running(started(to=1), lease=timedelta(seconds=5))
    assert _next() is None


def test_a_job_whose_lease_has_lapsed_is_handed_out_again() -> None:
    job = running(started(to=1), lease=timedelta(seconds=-1))
    taken = _next()
    assert taken == job
    assert taken is not None
    assert taken.attempts == 2


def test_the_oldest_job_comes_first() -> None:
    first, _ = started(to=1), started(to=2)
    assert _next() == first


def test_a_job_that_brings_down_its_worker_again_and_again_is_given_up() -> None:
    job = running(started(to=1), lease=timedelta(seconds=-1), attempts=MAX_ATTEMPTS)
    assert _next() is None
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "多次中断" in job.error


def test_a_lapsed_job_that_was_to_be_cancelled_is_not_run_again() -> None:
    job = running(started(to=1), lease=timedelta(seconds=-1))
    cancel(job)
    assert _next() is None
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED


def test_two_workers_that_see_the_same_job_do_not_both_get_it() -> None:
    job = started(to=1)
    other = Job.objects.get(pk=job.pk)
    assert run_job(job).state == Job.State.DONE
    assert run_job(other).attempts == 1


def test_a_worker_that_lost_its_job_neither_goes_on_nor_writes_its_end() -> None:
    job = running(started(to=1), lease=timedelta(seconds=5))
    progress = Progress(job)
    Job.objects.filter(pk=job.pk).update(attempts=2)
    progress.write()
    with pytest.raises(Lost):
        progress(1, 2)
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING


def test_a_stopping_worker_interrupts_the_task() -> None:
    stop = Event()
    progress = Progress(running(started(to=1), lease=timedelta(seconds=5)), stop)
    progress(1, 3)
    stop.set()
    with pytest.raises(Stopped):
        progress(2, 3)


def test_progress_renews_the_lease_and_hears_of_a_cancel() -> None:
    job = running(started(to=1), lease=timedelta(seconds=1))
    progress = Progress(job)
    before = job.lease_until
    progress.shown = (4, 9, "正在读")
    progress.write()
    job.refresh_from_db()
    assert (job.done, job.total, job.words) == (4, 9, "正在读")
    assert before is not None
    assert job.lease_until is not None
    assert job.lease_until > before
    cancel(job)
    progress.write()
    with pytest.raises(Cancelled):
        progress(5, 9)


def test_a_thousand_words_of_progress_cost_few_writes(django_assert_max_num_queries: object) -> None:
    progress = Progress(running(started(to=1), lease=timedelta(seconds=5)))
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        for done in range(1000):
            progress(done, 1000)
