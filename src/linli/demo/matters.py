"""Matters of the invented district: what residents write, and how far it has come, by the actions of its people."""

from __future__ import annotations

import uuid

import numpy as np

from linli.matters.actions import dispatching, handling
from linli.matters.actions.open_matter import open_matter
from linli.matters.models import Matter
from linli.matters.routing import seats_below
from linli.org.actors import PUBLIC, actor_of
from linli.org.models import Account
from linli.territory.models import Building

TEXTS = (
    "楼道灯坏了半个多月，老人下楼摸黑，跟物业说了三回没人来。",
    "烧烤摊凌晨一点还在吼，娃娃明天要上学，麻烦管管。",
    "昨晚下暴雨从外墙渗水，墙纸全泡了，该找哪个？",
    "路口井盖响得很，车一过就“哐当”，怕出事。",
    "化粪池冒了，臭得不敢开窗，请尽快清。",
    "电动车在楼道充电，上次都冒烟了，消防通道还堵着。",
    "后山排水沟被土堵了大半，下雨怕泥石流下来，请来看一下。",
    "楼上天天半夜挪家具，说了不听，社区能不能调解一下。",
    "我妈78岁一个人住，我在外地打工，能不能帮忙多去看看？",
    "想问下高龄津贴在哪里办，要带哪些材料？",
    "听说要分社区，我们这院以后算哪个社区？娃读书会不会受影响？",
    "建议在河边步道装几个椅子，老人走累了没处坐。",
    "停车位被外面的车占完了，晚上回来没处停，能不能划线管一下。",
    "物业三个月没拖楼道，物业费倒是催得勤。",
    "水压太小，五楼以上早上没水，已经一个星期。",
    "流浪狗三四条在学校门口，吓着娃娃。",
    "电梯又困人了，这个月第三次。",
    "旁边工地晚上十一点还在打桩，违规施工。",
)
ANSWER = "已到现场处理，请您看看是否好了；没好请点“重新办理”。"


def fill_matters(*, seed: int) -> int:
    """Open the reports and take them to different stages; returns how many there are."""
    rng = np.random.default_rng(seed)
    buildings = list(Building.objects.select_related("block__street", "compound").order_by("pk"))
    officer = actor_of(Account.objects.get(username="quji"))
    for number, text in enumerate(TEXTS):
        building = buildings[int(rng.integers(len(buildings)))]
        matter = open_matter(
            PUBLIC, key=uuid.uuid5(uuid.NAMESPACE_URL, f"linli-demo-{seed}-{number}"), text=text, building=building,
            place=str(building), kind=Matter.Kind.SUGGESTION if text.startswith("建议") else Matter.Kind.REPORT,
        )  # fmt: skip
        home = matter.division()
        if number % 4 == 0 or home is None:
            continue
        seats = seats_below(home, "matters.handle")
        dispatching.dispatch(officer, matter=matter, to=seats[int(rng.integers(len(seats)))])
        if number % 4 == 1:
            continue
        handling.resolve(officer, matter=matter, text=ANSWER)
        if number % 4 == 3:
            dispatching.verify(officer, matter=matter)
    return len(TEXTS)
