"""Matters as a workbook: without contacts, and on every sheet who took it out, when, what for, by which entry."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill

from linli.documents.workbooks import safe, written
from linli.matters.models import Matter

MOST = 10_000
WIDTHS = (16, 8, 20, 50, 26, 10, 22, 18, 18, 18, 10, 18)


def workbook(matters: Iterable[Matter], *, who: str, why: str, entry: int, now: datetime | None = None) -> bytes:
    """Write matters into a workbook that says where it came from.

    Parameters
    ----------
    matters
        With category, building and holder at hand.
    who, why, entry
        Who takes it out, for what, and the ledger's entry of it: in the first row, in header and footer of every page,
        and, faint, in every twentieth row, so that a part that is passed on still says it.
    """
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = _("事项")
    mark = _("%(who)s %(when)s 导出，用于：%(why)s（台账第 %(entry)d 号）。不得转发。") % {
        "who": who, "when": f"{timezone.localtime(now):%Y-%m-%d %H:%M}", "why": why, "entry": entry,
    }  # fmt: skip
    sheet.append([safe(mark)])
    sheet.append([
        _("编号"), _("性质"), _("类别"), _("内容"), _("地点"), _("状态"), _("在谁手里"), _("反映"), _("答复期限"),
        _("本步期限"), _("逾期"), _("结案"),
    ])  # fmt: skip
    faint = Font(color="B8B2A6", italic=True)
    for cell in sheet[1]:
        cell.font = Font(bold=True, color="A8322A")
    for cell in sheet[2]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="EFEAE0")
    for number, one in enumerate(matters, 1):
        sheet.append([
            one.number, str(one.get_kind_display()), str(one.category or ""), safe(one.text), safe(one.place),
            str(one.get_state_display()), str(one.holder or ""),
            *map(_local, (one.opened_at, one.answer_by, one.due_at)), _late(one), _local(one.closed_at),
        ])  # fmt: skip
        if number % 20 == 0:
            sheet.append([safe(mark)])
            sheet.cell(sheet.max_row, 1).font = faint
    for k, width in enumerate(WIDTHS):
        sheet.column_dimensions["ABCDEFGHIJKL"[k]].width = width
    sheet.freeze_panes = "A3"
    # an ampersand begins a code in a header
    sheet.oddHeader.center.text = sheet.oddFooter.center.text = mark.replace("&", "＆")[:200]
    book.properties.creator, book.properties.description = who, mark
    return written(book)


def _late(one: Matter) -> str:
    """By which of the two clocks it is late, or was answered late."""
    if one.overdue or one.kept is False:
        return str(_("已逾期"))
    return str(_("本步超时")) if one.stage_late else ""


def _local(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""
