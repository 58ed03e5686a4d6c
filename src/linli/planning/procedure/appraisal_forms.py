"""What is filled in for the appraisal: an opinion, its correction, what became of it; files that prove a step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.org.forms.fields import DayField
from linli.planning.actions.appraise import MOST_WORDS
from linli.planning.actions.sign_step import MOST_NOTE
from linli.planning.evidence import Given
from linli.planning.models import Appraisal, Plan


class FilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Files as they come, none of them read yet."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("PDF、OFD、JPG、PNG，一次最多 5 个，每个 20 MB 以内；原样保存。"))
        accept = ".pdf,.ofd,.jpg,.jpeg,.png"
        super().__init__(widget=FilesInput(attrs={"accept": accept}), **options)

    def clean(self, data: Any, initial: Any = None) -> list[Given]:
        """Return them, to be read once their number and size are known to be right."""
        files = [file for file in (data if isinstance(data, (list, tuple)) else [data]) if file]
        if self.required and not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return [Given(file.name, file.size, file.read) for file in files]


class AppraisalForm(forms.Form):
    """An opinion: on which version, whose, how it concludes, when it was signed; the signed file."""

    plan = forms.ChoiceField(label=_("对哪一版方案"))
    body = forms.CharField(label=_("单位"), max_length=60, help_text=_("部门、评估机构，或专家所在单位；公开。"))
    person = forms.CharField(label=_("签字人"), max_length=40, help_text=_("只有参与办理的人看得到。"))
    conclusion = forms.ChoiceField(label=_("结论"), choices=Appraisal.Conclusion.choices, widget=forms.RadioSelect)
    words = forms.CharField(label=_("意见"), max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 4}))
    day = DayField(label=_("签字日期"))
    attached = FilesField(label=_("签字的意见（扫描件）"))

    def __init__(self, plans: Sequence[Plan], correcting: Appraisal | None, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.plans = {str(one.number): one for one in plans}
        chosen = self.fields["plan"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [(number, f"V{number} {one.why}".strip()) for number, one in self.plans.items()]
        if correcting is not None:
            self.fields["attached"].required = False
            self.fields["attached"].help_text = _("不选就沿用原来的文件。")
            self.fields["reason"] = forms.CharField(
                label=_("为什么更正"), max_length=MOST_NOTE, widget=forms.Textarea(attrs={"rows": 2})
            )

    def clean_plan(self) -> Plan:
        """Return the version itself."""
        return self.plans[self.cleaned_data["plan"]]


class AnswerForm(forms.Form):
    """What became of an opinion."""

    answer = forms.CharField(
        label=_("采纳情况"), max_length=MOST_NOTE, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("采纳的写改了什么、在哪一版；没采纳的写为什么。公开。"),
    )  # fmt: skip


class WhyForm(forms.Form):
    """Why an opinion or a file is taken back."""

    reason = forms.CharField(
        label=_("理由"), max_length=MOST_NOTE, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("公开。")
    )


class EvidenceForm(forms.Form):
    """Files that prove a step."""

    attached = FilesField(label=_("材料（会议纪要、签字扫描件）"))
