"""Rule profiles as data: who asks for which size, under which paper, with which norms and prices."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from linli.errors import InputError

STATUTORY = "national-2026"
OBJECTIVE = "提升城市管理服务质效，使社区规模与服务能力相适应，居民就近办事、有事找得到人。"
LINE_KINDS = ("river", "railway", "arterial", "secondary", "wall", "lane", "none")


@dataclass(frozen=True)
class Profile:
    """A size standard: its paper, its band, its norms.

    Parameters
    ----------
    name
        Name of the table, such as `national-2026`.
    title, issuer, document, clause
        In Chinese, as printed on plans; `document` holds the 文号 and is empty where it is not known.
    households
        (least, most) households of a community; None where the paper's numbers are not known.
    persons_most
        Most persons of a community, None where the paper is silent.
    counting
        What the paper calls a household (户, 房屋套数, 已交付套数).
    split_above
        Households above which a community is to be divided, None where the paper is silent.
    valid_from, valid_to
        Days between which the paper holds, None where open.
    source, verified
        Where the numbers were read, and whether they were.
    statutory
        True for the law's own band, which every plan states.
    prices
        Price of a metre of new border by kind of line.
    grades
        Size grades: the grade of communities of up to so many households; 0 is all the rest.
    norms
        Floor space, workers, seats and facilities.
    """

    name: str
    title: str
    issuer: str
    document: str
    clause: str
    households: tuple[int, int] | None
    persons_most: int | None
    counting: str
    split_above: int | None
    valid_from: datetime.date | None
    valid_to: datetime.date | None
    source: str
    verified: bool
    statutory: bool
    prices: Mapping[str, float]
    grades: Mapping[str, int]
    norms: Mapping[str, Any]

    def grade(self, households: int) -> str:
        """Name the size grade of a community (小型, 适中, 偏大, 大型, 特大)."""
        for name, most in self.grades.items():
            if most == 0 or households <= most:
                return name
        return list(self.grades)[-1]

    def standing(self, households: int) -> str:
        """Say in Chinese how a number of households stands to this profile's band."""
        return standing_words(self.households, households)

    def within(self, households: int) -> bool | None:
        """Tell whether a number of households lies in the band; None where the band is not known."""
        return None if self.households is None else self.households[0] <= households <= self.households[1]


def standing_words(band: tuple[int, int] | None, households: int) -> str:
    """Say in Chinese how a number of households stands to a band."""
    if band is None:
        return "标准数值未录入"
    low, high = band
    if households < low:
        return f"低于下限{low - households}户"
    if households > high:
        return f"超过上限{households - high}户"
    return "在范围内"


def read_profile(name: str | Profile) -> Profile:
    """Read a rule profile by its name, or from a file whose name ends in .toml; one that is read already stays.

    Raises
    ------
    InputError
        No such profile, or a table that is not right.
    """
    if isinstance(name, Profile):
        return name
    if name.endswith(".toml"):
        path = Path(name)
        return profile_from(path.stem, read_toml(path), path)
    return _shipped(name)


def profile_table(profile: Profile) -> dict[str, Any]:
    """Return a profile as the table that `profile_from` reads, for JSON."""
    table = {name: getattr(profile, name) for name in Profile.__dataclass_fields__ if name != "name"}
    days = {name: table[name] and table[name].isoformat() for name in ("valid_from", "valid_to")}
    plain = {name: dict(table[name]) for name in ("prices", "grades", "norms")}
    return {name: value for name, value in {**table, **days, **plain}.items() if value is not None}


def profile_names() -> list[str]:
    """Name the profiles that come with Linli."""
    found = (Path(item.name).stem for item in files("linli.plans").joinpath("profiles").iterdir())
    return sorted(name for name in found if name != "common")


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML table, naming the file and the place where it is wrong."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError("there is no such file", file=path) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"this is no TOML table: {error}", file=path) from None


@cache
def _shipped(name: str) -> Profile:
    resource = files("linli.plans").joinpath("profiles").joinpath(f"{name}.toml")
    if name == "common" or not resource.is_file():
        raise InputError(
            "there is no such rule profile",
            field="profile",
            value=name,
            advice=f"choose one of {', '.join(profile_names())}, or name a file that ends in .toml",
        )
    return profile_from(name, tomllib.loads(resource.read_text(encoding="utf-8")))


def profile_from(name: str, table: Mapping[str, Any], path: Path | None = None) -> Profile:
    """Make a profile of a table; what it does not say stands in `common.toml`.

    Raises
    ------
    InputError
        A field that no profile has, or a value that is not right; names the file where there is one.
    """
    common = tomllib.loads(
        files("linli.plans").joinpath("profiles").joinpath("common.toml").read_text(encoding="utf-8")
    )
    known = {*Profile.__dataclass_fields__} - {"name"}
    unknown = sorted(set(table) - known)
    if unknown:
        raise InputError(
            "a rule profile has no such field",
            file=path,
            field=unknown[0],
            advice=f"fields: {', '.join(sorted(known))}",
        )
    band = table.get("households")
    if band is not None:
        band = check_band(band, path)
    prices = {**common["prices"], **table.get("prices", {})}
    check_prices(prices, path)
    return Profile(
        name=name,
        title=table.get("title", name),
        issuer=table.get("issuer", ""),
        document=table.get("document", ""),
        clause=table.get("clause", ""),
        households=band,
        persons_most=table.get("persons_most"),
        counting=table.get("counting", "户"),
        split_above=table.get("split_above"),
        valid_from=_day(table.get("valid_from")),
        valid_to=_day(table.get("valid_to")),
        source=table.get("source", ""),
        verified=bool(table.get("verified", False)),
        statutory=bool(table.get("statutory", False)),
        prices=prices,
        grades=table.get("grades", common["grades"]),
        norms={**common["norms"], **table.get("norms", {})},
    )


def _day(value: Any) -> datetime.date | None:
    return datetime.date.fromisoformat(value) if isinstance(value, str) else value


def check_band(band: object, path: object = None) -> tuple[int, int]:
    """Return (least, most) households, refusing what is no band."""
    numbers = list(band) if isinstance(band, list | tuple) else []
    if len(numbers) != 2 or not all(isinstance(n, int) and not isinstance(n, bool) for n in numbers):
        raise InputError(
            "the bounds of households must be two whole numbers", file=path, field="households", value=band
        )
    low, high = numbers
    if low < 0 or high <= 0:
        raise InputError("a bound of households must not be negative", file=path, field="households", value=band)
    if low > high:
        raise InputError(
            f"the lower bound {low} lies above the upper bound {high}",
            file=path,
            field="households",
            value=[low, high],
            advice="write the smaller number first",
        )
    return low, high


def check_prices(prices: Mapping[str, object], path: object = None) -> None:
    """Refuse prices of kinds that do not exist and prices that are no number of at least 0."""
    for kind, price in prices.items():
        if kind not in LINE_KINDS:
            raise InputError(
                "there is no such kind of line",
                file=path,
                field="prices",
                value=kind,
                advice=f"kinds: {', '.join(LINE_KINDS)}",
            )
        if isinstance(price, bool) or not isinstance(price, int | float) or not 0 <= price < float("inf"):
            raise InputError(
                "a price a metre must be a number of at least 0", file=path, field=f"prices.{kind}", value=price
            )
