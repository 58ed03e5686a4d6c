"""What is filled in for a project: a scenario, publication, enactment, its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.matters.models import Succession
from linli.naming import bare
from linli.org.forms.fields import DayField
from linli.planning.actions.close_project import MOST_WHY
from linli.planning.actions.publish_plan import LEAST_DAYS, MOST_DAYS
from linli.planning.actions.run_scenario import MOST_SECONDS
from linli.planning.actions.state_reasons import MOST_REASON
from linli.planning.ground import MOST_SUMMED, areas_of, ground_of, sums_of
from linli.planning.models import Enactment, Project
from linli.plans.goals import FOLLOW
from linli.territory.models import Line

GOALS = {
    "boundary": _("界线短，尽量沿河流和大路"),
    "cut_length_m": _("界线总长最短"),
    "balance": _("各社区户数均衡"),
    "continuity": _("尽量少的户换社区"),
    "inertia": _("居民离社区中心近"),
}


CROSSED = [
    ("community", _("现有社区的界线（各社区分别划）")),
    *((kind.value, kind.label) for kind in (Line.Kind.RIVER, Line.Kind.RAILWAY, Line.Kind.ARTERIAL)),
]
UNASKED: dict[str, tuple[str, ...]] = {  # what a kind of project has settled by itself
    Project.Kind.ADJUST: ("parts", "kept", "front"),
    Project.Kind.ABOLISH: ("parts", "kept"),
}


class ScenarioForm(forms.Form):
    """What the engine is asked: how much each goal counts, 0 not at all; which rules; for how long."""

    parts = forms.IntegerField(
        label=_("分成几个社区"), min_value=1, max_value=200, required=False, help_text=_("空着由引擎定。")
    )
    kept = forms.MultipleChoiceField(
        label=_("保留哪些社区"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("保留的社区名称、代码和驻地不变。"),
    )  # fmt: skip
    keep_whole = forms.BooleanField(label=_("不拆分小区"), required=False)
    whole = forms.MultipleChoiceField(
        label=_("也不拆分"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("选中的每一片整个放进一个社区，一个社区可以有几片。"),
    )  # fmt: skip
    never_cross = forms.MultipleChoiceField(
        label=_("社区不跨"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=CROSSED,
    )  # fmt: skip
    locks = forms.ChoiceField(
        label=_("沿用锁定的地块"), required=False, help_text=_("在工作台锁定的地块，留在那个方案给它们的社区。")
    )
    front = forms.BooleanField(
        label=_("找一组取舍方案"), required=False, help_text=_("两个目标各填权重，得到从偏这个到偏那个的一组方案。")
    )
    seconds = forms.IntegerField(label=_("最多用时（秒）"), min_value=1, max_value=MOST_SECONDS)
    seed = forms.IntegerField(
        label=_("种子"), min_value=0, max_value=2**31 - 1, help_text=_("同样的数据、条件和种子，得到同样的方案。")
    )

    def __init__(self, project: Project, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        areas = areas_of(project)
        titles = {FOLLOW + name: _("少切开%(area)s") % {"area": title} for name, title in areas.items()}
        if np.isfinite(ground_of(project).lines.affinity).any():
            titles["belonging"] = str(_("少拆散调查中认为是一片的户"))
        self.goals: dict[str, Any] = {**GOALS, **titles}
        weights = {
            f"weight_{goal}": forms.IntegerField(
                label=words, min_value=0, max_value=100, required=False, initial=100 if goal == "boundary" else 0,
            )
            for goal, words in self.goals.items()
        }  # fmt: skip
        self.sums = sums_of(project)
        caps = {
            f"cap_{name}": forms.IntegerField(
                label=_("每个社区的%(column)s不超过") % {"column": title},
                min_value=0,
                max_value=MOST_SUMMED,
                required=False,
            )
            for name, title in self.sums.items()
        }
        last = {name: self.fields.pop(name) for name in ("locks", "front", "seconds", "seed")}
        self.fields = {**weights, **self.fields, **caps, **last}
        for name in UNASKED.get(project.kind, ()):
            del self.fields[name]
        whole, crossed = self.fields["whole"], self.fields["never_cross"]
        assert isinstance(whole, forms.MultipleChoiceField)
        whole.choices = list(areas.items())
        if not areas:
            del self.fields["whole"]
        assert isinstance(crossed, forms.MultipleChoiceField)
        crossed.choices = [*CROSSED, *areas.items()]
        kept, locks = self.fields.get("kept"), self.fields["locks"]
        assert isinstance(locks, forms.ChoiceField)
        if isinstance(kept, forms.MultipleChoiceField):
            kept.choices = [(str(one.name), one.title) for one in project.scope.all()]
        self.versions = {str(one.number): one for one in project.plans.exclude(locked=[]).order_by("-number")[:30]}
        told = _("V%(number)s：%(locked)d 个地块")
        locks.choices = [
            ("", _("不沿用")),
            *((n, told % {"number": n, "locked": len(one.locked)}) for n, one in self.versions.items()),
        ]

    def clean(self) -> dict[str, Any]:
        """Gather weights into `goals`, and the locked blocks of a version into `fixed`."""
        said = super().clean() or {}
        goals = {goal: float(said.pop(f"weight_{goal}", None) or 0) for goal in self.goals}
        held = self.versions.get(said.pop("locks", ""))
        fixed = {code: held.community_of(code) for code in held.locked} if held else {}
        capped = {name: most for name in self.sums if (most := said.pop(f"cap_{name}", None)) is not None}
        return {
            **said,
            "capped": capped,
            "goals": {goal: weight for goal, weight in goals.items() if weight},
            "fixed": fixed,
        }


class PublishForm(forms.Form):
    """The notice: final or for comments, for how long, whose, whom to ask, where to object."""

    kind = forms.ChoiceField(label=_("作为什么公开"), widget=forms.RadioSelect)
    number = forms.CharField(label=_("文号"), max_length=60, help_text=_("如“铜街公示〔2026〕3号”。"))
    issuer = forms.CharField(label=_("发布单位"), max_length=60)
    contact = forms.CharField(label=_("联系人或科室"), max_length=60)
    telephone = forms.CharField(label=_("联系电话"), max_length=40, help_text=_("公开，写单位电话。"))
    place = forms.CharField(label=_("当面和来信提意见的地方"), max_length=120)
    days = forms.IntegerField(
        label=_("公示几天（自然日）"), min_value=LEAST_DAYS, max_value=MOST_DAYS, initial=30,
    )  # fmt: skip

    def __init__(self, kinds: Sequence[tuple[str, str]], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices, kind.initial = list(kinds), kinds[0][0]


class WithdrawForm(forms.Form):
    """Why a publication is withdrawn."""

    reason = forms.CharField(
        label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("写在公示页上。")
    )


class NamesForm(forms.Form):
    """The final name of each new community, and where it comes from."""

    def __init__(self, communities: Sequence[tuple[str, str]], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.communities = [name for name, _origin in communities]
        for k, (name, origin) in enumerate(communities):
            self.fields[f"n{k}"] = forms.CharField(label=name, max_length=30, initial=bare(name, "社区"))
            self.fields[f"o{k}"] = forms.CharField(
                label=_("名称的来历"), max_length=200, initial=origin,
                help_text=_("从哪个地名、路名或历史来；有不合的地方写明为什么仍用。"),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Gather names and their origins by the community's name now."""
        said = super().clean() or {}
        rows = list(enumerate(self.communities))
        return {
            "names": {name: said[f"n{k}"] for k, name in rows if f"n{k}" in said},
            "origins": {name: said[f"o{k}"] for k, name in rows if f"o{k}" in said},
        }


