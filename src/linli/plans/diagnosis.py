"""A check-up of the present communities: how large each is under each counting definition, and why it is flagged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from linli.errors import InputError
from linli.geodata import COUNT_COLUMNS, Blocks
from linli.plans.measures import profile_bands
from linli.plans.names import community_words
from linli.plans.profiles import profile_names, read_profile
from linli.plans.rules import DEFAULT_PROFILE
from linli.plans.task import community_column, count_words, pick_count


@dataclass(frozen=True)
class Checkup:
    """One present community.

    Parameters
    ----------
    name, blocks
        Its name and number of blocks.
    count
        Households under the counting definition (口径) of the check-up.
    counts
        Every count column summed.
    grade
        Size grade: 小型, 适中, 偏大, 大型, 特大.
    bands
        How it stands to each rule profile, see `profile_bands`.
    flagged
        True where it is to be divided.
    reasons
        Why it is flagged, in Chinese; also where only another counting definition flags it.
    parts
        Least and most communities that it could be divided into within the profile's band; None where the band is
        not known.
    """

    name: str
    blocks: int
    count: int
    counts: dict[str, int]
    grade: str
    bands: tuple[dict[str, Any], ...]
    flagged: bool
    reasons: tuple[str, ...]
    parts: tuple[int, int] | None


def diagnose(
    blocks: Blocks, *, count: str | None = None, threshold: int | None = None, profile: str = DEFAULT_PROFILE
) -> list[Checkup]:
    """Check every present community, the largest first.

    Parameters
    ----------
    count
        Column of the counting definition (口径); None takes the blocks' own.
    threshold
        Households above which a community is flagged; None takes the profile's (6,000 in the local one), or the upper
        bound of its band.
    profile
        Rule profile whose grades and band hold.

    Raises
    ------
    InputError
        The blocks do not say which community they belong to, or a count is not right.
    """
    column = pick_count(blocks, count)
    present = community_column(blocks)
    if not (present != "").any():
        raise InputError(
            "the blocks do not say which community they belong to today",
            file=blocks.source,
            layer="blocks",
            field="community",
            advice="add the column community",
        )
    standard = read_profile(profile)
    limit = threshold if threshold is not None else standard.split_above
    if limit is None:
        limit = standard.households[1] if standard.households else 6000
    if limit < 1:
        raise InputError("the threshold must be at least 1 household", field="threshold", value=limit)
    profiles = [read_profile(name) for name in profile_names()]
    columns = {c: blocks.counts(c) for c in COUNT_COLUMNS if c in blocks.columns}
    columns.setdefault(column, blocks.counts(column))
    found = []
    for name in sorted(set(present) - {""}):
        inside = present == name
        counts = {c: int(values[inside].sum()) for c, values in columns.items()}
        size = counts[column]
        reasons = []
        if size > limit:
            reasons.append(f"{size}户(口径: {count_words(column)}), 超过{limit}户")
        for other, value in counts.items():
            if other not in (column, "persons") and (value > limit) != (size > limit):
                verb = "超过" if value > limit else "不超过"
                reasons.append(f"按{count_words(other)}计为{value}户, {verb}{limit}户")
        most = standard.persons_most
        if most is not None and "persons" in counts and counts["persons"] > most:
            reasons.append(f"人口{counts['persons']}人, 超过{most}人")
        parts = None
        if standard.households is not None and size:
            low, high = standard.households
            parts = (-(-size // high), max(size // low if low else size, -(-size // high)))
        found.append(
            Checkup(
                name=str(name),
                blocks=int(inside.sum()),
                count=size,
                counts=counts,
                grade=standard.grade(size),
                bands=tuple(profile_bands(size, profiles)),
                flagged=size > limit,
                reasons=tuple(reasons),
                parts=parts,
            )
        )
    left = int(np.sum(present == ""))
    if left:
        households = int(columns[column][present == ""].sum())
        found.append(
            Checkup("", left, households, {c: int(v[present == ""].sum()) for c, v in columns.items()}, "", (), False,
                    (f"{left}个地块没有归属社区",), None)
        )  # fmt: skip
    return sorted(found, key=lambda c: (-c.count, c.name))


def diagnosis_text(checkups: list[Checkup], *, count: str) -> str:
    """Write a check-up as a table in Chinese."""
    rows = [f"社区规模体检(口径: {count_words(count)})"]
    for c in checkups:
        name = community_words(c.name) if c.name else "(无归属)"
        state = "需拆分" if c.flagged else "正常"
        why = "; ".join(c.reasons)
        cut = "" if not c.flagged or c.parts is None else f", 可分为{c.parts[0]}至{c.parts[1]}个社区"
        rows.append(f"{name}  {c.count}户  {c.grade}  {state}{cut}" + (f"  {why}" if why else ""))
    return "\n".join(rows)
