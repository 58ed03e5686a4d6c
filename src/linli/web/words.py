"""What people read for the acts of this room in the ledger."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

VERBS = {
    "web.issue_token": _("签发了接口令牌"),
    "web.revoke_token": _("撤销了接口令牌"),
    "jobs.cancel": _("取消了后台任务"),
    "web.upgrade": _("升级了站点"),
    "demo.fill": _("生成了演示数据"),
}
