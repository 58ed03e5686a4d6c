"""Chinese addresses in one spelling: 小区 or 路+门牌号, then 幢, 单元, 层, 室; province to grid dropped.

The community is no part of an address: it follows from the place and the day, so that a split breaks no address.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
NUMERAL = "零〇一二三四五六七八九十百两"
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−~～_", "-"))
NOISE = re.compile(r"[\s,。、;:.!?'\"“”‘’]+")
# 十二幢, 三单元, 二号楼: a numeral counts only before a word that numbers something
COUNTED = re.compile(rf"([{NUMERAL}]+)(?=(?:至|-)?[{NUMERAL}\d]*(?:号楼|号院|号|栋|幢|单元|层|楼|室|#))")
NO_NUMBER = re.compile(r"无(?:单元|号|幢号|门牌)?$")

# what stands before the compound; the rest must begin with a name, so that 白云社区12幢 keeps its only name
HAN = "[\u3400-\u9fff\ue000-\uf8ff\U00020000-\U0003ffff]"
DEMO = r"(?:\(演示\))?"
REST = r"(?=[^\d\-#(])"
KEEPS_REGION = r"(?<![小片社厂校园矿宿舍家属居住置活东南西北中老新一二三四五六七八九])"
PREFIXES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^中国{REST}",
        rf"^{HAN}{{2,7}}?(?:省|自治区|特别行政区){REST}",
        rf"^{HAN}{{2,5}}?(?:市|自治州)(?!场|府|政|民){REST}",
        rf"^{HAN}{{2,5}}?(?:{KEEPS_REGION}区|县){DEMO}(?!政|行){REST}",
        rf"^{HAN}{{2,6}}?(?:街道办事处|街道|镇|乡){DEMO}{REST}",
        rf"^{HAN}{{1,8}}?(?:社区居民委员会|社区居委会|社区){DEMO}{REST}",
        rf"^{HAN}{{0,6}}?第?[{NUMERAL}\d]+网格{REST}",
    )
)

BUILDING = r"(?:第?(?P<first>\d+|[A-Z]\d*)(?:[-至](?P<last>\d+))?(?:号楼|号栋|号幢|幢楼|栋楼|幢|栋|座|#楼|#))"
UNIT = r"(?:(?P<unit>\d+|[A-Z])单元|(?P<unit_only>\d{1,2})-(?=\d{3,4}(?:室|房|号|户)?$))"
FLOOR = r"(?:(?P<floor>\d+)(?:层|楼))"
ROOM = r"(?:(?P<room>\d+[A-Z]?)(?P<word>号房|室|房|户|号)?)"
TAIL = re.compile(rf"^(?P<head>.*?)-?{BUILDING}?-?{UNIT}?-?{FLOOR}?-?{ROOM}?$")
DASHED = re.compile(
    r"^(?P<head>.*[^\d幢栋座楼#元-])-?(?P<first>\d+)-(?:(?P<unit>\d+)-)?(?P<room>\d{3,4}[A-Z]?)(?:室|房|号|户)?$"
)
RANGE = re.compile(r"^(?P<head>.*[^\d-])(?P<first>\d{1,2})[-至](?P<last>\d{1,2})$")
ROAD = re.compile(
    r"^(?P<road>[^\d]{1,14}?(?:路|街|巷|道|弄|胡同|里))"
    r"(?P<gate>附?\d+(?:-\d+)?(?:号?附\d+)?)(?:号|$)(?P<place>.*)$"
)
ENDS_WITH_ROAD = re.compile(r"(?:路|街|巷|道|弄|胡同)$")


@dataclass(frozen=True)
class Address:
    """An address in parts; empty where it does not say.

    Parameters
    ----------
    place
        The compound, courtyard or house name.
    road, gate
        Road and number of the gate, without 号.
    first, last
        Number of the building, or the first and last of a range.
    unit, floor, room
        Stair, floor and dwelling.
    """

    place: str = ""
    road: str = ""
    gate: str = ""
    first: str = ""
    last: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""

    @property
    def number(self) -> str:
        """The building's number: '12', or '3-5' for a range."""
        return f"{self.first}-{self.last}" if self.last else self.first

    @property
    def numbers(self) -> tuple[str, ...]:
        """Every building that the number names."""
        if not self.last:
            return (self.first,) if self.first else ()
        return tuple(str(value) for value in range(int(self.first), int(self.last) + 1))

    @property
    def building(self) -> str:
        """The address down to the building, which is all that Linli keeps."""
        road = f"{self.road}{self.gate}号" if self.gate else self.road
        return f"{road}{self.place}" + (f"{self.number}幢" if self.first else "")

    def __str__(self) -> str:
        unit = f"{self.unit}单元" if self.unit else ""
        floor = f"{self.floor}层" if self.floor and not self.room else ""
        return self.building + unit + floor + (f"{self.room}室" if self.room else "")


