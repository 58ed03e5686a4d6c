"""What is filled in about who sits on a post: appointing, leaving, handing over."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.org.forms.fields import AccountField, MinuteField


class AppointForm(forms.Form):
    """Whom to seat, from when, until when."""

    account = AccountField(label=_("账号"), help_text=_("填登录用的账号名，不是姓名。"))
    starts_at = MinuteField(label=_("到岗时间"))
    ends_at = forms.DateTimeField(
        label=_("离岗时间"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        help_text=_("临时任职才填；到时自动收回权限。"),
    )


class LeaveForm(forms.Form):
    """When the holder leaves."""

    ends_at = MinuteField(label=_("离岗时间"))


class HandOverForm(forms.Form):
    """Who follows, and when."""

    successor = AccountField(label=_("接任者账号"), help_text=_("填登录用的账号名，不是姓名。"))
    at = MinuteField(label=_("交接时间"))
