"""配置标准: what a size standard asks of floor space, workers, lines, facilities; in words, and what may be changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

NORMS = {
    "floor_m2_per_100_households": _("服务用房，每百户不少于（㎡）"),
    "floor_m2_least": _("服务用房，每个社区不少于（㎡）"),
    "workers_per_10000_persons": _("社区工作者，每万人"),
    "households_per_worker": _("每名工作者服务户数"),
    "workers_least": _("工作者不少于"),
    "committee_seats": _("两委职数（户数以下：职数）"),
    "walk_m": _("步行距离（米）"),
    "share_walk_m": _("共建共享的最远步行距离（米）"),
    "reliance_least": _("界线依托率不低于"),
    "belonging_cut_most": _("被界线分开的认同不超过"),
    "facilities": _("应有设施"),
}
FACILITIES = {
    "service_station": _("服务站"), "kindergarten": _("幼儿园"),
    "day_care": _("托育（老年）服务站"), "clinic": _("卫生服务站"),
}  # fmt: skip
NUMBERS: Mapping[str, int] = {  # norms that are one number, and the most that each may be
    "floor_m2_per_100_households": 1000, "floor_m2_least": 10_000, "workers_per_10000_persons": 1000,
    "workers_least": 100, "share_walk_m": 5000, "reliance_least": 1, "belonging_cut_most": 1,
}  # fmt: skip
OPTIONAL = "workers_least"


def in_words(norms: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return each norm that people read: what it asks, and how much."""
    return [(str(NORMS[name]), _written(value)) for name, value in norms.items() if name in NORMS]


def changed(norms: Mapping[str, Any], numbers: Mapping[str, float | None]) -> dict[str, Any]:
    """Return norms with other numbers; one that is None is asked no more, and where a changed one was read goes too."""
    whole = {name: int(n) if n is not None and float(n).is_integer() else n for name, n in numbers.items()}
    other = [name for name, value in whole.items() if norms.get(name) != value]
    made = {name: value for name, value in {**norms, **whole}.items() if value is not None}
    sources = {theme: words for theme, words in made.get("sources", {}).items() if not _about(theme, other)}
    return {**made, "sources": sources} if other else dict(norms)


def _about(theme: str, names: list[str]) -> bool:
    return any(name.startswith(theme) for name in names)


def _written(value: Any) -> str:
    """Write a norm as people read it: a number, a range, a table, a list of facilities."""
    if isinstance(value, dict):
        return "、".join(str(FACILITIES.get(name, name)) for name in value)
    if isinstance(value, list) and value and isinstance(value[0], list):
        return "；".join(f"{most or '—'}：{seats}" for most, seats in value)
    return "–".join(map(str, value)) if isinstance(value, list) else str(value)
