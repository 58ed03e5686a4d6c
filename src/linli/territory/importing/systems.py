"""Coordinate systems and what stops an import, in words for the one at the screen."""

from __future__ import annotations

import re

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from linli.errors import InputError

NAMES: dict[str, str | Promise] = {
    "EPSG:4326": gettext_lazy("WGS-84 经纬度（卫星定位）"),
    "EPSG:4490": gettext_lazy("CGCS2000 经纬度（国家大地坐标系）"),
    "gcj02": gettext_lazy("火星坐标 GCJ-02（高德、腾讯）"),
    "bd09": gettext_lazy("百度坐标 BD-09"),
}
# first code of a row of zones, how many, degrees between two of them
ZONES = ((4534, 21, 3), (4513, 21, 3), (4502, 11, 6), (4491, 11, 6))

# what the engine says of a file in English: the same in Chinese, and what to do; the first that fits holds
STOPS: tuple[tuple[str, str | Promise, str | Promise], ...] = (
    (r"this kind of file is not taken", gettext_lazy("不收这种文件"),
     gettext_lazy("可用的是：GeoPackage、GeoJSON、打包成 ZIP 的 Shapefile、XLSX、CSV。")),
    (r"the file is larger than (\d+) MiB", gettext_lazy("文件超过 %s MB"), gettext_lazy("请分几次上传。")),
    (r"unpacked the file is larger", gettext_lazy("文件解开后太大"), gettext_lazy("请分几次上传。")),
    (r"the file is empty|the table is empty", gettext_lazy("文件是空的"), gettext_lazy("请重新导出后再上传。")),
    (r"is not what its ending (\S+) says", gettext_lazy("文件内容与扩展名 %s 不符"),
     gettext_lazy("请按这种格式重新导出。")),
    (r"is damaged|breaks off|no XLSX table", gettext_lazy("文件已损坏"), gettext_lazy("请重新导出后再上传。")),
    (r"the archive holds (\d+) Shapefiles", gettext_lazy("压缩包里有 %s 个 Shapefile"),
     gettext_lazy("一次一层：把它的 .shp、.shx、.dbf 和 .prj 打成一个 ZIP。")),
    (r"no such layer|no such sheet", gettext_lazy("没有这个图层或工作表"), gettext_lazy("请另选一个。")),
    (r"has no geometry|no map layer|has no layer|no feature of the layer", gettext_lazy("没有图形"),
     gettext_lazy("请连同图形重新导出。")),
    (r"has no features|header but no rows", gettext_lazy("表头以下没有内容"), gettext_lazy("请重新导出。")),
    (r"more cells than the header", gettext_lazy("有一行的格子比表头多"),
     gettext_lazy("请补全表头，或删去多余的格子。")),
    (r"neither UTF-8 nor GBK|no text table", gettext_lazy("文字编码看不懂"),
     gettext_lazy("请另存为 CSV UTF-8，或存为 XLSX。")),
    (r"two columns have the same name", gettext_lazy("有两列同名"), gettext_lazy("请改掉其中一个列名。")),
    (r"the column is missing|no columns of coordinates", gettext_lazy("缺少坐标列"),
     gettext_lazy("请加上“经度”“纬度”两列，或改用地图文件。")),
    (r"a coordinate is no number", gettext_lazy("有的坐标不是数字"), gettext_lazy("请改正后重新上传。")),
    (r"no well-known text", gettext_lazy("有的图形文字（WKT）看不懂"), gettext_lazy("请改正后重新上传。")),
    (r"no coordinate system that Linli knows", gettext_lazy("没有这个坐标系"),
     gettext_lazy("写 gcj02、bd09、wgs84、cgcs2000，或 EPSG: 加编号，如 EPSG:4543。")),
    (r"does not exist in", gettext_lazy("坐标超出这个坐标系的范围"), gettext_lazy("请另选坐标系。")),
    (r"gone or has changed", gettext_lazy("上传的文件不在了，或已变动"), gettext_lazy("请重新上传。")),
    (r"no column is chosen", gettext_lazy("有必填的内容没有对应到列"), gettext_lazy("请选好带“必填”的各项。")),
    (r"counts need a source and a day", gettext_lazy("户数缺少来源或截至日期"),
     gettext_lazy("请写明是谁的数、截至哪一天。")),
    (r"the counts of a block are too large", gettext_lazy("一个地块的户数加起来太大"),
     gettext_lazy("请核对列是否对应错了。")),
    (r"the street has no blocks yet", gettext_lazy("本街道还没有地块"), gettext_lazy("请先导入地块。")),
)  # fmt: skip


def name_of(crs: str) -> str:
    """Return what people call a coordinate system."""
    if crs in NAMES:
        return str(NAMES[crs])
    code = int(crs[5:]) if re.fullmatch(r"EPSG:\d{1,6}", crs) else 0
    for first, number, width in ZONES:
        if first <= code < first + number:
            meridian = 75 + width * (code - first)
            words = _("CGCS2000 %(width)d°分带，中央经线 %(meridian)d°")
            return f"{words % {'width': width, 'meridian': meridian}} ({crs})"
    return crs[:80]


def told(error: InputError) -> tuple[str, str]:
    """Return what stops an import and what to do, in the reader's language; where and what value come with it."""
    where = "、".join(str(value) for name, value in error.where.items() if name in ("layer", "field", "value"))
    row = error.where.get("row")
    if row is not None:
        where = "，".join(filter(None, (_("第 %(row)s 行") % {"row": row}, where)))
    message, advice = words_of(error.message, error.advice)
    if not where:
        return message, advice
    return (f"{message} ({where})" if get_language() == "en" else f"{message}（{where}）"), advice


def words_of(message: str, advice: str) -> tuple[str, str]:
    """Return the engine's words of a stop in the reader's language; as they are where no translation fits."""
    if get_language() == "en":
        return message, advice
    for pattern, said, what in STOPS:
        found = re.search(pattern, message)
        if found:
            return (str(said) % found.groups() if found.groups() else str(said)), str(what)
    return message, advice
