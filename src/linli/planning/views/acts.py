"""What binds: a version is published, put in force, taken back; held blocks pass over."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from linli.matters.models import Category
from linli.org.policies import actor_in, requires
from linli.org.views.acting import act_page
from linli.planning.actions.enact import PERMISSION as ENACT
from linli.planning.actions.enact import hand_over, lacks_of_enactment, lacks_of_undo
from linli.planning.actions.name_communities import name_communities
from linli.planning.actions.open_project import PERMISSION
from linli.planning.actions.publish_plan import (
    COMMENTS,
    FINAL,
    lacks_of_final,
    lacks_of_publication,
    lacks_of_withdrawal,
)
from linli.planning.actions.two_persons import needs_second
from linli.planning.models import Enactment, Plan, Proposal
from linli.planning.name_check import findings_of, new_names
from linli.planning.procedure.lacks import Lack
from linli.planning.project_forms import EnactForm, HandOverForm, NamesForm, NothingForm, PublishForm, WithdrawForm
from linli.planning.views.binding import Binding, binding_page, proposing_page
from linli.planning.views.plans import address, trail_of, version

Act = Proposal.Act


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def publish(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Show a version to the public for some days: as the final notice, or, while that lacks something, for comments."""
    actor, one = actor_in(request), version(request, pk, number)
    later = [] if one.broken else lacks_of_final(one)
    kinds = [(COMMENTS, _("征求意见稿"))] if later else [(FINAL, _("正式公示")), (COMMENTS, _("征求意见稿"))]
    office = f"{one.project.street.chinese_title}办事处"
    page = Binding(
        title=_("公示方案"), submit=_("公示"), done=_("已公示。"), back=address(one), trail=trail_of(one),
        lacks=lacks_of_publication(one), later=later, initial={"issuer": office},
        effects=[_("不用登录就能看：依据、地图、表、时间、怎么提意见。")],
        lasting=[_("公示后方案不能再改，修改另存为新版本；公示过的都留在公开台账里。")],
        second=needs_second(actor, one.project, Act.PUBLISH),
    )  # fmt: skip
    return proposing_page(
        request,
        partial(PublishForm, kinds),
        page,
        actor=actor,
        project=one.project,
        act=Act.PUBLISH,
        subject=str(number),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def withdraw(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Withdraw a publication."""
    actor, one = actor_in(request), version(request, pk, number)
    page = Binding(
        title=_("撤回公示"), submit=_("撤回"), done=_("公示已撤回。"), back=address(one), trail=trail_of(one),
        lacks=lacks_of_withdrawal(one), effects=[_("公示页的地址仍在，写明已撤回、为什么、现在以什么为准。")],
        lasting=[_("撤回后这个版本不能再公示；要公示，另存为新版本。")],
        second=needs_second(actor, one.project, Act.WITHDRAW),
    )  # fmt: skip
    return proposing_page(
        request, WithdrawForm, page, actor=actor, project=one.project, act=Act.WITHDRAW, subject=str(number)
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def names(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Give new communities their final names, in a new version."""
    actor, one = actor_in(request), version(request, pk, number)
    new = [(name, one.origins.get(name, "")) for name in new_names(one)]
    made: list[Plan] = []
    page = Binding(
        title=_("给社区定名"), submit=_("保存"), done=_("已存为新版本。"), back=address(one), trail=trail_of(one),
        lacks=[] if new else [Lack(_("方案没有新设的社区。"), address(one))],
        effects=[_("存为新版本，界线和证明不变。"), *(words.words for words in findings_of(one))],
    )  # fmt: skip
    answer = binding_page(
        request, partial(NamesForm, new), lambda **said: made.append(name_communities(actor, plan=one, **said)), page
    )
    return redirect(address(made[0])) if made else answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(ENACT)
def put_in_force(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Let a version take effect from a midnight on."""
    actor, one = actor_in(request), version(request, pk, number)
    kinds = groups_of_categories()
    page = Binding(
        title=_("使方案生效"), submit=_("生效"), done=_("已定下生效日期。"), back=address(one), trail=trail_of(one),
        lacks=lacks_of_enactment(one),
        effects=[
            _("从生效日期零点起，每个地址按新社区。"), _("保留的社区代码不变，新社区先用临时代码、状态为筹备。"),
            _("不再保留的社区连同网格和岗位从这一天起撤销。"),
        ],
        lasting=[_("生效日期之前可以撤回；到了这一天就成为历史，只能用另一个方案从以后某日起更正。")],
        second=needs_second(actor, one.project, Act.ENACT),
        groups=[
            (_("未交付楼盘已计入户数，集体资产权属不变。"), ("undelivered", "assets")),
            (_("没有暂归原社区的在建、待拆地块。"), ("held",)),
            (_("没办完的事按类别表：随地块走，或由原经办人办完。"), [f"group{k}" for k in range(len(kinds))]),
        ],
    )  # fmt: skip
    return proposing_page(
        request, partial(EnactForm, kinds), page, actor=actor, project=one.project, act=Act.ENACT, subject=str(number)
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(ENACT)
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an enactment back before its day."""
    done = get_object_or_404(Enactment.objects.select_related("plan__project__street"), pk=pk)
    actor, one = actor_in(request), version(request, done.plan.project_id, done.plan.number)
    page = Binding(
        title=_("撤回方案生效"), submit=_("撤回"), done=_("已撤回，边界照旧。"), back=address(one), trail=trail_of(one),
        lacks=lacks_of_undo(done), effects=[_("%(paper)s：不再生效。") % {"paper": done.paper}],
        lasting=[_("这次生效和撤回都留在公开台账里；以后再生效要另定日期，新社区的代码另给。")],
        second=needs_second(actor, one.project, Act.UNDO),
    )  # fmt: skip
    return proposing_page(request, NothingForm, page, actor=actor, project=one.project, act=Act.UNDO, subject=str(pk))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(ENACT)
def pass_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand over the blocks that an enactment held back."""
    done = get_object_or_404(Enactment.objects.select_related("plan__project__street"), pk=pk)
    one = version(request, done.plan.project_id, done.plan.number)
    return act_page(
        request, HandOverForm, lambda **said: hand_over(actor_in(request), enactment=done, **said),
        title=_("移交暂留的地块"), submit=_("移交"), done=_("已定下移交日期。"), back=address(one), trail=trail_of(one),
        initial={"from_day": max(timezone.localdate(), done.from_day)},
        words="；".join(f"{code} → {name}" for code, name in done.held.items()),
    )  # fmt: skip


def groups_of_categories() -> list[str]:
    """Return the groups of the categories of matters, in the order of their codes."""
    rows = Category.objects.filter(active=True).order_by("code").values_list("group", flat=True)
    return list(dict.fromkeys(rows))
