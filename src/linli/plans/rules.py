"""The rules that a plan must keep, as people state them, each with its code and its sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from linli.errors import InputError
from linli.geodata import COUNT_COLUMNS
from linli.plans.profiles import (
    STATUTORY,
    Profile,
    check_band,
    check_prices,
    profile_from,
    profile_table,
    read_profile,
    read_toml,
)

DEFAULT_PROFILE = "local-1500-3500"

SENTENCES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "R01": ("每个社区户数在下限与上限之间", "the households of each community lie between the bounds"),
        "R02": ("每个社区的人口等指标不超过上限", "a capped column's sum stays below its cap in each community"),
        "R04": ("一个社区只有一块，不得由不接壤的区块组成", "each community is one piece"),
        "R05": ("全覆盖，无空白、无交叉重叠", "every block belongs to exactly one community"),
        "R06": ("无飞地，不被另一社区完全包围", "no community lies wholly inside another"),
        "R09": ("不跨指定种类的界线（河流、铁路、主干道等）", "no community crosses a line of the named kinds"),
        "R10": ("不拆分住宅小区、院落", "no compound is divided"),
        "R11": ("不跨指定的辖区（警务区、学区等）", "no community crosses the named areas"),
        "R13": ("指定地块归属指定社区", "named blocks belong to named communities"),
        "R18": ("保留原有社区及其驻地", "kept communities keep their seat"),
        "parts": ("社区个数为指定数", "the number of communities is the one asked for"),
    }
)


@dataclass(frozen=True)
class Rules:
    """The rules of a plan.

    Parameters
    ----------
    households
        (least, most) households of a community under the plan's counting definition (口径), R01.
    keep_whole
        Column whose equal values name one compound (小区), or another area, never divided, R10; several may be given,
        None for none.
    kept
        Present communities that go on (R18): names, or a mapping from name to the id of the block that is
        its seat (None or '' where the seat is open).
    never_cross
        Columns; blocks with different values never share a community, R11 (also 'community': divide each apart).
    never_cross_kinds
        Kinds of line over which a community never reaches, R09.
    fixed
        Block id to the name of the community that it must belong to, R13.
    enclaves
        True allows a community wholly inside another one, R06.
    capped
        Column to the largest sum that a community may have, R02.
    profile
        Rule profile whose band, prices, norms and grades hold: a name, a .toml file, or a version that was read.
    law
        Profile of the law's own band, likewise.
    prices
        Prices of a metre of new border by kind that replace the profile's.

    Raises
    ------
    InputError
        Crossed or negative bounds, an unknown profile or kind of line, an empty name.
    """

    households: tuple[int, int] = (1500, 3500)
    keep_whole: str | tuple[str, ...] | None = None
    kept: Mapping[str, str | None] | Iterable[str] = ()
    never_cross: tuple[str, ...] = ()
    never_cross_kinds: tuple[str, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    enclaves: bool = False
    capped: Mapping[str, int] = field(default_factory=dict)
    profile: str | Profile = DEFAULT_PROFILE
    law: str | Profile = STATUTORY
    prices: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        def put(name: str, value: object) -> None:
            object.__setattr__(self, name, value)

        put("households", check_band(self.households))
        for name in ("never_cross", "never_cross_kinds"):
            value = getattr(self, name)
            put(name, (value,) if isinstance(value, str) else tuple(value))
        whole = self.whole
        put("keep_whole", whole if len(whole) > 1 else next(iter(whole), None))
        check_prices(dict.fromkeys(self.never_cross_kinds, 0.0))
        kept: dict[str, str | None]
        if isinstance(self.kept, Mapping):
            kept = {name: seat or None for name, seat in self.kept.items()}
        else:
            kept = dict.fromkeys(sorted({self.kept} if isinstance(self.kept, str) else set(self.kept)))
        if any(not name.strip() for name in kept):
            raise InputError("a kept community has no name", field="kept", advice="write its name, such as 团结")
        seats = [seat for seat in kept.values() if seat]
        if len(set(seats)) < len(seats):
            twice = next(seat for seat in seats if seats.count(seat) > 1)
            raise InputError("two kept communities cannot have their seat in one block", field="kept", value=twice)
        put("kept", MappingProxyType(kept))
        put("fixed", MappingProxyType(dict(self.fixed)))
        put("capped", MappingProxyType(dict(self.capped)))
        for column, cap in self.capped.items():
            if isinstance(cap, bool) or not isinstance(cap, int) or cap < 0:
                raise InputError("a cap must be a whole number of at least 0", field=f"capped.{column}", value=cap)
        table = {**read_profile(self.profile).prices, **(self.prices or {})}
        check_prices(table)
        put("prices", MappingProxyType(table))

    @classmethod
    def from_toml(cls, path: Path | str) -> Rules:
        """Read rules from a TOML file whose fields are the parameters of this class.

        Raises
        ------
        InputError
            No such file, no TOML, a field that does not exist, a value that is not right.
        """
        where = Path(path)
        table = read_toml(where)
        known = set(cls.__dataclass_fields__)
        for name in table:
            if name not in known:
                raise InputError(
                    "rules have no such field", file=where, field=name, advice=f"fields: {', '.join(sorted(known))}"
                )
        wanted = {
            "keep_whole": list | str,
            "enclaves": bool,
            "profile": str,
            "law": str,
            "kept": dict | list | str,
            "fixed": dict,
            "capped": dict,
            "prices": dict,
            "never_cross": list | str,
            "never_cross_kinds": list | str,
        }
        for name, kind in wanted.items():
            if name in table and not isinstance(table[name], kind):
                raise InputError("this field has a value of the wrong kind", file=where, field=name, value=table[name])
        for name in ("profile", "law"):
            if str(table.get(name, "")).endswith(".toml"):
                table[name] = str(where.parent / table[name])
        try:
            if "households" not in table:
                table["households"] = read_profile(table.get("profile", DEFAULT_PROFILE)).households or (1500, 3500)
            return cls(**table)
        except InputError as error:
            if "file" in error.where:
                raise
            raise InputError(error.message, file=where, advice=error.advice, **error.where) from None

    @property
    def whole(self) -> tuple[str, ...]:
        """The columns whose areas are never divided."""
        said = self.keep_whole or ()
        return (said,) if isinstance(said, str) else tuple(dict.fromkeys(said))

    @property
    def seats(self) -> dict[str, str | None]:
        """Kept community to the block of its seat, None where that is open."""
        return dict(self.kept)  # type: ignore[arg-type]

    def standard(self) -> Profile:
        """Return the rule profile."""
        return read_profile(self.profile)

    def statutory(self) -> Profile:
        """Return the profile of the law's own band, which every plan states beside the local one."""
        return read_profile(self.law)

    def but(self, **changes: Any) -> Rules:
        """Return the same rules with some of them changed."""
        return replace(self, **changes)

    def as_json(self, *, parts: int | None = None) -> dict[str, Any]:
        """Return the rules as the plan file's `meta` states them."""
        return {
            "lower": self.households[0],
            "upper": self.households[1],
            "parts": parts,
            "keep_whole": list(self.whole) if len(self.whole) > 1 else self.keep_whole,
            "never_cross": list(self.never_cross),
            "never_cross_kinds": list(self.never_cross_kinds),
            "kept": self.seats,
            "fixed": dict(self.fixed),
            "enclaves": self.enclaves,
            "capped": dict(self.capped),
            "profile": self.profile.name if isinstance(self.profile, Profile) else self.profile,
            "law": self.law.name if isinstance(self.law, Profile) else self.law,
            # a version that a district published stands in the file itself: no shipped table has its numbers
            "versions": {
                name: profile_table(one)
                for name, one in (("profile", self.profile), ("law", self.law))
                if isinstance(one, Profile)
            },
        }

    @classmethod
    def from_json(cls, table: Mapping[str, Any], prices: Mapping[str, float] | None = None) -> Rules:
        """Rebuild rules from the plan file's `meta`."""
        versions = table.get("versions", {})

        def standard(name: str, usual: str) -> str | Profile:
            named = table.get(name, usual)
            return profile_from(named, versions[name]) if name in versions else named

        return cls(
            households=(table["lower"], table["upper"]),
            keep_whole=table.get("keep_whole"),
            kept=table.get("kept") or {},
            never_cross=tuple(table.get("never_cross", ())),
            never_cross_kinds=tuple(table.get("never_cross_kinds", ())),
            fixed=table.get("fixed", {}),
            enclaves=bool(table.get("enclaves", False)),
            capped=table.get("capped", {}),
            profile=standard("profile", DEFAULT_PROFILE),
            law=standard("law", STATUTORY),
            prices=prices,
        )

    def in_words(self, count: str) -> list[tuple[str, str]]:
        """List the rules in force: code and Chinese sentence with its numbers.

        Parameters
        ----------
        count
            The counting definition in Chinese, such as 已交付套数.
        """
        low, high = self.households
        said = [
            ("R01", f"每个社区{low}至{high}户（口径：{count}）"),
            ("R04", SENTENCES["R04"][0]),
            ("R05", SENTENCES["R05"][0]),
        ]
        if not self.enclaves:
            said.append(("R06", SENTENCES["R06"][0]))
        said += [("R02", capped_words(column, cap)) for column, cap in self.capped.items()]
        said += [("R09", f"社区不跨{KIND_WORDS[kind]}") for kind in self.never_cross_kinds]
        said += [("R10", whole_words(column)) for column in self.whole]
        said += [("R11", f"社区不跨{AREA_WORDS.get(column, column)}") for column in self.never_cross]
        said += [("R13", f"地块{block}归{community}") for block, community in self.fixed.items()]
        for name, seat in self.seats.items():
            said.append(("R18", f"保留{name}社区" + (f", 驻地在地块{seat}" if seat else "")))
        return said


def whole_words(column: str) -> str:
    """Say that no area of a column is divided."""
    return SENTENCES["R10"][0] if column == "compound" else f"不拆分同一{AREA_WORDS.get(column, column)}的地块"


def capped_words(column: str, cap: int) -> str:
    """Say how much of a column a community may have at most."""
    return f"每个社区{COUNT_COLUMNS.get(column, column)}不超过{cap}"


KIND_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "river": "河流",
        "railway": "铁路",
        "arterial": "主干道",
        "secondary": "次干道",
        "lane": "街巷",
        "wall": "围墙",
        "none": "无依托",
    }
)
AREA_WORDS: Mapping[str, str] = MappingProxyType(
    {"police_area": "警务区", "school_area": "学区", "community": "现社区界", "street": "街道界"}
)
