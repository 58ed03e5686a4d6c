"""What people read for a verb of the ledger; each room adds the words of its own actions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_WORDS: dict[str, str | Promise] = {"ledger.sight": _("查看个人信息")}

# what the parts of a content are called; a name that is not here is shown as it is
PARTS: dict[str, str | Promise] = {
    "blocks": _("地块"), "code": _("代码"), "community": _("社区"), "divisions": _("区划"), "fields": _("字段"),
    "file": _("文件"), "from": _("自"), "kind": _("类别"), "left_out": _("未导入"), "name": _("名称"),
    "note": _("说明"), "number": _("个数"), "numbers": _("结果"), "reason": _("原因"), "rows": _("行数"),
    "seed": _("随机种子"), "street": _("街道"), "version": _("版本"), "why": _("事由"),
}  # fmt: skip


def add_words(words: Mapping[str, str | Promise]) -> None:
    """Add the words of a room's verbs; called when its application is ready."""
    _WORDS.update(words)


def words_for(verb: str) -> str:
    """Return what people read for a verb, the verb itself where no room named it."""
    return str(_WORDS.get(verb, verb))


def told(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return a content as people read it: what each part is called, and its value in words."""
    return [(str(PARTS.get(name, name)), _value(value)) for name, value in content.items() if value not in ("", None)]


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{PARTS.get(name, name)} {_value(one)}" for name, one in value.items())
    return "、".join(map(_value, value)) if isinstance(value, list) else str(value)


def known_verbs() -> dict[str, str]:
    """Return every verb with its words, in the language of who asks."""
    return {verb: str(words) for verb, words in sorted(_WORDS.items())}
