"""What each kind of file may tell, and under which names: the table that column mapping goes by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.geodata.street_classes import ADDRESS_COLUMNS, NUMBER_COLUMNS
from linli.territory.models import Count, ImportBatch

Kind = ImportBatch.Kind


@dataclass(frozen=True)
class Field:
    """One thing a row tells.

    Parameters
    ----------
    name
        How the code calls it.
    title
        How people call it.
    also
        Other names of its column, in any case.
    required
        Whether a file without it says nothing.
    """

    name: str
    title: str | Promise
    also: tuple[str, ...] = ()
    required: bool = False


_CODE = ("id", "code", "编号", "代码", "序码", "fid", "objectid", "gid")
_COMPOUND = ("compound", "小区", "院落", "小区名称", "小区院落", "所属小区", "楼盘")
_COMMUNITY = ("community", "社区", "社区名称", "所属社区")
COUNTS = tuple(
    Field(definition.value, definition.label, (definition.value, *also))
    for definition, also in (
        (Count.Definition.HOUSEHOLDS_REGISTERED, ("户籍户数", "户籍户", "在籍户数")),
        (Count.Definition.HOUSEHOLDS_RESIDENT, ("常住户数", "常住户", "居住户数", "实有户数")),
        (Count.Definition.DWELLINGS, ("房屋套数", "套数", "住宅套数", "总套数")),
        (Count.Definition.DWELLINGS_DELIVERED, ("已交付套数", "交付套数")),
        (Count.Definition.PERSONS, ("人口", "常住人口", "人数", "总人口")),
    )
)
FIELDS: dict[str, tuple[Field, ...]] = {
    Kind.DIVISIONS: (
        Field("name", _("社区"), ("name", "名称", *_COMMUNITY), required=True),
        Field("area_code", _("区划代码"), ("code", "区划代码", "社区代码", "代码")),
        Field("name_en", _("英文名称"), ("name_en", "英文名称", "英文名")),
        Field("status", _("状态"), ("status", "状态")),
        Field("valid_from", _("设立日期"), ("valid_from", "设立日期", "成立日期", "设立时间")),
    ),
    Kind.BLOCKS: (
        Field("code", _("编号"), (*_CODE, "地块", "地块编号", "block")),
        Field("compound", _("小区院落"), _COMPOUND),
        Field("community", _("社区"), _COMMUNITY),
        Field("police_area", _("警务区"), ("police_area", "警务区", "police")),
        Field("school_area", _("学区"), ("school_area", "学区", "school")),
        *COUNTS,
    ),
    Kind.COMPOUNDS: (
        Field("code", _("编号"), (*_CODE, "小区编号")),
        Field("name", _("名称"), ("name", "名称", *_COMPOUND), required=True),
        Field("also_called", _("又称"), ("also_called", "又称", "别名", "俗称", "alias")),
        Field("use", _("类型"), ("use", "类型", "用途", "小区类型", "type")),
    ),
    Kind.BUILDINGS: (
        Field("code", _("编号"), (*_CODE, "楼栋编号", "房屋编号")),
        Field("compound", _("小区院落"), _COMPOUND),
        Field("number", _("幢号"), NUMBER_COLUMNS),
        Field("road", _("路名"), ADDRESS_COLUMNS["road"]),
        Field("gate", _("门牌号"), ADDRESS_COLUMNS["gate"]),
        Field("units", _("单元数"), ADDRESS_COLUMNS["units"]),
        Field("floors", _("层数"), ("floors", "层数", "楼层", "总层数", "levels", "building:levels")),
        *COUNTS,
    ),
    Kind.FACILITIES: (
        Field("code", _("编号"), (*_CODE, "设施编号")),
        Field("kind", _("类别"), ("kind", "类别", "类型", "设施类别", "type", "amenity"), required=True),
        Field("name", _("名称"), ("name", "名称", "设施名称"), required=True),
        Field("area_m2", _("面积"), ("area_m2", "面积", "建筑面积", "面积平方米", "area")),
    ),
    Kind.COUNTS: (
        Field("block", _("地块编号"), ("block", "地块", "地块编号")),
        Field("code", _("房屋编号"), ("building", "楼栋编号", "房屋编号", "building_id")),
        Field("compound", _("小区院落"), _COMPOUND),
        Field("number", _("幢号"), NUMBER_COLUMNS[:-2]),
        Field("community", _("社区"), _COMMUNITY),
        *COUNTS,
    ),
    Kind.AFFINITIES: (
        Field(
            "one",
            _("小区或地块"),
            ("小区或地块", "a", "one", "甲", *_COMPOUND, "block", "地块", "地块编号"),
            required=True,
        ),
        Field("other", _("认同哪里"), ("认同哪里", "b", "other", "乙", "相邻小区", *_COMMUNITY), required=True),
        Field("asked", _("受访户数"), ("respondents", "asked", "受访户数", "受访", "受访者", "样本数")),
        Field("agreed", _("认同户数"), ("agreed", "认同户数", "认同", "赞成")),
        Field("share", _("认同比例"), ("share", "认同比例", "认同率", "占比")),
        Field("households", _("折合全体户数"), ("affinity", "households", "折合户数", "折合全体户数")),
    ),
}
COUNT_NAMES = tuple(field.name for field in COUNTS)


def fields_of(kind: str) -> tuple[Field, ...]:
    """Return what a file of this kind may tell."""
    return FIELDS[kind]


def guess_columns(kind: str, columns: Iterable[str], remembered: Mapping[str, str] | None = None) -> dict[str, str]:
    """Guess which column holds which field, each column at most once.

    Parameters
    ----------
    kind
        A key of `FIELDS`.
    columns
        The file's columns.
    remembered
        What was chosen for the last file of this kind; it goes before the guess where the column is there.

    Returns
    -------
    Column by field name, for the fields that were found.
    """
    left = list(columns)
    found: dict[str, str] = {}
    for name, column in (remembered or {}).items():
        if column in left and any(field.name == name for field in FIELDS[kind]):
            found[name] = column
            left.remove(column)
    for field in FIELDS[kind]:
        if field.name in found:
            continue
        wanted = [_plain(name) for name in field.also]
        ranked = sorted((wanted.index(_plain(column)), column) for column in left if _plain(column) in wanted)
        if ranked:
            found[field.name] = ranked[0][1]
            left.remove(ranked[0][1])
    return found


def _plain(name: str) -> str:
    """Take what does not matter out of a column's name: case, spaces, units and brackets but not what they hold."""
    return re.sub(r"[(（](㎡|户|人|套|平方米)[)）]|[\s()（）_\-·/、]", "", name.lower())
