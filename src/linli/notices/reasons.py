"""Why a notice was not sent, in words: channels name a code, pages say what it means and what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

REASONS = {
    "unset": gettext_noop("渠道没有设置，请联系系统管理员"),
    "sealed": gettext_noop("收件地址无法解密，请重新填写去向"),
    "address": gettext_noop("地址不是能用的网址"),
    "forbidden": gettext_noop("地址指向内部网络，不允许发送"),
    "name": gettext_noop("找不到对方的主机名"),
    "unreachable": gettext_noop("连不上对方"),
    "certificate": gettext_noop("对方的证书不可信"),
    "time": gettext_noop("对方没有按时应答"),
    "not-http": gettext_noop("对方的应答不是网页协议"),
    "not-smtp": gettext_noop("邮件服务器的应答看不懂"),
    "long": gettext_noop("对方的应答过长"),
    "redirect": gettext_noop("对方要求转到别处，没有跟随"),
    "refused": gettext_noop("对方拒收"),
    "program": gettext_noop("程序出错，已记入日志；请联系系统管理员"),
}


def in_words(error: str) -> str:
    """Return what a stored code says, with the number of the other side where it gave one; else the text itself."""
    code, _space, number = error.partition(" ")
    if code not in REASONS:
        return error
    why = _(REASONS[code])
    return _("%(why)s（%(number)s）") % {"why": why, "number": number} if number else why
