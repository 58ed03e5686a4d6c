"""Workbooks about a roster: the template with its lists, and the errors of an uploaded one."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from linli.documents.workbooks import safe, written
from linli.org.models import Division, Role
from linli.org.roster import HEADS, MOST_ROWS, Line

WIDTHS = (16, 12, 18, 18, 16, 14)


def template(divisions: Sequence[Division]) -> bytes:
    """Write an empty roster: the heads, lists to choose divisions and roles from, and what each column means."""
    import openpyxl
    from openpyxl.styles import Font
    from openpyxl.worksheet.datavalidation import DataValidation

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "名册"
    sheet.append([heads[0] for heads in HEADS.values()])
    for letter, width in zip("ABCDEF", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
        sheet[f"{letter}1"].font = Font(bold=True)
        for row in range(2, MOST_ROWS + 2) if letter in "AC" else ():
            sheet[f"{letter}{row}"].number_format = "@"  # codes are text, lest a spreadsheet rounds them
    sheet.freeze_panes = "A2"
    places = book.create_sheet("区划代码")
    places.append(["区划代码", "名称", "级别"])
    for division in divisions:
        places.append([division.code, safe(division.chinese_title), str(division.get_kind_display())])
    roles = book.create_sheet("角色")
    roles.append(["角色", "英文名"])
    for role in Role.objects.all():
        roles.append([safe(role.name), safe(role.name_en)])
    about = book.create_sheet("说明")
    for line in (
        (_("一行一人一岗；一人两岗写两行。"),),
        (_("账号：2–60 位小写字母、数字或 . _ @ -，首次导入时自动开通。"),),
        (_("区划代码：见“区划代码”表，从下拉列表里选。"),),
        (_("岗位：如“社区书记”“网格员”；没有空座位时自动设立。"),),
        (_("角色：从下拉列表里选，决定能做什么。"),),
        (_("到岗日期：如 2026-03-01，不填即为导入之时。"),),
        (_("全部无误才会导入；已在岗的人再导入一次，什么也不变。"),),
    ):
        about.append(list(line))
    for column, source, count in (("C", "区划代码", len(divisions)), ("E", "角色", roles.max_row - 1)):
        if count:
            choice = DataValidation(type="list", formula1=f"'{source}'!$A$2:$A${count + 1}", allow_blank=True)
            choice.showErrorMessage = False  # a roster may be pasted whole; the preview says what is wrong
            sheet.add_data_validation(choice)
            choice.add(f"{column}2:{column}{MOST_ROWS + 1}")
    return written(book)


def problems(lines: Sequence[Line]) -> bytes:
    """Write the rows with errors: row, column, value, what to do."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = _("有错误")
    sheet.append([_("行"), _("列"), _("值"), _("怎么改")])
    for line in lines:
        for one in line.problems:
            sheet.append([line.row.number, one.column, safe(one.value), one.words])
    return written(book)
