"""What is filled in to publish a new version of a size standard."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.org.forms.fields import DayField
from linli.planning.models import Standard
from linli.planning.norms import NORMS, NUMBERS, OPTIONAL, changed
from linli.planning.standards import profile_of

FIELDS = ("title", "issuer", "document", "clause", "households_least", "households_most", "split_above", "persons_most")
GRADES = 8


class GradesField(forms.CharField):
    """Grades, one a line: the name, and up to how many households; the last is all the rest."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 6}), **options)

    def prepare_value(self, value: Any) -> Any:
        """Write grades as lines."""
        if isinstance(value, list):
            return "\n".join(f"{name} {most or ''}".strip() for name, most in value)
        return value

    def clean(self, value: Any) -> list[list[Any]]:
        """Read lines, each grade above the one before."""
        found: list[list[Any]] = []
        for number, line in enumerate(str(super().clean(value)).splitlines(), 1):
            words = line.replace("，", " ").replace(",", " ").split()
            if not words:
                continue
            name, most = words[0][:10], words[1] if len(words) > 1 else "0"
            if len(words) > 2 or not most.isascii() or not most.isdigit():
                raise ValidationError(
                    _("第 %(row)d 行“%(line)s”看不懂，应如“适中 3000”。") % {"row": number, "line": line[:40]}
                )
            if found and (found[-1][1] == 0 or 0 < int(most) <= found[-1][1]):
                raise ValidationError(
                    _("第 %(row)d 行：户数须一级比一级大，最后一级不写户数。"), params={"row": number}
                )
            found.append([name, int(most)])
        if not found or found[-1][1] != 0 or len(found) > GRADES:
            raise ValidationError(_("最后一级不写户数，表示其余；最多八级。"))
        return found


class StandardForm(forms.ModelForm):  # type: ignore[type-arg]
    """The thresholds of a new version, beginning with those of the newest one."""

    grades = GradesField(
        label=_("规模等级"), help_text=_("一行一级：名称和户数上限，如“适中 3000”；最后一级不写户数。")
    )
    valid_from = DayField(label=_("施行日期"), help_text=_("当天零点起按新标准；以前的体检仍按旧标准。"))

    class Meta:
        model = Standard
        fields = FIELDS
        widgets = {"clause": forms.Textarea(attrs={"rows": 4})}  # noqa: RUF012
        help_texts = {  # noqa: RUF012
            "split_above": _("正好等于这个数不拆分，多一户才拆分。"),
            "households_least": _("留空表示不设。"),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        norms = profile_of(self.instance).norms
        for name, most in NUMBERS.items():
            self.fields[name] = forms.FloatField(
                label=NORMS[name], min_value=0, max_value=most, required=name != OPTIONAL, initial=norms.get(name),
                help_text=_("0 到 1，如 0.9 即九成。") if most == 1 else "",
            )  # fmt: skip
        self.order_fields((*FIELDS, "grades", *NUMBERS, "valid_from"))

    def clean(self) -> dict[str, Any]:
        """Gather the numbers into `norms`."""
        said = super().clean() or {}
        numbers = {name: said.pop(name) for name in NUMBERS if name in said}
        return {**said, "norms": changed(profile_of(self.instance).norms, numbers)}

    def _post_clean(self) -> None:
        """Leave the checks to the action: this form changes no row."""
