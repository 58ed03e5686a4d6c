"""The state table of matters, on one screen: who may do what from where, and what it becomes.

It maps one to one to the seven steps of digital city management (GB/T 30428.8) and to the verbs of the hotline.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a matter stands."""

    RECEIVED = "received", _("待受理")
    HANDLING = "handling", _("处置中")
    WAITING = "waiting", _("挂起")
    DISPUTED = "disputed", _("待裁定")
    RESOLVED = "resolved", _("待核查")
    CLOSED = "closed", _("已结案")
    MERGED = "merged", _("已合并")
    WITHDRAWN = "withdrawn", _("已撤回")


OPEN = (State.RECEIVED, State.HANDLING, State.WAITING, State.DISPUTED, State.RESOLVED)

# the step of digital city management in which a state lies
STEPS: dict[str, str | Promise] = {
    "received": _("信息收集、案卷建立"),
    "handling": _("任务派遣、任务处理"),
    "waiting": _("任务处理"),
    "disputed": _("任务派遣"),
    "resolved": _("处理反馈"),
    "closed": _("核实结案、综合评价"),
    "merged": _("核实结案、综合评价"),
    "withdrawn": _("核实结案、综合评价"),
}


@dataclass(frozen=True)
class Verb:
    """One thing that may be done to a matter.

    Parameters
    ----------
    title
        What it is called; `hotline` is the hotline's word for it.
    before
        States from which it may be done.
    after
        The state that follows; '' leaves it as it is.
    permission
        Who may; '' is the one who reported it.
    clock
        Which limit begins with it: accept, handle or verify; '' leaves the clock.
    """

    title: str | Promise
    hotline: str
    before: tuple[str, ...]
    after: str
    permission: str
    clock: str = ""


R, H, W, D, V, C = (
    State.RECEIVED, State.HANDLING, State.WAITING, State.DISPUTED, State.RESOLVED, State.CLOSED
)  # fmt: skip
VERBS: dict[str, Verb] = {
    "open": Verb(_("反映"), "受理", (), R, "", "accept"),
    "accept": Verb(_("受理自办"), "接单", (R,), H, "matters.handle", "handle"),
    "dispatch": Verb(_("派遣"), "派单", (R,), H, "matters.dispatch", "handle"),
    "hand_over": Verb(_("转派"), "转派", (H,), H, "matters.dispatch", "handle"),
    "return": Verb(_("退回"), "退回", (H,), R, "matters.handle", "accept"),
    "decide": Verb(_("裁定"), "审核", (D,), H, "matters.decide", "handle"),
    "pause": Verb(_("挂起"), "挂起", (H,), W, "matters.handle"),
    "resume": Verb(_("恢复"), "恢复", (W,), H, "matters.handle"),
    "extend": Verb(_("延期"), "延期", (H,), "", "matters.dispatch"),
    "resolve": Verb(_("处置完成"), "回单", (H,), V, "matters.handle", "verify"),
    "verify": Verb(_("核查结案"), "办结", (V,), C, "matters.verify"),
    "send_back": Verb(_("核查不通过"), "重办", (V,), H, "matters.verify", "handle"),
    "reopen": Verb(_("重新办理"), "重办", (C,), R, "", "accept"),
    "merge": Verb(_("合并"), "合并", (R, H), State.MERGED, "matters.dispatch"),
    "withdraw": Verb(_("撤回"), "撤回", (R,), State.WITHDRAWN, ""),
    "escalate": Verb(_("上报"), "上报", (R, H), R, "matters.handle", "accept"),
    "urge": Verb(_("催办"), "催办", (R, H, W, D, V), "", ""),
    "ask": Verb(_("请反映人补充"), "补充", (H,), W, "matters.handle"),
    "answer": Verb(_("反映人补充"), "补充", (W,), H, ""),
    "split": Verb(_("拆分"), "拆分", (R, H), "", "matters.dispatch"),
    "categorise": Verb(_("改类别"), "改类别", (R, H, W, D, V, C), "", "matters.handle"),
    "mark": Verb(_("标记紧急"), "加急", (R, H, W, D, V), "", "matters.handle"),
    "remind": Verb(_("到期提醒"), "督办", (R, H, W, D, V), "", ""),
    "succeed": Verb(_("随社区调整转交"), "转派", (R, H, W, D, V), "", ""),
    "join": Verb(_("居民关注"), "关注", (R, H, W, D, V), "", ""),
    "rate": Verb(_("评价"), "评价", (C,), "", ""),
    "call_back": Verb(_("回访"), "回访", (C,), "", "matters.verify"),
    "publish": Verb(_("对外公开"), "公开", (R, H, W, D, V, C), "", "matters.verify"),
    "comment": Verb(_("留言"), "留言", (R, H, W, D, V, C), "", "matters.view"),
}
# what the one who reported may do himself, with number and code
REPORTERS = ("withdraw", "reopen", "urge", "answer")
