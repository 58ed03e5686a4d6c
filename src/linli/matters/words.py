"""What people read for the acts of this room in the ledger."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

VERBS = {
    "matters.save_filter": _("存了清单"),
    "matters.forget_filter": _("删了清单"),
    "matters.export": _("导出了事项"),
    "matters.load_year": _("载入了节假日安排"),
    "matters.set_hours": _("设了办公时间"),
    "matters.choose_succession": _("定了社区调整时未办结事项的去向"),
    "matters.delete": _("清除了过期内容"),
    "matters.accept": _("受理了事项，自己办"),
    "matters.answer": _("补充了情况"),
    "matters.ask": _("请反映人补充情况"),
    "matters.call_back": _("回访了反映人"),
    "matters.categorise": _("改了类别"),
    "matters.comment": _("留了言"),
    "matters.decide": _("裁定了由谁办"),
    "matters.dispatch": _("派遣了事项"),
    "matters.escalate": _("上报了事项"),
    "matters.extend": _("延了期"),
    "matters.hand_over": _("转派了事项"),
    "matters.join": _("也遇到了，加入关注"),
    "matters.mark": _("标记了紧急"),
    "matters.merge": _("合并了事项"),
    "matters.open": _("反映了情况"),
    "matters.pause": _("挂起了事项"),
    "matters.publish": _("对外公开了事项"),
    "matters.rate": _("作了评价"),
    "matters.remind": _("发出了到期提醒"),
    "matters.reopen": _("要求重新办理"),
    "matters.resolve": _("处置完了事项"),
    "matters.resume": _("恢复了办理"),
    "matters.return": _("退回了事项"),
    "matters.send_back": _("核查没有通过"),
    "matters.split": _("拆分了事项"),
    "matters.succeed": _("随社区调整转交了事项"),
    "matters.urge": _("催办了事项"),
    "matters.verify": _("核查并结了案"),
    "matters.withdraw": _("撤回了反映"),
}
