"""What is filled in for the papers: the objective, sides by hand, ways to meet a lack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from linli.planning.actions.choose_proposals import MOST_NOTE
from linli.planning.actions.state_objective import MOST_OBJECTIVE
from linli.planning.actions.write_sides import MOST_WORDS
from linli.plans.resources import Need, Proposal, ways_of

SIDE_WORDS = {"east": _("东至"), "south": _("南至"), "west": _("西至"), "north": _("北至")}
KIND_WORDS = {
    "floor_m2": _("服务用房（㎡）"), "workers": _("社区工作者（名）"), "service_station": _("综合服务站"),
    "kindergarten": _("幼儿园"), "day_care": _("养老托育设施"), "clinic": _("卫生服务站"),
}  # fmt: skip
WAY_WORDS = {
    "share": _("共建共享"), "build": _("新建"), "rent": _("租用"), "move": _("调剂"), "hire": _("招聘"),
}  # fmt: skip


class ObjectiveForm(forms.Form):
    """What a project is for."""

    objective = forms.CharField(label=_("目标"), max_length=MOST_OBJECTIVE, widget=forms.Textarea(attrs={"rows": 3}))


class SidesForm(forms.Form):
    """The four sides of a community; help says what the computer wrote."""

    def __init__(self, written: Mapping[str, str], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for side, words in SIDE_WORDS.items():
            self.fields[side] = forms.CharField(
                label=words, required=False, max_length=MOST_WORDS,
                widget=forms.Textarea(attrs={"rows": 2, "lang": "zh-CN"}),
                help_text=format_html('{}<span lang="zh-CN">{}</span>', _("自动生成："), written[side]),
            )  # fmt: skip


class ProposalsForm(forms.Form):
    """A way and a note for each lack of a community."""

    def __init__(
        self, rows: Sequence[tuple[Proposal, Need]], before: Mapping[str, Any], *args: Any, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.kinds = [row.kind for row, _lack in rows]
        for row, lack in rows:
            said = before.get(row.kind, {})
            title = KIND_WORDS.get(row.kind, row.kind)
            self.fields[f"way_{row.kind}"] = forms.ChoiceField(
                label=_("%(title)s，缺 %(lack).0f") % {"title": title, "lack": lack.lack or 0}, required=False,
                choices=[("", _("按规则")), *((way, WAY_WORDS[way]) for way in ways_of(row.kind))],
                initial=said.get("way", ""),
            )  # fmt: skip
            self.fields[f"note_{row.kind}"] = forms.CharField(
                label=_("依据"), required=False, max_length=MOST_NOTE, initial=said.get("note", "")
            )

    def clean(self) -> dict[str, Any]:
        """Gather ways and notes by kind."""
        said = super().clean() or {}
        return {"chosen": {k: (said.get(f"way_{k}", ""), said.get(f"note_{k}", "")) for k in self.kinds}}
