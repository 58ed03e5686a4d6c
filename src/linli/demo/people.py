"""The invented people of the demo: who sits where, and the accounts that a visitor may enter by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SURNAMES = "李王张杨赵刘陈马何罗普毕保禄苏安"
GIVEN = [
    "建国",
    "秀英",
    "志强",
    "丽华",
    "文斌",
    "晓燕",
    "国平",
    "春梅",
    "海涛",
    "玉兰",
    "永明",
    "红霞",
    "家兴",
    "美琼",
    "云川",
    "树芬",
    "光荣",
    "小凤",
    "正雄",
    "艳萍",
    "庆华",
    "桂珍",
    "俊杰",
    "琼仙",
    "学文",
    "会仙",
    "天德",
    "丽萍",
    "绍华",
    "竹青",
]


@dataclass(frozen=True)
class Visitor:
    """An account by which a visitor enters the demo: its name, role, place and seat, in words of both languages."""

    username: str
    name: str
    role: str
    place: str
    seat: str
    english: str


VISITORS = (
    Visitor("jumin", "刘小云", "", "", "居民", "resident"),
    Visitor("wangge", "陈晓燕", "grid_worker", "团结第一网格", "网格员", "grid worker"),
    Visitor("shuji", "张建国", "community_secretary", "团结", "社区书记", "community secretary"),
    Visitor("jiedao", "杨文斌", "street_clerk", "铜源街道(演示)", "社区建设岗", "street clerk"),
    Visitor("quji", "赵志强", "district_officer", "云川区(演示)", "基层治理科科员", "district officer"),
    Visitor("xitong", "罗海涛", "system_administrator", "云川区(演示)", "系统管理员", "system administrator"),
    Visitor("anquan", "苏丽萍", "security_administrator", "云川区(演示)", "安全管理员", "security administrator"),
    Visitor("shenji", "普正雄", "audit_administrator", "云川区(演示)", "审计管理员", "audit administrator"),
)


def names(many: int, rng: np.random.Generator) -> list[str]:
    """Return invented names, no two alike, none of a visitor's."""
    taken = {visitor.name for visitor in VISITORS}
    found: list[str] = []
    while len(found) < many:
        name = SURNAMES[int(rng.integers(len(SURNAMES)))] + GIVEN[int(rng.integers(len(GIVEN)))]
        if name in taken:
            name += GIVEN[int(rng.integers(len(GIVEN)))][0]
        if name not in taken:
            taken.add(name)
            found.append(name)
    return found
