"""A lost code: it goes to the contact that was left, and the page says the same whether there is one or not."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from linli.cases.actions.report_case import report_case
from linli.jobs.models import Job
from linli.jobs.running import run_job
from linli.matters.actions import judging
from linli.matters.models import Category, Matter
from linli.notices.models import Notice
from linli.notices.sending import send_due
from linli.org.actors import PUBLIC
from linli.org.limits import forget_all
from linli.territory.models import Building

HERE = "/report/lost-code"


@pytest.fixture(autouse=True)
def mailing(settings: Any) -> None:
    settings.EMAIL_HOST, settings.LINLI_ADDRESS = "localhost", "https://linli.example"


def left(ground: Building, contact: str) -> Matter:
    lamp = Category.objects.get(code="0602")
    return report_case(PUBLIC, key=uuid.uuid4(), text="楼道灯坏了", building=ground, category=lamp, contact=contact)


def ask(contact: str) -> str:
    page = Client().post(HERE, {"contact": contact})
    assert page.status_code == 200
    for job in Job.objects.filter(state="waiting"):
        assert run_job(job).state == "done"
    send_due()
    return re.sub(r"nonce-\S+|csrf\S+ value=\S+", "", page.content.decode())


def test_the_code_goes_to_the_contact_alone_and_the_answer_is_the_same_without_one(ground: Building) -> None:
    one, other = left(ground, "Wang 家 wang@example.org"), left(ground, "li@example.org")
    follower = judging.join(matter=other, key=uuid.uuid4(), contact="wang@example.org")
    known, unknown = ask(" WANG@example.org "), ask("nobody@example.org")
    assert known == unknown
    assert one.secret not in known
    assert [message.to for message in mail.outbox] == [["wang@example.org"]] * 2
    told = " ".join(str(message.body) for message in mail.outbox)
    for number, secret in ((one.number, one.secret), (other.number, follower.secret)):
        assert f"https://linli.example/report/{number}/{secret}/" in told
    assert other.secret not in told, "another's code of the same matter"
    ask("wang@example.org")
    assert len(mail.outbox) == 2, "once a day"
    assert not any("wang" in str(job.arguments) for job in Job.objects.all())
    assert all(job.arguments == {} for job in Job.objects.all()), "forgotten once it is done"


def test_nothing_goes_to_an_address_that_was_not_left(ground: Building) -> None:
    left(ground, "wang@example.org")
    for asked in ("wang@example.org thief@example.org", "老王", ""):
        assert Client().post(HERE, {"contact": asked}).status_code == 422
    assert Job.objects.count() == 0


def test_a_telephone_is_known_however_it_is_spelt(ground: Building, settings: Any) -> None:
    settings.LINLI_SMS_URL = "https://sms.example/send"
    one = left(ground, "张 138-0000-0000")
    ask("+86 138 0000 0000")
    notice = Notice.objects.get(object=one.reference)
    assert (notice.channel, notice.masked, notice.urgent) == ("sms", "138****0000", True)


def test_who_asks_too_often_is_refused_and_a_contact_is_not_flooded(ground: Building) -> None:
    left(ground, "wang@example.org")
    answers = [Client().post(HERE, {"contact": "wang@example.org"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert int(answers[-1]["Retry-After"]) > 600
    assert Job.objects.count() == 3, "the answer is the same, nothing is sent"
    forget_all()


def test_staff_who_read_the_log_read_no_code(ground: Building, client_of: Callable[[str], Client]) -> None:
    one = left(ground, "wang@example.org")
    ask("wang@example.org")
    for text in (f"好了 https://linli.example/report/{one.number}/{one.secret}/", f"查询码 {one.secret}。"):
        Notice.objects.filter(object=one.reference).update(text=text)
        page = client_of("quji").get("/notices/").content.decode()
        assert "您要的查询码" in page
        assert one.secret not in page


def test_without_a_way_to_send_the_page_says_so(settings: Any, client: Client) -> None:
    settings.EMAIL_HOST = settings.LINLI_SMS_URL = ""
    page = client.get(HERE).content.decode()
    assert "还不能发" in page
    assert 'name="contact"' not in page