class EnactForm(forms.Form):
    """From which midnight on, by which paper."""

    from_day = DayField(label=_("生效日期"), help_text=_("从这一天零点起，每个地址按新社区。"))
    paper = forms.CharField(label=_("批复文号"), max_length=120)
    undelivered = forms.ChoiceField(
        label=_("未交付楼盘"), choices=Enactment.Undelivered.choices, widget=forms.RadioSelect,
        initial=Enactment.Undelivered.COUNTED,
    )  # fmt: skip
    assets = forms.ChoiceField(
        label=_("集体资产"), choices=Enactment.Assets.choices, widget=forms.RadioSelect,
        initial=Enactment.Assets.UNCHANGED,
    )  # fmt: skip
    held = forms.CharField(
        label=_("在建、待拆地块（编号）"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("暂归原社区，建成后再移交；没有就空着。"),
    )  # fmt: skip

    def __init__(self, groups: Sequence[str], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.groups = groups
        self.fields["from_day"].initial = timezone.localdate() + timedelta(days=1)
        for k, group in enumerate(groups):
            self.fields[f"group{k}"] = forms.ChoiceField(
                label=_("没办完的事：%(group)s") % {"group": group}, required=False,
                choices=[("", _("按类别表")), *Succession.choices],
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Gather the groups into `matters` and the codes into a list."""
        said = super().clean() or {}
        chosen = {group: said.pop(f"group{k}", "") for k, group in enumerate(self.groups)}
        codes = said.get("held", "").replace("，", " ").replace("、", " ").replace(",", " ").split()
        return {**said, "held": codes, "matters": {group: choice for group, choice in chosen.items() if choice}}


class HandOverForm(forms.Form):
    """From which midnight on held blocks pass over."""

    from_day = DayField(label=_("移交日期"))
    paper = forms.CharField(label=_("依据"), max_length=120)


class ReasonsForm(forms.Form):
    """Why each of some communities lies outside the statutory band."""

    def __init__(self, communities: Sequence[tuple[str, str]], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for k, (name, reason) in enumerate(communities):
            self.fields[f"c{k}"] = forms.CharField(
                label=name, max_length=MOST_REASON, initial=reason, widget=forms.Textarea(attrs={"rows": 2})
            )


class CloseForm(forms.Form):
    """Why a project is given up."""

    why = forms.CharField(label=_("为什么结束"), max_length=MOST_WHY, widget=forms.Textarea(attrs={"rows": 2}))


class NothingForm(forms.Form):
    """Only the button."""
