"""Pages for what went wrong: what happened, what to do now, and the number to name when asking for help."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from linli.errors import is_full
from linli.web.context import still

# fields in which people write sentences, which they would not like to write again
TYPED = ("text", "place", "parts", "why", "reason", "note", "body", "title")


def _page(
    request: HttpRequest, status: int, title: str, words: str, *, plain: bool = False, typed: Sequence[str] = ()
) -> HttpResponse:
    context: dict[str, Any] = {
        "status": status,
        "title": title,
        "words": words,
        "typed": typed,
        "number": getattr(request, "number", ""),
    }
    if plain:  # no context processor, so nothing that asks the database
        return HttpResponse(render_to_string("errors/plain.html", {**still(request), **context}), status=status)
    return render(request, "errors/page.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what was sent cannot be read."""
    return _page(
        request,
        400,
        _("这个请求读不懂"),
        _("发来的内容不完整或格式不对。请返回上一页，检查填写的内容后再提交。"),
        plain=True,
    )


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: known, but not for this person."""
    return _page(
        request,
        403,
        _("您的岗位不能办理这件事"),
        _("如果工作需要，请联系本单位的安全管理员核对岗位。岗位刚有变动的，请退出后重新登录。"),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: not there, or not to be known by this person."""
    return _page(
        request,
        404,
        _("没有找到这个页面"),
        _("网址可能有误，内容可能已经移走，也可能您的岗位看不到它。请核对网址，或从首页重新进入。"),
    )


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of the CSRF check: the form is old, or cookies are off."""
    return _page(
        request,
        403,
        _("页面停留太久，没有提交"),
        _("为了安全，放久的表单不能再提交。请返回上一页，刷新后重新提交；浏览器需要允许本站使用 Cookie。"),
    )


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429: too many requests in a short time."""
    response = _page(
        request, 429, _("操作太频繁"), _("短时间内的请求太多，已暂停受理。请等几分钟再试，不需要重复提交。"), plain=True
    )
    response.headers["Retry-After"] = "300"
    return response


def too_large(request: HttpRequest) -> HttpResponse:
    """413: more than this address takes; nothing of it was read."""
    return _page(
        request,
        413,
        _("发来的内容太大"),
        _("照片每张不超过 12 MB，最多三张；导入的文件不超过 64 MB。请缩小后再提交。"),
        plain=True,
    )


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault; drawn without the database, which may be the reason."""
    known = unable(request, sys.exc_info()[1])  # what broke before a view was reached
    if known is not None:
        return known
    return _page(
        request,
        500,
        _("系统出了差错"),
        _("这不是您的问题，刚才的操作没有保存。请稍后重试；仍不行，请把下面的请求编号告诉系统管理员。"),
        plain=True,
    )


def unable(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """503: the disk is full or the database does not answer, with what was typed; None where the error is neither."""
    if is_full(error):
        title, words = _("系统暂时存不下新内容"), _("存储空间已满，刚才的内容没有保存。请稍后再试，并告诉系统管理员。")
    elif isinstance(error, (OperationalError, InterfaceError)):
        title = _("系统暂时不能办理")
        words = _("数据库没有应答，可能正在备份或升级。刚才的操作没有保存，请过几分钟再试。")
    else:
        return None
    response = _page(request, 503, title, words, plain=True, typed=_typed(request))
    response.headers["Retry-After"] = "60"
    return response


def _typed(request: HttpRequest) -> list[str]:
    """Return the texts that somebody wrote into a form, not what is secret or chosen from a list."""
    if request.method != "POST":
        return []
    return [text for name, texts in request.POST.lists() if name in TYPED for text in texts if text.strip()]
