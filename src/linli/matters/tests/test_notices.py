"""Notices: to whom, when, by which channel; what failed is tried again and may be resent; the log hides addresses."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import shapely
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from linli.matters import clocks
from linli.matters.actions import handling
from linli.matters.actions.open_matter import open_matter
from linli.matters.models import Matter
from linli.notices.actions import minding
from linli.notices.channels import channel_for, channels
from linli.notices.channels.dingtalk import signed
from linli.notices.models import Notice
from linli.notices.sending import MOST_ATTEMPTS, send_due
from linli.notices.writing import mask, tell_person
from linli.org.actors import PUBLIC, Actor, actor_of
from linli.org.models import Division
from linli.org.tests.world import World
from linli.territory.models import Block, Membership
from linli.workdays import BEIJING

NIGHT = datetime(2026, 11, 27, 23, 0, tzinfo=BEIJING)  # a Friday


class Gateway:
    """A server that takes what is posted to it, and answers as it is told."""

    def __init__(self) -> None:
        self.taken: list[tuple[dict[str, object], str]] = []
        self.status, self.answer = 200, {"errcode": 0, "code": 0}
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                gateway.taken.append((body, str(self.headers.get("Authorization", ""))))
                self.send_response(gateway.status)
                self.end_headers()
                self.wfile.write(json.dumps(gateway.answer).encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def gateway(settings: object) -> Iterator[Gateway]:
    made = Gateway()
    settings.LINLI_SMS_URL, settings.LINLI_SMS_TOKEN = made.address, "t0ken"  # type: ignore[attr-defined]
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def matter(world: World) -> Matter:
    block = Block(street=world.division("铜源街道"), code="B1")
    block.shape = shapely.box(103.1, 26.08, 103.101, 26.081)
    block.save()
    Membership.objects.create(block=block, community=world.division("团结"), valid_from=date(2020, 1, 1))
    return open_matter(PUBLIC, key=uuid.uuid4(), text="路灯坏了", block=block, contact="13800001234")


@pytest.fixture
def secretary(world: World) -> Actor:
    return actor_of(world.account("shuji"))


def tell(division: Division, address: str = "13800001234", **more: object) -> Notice | None:
    return tell_person(
        address, key="k1", object="matter:1", division=division, subject="有进展", text="已换灯",
        clock=clocks.office_clock(),
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


def test_every_channel_stands_in_a_folder_of_its_own() -> None:
    assert set(channels()) == {"mail", "sms", "wecom", "dingtalk", "feishu"}


def test_an_address_finds_its_channel_where_one_is_set_up(gateway: Gateway, settings: object) -> None:
    assert channel_for("138 0000 1234") == "sms"
    assert channel_for("a@example.org") == ""
    settings.EMAIL_HOST = "localhost"  # type: ignore[attr-defined]
    assert channel_for("a@example.org") == "mail"
    assert channel_for("楼下喊一声就行") == ""


def test_at_night_it_waits_for_the_office_and_an_urgent_one_does_not(gateway: Gateway, world: World) -> None:
    place = world.division("团结")
    notice = tell(place, now=NIGHT)
    assert notice is not None
    assert notice.not_before == datetime(2026, 11, 30, 9, 0, tzinfo=BEIJING), "on Monday"
    assert send_due(NIGHT + timedelta(hours=1)) == 0
    assert gateway.taken == []
    assert tell(place, now=NIGHT) == notice, "caused twice it is one"
    urgent = tell(place, "13900001234", now=NIGHT, urgent=True)
    assert urgent is not None
    assert send_due(NIGHT) == 1


def test_a_reporter_is_told_and_the_log_hides_where(
    gateway: Gateway, matter: Matter, secretary: Actor, client_of: Callable[[str], Client]
) -> None:
    handling.accept(secretary, matter=matter)
    handling.resolve(secretary, matter=matter, text="已换灯泡。")
    notice = Notice.objects.get(object=matter.reference)
    assert "13800001234" not in (notice.address, notice.masked)
    assert send_due(notice.not_before + timedelta(seconds=1)) == 1
    body, authorization = gateway.taken[0]
    assert body["mobile"] == "13800001234"
    assert "已换灯泡" in str(body["text"])
    assert authorization == "Bearer t0ken"
    page = client_of("shuji").get("/notices/").content.decode()
    assert "138****1234" in page
    assert "13800001234" not in page
    assert "已发送" in page


def test_what_fails_is_tried_again_later_given_up_and_resent(
    gateway: Gateway, world: World, client_of: Callable[[str], Client]
) -> None:
    notice = tell(world.division("团结"), urgent=True)
    assert notice is not None
    gateway.status = 500
    now = timezone.now()
    for _ in range(MOST_ATTEMPTS):
        send_due(now)
        now += timedelta(hours=3)
    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == ("failed", MOST_ATTEMPTS)
    assert "500" in notice.error
    assert len(gateway.taken) == MOST_ATTEMPTS
    gateway.status = 200
    assert client_of("shuji").post(f"/notices/{notice.pk}/resend").status_code == 302
    assert send_due() == 1
    notice.refresh_from_db()
    assert notice.state == "sent"


def test_a_refusal_in_the_answer_is_a_failure(gateway: Gateway, world: World) -> None:
    gateway.answer = {"code": 17}
    notice = tell(world.division("团结"), urgent=True)
    assert notice is not None
    assert send_due() == 0
    notice.refresh_from_db()
    assert notice.error == "refused 17"


@pytest.mark.parametrize(("channel", "field"), [("wecom", "msgtype"), ("dingtalk", "msgtype"), ("feishu", "msg_type")])
def test_an_office_s_robot_is_told_of_new_work_without_the_resident_s_words(
    gateway: Gateway, world: World, secretary: Actor, matter: Matter, channel: str, field: str
) -> None:
    minding.add_destination(secretary, division=world.division("团结"), channel=channel, address=gateway.address)
    handling.accept(secretary, matter=matter)
    send_due(timezone.now() + timedelta(days=4))
    body = gateway.taken[0][0]
    assert body[field] == "text"
    said = json.dumps(body, ensure_ascii=False)
    assert str(matter.number) in said
    assert "路灯坏了" not in said


def test_a_robot_s_secret_signs_what_is_sent() -> None:
    address = signed("https://robot.invalid/send?token=1 SECxyz", 1764230400.0)
    assert address.startswith("https://robot.invalid/send?token=1&timestamp=1764230400000&sign=")
    assert signed("https://robot.invalid/send?token=1", 1.0) == "https://robot.invalid/send?token=1"


def test_mail_leaves_by_the_site_s_server(world: World, settings: object) -> None:
    settings.EMAIL_HOST = "localhost"  # type: ignore[attr-defined]
    assert tell(world.division("团结"), "wang@example.org", urgent=True) is not None
    assert send_due() == 1
    assert mail.outbox[0].to == ["wang@example.org"]
    assert mask("wang@example.org") == "w***@example.org"


def test_destinations_are_an_office_s_own(world: World, secretary: Actor, client_of: Callable[[str], Client]) -> None:
    with pytest.raises(PermissionDenied):
        minding.add_destination(secretary, division=world.division("白云"), channel="sms", address="13800000000")
    with pytest.raises(ValidationError):
        minding.add_destination(secretary, division=world.division("团结"), channel="sms", address="不是号码")
    browser = client_of("shuji")
    said = {"division": world.division("团结").pk, "channel": "wecom", "address": "https://robot.invalid/key=s3cret"}
    assert browser.post("/notices/destinations/add", said).status_code == 302
    page = browser.get("/notices/destinations/").content.decode()
    assert "robot.invalid" in page
    assert "s3cret" not in page
    key = world.division("团结").destinations.get().pk
    assert client_of("wangge").post(f"/notices/destinations/{key}/remove").status_code == 404
    assert browser.post(f"/notices/destinations/{key}/remove").status_code == 302
