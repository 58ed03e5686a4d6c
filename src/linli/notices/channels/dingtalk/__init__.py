"""A group's robot in 钉钉: the robot's address is the destination's; a signing secret follows it after a space."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from urllib.parse import quote_plus

from django.utils.translation import gettext_lazy as _

from linli.notices.channels import Channel
from linli.notices.channels.posting import accepted, is_web_address, post_json


def signed(address: str, now: float) -> str:
    """Return a robot's address with time and signature where a secret follows it, as the robot asks."""
    address, _space, secret = address.partition(" ")
    if not secret:
        return address
    stamp = str(round(now * 1000))
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    return f"{address}&timestamp={stamp}&sign={quote_plus(base64.b64encode(digest))}"


def _send(address: str, subject: str, text: str) -> None:
    body = {"msgtype": "text", "text": {"content": f"{subject}\n{text}"}}
    accepted(post_json(signed(address, time.time()), body), "errcode")


channel = Channel(
    _("钉钉"), lambda: True, lambda address: is_web_address(address.partition(" ")[0]), _send, to_person=False
)
