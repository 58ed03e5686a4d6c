"""The sentences of the invented residents: templates of `cases.toml`, filled in, spoken into a telephone, mistyped."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

LONG = ("三天", "一个星期", "半个多月", "快一个月", "两三天", "好几个月", "十来天", "从上周到现在", "大半年")
NIGHT = ("凌晨一点", "半夜十二点", "晚上十一点", "夜里两点", "深更半夜", "天不亮")
TIMES = ("三回", "两三次", "五六遍", "好多次", "三", "四回")
ROADS = (
    "铜源大道",
    "古渡路",
    "兴铜路",
    "矿工路",
    "团结街",
    "白云街",
    "市府街",
    "炎龙路",
    "滨河东路",
    "滨河西路",
    "春晖路",
    "学府巷",
    "驼峰巷",
)
BEFORE = ("", "", "", "", "你好，", "社区的同志，", "请问，", "麻烦看一下，", "跟你们反映个事，", "我是{door}的，")
AFTER = (
    "",
    "",
    "",
    "",
    "",
    "请尽快处理。",
    "到底有没有人管？",
    "谢谢。",
    "麻烦了。",
    "再不管我就打12345。",
    "盼回复。",
    "老人娃娃多，不方便。",
)
# what a telephone hears instead
HEARD = {
    "楼道": "楼到", "物业": "物页", "化粪池": "化粪吃", "娃娃": "娃哇", "垃圾": "拉圾",
    "井盖": "警盖", "小区": "小去", "电梯": "电替",
}  # fmt: skip
SLIPS, NO_MARKS, WHOLE = 0.06, 0.12, 0.4


@dataclass(frozen=True)
class Topic:
    """A category of the table: its share of reports, by month, what is said and answered."""

    code: str
    share: float
    months: tuple[float, ...]
    texts: tuple[str, ...]
    things: tuple[str, ...]
    troubles: tuple[str, ...]
    answers: tuple[str, ...]
    suggestion: bool


@cache
def topics() -> tuple[Topic, ...]:
    """Return the topics of `cases.toml`."""
    rows = tomllib.loads((Path(__file__).parent / "cases.toml").read_text(encoding="utf-8"))["category"]
    return tuple(
        Topic(
            row["code"], row["share"], tuple(row.get("months", (1.0,) * 12)), tuple(row["texts"]),
            tuple(row["things"]), tuple(row["troubles"]), tuple(row["answers"]), row.get("suggestion", False),
        )
        for row in rows
    )  # fmt: skip


def sentence(rng: np.random.Generator, topic: Topic, *, door: str, compound: str) -> str:
    """Say something of a topic: a whole sentence, or a thing and its trouble, and let it sound like somebody.

    Parameters
    ----------
    rng
        Source of chance.
    topic
        What it is about.
    door, compound
        The building and its compound, as people call them.
    """
    whole = rng.random() < WHOLE
    said = _pick(rng, BEFORE)
    said += _pick(rng, topic.texts) if whole else f"{_pick(rng, topic.things)}{_pick(rng, topic.troubles)}。"
    if rng.random() < 0.5:
        said += _pick(rng, AFTER)
    said = said.format(
        door=door, compound=compound or door, road=_pick(rng, ROADS), long=_pick(rng, LONG), night=_pick(rng, NIGHT),
        times=_pick(rng, TIMES),
    )  # fmt: skip
    if rng.random() < SLIPS:
        for right, heard in HEARD.items():
            said = said.replace(right, heard, 1)
    return re.sub("[，。？！]", " ", said).strip() if rng.random() < NO_MARKS else said


def released(rng: np.random.Generator, topic: Topic) -> str:
    """Say of a topic what a clerk would release: a thing and its trouble, without a place or a person."""
    said = f"{_pick(rng, topic.things)}{_pick(rng, topic.troubles)}"
    return said.format(
        door="", compound="", road="", long=_pick(rng, LONG), night=_pick(rng, NIGHT), times=_pick(rng, TIMES)
    )


def _pick(rng: np.random.Generator, values: tuple[str, ...]) -> str:
    return values[int(rng.integers(len(values)))]
