"""What is filled in to open a project, by its kind: each asks only what it needs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.org.forms.fields import ManyField
from linli.org.models import Division
from linli.planning.actions.open_project import MOST_MOVED, MOST_NAME
from linli.planning.models import Project, Standard
from linli.territory.models import Count

KIND_WORDS = {
    Project.Kind.SPLIT: _("选要拆分的社区。相邻的几个可以一起划，界线会更合理。"),
    Project.Kind.MERGE: _("选要合并的相邻社区，写明合并后的名称；沿用其中一个的名称，它的代码不变。"),
    Project.Kind.ADJUST: _("选界线要微调的相邻社区。从现有界线出发，只改动少数地块。"),
    Project.Kind.RENAME: _("界线、代码都不变，只从生效之日起换名称。"),
    Project.Kind.ABOLISH: _("选要撤销的社区，和接收它的相邻社区；接收的社区原有地块都不动。"),
}


class ProjectForm(forms.Form):
    """拆分: which communities are to be divided, how they are counted, within which bounds."""

    asks: tuple[str, ...] = ()  # fields of `Project.asked`

    title = forms.CharField(label=_("名称"), max_length=60)
    scope = ManyField(
        label=_("调整哪些社区"), queryset=Division.objects.none(), widget=forms.CheckboxSelectMultiple,
        help_text=_("须在同一街道。"),
    )  # fmt: skip
    standard = forms.ModelChoiceField(label=_("规模标准"), queryset=Standard.objects.none(), empty_label=None)
    count = forms.ChoiceField(label=_("口径"), choices=Count.Definition.choices)
    households_least = forms.IntegerField(label=_("户数下限"), min_value=1, max_value=100_000)
    households_most = forms.IntegerField(label=_("户数上限"), min_value=1, max_value=100_000)

    def __init__(self, communities: Any, standards: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, rows in (("scope", communities), ("ended", communities), ("standard", standards)):
            field = self.fields.get(name)
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = rows

    def clean(self) -> dict[str, Any]:
        """Gather what only this kind asks into `asked`."""
        said = super().clean() or {}
        asked = {name: said.pop(name) for name in self.asks if name in said}
        return {**said, "asked": asked}


class MergeForm(ProjectForm):
    """合并: also what they become."""

    asks = ("into",)
    field_order = ("title", "scope", "into")
    into = forms.CharField(label=_("合并后的名称"), max_length=MOST_NAME)


class AdjustForm(ProjectForm):
    """边界微调: also how many blocks may move."""

    asks = ("most_blocks",)
    field_order = ("title", "scope", "most_blocks")
    most_blocks = forms.IntegerField(label=_("最多改动几个地块"), min_value=1, max_value=MOST_MOVED, initial=10)


class RenameForm(ProjectForm):
    """更名: one community and its new name; neither bounds nor a standard."""

    asks = ("into",)
    field_order = ("title", "scope", "into")
    scope = forms.ModelChoiceField(label=_("哪个社区"), queryset=Division.objects.none())  # type: ignore[assignment]
    into = forms.CharField(label=_("新名称"), max_length=MOST_NAME)
    standard = count = households_least = households_most = None  # type: ignore[assignment]

    def __init__(self, communities: Any, standards: Any, *args: Any, **options: Any) -> None:
        super().__init__(communities, standards, *args, **options)
        self.standards = standards

    def clean(self) -> dict[str, Any]:
        """Fill in what a project has and this kind does not ask."""
        said = super().clean()
        chosen = said.get("scope")
        first = self.standards.order_by("pk").first()
        if first is None:
            raise forms.ValidationError(_("还没有规模标准在施行。"), code="standard")
        return {
            **said, "scope": [chosen] if chosen else [], "standard": first,
            "count": Count.Definition.HOUSEHOLDS_REGISTERED,
        }  # fmt: skip


class AbolishForm(ProjectForm):
    """撤销: which community ends, and which take it over."""

    asks = ("ended",)
    field_order = ("title", "ended", "scope")
    ended = forms.ModelChoiceField(label=_("撤销哪个社区"), queryset=Division.objects.none())
    scope = ManyField(
        label=_("并入哪些社区"), queryset=Division.objects.none(), widget=forms.CheckboxSelectMultiple,
        help_text=_("须在同一街道。"),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """The scope is whoever ends and whoever takes over; `ended` is kept by its name."""
        said = super().clean()
        ended = said["asked"].get("ended")
        if ended is None:
            return said
        scope = {one.pk: one for one in (*said.get("scope", ()), ended)}
        return {**said, "scope": list(scope.values()), "asked": {"ended": str(ended.name)}}


KIND_FORMS: dict[str, type[ProjectForm]] = {
    Project.Kind.SPLIT: ProjectForm,
    Project.Kind.MERGE: MergeForm,
    Project.Kind.ADJUST: AdjustForm,
    Project.Kind.RENAME: RenameForm,
    Project.Kind.ABOLISH: AbolishForm,
}
