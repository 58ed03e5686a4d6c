"""What people read for a verb of the ledger; each room adds the words of its own actions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from linli.ledger.states import COMPLETE, VOUCHED

_WORDS: dict[str, str | Promise] = {
    "ledger.sight": _("查看了个人信息"),
    "ledger.vouch": _("为现状作了证"),
    "ledger.acknowledge": _("确认了台账断点"),
}

# what the parts of a content are called; a name that is not here is shown as it is
PARTS: dict[str, str | Promise] = {
    "blocks": _("地块"),
    "clause": _("条文"),
    "code": _("代码"),
    "community": _("社区"),
    "divisions": _("区划"),
    "fields": _("字段"),
    "file": _("文件"),
    "from": _("自"),
    "kind": _("类别"),
    "left_out": _("未导入"),
    "name": _("名称"),
    "note": _("说明"),
    "number": _("编号"),
    "numbers": _("结果"),
    "reason": _("原因"),
    "rows": _("行数"),
    "seed": _("随机种子"),
    "street": _("街道"),
    "version": _("版本"),
    "why": _("事由"),
    "account": _("账号"),
    "act": _("办什么"),
    "active": _("启用"),
    "added": _("增加"),
    "answer": _("采纳情况"),
    "after": _("之后"),
    "amount": _("数量"),
    "asked": _("要求"),
    "assets": _("资产"),
    "basis": _("依据"),
    "before": _("之前"),
    "body": _("意见单位"),
    "branch": _("方案系列"),
    "by": _("由谁"),
    "cases": _("件数"),
    "categories": _("类别"),
    "category": _("类别"),
    "changed": _("改动"),
    "channel": _("渠道"),
    "choices": _("选择"),
    "conclusion": _("结论"),
    "confirmed_by": _("复核人"),
    "contact": _("联系人"),
    "count": _("口径"),
    "counted": _("户数依据"),
    "counting": _("计数办法"),
    "day": _("截至"),
    "days": _("天数"),
    "division": _("区划"),
    "document": _("文号"),
    "enactment": _("方案生效"),
    "estimate": _("估算办法"),
    "expires": _("到期"),
    "files": _("文件的 SHA-256"),
    "fixed": _("固定的地块"),
    "founded": _("新设"),
    "fresh": _("首次安装"),
    "front": _("权衡线"),
    "goals": _("目标"),
    "grades": _("规模等级"),
    "group": _("分组"),
    "held": _("暂留"),
    "households": _("户数"),
    "households_least": _("户数下限"),
    "households_most": _("户数上限"),
    "into": _("改为"),
    "issuer": _("发布单位"),
    "kept": _("保留"),
    "level": _("层级"),
    "list": _("清单"),
    "lost": _("缺损的文件"),
    "matters": _("事项"),
    "migrations": _("数据库变更"),
    "moved": _("改划的地块"),
    "names": _("名称"),
    "notice": _("公告"),
    "objective": _("目标"),
    "off": _("停用"),
    "on": _("日期"),
    "origins": _("名称来历"),
    "owner": _("负责单位"),
    "paper": _("文号"),
    "parent": _("改自第几版"),
    "persons_most": _("人口上限"),
    "place": _("地点"),
    "proposed_by": _("提出人"),
    "telephone": _("电话"),
    "split_above": _("应拆分的户数"),
    "sha256": _("文件摘要"),
    "valid_from": _("施行日期"),
    "verified": _("已核对原文"),
    "parts": _("社区数"),
    "post": _("岗位"),
    "posts": _("岗位"),
    "procedure": _("程序"),
    "project": _("划分项目"),
    "proposals": _("措施"),
    "provider": _("登录方"),
    "question": _("问题"),
    "reasons": _("理由"),
    "removed": _("去掉"),
    "role": _("角色"),
    "rule": _("规则"),
    "said": _("所填"),
    "scenario": _("情景"),
    "scope": _("范围"),
    "scopes": _("权限"),
    "score": _("评价"),
    "shifts": _("改期"),
    "sides": _("四至"),
    "solved": _("已解决"),
    "source": _("来源"),
    "state": _("状态"),
    "step": _("步骤"),
    "steps": _("步骤"),
    "subject": _("对象"),
    "text": _("文字"),
    "title": _("标题"),
    "to": _("到"),
    "told": _("告知"),
    "undelivered": _("未交付"),
    "verb": _("环节"),
    "within": _("期限"),
    "words": _("说明"),
    "work": _("工作"),
    "year": _("年份"),
}

# what codes of a part are called: part → code → words; each room adds its own
_VALUES: dict[str, dict[str, str | Promise]] = {}
_READERS: dict[str, Callable[[Any], str]] = {}
REFERENCE = re.compile(r"[a-z]+:\d+")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d.*)?")
EMPTY: tuple[Any, ...] = ("", None, [], {})
# parts that speak to programs, shown as they are
CODES = frozenset({"files", "migrations", "sha256"})


def add_words(words: Mapping[str, str | Promise]) -> None:
    """Add the words of a room's verbs; called when its application is ready."""
    _WORDS.update(words)


def words_for(verb: str) -> str:
    """Return what people read for a verb, the verb itself where no room named it."""
    return str(_WORDS.get(verb, verb))


def add_values(values: Mapping[str, Mapping[str, str | Promise]]) -> None:
    """Add the words of codes that stand in contents, by the name of the part: kind → split → 拆分."""
    for part, words in values.items():
        _VALUES.setdefault(part, {}).update(words)


def add_readers(readers: Mapping[str, Callable[[Any], str]]) -> None:
    """Add what reads a part as a whole, by its name, where its own parts are no words of their own."""
    _READERS.update(readers)


def word_of(part: str, code: str) -> str:
    """Return what a code of a part is called; '' where no room named it."""
    return str(_VALUES.get(part, {}).get(code, ""))


def told(content: Mapping[str, Any], things: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
    """Return a content as people read it: what each part is called, its value in words, and whether that is a code.

    Parameters
    ----------
    things
        What references are called, see `linli.ledger.things`.
    """
    return [
        (str(PARTS.get(name, name)), _value(name, value, things), name in CODES)
        for name, value in content.items()
        if value not in EMPTY and name not in (VOUCHED, COMPLETE)
    ]


def references_in(value: Any) -> Iterator[str]:
    """Find the references to things in a content, however deep."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from references_in(one)
    elif isinstance(value, str) and REFERENCE.fullmatch(value):
        yield value


def _value(part: str, value: Any, things: Mapping[str, Any]) -> str:
    if part in _READERS:
        return _READERS[part](value)
    if isinstance(value, dict):
        words = {**PARTS, **_VALUES.get(part, {})}
        said = (
            f"{words.get(name, name)} {_value(name, one, things)}" for name, one in value.items() if one not in EMPTY
        )
        return str(_("；")).join(said)
    if isinstance(value, list):
        return str(_("、")).join(_value(part, one, things) for one in value)
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if not isinstance(value, str):
        return str(value)
    if MOMENT.fullmatch(value):
        return _when(value)
    return str(things.get(value) or _VALUES.get(part, {}).get(value, value))


def _when(value: str) -> str:
    """Say a day or a moment as the reader writes it."""
    moment = datetime.fromisoformat(value)
    return date_format(
        localtime(moment) if moment.tzinfo else moment, "DATETIME_FORMAT" if "T" in value else "DATE_FORMAT"
    )


def known_verbs() -> dict[str, str]:
    """Return every verb with its words, in the language of who asks."""
    return {verb: str(words) for verb, words in sorted(_WORDS.items())}
