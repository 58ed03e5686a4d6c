"""What people read for the acts of this room in the ledger."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from linli.territory.models import ImportBatch

VERBS = {
    "territory.assign_blocks": _("调整了地块归属"),
    "territory.undo_assignment": _("撤销了地块归属调整"),
    "territory.apply_import": _("把导入的数据入了库"),
    "territory.undo_import": _("撤销了导入"),
}

# what an import wrote: how many of which thing, and what became of them
_BECAME = {"new": _("新增"), "changed": _("改动"), "same": _("不变"), "gone": _("移除")}
_THINGS = {
    "division": _("社区"), "block": _("地块"), "line": _("界线"), "compound": _("小区院落"), "building": _("房屋"),
    "facility": _("设施"), "count": _("户数"), "belonging": _("人心归属"),
}  # fmt: skip
VALUES = {"kind": dict(ImportBatch.Kind.choices), "numbers": _THINGS, **dict.fromkeys(_THINGS, _BECAME)}
