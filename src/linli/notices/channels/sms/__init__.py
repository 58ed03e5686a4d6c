"""SMS by the district's own gateway: JSON to `LINLI_SMS_URL`, with `LINLI_SMS_TOKEN` as bearer."""

from __future__ import annotations

import re

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from linli.notices.channels import Channel
from linli.notices.channels.posting import accepted, post_json

MOBILE = re.compile(r"^1\d{10}$")
MOST = 280  # characters; longer ones cost more messages, and the link says the rest


def _send(address: str, subject: str, text: str) -> None:
    headers = {"Authorization": f"Bearer {settings.LINLI_SMS_TOKEN}"} if settings.LINLI_SMS_TOKEN else {}
    body = {"mobile": re.sub(r"[\s-]", "", address), "text": text[:MOST]}
    accepted(post_json(settings.LINLI_SMS_URL, body, headers), "code")


channel = Channel(
    _("短信"), lambda: bool(settings.LINLI_SMS_URL), lambda address: bool(MOBILE.match(re.sub(r"[\s-]", "", address))),
    _send, to_person=True,
)  # fmt: skip
