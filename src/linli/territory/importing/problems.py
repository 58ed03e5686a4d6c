"""What may be wrong with a row, in words: what is wrong and what to do."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = tuple[str | Promise, str | Promise]

# code → what is wrong, what to do; %(…)s stands for the details of the problem
CATALOGUE: dict[str, Words] = {
    "missing": (_("此项没有填"), _("补上这一项")),
    "twice": (_("与第%(other)s行重复"), _("编号不能重复：改正其中一行，或删去一行")),
    "unseen": (_("文字里有看不见的控制字符"), _("已经去掉，其余照原样导入")),
    "too_long": (_("文字太长，最多%(most)s个字"), _("缩短文字，或核对列是否对应错了")),
    "not_whole": (_("不是零或正整数"), _("写整数；没有就留空")),
    "not_number": (_("不是零或正数"), _("写数字；没有就留空")),
    "no_geometry": (_("没有图形"), _("画出图形，或删去这一行")),
    "not_area": (_("图形不是面"), _("地块和小区应是面：改正图形，或核对图层")),
    "no_area": (_("图形没有面积"), _("重画图形，或删去这一行")),
    "mended": (_("边界自相交，已修复"), _("在地图上看一眼是否正确")),
    "overlap": (_("与地块%(other)s重叠约%(area)s平方米"), _("核对两个地块的边界")),
    "not_day": (_("不是日期"), _("写成2026-03-01")),
    "no_day": (_("没有设立日期"), _("补上设立日期；各行都一样的，在“对应列”一步填一个")),
    "no_status": (_("状态只能是筹备或正式"), _("写筹备或正式；留空即正式")),
    "other_code": (_("已有这个社区，代码是%(stands)s，不改动"), _("要换代码，请在组织里赋码")),
    "founding_parent_dates": (_("街道在%(day)s还不存在"), _("核对设立日期，或在组织里更正街道的设立日期")),
    "founding_name_taken": (_("已有同名的社区，设立日期不同"), _("核对设立日期；原来写错的，在组织里更正")),
    "founding_code_shape": (_("不是12位社区代码"), _("核对统计部门的代码；还没有就留空，先用临时代码")),
    "founding_code_parent": (_("代码不在本街道之下"), _("核对统计部门的代码")),
    "founding_code_taken": (_("代码已被使用过"), _("核对统计部门的代码")),
    "unknown_community": (_("街道没有这个社区"), _("核对社区名称，或先在组织里建立社区")),
    "not_then": (_("%(day)s还没有或已没有这个社区"), _("改首次归属的起始日期，或在组织里更正社区的设立日期")),
    "outside": (_("不在任何地块内"), _("核对坐标；确在本街道的，先补上那里的地块")),
    "outside_kept": (_("不在任何地块内，按街道设施导入"), _("核对坐标是否正确")),
    "unknown_compound": (_("没有这个小区"), _("核对小区名称，或先导入小区院落")),
    "compound_later": (_("没有这个小区，先不关联"), _("导入小区院落后自动关联")),
    "unclear_number": (_("幢号看不明白"), _("写成3幢或3-5幢")),
    "unknown_block": (_("没有这个地块"), _("核对地块编号，或先导入地块")),
    "unknown_building": (_("小区里没有这幢楼，计入小区"), _("核对幢号，或先导入房屋")),
    "no_number": (_("没有幢号，计入小区"), _("知道幢号的请补上")),
    "unfound_nameless": (_("按地址查不到：所属小区没有名称，也没有路名"), _("给小区补上名称，或给房屋补上路名")),
    "unfound_number": (_("按地址查不到：只有幢号或门牌号，没有小区和路名"), _("补上小区或路名")),
    "unfound_nothing": (_("按地址查不到：小区、路名、幢号和名称都没有"), _("补上小区、路名或名称")),
    "spread": (_("涉及%(number)s个地块，按房屋规模分摊"), _("知道各幢数字的请分行填写")),
    "twins": (_("同名小区不止一个：%(names)s"), _("写出全名，或补上社区")),
    "no_place": (_("找不到位置"), _("补上地块编号、小区和幢号之一")),
    "unknown_place": (_("没有这个小区、地块或社区"), _("核对名称或编号，或先导入小区院落")),
    "no_border": (_("两处不相邻，或在同一地块"), _("界线不会把它们分开，这一行不用")),
    "no_say": (_("没有认同户数，也没有受访户数和比例"), _("补上认同户数，或受访户数和认同比例")),
    "more_agreed": (_("认同的多于受访的"), _("核对受访户数和认同户数")),
    "not_share": (_("不是比例"), _("写0到1之间的数，或72%%这样的百分数")),
    "removed": (_("文件里没有，将移除"), _("不该移除的，请补进文件")),
    "kept": (_("文件里没有，但已有归属、房屋、设施或户数，予以保留"), _("确已不存在的，先调整归属和房屋")),
}


@dataclass(frozen=True)
class Problem:
    """Something about one row.

    Parameters
    ----------
    code
        A key of `CATALOGUE`.
    row
        The row of the file, None where it is about no row.
    field
        The column, as the file names it.
    value
        What stands there.
    error
        Whether it stops the row; else it only tells.
    details
        What the words need.
    """

    code: str
    row: int | None = None
    field: str = ""
    value: str = ""
    error: bool = True
    details: dict[str, Any] = dataclasses.field(default_factory=dict)


def words_of(code: str, details: dict[str, Any]) -> tuple[str, str]:
    """Return what is wrong and what to do, in the language of the one who reads."""
    wrong, advice = CATALOGUE[code]
    if "day" in details:
        details = {**details, "day": date_format(date.fromisoformat(details["day"]), "DATE_FORMAT")}
    return str(wrong) % details, str(advice) % details
