"""The page of the look: every component in all its states, so that pages are built from the same few parts."""

from __future__ import annotations

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from linli.org.policies import signed_in


class Sample(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label=_("小区名称"), help_text=_("按地名批复填写，如“铜源花园”。"), max_length=60)
    kind = forms.ChoiceField(
        label=_("类型"), choices=[("gated", _("小区")), ("yard", _("院落")), ("none", _("无小区"))]
    )
    households = forms.IntegerField(label=_("常住户数"), min_value=0)
    since = forms.DateField(
        label=_("截至"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(label=_("说明"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    source = forms.ChoiceField(
        label=_("来源"),
        widget=forms.RadioSelect,
        choices=[("police", _("公安户籍")), ("community", _("社区报送")), ("housing", _("住建套数"))],
    )
    file = forms.FileField(label=_("附件"), required=False)
    agree = forms.BooleanField(label=_("我已核对以上内容"))


@require_safe
@signed_in
def show(request: HttpRequest) -> HttpResponse:
    """Show every component."""
    return render(
        request,
        "web/style.html",
        {
            "form": Sample(initial={"name": "铜源花园", "kind": "gated"}),
            "wrong": Sample({"name": "", "kind": "yard", "households": "-3"}, prefix="wrong"),
            "page": Paginator(range(1, 381), 20).get_page(request.GET.get("page")),
            "steps": (_("选择文件"), _("对应列名"), _("预览核对"), _("写入")),
            "trail": ((_("首页"), "/"), (_("样式"), "/style")),
            "fills": [(level, [(level, hue) for hue in range(4)]) for level in range(4)],
        },
    )
