"""What is filled in about a division: founding one below it, its name, code, standing and end."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.org.actions.found_division import BELOW
from linli.org.forms.fields import DayField, basis_field
from linli.org.models import Division, Role


class FoundForm(forms.Form):
    """A new division below another; its level follows from the parent's."""

    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("不带“街道”“社区”二字，如“团结”。"))
    name_en = forms.CharField(label=_("英文名称"), max_length=80, required=False)
    code = forms.CharField(
        label=_("区划代码"),
        max_length=20,
        required=False,
        help_text=_("统计部门给的 12 位代码；还没有就留空，先用临时代码。"),
    )
    status = forms.ChoiceField(
        label=_("状态"),
        choices=[(one.value, one.label) for one in (Division.Status.PREPARING, Division.Status.FORMAL)],
    )
    valid_from = DayField(label=_("设立日期"))
    basis = basis_field()


class RenameForm(forms.Form):
    """A new name from a day on."""

    name = forms.CharField(label=_("新名称"), max_length=60)
    name_en = forms.CharField(label=_("英文名称"), max_length=80, required=False)
    from_day = DayField(label=_("启用日期"), help_text=_("当天零点起用新名称；在此之前的记录仍显示旧名称。"))
    basis = basis_field()


class CodeForm(forms.Form):
    """The code that the statistics side gave."""

    code = forms.CharField(label=_("区划代码"), max_length=20)
    from_day = DayField(label=_("启用日期"))
    basis = basis_field()


class FoundingForm(forms.Form):
    """The day that a division has existed from, where a wrong one was written."""

    day = DayField(label=_("设立日期"), help_text=_("它的第一个名称和代码一并从这一天起。"))
    reason = forms.CharField(label=_("更正原因"), max_length=200)


class StatusForm(forms.Form):
    """From preparation to formal standing."""

    status = forms.ChoiceField(label=_("改为"), choices=[(Division.Status.FORMAL.value, Division.Status.FORMAL.label)])
    basis = basis_field()


class AbolishForm(forms.Form):
    """The day on which a division is no more."""

    day = DayField(label=_("撤销日期"), help_text=_("当天零点起不再存在，岗位和权限同时终止。"))
    basis = basis_field()


class PostForm(forms.Form):
    """A seat with a role."""

    role = forms.ModelChoiceField(
        label=_("角色"), queryset=Role.objects.none(), help_text=_("岗位能做什么由角色决定。")
    )
    title = forms.CharField(label=_("岗位名称"), max_length=60, help_text=_("如“社区书记”“网格员”。"))
    valid_from = DayField(label=_("设立日期"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["role"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Role.objects.all()


def level_below(division: Division) -> str:
    """Return the level that may be founded below a division, '' where there is none."""
    return next((kind for kind, above in BELOW.items() if above == division.kind), "")
