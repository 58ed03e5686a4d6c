"""The check-up as a workbook: the table, and a sheet that says what each column means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from linli.documents.workbooks import safe, written


def workbook(context: Mapping[str, Any]) -> bytes:
    """Write what the page shows.

    Parameters
    ----------
    context
        Of `linli.planning.views.diagnosis`: `question`, `standings`, `standards`, `notes` …
    """
    import openpyxl

    question = context["question"]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = _("社区规模体检")
    note = _("演示数据·全部合成") if settings.DEMO else ""
    sheet.append([f"{_('社区规模体检')} {date_format(question.day, 'DATE_FORMAT')} {note}".strip()])
    definitions = context["briefs"]
    sheet.append(
        [_("社区"), _("街道"), _("地块"), *(words for _code, words in definitions),
         _("等级"), _("需拆分"), _("原因"),
         _("应配工作者"), _("在岗"), _("应有用房㎡"), _("现有用房㎡"), _("未交付套数"), _("情景新增户数"),
         *(standard.title for standard in context["standards"])]
    )  # fmt: skip
    for one in context["standings"]:
        checkup = one.checkup
        verdict = {"split": _("是"), "unknown": _("无数据") if not one.known else _("数据不全")}.get(
            one.verdict, _("否")
        )
        sheet.append(
            [safe(one.division.title), safe(one.division.parent.title if one.division.parent else ""),
             checkup.blocks,
             *(checkup.counts.get(code) for code, _words in definitions), checkup.grade if one.known else "",
             verdict, "; ".join(one.reasons), one.staffing.workers, one.workers,
             round(one.staffing.floor_needed_m2) if one.known else None,
             None if one.floor_m2 is None else round(one.floor_m2),
             one.undelivered,
             one.growth if one.scenario else None, *one.bands]
        )  # fmt: skip
    about = book.create_sheet(_("口径与标准"))
    for name, words in (
        (_("日期"), date_format(question.day, "DATE_FORMAT")),
        (_("口径"), context["counted"].brief),
        (_("超过多少户需拆分"), question.limit),
        (_("标准"), question.standard.title if question.standard else ""),
        (_("条文"), question.standard.clause if question.standard else ""),
        *((_("来源"), safe(one.words)) for one in context["notes"]),
    ):
        about.append([name, words])
    return written(book)
