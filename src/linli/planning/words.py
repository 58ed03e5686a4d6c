"""What people read for the acts of this room in the ledger."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

VERBS = {
    "planning.publish_standard": _("发布了规模标准"),
    "planning.open_project": _("开立了划分项目"),
    "planning.close_project": _("结束了划分项目"),
    "planning.run": _("请引擎搜索了方案"),
    "planning.cancel_run": _("取消了方案搜索"),
    "planning.draw_neutral": _("抽取了随机方案"),
    "planning.save_plan": _("保存了方案"),
    "planning.state_reasons": _("说明了规模理由"),
    "planning.write_sides": _("修改了四至"),
    "planning.choose_proposals": _("选定了资源缺口的措施"),
    "planning.state_objective": _("写明了项目目标"),
    "planning.name_communities": _("给社区定了名"),
    "planning.withdraw_notice": _("撤回了公示"),
    "planning.publish_plan": _("公示了方案"),
    "planning.sign_step": _("签办了程序步骤"),
    "planning.waive_steps": _("豁免了程序步骤"),
    "planning.take_back_step": _("撤回了程序步骤的签办"),
    "planning.record_appraisal": _("记录了论证意见"),
    "planning.answer_appraisal": _("写明了论证意见采纳情况"),
    "planning.withdraw_appraisal": _("撤回了论证意见"),
    "planning.put_evidence": _("归入了程序材料"),
    "planning.withdraw_evidence": _("撤回了程序材料"),
    "planning.read_evidence": _("查看了程序材料"),
    "planning.publish_procedure": _("发布了调整程序"),
    "planning.propose": _("提出了要复核的事"),
    "planning.settle_proposal": _("复核或收回了提出的事"),
    "planning.enact": _("办理了方案生效"),
    "planning.hand_over": _("移交了暂留的地块"),
    "planning.undo_enactment": _("撤回了方案生效"),
}
