"""A notice fails alone: the others go on, its error is told in words, it is given up after its tries."""

from __future__ import annotations

import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone, translation

from linli.notices import smtp
from linli.notices.channels import NotSent, channels
from linli.notices.models import Notice
from linli.notices.reasons import REASONS
from linli.notices.sending import MOST_ATTEMPTS, send_due
from linli.notices.writing import PURPOSE
from linli.org.seals import seal
from linli.org.tests.world import World


@pytest.fixture
def speaking() -> Iterator[Callable[[bytes], int]]:
    """Return a call that opens a port where everyone who comes is told some bytes, one each moment, then no more."""
    stop, threads, listening = threading.Event(), [], []

    def open_port(words: bytes) -> int:
        server = socket.create_server(("127.0.0.1", 0))
        server.settimeout(0.05)
        listening.append(server)

        def run() -> None:
            while not stop.is_set():
                try:
                    connection, _where = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    try:
                        for sign in words:
                            connection.sendall(bytes([sign]))
                            stop.wait(0.002)
                        connection.settimeout(1)
                        connection.shutdown(socket.SHUT_WR)
                        connection.recv(65536)
                    except OSError:
                        pass

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        return int(server.getsockname()[1])

    yield open_port
    stop.set()
    for one in threads:
        one.join()
    for server in listening:
        server.close()


def notice(world: World, channel: str, address: str) -> Notice:
    return Notice.objects.create(
        key=f"test:{channel}:{address}"[:80], object="matter:1", division=world.division("团结"), channel=channel,
        address=seal(address, PURPOSE), masked="x", subject="事项", text="办理情况", not_before=timezone.now(),
    )  # fmt: skip


def test_an_answer_that_is_no_http_fails_one_notice_alone(
    world: World, settings: Any, speaking: Callable[[bytes], int], client_of: Callable[[str], Client]
) -> None:
    settings.LINLI_OUTGOING, settings.EMAIL_HOST = ["127.0.0.1"], "localhost"
    bad = [
        notice(world, "wecom", f"http://127.0.0.1:{speaking(b'220 mail.example ESMTP')}/hook"),
        notice(world, "feishu", "http://169.254.169.254/latest/meta-data/"),
        notice(world, "dingtalk", "http://[::1/"),
        notice(world, "gone", "somewhere"),
    ]
    unreadable = notice(world, "mail", "a@example.org")
    Notice.objects.filter(pk=unreadable.pk).update(address="sealed with another key")
    good = notice(world, "mail", "wang@example.org")
    now = timezone.now()
    assert send_due(now) == 1
    assert len(mail.outbox) == 1
    good.refresh_from_db()
    assert good.state == Notice.State.SENT
    for one in (*bad, unreadable):
        one.refresh_from_db()
    assert [one.error for one in (*bad, unreadable)] == ["not-http", "forbidden", "address", "unset", "sealed"]
    for _ in range(MOST_ATTEMPTS):
        now += timedelta(days=1)
        assert send_due(now) == 0
    assert not Notice.objects.filter(state=Notice.State.WAITING).exists()
    page = client_of("shuji").get("/notices/").content.decode()
    assert "地址指向内部网络，不允许发送" in page
    assert "forbidden" not in page


def test_a_channel_of_ones_own_may_fail_as_it_likes(world: World, settings: Any) -> None:
    settings.EMAIL_HOST = "localhost"
    settings.EMAIL_BACKEND = "linli.notices.tests.test_failing.Nowhere"
    one = notice(world, "mail", "wang@example.org")
    assert send_due() == 0
    one.refresh_from_db()
    assert (one.error, one.attempts) == ("program", 1)


def test_a_retry_put_off_by_a_wrong_clock_is_made(world: World, settings: Any) -> None:
    settings.EMAIL_HOST = "localhost"
    one = notice(world, "mail", "wang@example.org")
    Notice.objects.filter(pk=one.pk).update(attempts=1, not_before=timezone.now() + timedelta(days=1))
    assert send_due() == 1


@pytest.mark.parametrize(
    ("said", "code"),
    [(b"HTTP/1.1 400 Bad Request\r\n", "not-smtp"), (b"554 no\r\n", "refused 554"), (b"220 " * 3000, "time")],
)
def test_a_mail_server_that_is_none_holds_nobody_up(
    said: bytes, code: str, settings: Any, speaking: Callable[[bytes], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "SECONDS", 0.3)
    settings.EMAIL_BACKEND = "linli.notices.smtp.Backend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", speaking(said), False
    with pytest.raises(NotSent) as failed:
        channels()["mail"].send("wang@example.org", "事项", "办理情况")
    assert str(failed.value) == code


def test_every_reason_has_words_in_both_languages() -> None:
    for language in ("zh-hans", "en"):
        with translation.override(language):
            assert all(Notice(error=code).why != code for code in REASONS)
            assert "404" in Notice(error="refused 404").why
    assert Notice(error="of an older version").why == "of an older version"
    assert issubclass(smtp.Plain, smtplib.SMTP)


class Nowhere:
    """A way for mail that fails in a manner of its own."""

    def __init__(self, **options: Any) -> None:
        """Need nothing."""

    def send_messages(self, messages: list[EmailMessage]) -> int:
        """Fail."""
        raise LookupError(messages[0].to[0])
