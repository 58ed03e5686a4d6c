"""The words proposed for the public: the reporter's own, without what tells who, which car or which door."""

from __future__ import annotations

import pytest

from linli.matters.releasing import MOST_RELEASED, proposed


@pytest.mark.parametrize(
    ("text", "released"),
    [
        ("我叫王建国，电话 13812345678，6栋2单元301室漏水", "我叫王某，电话 （电话略），6栋2单元某户漏水"),
        ("联系人：赵小兰，座机0871-63123456", "联系人：赵某，座机（电话略）"),
        ("楼上402室张建国先生夜里唱歌，刘大妈睡不着", "楼上某户张某夜里唱歌，刘某睡不着"),
        ("云A12345和云AD12345占消防通道", "（车牌略）和（车牌略）占消防通道"),
        ("身份证53011319900101123X，微信号abc_12345", "身份证（证件号略），微信（略）"),
        ("１３９１２３４５６７８打不通", "（电话略）打不通"),
        ("6-2-301漏水", "6-2-某户漏水"),
    ],
)  # fmt: skip
def test_who_is_left_out(text: str, released: str) -> None:
    assert proposed(text) == released


@pytest.mark.parametrize(
    "text",
    [
        "建议在广场东侧装3张长椅，2026年12月前办好",
        "全小区1200户只有300个车位，请物业经理和社区书记协调",
        "团结街128号路口红灯坏了，6栋2单元楼道灯也不亮",
        "向老师傅们学习；周边道路积水",
    ],
)
def test_what_tells_nobody_stays(text: str) -> None:
    assert proposed(text) == text


def test_it_is_not_longer_than_what_may_be_released() -> None:
    assert len(proposed("装椅子。" * 900)) == MOST_RELEASED
