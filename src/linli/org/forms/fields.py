"""Fields that several forms share: a day, a minute, an account by its username, the paper an act rests on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.org.models import Account
from linli.written import number_in


class DayField(forms.DateField):
    """A day, chosen in the browser's own calendar; today where the form is opened."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("initial", timezone.localdate)
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


class MinuteField(forms.DateTimeField):
    """A minute of a day in Asia/Shanghai; the present one where it is left empty."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("不填即为现在。"))
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(required=False, widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], **options)

    def clean(self, value: Any) -> datetime:
        """Return the minute."""
        minute: datetime | None = super().clean(value)
        return minute or timezone.now()


class ManyField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several rows, each by its key; a number that no key can be is none of the choices, on every database alike."""

    def clean(self, value: Any) -> Any:
        """Return the rows."""
        if self.to_field_name is None and isinstance(value, (list, tuple)):
            for one in value:
                if number_in(str(one)) is None:
                    raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": one})
        return super().clean(value)


class AccountField(forms.CharField):
    """An account by its username; nobody is shown a list of all."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"})
        super().__init__(max_length=60, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        """Return the account, or say that there is none."""
        username = str(super().clean(value)).strip().lower()
        account = Account.objects.filter(username=username).first()
        if account is None:
            raise ValidationError(_("没有账号“%(username)s”。请核对，或先开通账号。"), params={"username": username})
        return account


def basis_field() -> forms.CharField:
    """Return the field for the paper that an act rests on."""
    return forms.CharField(
        label=_("依据"),
        max_length=200,
        required=False,
        help_text=_("批复或通知的名称和文号，写进公开台账。"),
    )
