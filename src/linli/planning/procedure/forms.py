"""What is filled in for the procedure: a signature, a waiver, a new version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.planning.actions.sign_step import MOST_NOTE
from linli.planning.procedure.course import MOST_DAYS, Step
from linli.workdays import Unit


class SignForm(forms.Form):
    """By which paper a step is done."""

    paper = forms.CharField(label=_("文号或材料"), max_length=120, required=False)
    note = forms.CharField(
        label=_("说明"), max_length=MOST_NOTE, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("公开可见，不要写个人信息。"),
    )  # fmt: skip

    def __init__(self, step: Step, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if step.paper:
            self.fields["paper"].required = True
        else:
            del self.fields["paper"]


class WaiveForm(forms.Form):
    """Which steps a project goes on without, and why."""

    steps = forms.MultipleChoiceField(label=_("豁免哪些步骤"), widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label=_("理由"), max_length=MOST_NOTE, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("公开可见，记入台账。至少十个字；一条理由只用一次，一次最多三步。"),
    )  # fmt: skip

    def __init__(self, steps: Sequence[Step], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen = self.fields["steps"]
        assert isinstance(chosen, forms.MultipleChoiceField)
        chosen.choices = [(step.key, step.words) for step in steps]


class TakeBackForm(forms.Form):
    """Why a mark is taken back."""

    reason = forms.CharField(label=_("理由"), max_length=MOST_NOTE, widget=forms.Textarea(attrs={"rows": 2}))


class SettleForm(forms.Form):
    """Why a proposal is refused or taken back."""

    words = forms.CharField(
        label=_("理由"), max_length=MOST_NOTE, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("不同意或收回时写明。"),
    )  # fmt: skip


class StepForm(forms.Form):
    """One step of a new version."""

    key = forms.SlugField(widget=forms.HiddenInput)
    title = forms.CharField(label=_("步骤"), max_length=40)
    decides = forms.CharField(label=_("谁决定"), max_length=60, required=False)
    signs = forms.ChoiceField(label=_("谁签办"))
    paper = forms.BooleanField(label=_("要文号"), required=False)
    least_days = forms.IntegerField(label=_("至少几天"), min_value=0, max_value=MOST_DAYS, required=False)
    within = forms.IntegerField(label=_("几天内"), min_value=0, max_value=MOST_DAYS, required=False)
    unit = forms.ChoiceField(
        label=_("天数"), choices=[(Unit.NATURAL_DAYS.value, _("自然日")), (Unit.WORKING_DAYS.value, _("工作日"))]
    )
    dropped = forms.BooleanField(label=_("去掉"), required=False)

    def __init__(self, roles: Sequence[tuple[str, str]], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        signs = self.fields["signs"]
        assert isinstance(signs, forms.ChoiceField)
        signs.choices = list(roles)
        for field in self.visible_fields():
            field.field.widget.attrs["aria-label"] = field.label


class SourceForm(forms.Form):
    """What the new version rests on."""

    source = forms.CharField(label=_("依据"), max_length=300)
