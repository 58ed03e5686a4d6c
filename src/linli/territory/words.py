"""What people read for the acts of this room in the ledger."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

VERBS = {
    "territory.assign_blocks": _("调整了地块归属"),
    "territory.undo_assignment": _("撤销了地块归属调整"),
    "territory.apply_import": _("把导入的数据入了库"),
    "territory.undo_import": _("撤销了导入"),
}
