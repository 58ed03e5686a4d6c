"""What is filled in about notices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.notices.channels import channels
from linli.org.models import Division


class DestinationForm(forms.Form):
    """Which office, by which channel, where."""

    division = forms.ModelChoiceField(label=_("哪个单位"), queryset=Division.objects.none(), empty_label=None)
    channel = forms.ChoiceField(label=_("渠道"))
    address = forms.CharField(
        label=_("地址"), max_length=500, help_text=_("邮箱、手机号，或群机器人的网址。保存后不再显示全文。")
    )

    def __init__(self, divisions: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field, channel = self.fields["division"], self.fields["channel"]
        assert isinstance(field, forms.ModelChoiceField)
        assert isinstance(channel, forms.ChoiceField)
        field.queryset = divisions
        channel.choices = [(name, one.title) for name, one in channels().items()]
