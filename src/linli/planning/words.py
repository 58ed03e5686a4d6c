"""What people read for the acts of this room in the ledger."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

VERBS = {
    "planning.publish_standard": _("发布规模标准"),
    "planning.open_project": _("开立划分项目"),
    "planning.run": _("请引擎搜索方案"),
    "planning.cancel_run": _("取消搜索方案"),
    "planning.save_plan": _("保存方案"),
    "planning.state_reasons": _("说明规模理由"),
    "planning.publish_plan": _("公示方案"),
    "planning.enact": _("使方案生效"),
    "planning.undo_enactment": _("撤回方案生效"),
}
