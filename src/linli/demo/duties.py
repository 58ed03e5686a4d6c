"""Duty lists, rules and usual answers of the invented district, written through the same actions as by any officer."""

from __future__ import annotations

from datetime import date

from linli.cases.actions import ruling
from linli.matters.models import Category, DutyItem
from linli.org.actors import Actor
from linli.org.models import Division

SINCE = date(2026, 1, 1)
BASIS = "云川区乡镇（街道）履职事项清单（演示）"
B, A, W = DutyItem.List.BASIC, DutyItem.List.ASSIST, DutyItem.List.WITHDRAWN
DUTIES = (
    (B, 12, "指导居民委员会做好环境卫生工作", "街道", ("0201",)),
    (B, 17, "受理和办理居民诉求", "街道", ("0101", "1502", "1599", "1501")),
    (B, 21, "组织人民调解，化解邻里纠纷", "街道", ("0801", "0401")),
    (B, 26, "落实特殊困难群体走访关爱", "街道", ("1203",)),
    (B, 28, "受理社会救助和高龄津贴申请", "街道", ("1201", "1202")),
    (B, 33, "宣传和解释社区规模调整", "街道", ("1401",)),
    (B, 40, "开展楼道照明等微改造", "街道", ("0602",)),
    (A, 5, "配合开展物业服务监督", "区住房和城乡建设局", ("0102", "1001")),
    (A, 8, "配合疏通市政排水管网", "区住房和城乡建设局", ("0202", "0502", "0501")),
    (A, 11, "配合整治占道经营和油烟扰民", "区综合行政执法局", ("0702", "0403", "0203")),
    (A, 14, "配合维护道路照明和窨井盖", "区城市管理局", ("0601", "0603")),
    (A, 16, "配合开展停车秩序管理", "区公安分局交警大队", ("0301", "0302")),
    (A, 19, "配合开展消防安全检查", "区消防救援大队", ("0901", "0902")),
    (A, 23, "配合开展养犬管理", "区公安分局", ("1101",)),
    (A, 27, "配合开展地质灾害隐患巡查", "区自然资源局", ("1301",)),
    (W, 3, "对违法建筑实施强制拆除", "区综合行政执法局", ("0701",)),
    (W, 7, "对电梯安全实施监督检查", "区市场监督管理局", ("0103",)),
    (W, 9, "房屋安全鉴定", "区住房和城乡建设局", ("1002",)),
    (W, 12, "对建筑施工噪声实施处罚", "区综合行政执法局", ("0402",)),
)
TEXTS = (
    ("resolve", "", "已到现场处理", "已到现场处理，请您看看是否好了；没好请点“评价”，选“没解决”。"),
    ("resolve", "0602", "换灯", "已更换{place}的声控灯，现场试亮。"),
    ("resolve", "0601", "路灯产权", "经核实，该路灯产权属区城市管理局市政所，已派单，预计两个工作日修复。"),
    ("resolve", "0801", "调解", "已入户走访，双方达成口头协议，一周后回访。"),
    ("pause", "", "等权属单位", "已联系权属单位，等待其到场，预计三日内答复。"),
    ("extend", "", "统筹资金", "现场已联系电力公司，线路老化，需上报街道统筹资金，拟延期五个工作日。"),
    ("ask", "", "补充位置", "请补充具体位置（哪栋哪单元、附近有什么），我们好找到。"),
    ("return", "", "不属本社区", "不属本社区范围，按边界属相邻社区，申请转派（附地址依据）。"),
    ("verify", "", "已核实", "已核实，现场恢复正常。"),
)


def fill_duties(actor: Actor, street: Division) -> int:
    """Write lists, rules and texts; returns how many duty entries there are."""
    known = {one.code: one for one in Category.objects.all()}
    for which, number, text, owner, codes in DUTIES:
        ruling.write_duty(
            actor, list=which, number=number, text=text, owner=owner, basis=BASIS, division=street, valid_from=SINCE,
            categories=[known[code] for code in codes],
        )  # fmt: skip
    for title, more in (
        ("地质灾害直接到街道", {"category": known["1301"], "level": "street"}),
        ("救助咨询到街道窗口", {"category": known["1201"], "level": "street"}),
        ("12345 转办先到街道", {"source": "hotline", "level": "street"}),
        ("社区调整咨询到街道", {"category": known["1401"], "level": "street"}),
    ):
        ruling.write_route(actor, title=title, basis=BASIS, valid_from=SINCE, **more)
    for verb, code, title, words in TEXTS:
        ruling.write_text(actor, verb=verb, title=title, text=words, category=known.get(code))
    return len(DUTIES)
