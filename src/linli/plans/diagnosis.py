"""A check-up of the present communities: how large each is under each counting definition, and why it is flagged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from linli.errors import InputError
from linli.geodata import COUNT_COLUMNS, Blocks
from linli.geodata.blocks import how_to_bring
from linli.geodata.count_notes import CountNote
from linli.plans.measures import profile_bands
from linli.plans.names import community_words
from linli.plans.profiles import Profile, profile_names, read_profile
from linli.plans.rules import DEFAULT_PROFILE
from linli.plans.task import community_column, count_words, pick_count


@dataclass(frozen=True)
class Finding:
    """One reason why a community is flagged or looked at: `over`, `other_over`, `other_under`, `persons`, `homeless`.

    Parameters
    ----------
    code
        Which reason; `other_over` and `other_under` tell that another counting definition decides otherwise.
    count
        The counting definition (口径) that speaks.
    value, limit
        What was counted, and what it is held against.
    """

    code: str
    count: str
    value: int
    limit: int

    @property
    def words(self) -> str:
        """The reason in Chinese."""
        if self.code == "over":
            return f"{self.value}户（口径：{count_words(self.count)}），超过{self.limit}户"
        if self.code == "persons":
            return f"人口{self.value}人，超过{self.limit}人"
        if self.code == "homeless":
            return f"{self.value}个地块没有归属社区"
        verb = "超过" if self.code == "other_over" else "不超过"
        return f"按{count_words(self.count)}计为{self.value}户，{verb}{self.limit}户"


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
    findings
        Why it is flagged; also where only another counting definition flags it.
    parts
        Least and most communities that it could be divided into within the profile's band; None where the band is
        not known.
    known
        False where nobody counted: then there is nothing to judge.
    """

    name: str
    blocks: int
    count: int
    counts: dict[str, int]
    grade: str
    bands: tuple[dict[str, Any], ...]
    flagged: bool
    findings: tuple[Finding, ...]
    parts: tuple[int, int] | None
    known: bool = True

    @property
    def reasons(self) -> tuple[str, ...]:
        """The findings in Chinese."""
        return tuple(finding.words for finding in self.findings)


def split_limit(standard: Profile, threshold: int | None = None) -> int:
    """Return the households above which a community is flagged: the threshold asked for, or the standard's own.

    Raises
    ------
    InputError
        The threshold is below 1 household.
    """
    limit = threshold if threshold is not None else standard.split_above
    if limit is None:
        limit = standard.households[1] if standard.households else 6000
    if limit < 1:
        raise InputError("the threshold must be at least 1 household", field="threshold", value=limit)
    return limit


def find_findings(
    counts: Mapping[str, int], *, count: str, limit: int, persons_most: int | None
) -> tuple[Finding, ...]:
    """Say why a community is flagged, and which other counting definitions decide otherwise.

    Parameters
    ----------
    counts
        Counting definition → households (`persons` → persons) of the community.
    count
        The counting definition that decides.
    limit
        Households above which it is flagged: exactly as many are not.
    persons_most
        Persons above which it is looked at, None where the standard is silent.
    """
    size = counts[count]
    found = [Finding("over", count, size, limit)] if size > limit else []
    for other, value in counts.items():
        if other not in (count, "persons") and (value > limit) != (size > limit):
            found.append(Finding("other_over" if value > limit else "other_under", other, value, limit))
    if persons_most is not None and counts.get("persons", 0) > persons_most:
        found.append(Finding("persons", "persons", counts["persons"], persons_most))
    return tuple(found)


def parts_within(households: int, band: tuple[int, int] | None) -> tuple[int, int] | None:
    """Return the least and most communities within a band that so many households could make; None where unknown."""
    if band is None or not households:
        return None
    low, high = band
    least = -(-households // high)
    return least, max(households // low if low else households, least)


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
            advice=f"{how_to_bring('community')}; a place without communities is divided by `linli split` as it is",
        )
    standard = read_profile(profile)
    limit = split_limit(standard, threshold)
    profiles = [read_profile(name) for name in profile_names()]
    columns = {c: blocks.counts(c) for c in COUNT_COLUMNS if c in blocks.columns}
    columns.setdefault(column, blocks.counts(column))
    # a column without one household in the whole file is a count that nobody took, not a count of none
    columns = {c: values for c, values in columns.items() if values.any()}
    found = []
    for name in sorted(set(present) - {""}):
        inside = present == name
        if column not in columns:
            found.append(Checkup(str(name), int(inside.sum()), 0, {}, "", (), False, (), None, known=False))
            continue
        counts = {c: int(values[inside].sum()) for c, values in columns.items()}
        found.append(
            check_community(
                str(name), int(inside.sum()), counts, count=column, limit=limit, standard=standard, profiles=profiles
            )
        )
    left = int(np.sum(present == ""))
    if left:
        counts = {c: int(v[present == ""].sum()) for c, v in columns.items()}
        homeless = (Finding("homeless", column, left, 0),)
        found.append(
            Checkup("", left, counts.get(column, 0), counts, "", (), False, homeless, None, known=column in columns)
        )
    return sorted(found, key=lambda c: (-c.count, c.name))


def check_community(
    name: str,
    blocks: int,
    counts: dict[str, int],
    *,
    count: str,
    limit: int,
    standard: Profile,
    profiles: Sequence[Profile],
) -> Checkup:
    """Check one community from its counts alone: the one place where grade, bands, findings and parts are reckoned.

    Parameters
    ----------
    name, blocks
        Its name and number of blocks.
    counts
        Counting definition → sum over its blocks; holds `count`.
    count, limit
        The definition that decides, and the households above which the community is flagged.
    standard
        Whose grades and band hold.
    profiles
        All standards it is held against.
    """
    size = counts[count]
    findings = find_findings(counts, count=count, limit=limit, persons_most=standard.persons_most)
    return Checkup(
        name=name,
        blocks=blocks,
        count=size,
        counts=counts,
        grade=standard.grade(size),
        bands=tuple(profile_bands(size, profiles)),
        flagged=size > limit,
        findings=findings,
        parts=parts_within(size, standard.households),
    )


def diagnosis_text(checkups: list[Checkup], note: CountNote) -> str:
    """Write a check-up as a table in Chinese; `note` says what its households rest on."""
    rows = [f"社区规模体检（{note.words()}）"]
    for c in checkups:
        name = community_words(c.name) if c.name else "（无归属）"
        why = "；".join(c.reasons)
        if not c.known:
            rows.append("  ".join(filter(None, (name, "无数据", why))))
            continue
        state = "需拆分" if c.flagged else "正常"
        cut = "" if not c.flagged or c.parts is None else f", 可分为{c.parts[0]}至{c.parts[1]}个社区"
        rows.append(f"{name}  {c.count}户  {c.grade}  {state}{cut}" + (f"  {why}" if why else ""))
    return "\n".join(rows)
