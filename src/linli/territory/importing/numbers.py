"""Building numbers and names as ledgers write them, read into one spelling."""

from __future__ import annotations

import re
import unicodedata

DASHES = str.maketrans(dict.fromkeys("—–-~~至到", "-"))
NUMBER = re.compile(r"第?(\d{1,4})(?:-(\d{1,4}))?(?:号楼|号院|栋楼|幢楼|栋|幢|座|#|号)?")
SEPARATOR = re.compile(r"[、,,;;/和及]")
NONE = ("", "无", "无号", "-", "/", "不详", "none", "null")
MOST = 60  # a range of more buildings than this is a slip of the pen


def read_numbers(text: object) -> list[int]:
    """Read the building numbers in a cell; none where it names none.

    '3-5幢' gives 3, 4, 5, '1栋、3栋' gives 1, 3; '1栋', '1幢', '1号楼', '1#' and '1' give 1.

    Raises
    ------
    ValueError
        Text that is no building number.
    """
    if isinstance(text, float) and text != text:
        return []
    plain = plain_name(text).translate(DASHES)
    if plain.lower() in NONE:
        return []
    numbers: list[int] = []
    for part in SEPARATOR.split(plain):
        found = NUMBER.fullmatch(part.removesuffix(".0"))
        if not found:
            raise ValueError(f"no building number: {text!r}")
        first, last = int(found[1]), int(found[2] or found[1])
        if not first <= last < first + MOST:
            raise ValueError(f"no range of building numbers: {text!r}")
        numbers.extend(range(first, last + 1))
    return numbers


def plain_number(text: object) -> str:
    """Return a building number in the one spelling, '3幢' or '3-5幢'; what is no number stays as it is written."""
    try:
        numbers = read_numbers(text)
    except ValueError:
        return plain_name(text)
    if not numbers:
        return ""
    first, last = numbers[0], numbers[-1]
    if numbers != list(range(first, last + 1)):
        return plain_name(text)
    return f"{first}幢" if first == last else f"{first}-{last}幢"


def plain_name(text: object) -> str:
    """Return a name without spaces, in half-width signs: '幸福小区(炎龙路)' for '幸福小区 (炎龙路)'."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", "" if text is None else str(text)))


def bare_name(name: str) -> str:
    """Return a compound's name without what tells it from its twins: '幸福小区' for '幸福小区(炎龙路)'."""
    return re.sub(r"\([^()]*\)$", "", plain_name(name)) or plain_name(name)


def numbers_or_none(text: object) -> list[int]:
    """Read building numbers, none where the text is no number."""
    try:
        return read_numbers(text)
    except ValueError:
        return []
