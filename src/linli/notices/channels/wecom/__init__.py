"""A group's robot in 企业微信: the robot's address is the destination's."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from linli.notices.channels import Channel
from linli.notices.channels.posting import accepted, is_web_address, post_json


def _send(address: str, subject: str, text: str) -> None:
    accepted(post_json(address, {"msgtype": "text", "text": {"content": f"{subject}\n{text}"}}), "errcode")


channel = Channel(_("企业微信"), lambda: True, is_web_address, _send, to_person=False)
