"""What people read for the acts of this room in the ledger."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

VERBS = {
    "org.found_division": _("设立区划"),
    "org.rename_division": _("区划改名"),
    "org.take_back_name": _("收回拟改的名称"),
    "org.assign_code": _("区划赋码"),
    "org.change_status": _("区划状态变更"),
    "org.abolish": _("撤销区划"),
    "org.correct_founding": _("更正设立日期"),
    "org.take_back_founding": _("收回误设的区划"),
    "org.withdraw_division": _("撤回拟设区划"),
    "org.restore": _("撤回拟撤销的区划"),
    "org.create_post": _("设立岗位"),
    "org.appoint": _("任命"),
    "org.leave_post": _("离岗"),
    "org.change_role": _("变更角色权限"),
    "org.import_roster": _("导入名册"),
    "org.open_account": _("开通账号"),
    "org.close_account": _("停用账号"),
    "org.reset_password": _("重置密码"),
    "org.change_password": _("修改密码"),
    "org.hash_anew": _("密码换新的散列方式"),
    "org.unlock_account": _("解除锁定"),
    "org.bind_identity": _("绑定统一认证身份"),
    "org.sign_in": _("登录"),
    "org.sign_out": _("退出登录"),
    "org.sign_in_failed": _("登录失败"),
    "org.sign_in_locked": _("登录锁定"),
}
