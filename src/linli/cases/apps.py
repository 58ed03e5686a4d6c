"""Cases as a Django application."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """Reports, suggestions, and where they go."""

    name = "linli.cases"
    label = "cases"
    verbose_name = _("诉求")

    def ready(self) -> None:
        """Name its acts for readers of the ledger."""
        from linli.cases.models import Route
        from linli.ledger.things import add_kinds
        from linli.ledger.words import add_values, add_words

        add_kinds(
            {
                "route": (_("派遣规则"), None),
                "duty": (_("权责清单条目"), None),
                "text": (_("答复范本"), None),
                "suggester": (_("类别建议"), None),
            }
        )
        add_values({"level": dict(Route.Level.choices)})
        add_words(
            {
                "cases.write_category": _("修改了类别"),
                "cases.write_duty": _("修改了权责清单"),
                "cases.end_duty": _("停用了权责清单条目"),
                "cases.write_route": _("修改了派遣规则"),
                "cases.end_route": _("停用了派遣规则"),
                "cases.write_text": _("修改了答复范本"),
                "cases.ask_codes": _("要求补发查询码"),
                "cases.train": _("训练了类别建议"),
                "cases.switch_suggester": _("启用或停用了类别建议"),
            }
        )
