"""What people read for the acts of this room in the ledger."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

VERBS = {
    "org.found_division": _("设立了区划"),
    "org.rename_division": _("给区划改了名"),
    "org.take_back_name": _("收回了拟改的名称"),
    "org.assign_code": _("给区划赋了码"),
    "org.change_status": _("变更了区划状态"),
    "org.abolish": _("撤销了区划"),
    "org.correct_founding": _("更正了设立日期"),
    "org.take_back_founding": _("收回了误设的区划"),
    "org.withdraw_division": _("撤回了拟设的区划"),
    "org.restore": _("保留了拟撤销的区划"),
    "org.create_post": _("设立了岗位"),
    "org.appoint": _("任命了人员"),
    "org.leave_post": _("办理了离岗"),
    "org.change_role": _("变更了角色权限"),
    "org.import_roster": _("导入了名册"),
    "org.open_account": _("开通了账号"),
    "org.close_account": _("停用了账号"),
    "org.reset_password": _("重置了密码"),
    "org.change_password": _("修改了密码"),
    "org.hash_anew": _("给密码换了新的散列方式"),
    "org.unlock_account": _("解除了锁定"),
    "org.bind_identity": _("绑定了统一认证身份"),
    "org.sign_in": _("登录了"),
    "org.sign_out": _("退出了登录"),
    "org.sign_in_failed": _("没能登录"),
    "org.sign_in_locked": _("多次登录失败，账号已锁定"),
}
