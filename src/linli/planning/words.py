"""What people read for the acts of this room in the ledger."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

VERBS = {
    "planning.publish_standard": _("发布规模标准"),
}
