"""What people read for the acts of this room in the ledger."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

VERBS = {
    "web.issue_token": _("签发接口令牌"),
    "web.revoke_token": _("撤销接口令牌"),
    "jobs.cancel": _("取消后台任务"),
    "web.upgrade": _("系统升级"),
    "demo.fill": _("生成演示数据"),
}
