"""What is filled in about people: a new account, why a name is looked at, a roster."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class AccountForm(forms.Form):
    """A new account."""

    username = forms.CharField(
        label=_("账号"),
        max_length=60,
        help_text=_("登录用，2–60 位小写字母、数字或 . _ @ -；建议用姓名拼音或工号。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    name = forms.CharField(label=_("姓名"), max_length=20)


class SightForm(forms.Form):
    """Why somebody's full name is looked at."""

    why = forms.CharField(label=_("事由"), max_length=120, help_text=_("本人会在“谁看过我的信息”里看到。"))


class RoleForm(forms.Form):
    """What a role lets its holders do."""

    permissions = forms.MultipleChoiceField(label=_("能做什么"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, choices: list[tuple[str, str]], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["permissions"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = choices


class RosterForm(forms.Form):
    """A roster to upload."""

    file = forms.FileField(
        label=_("名册文件"),
        help_text=_("XLSX，用下面的模板填写，最多 1,000 行。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
