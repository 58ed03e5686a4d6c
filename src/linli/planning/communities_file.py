"""The communities of a plan as a workbook: name, whence, blocks, households, four sides."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from linli.documents.workbooks import safe, written
from linli.planning.statements import Statement


def communities_workbook(stated: Statement) -> bytes:
    """Write what the page of a plan shows of its communities."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = _("各社区")
    if settings.DEMO:
        sheet.append([_("演示数据·全部合成")])
    sheet.append([stated.counted.words])
    sheet.append([_("社区"), _("来自"), _("地块"), stated.counted.head, _("四至")])
    sides = dict(stated.sides)
    for one in stated:
        sheet.append([safe(one.title), safe(one.origin), one.blocks, one.households, safe(sides.get(one.name, ""))])
    sheet.append([_("合计"), "", sum(one.blocks for one in stated), sum(one.households for one in stated), ""])
    return written(book)
