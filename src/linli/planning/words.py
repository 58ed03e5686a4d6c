"""What people read for the acts of this room in the ledger."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

VERBS = {
    "planning.publish_standard": _("发布规模标准"),
    "planning.open_project": _("开立划分项目"),
    "planning.close_project": _("结束划分项目"),
    "planning.run": _("请引擎搜索方案"),
    "planning.cancel_run": _("取消搜索方案"),
    "planning.draw_neutral": _("抽取随机方案"),
    "planning.save_plan": _("保存方案"),
    "planning.state_reasons": _("说明规模理由"),
    "planning.write_sides": _("修改四至"),
    "planning.choose_proposals": _("选定资源缺口的措施"),
    "planning.state_objective": _("写明项目目标"),
    "planning.name_communities": _("给社区定名"),
    "planning.withdraw_notice": _("撤回公示"),
    "planning.publish_plan": _("公示方案"),
    "planning.sign_step": _("签办程序步骤"),
    "planning.waive_steps": _("豁免程序步骤"),
    "planning.take_back_step": _("撤回程序步骤的签办"),
    "planning.record_appraisal": _("记录论证意见"),
    "planning.answer_appraisal": _("写明论证意见采纳情况"),
    "planning.withdraw_appraisal": _("撤回论证意见"),
    "planning.put_evidence": _("归入程序材料"),
    "planning.withdraw_evidence": _("撤回程序材料"),
    "planning.read_evidence": _("查看程序材料"),
    "planning.publish_procedure": _("发布调整程序"),
    "planning.propose": _("提出要复核的事"),
    "planning.settle_proposal": _("复核或收回"),
    "planning.enact": _("使方案生效"),
    "planning.hand_over": _("移交暂留的地块"),
    "planning.undo_enactment": _("撤回方案生效"),
}