def normalise(text: str) -> str:
    """Return an address in the one spelling; every usual spelling of one address gives the same.

    '云川区白云社区白云花园１２号楼三单元301', '白云花园12-3-301' and '白云花园 12#3单元301室'
    give '白云花园12幢3单元301室'.
    """
    return str(parse(text))


def parse(text: str) -> Address:
    """Read an address; what cannot be told apart stays in `place`."""
    found = _parse(text)
    for _ in range(len(text) + 1):  # a name may hide another prefix; the second look finds nothing new in nearly all
        again = _parse(str(found))
        if again == found:
            break
        found = again
    return found


def _parse(text: str) -> Address:
    plain = _plain(text)
    if (found := DASHED.match(plain) or RANGE.match(plain)) or (found := TAIL.match(plain)):
        parts = found.groupdict()
    else:  # a newline cannot be left, so this is never reached with text of one line
        parts = {"head": plain}
    head, room, word = parts["head"] or "", parts.get("room") or "", parts.get("word") or ""
    first, unit = parts.get("first") or "", parts.get("unit") or parts.get("unit_only") or ""
    floor = parts.get("floor") or ""
    if room and not (first or unit or floor) and word in ("", "号") and head:
        on_road = ENDS_WITH_ROAD.search(head)
        if on_road:
            head, room = f"{head}{room}号", ""
        elif room.isdigit() and (len(room) < 3 or word == "号") and not head.endswith("号"):
            first, room = room, ""
    road = ROAD.match(head)
    last = _number(parts.get("last") or "")
    first = _number(first)
    if last and not (first.isdigit() and int(first) < int(last) <= int(first) + 200):
        last = ""
    return Address(
        place=road["place"] if road else head,
        road=road["road"] if road else "",
        gate=road["gate"].replace("号", "") if road else "",
        first=first,
        last=last,
        unit=_number(unit),
        floor=_number(floor),
        room=_number(room),
    )


def _plain(text: str) -> str:
    """Return the text in plain signs, without blanks, numerals as digits, prefixes dropped."""
    plain = NOISE.sub("", unicodedata.normalize("NFKC", text).translate(DASHES)).upper()
    plain = COUNTED.sub(lambda found: str(_value(found[1])), plain)
    plain = NO_NUMBER.sub("", plain)
    while True:
        shorter = plain
        for prefix in PREFIXES:
            shorter = prefix.sub("", shorter)
        if shorter == plain:
            return plain
        plain = shorter


def _value(numeral: str) -> int:
    """Read a Chinese numeral below a thousand: 十二, 二十, 一百零三; digits said one by one too: 三〇一."""
    if "十" not in numeral and "百" not in numeral:
        return int("".join(str(DIGITS[sign]) for sign in numeral))
    total, held = 0, 0
    for sign in numeral:
        if sign in DIGITS:
            held = DIGITS[sign]
        else:
            total, held = total + (held or 1) * (100 if sign == "百" else 10), 0
    return total + held


def _number(text: str) -> str:
    """Drop leading zeros; a letter stays."""
    return text.lstrip("0") or text[:1]
