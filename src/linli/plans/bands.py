"""The bands of households that a community is held against, each with its own numbers and its own source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from linli.plans.profiles import Profile, standing_words
from linli.plans.rules import Rules

RANGE = "本次运算采用的户数范围"  # what the engine was asked for: nobody's standard


@dataclass(frozen=True)
class Band:
    """One band: the law's, the local standard's, or the range that the engine was asked for.

    Parameters
    ----------
    kind
        Whose it is.
    title
        In Chinese, as printed before its numbers.
    source
        Issuer, 文号 and clause, '' for the range.
    households
        (least, most) households; None where the paper's numbers are not known.
    verified
        Whether its numbers were compared with the paper.
    """

    kind: Literal["statutory", "local", "range"]
    title: str
    source: str
    households: tuple[int, int] | None
    verified: bool

    @property
    def head(self) -> str:
        """Its title and numbers: 国家法一般规模1000至3000户."""
        return self.title if self.households is None else f"{self.title}{self.households[0]}至{self.households[1]}户"

    def words(self, households: int) -> str:
        """Say in Chinese how a community of so many households stands to it."""
        return f"{self.head}，{standing_words(self.households, households)}"


def bands_of(rules: Rules) -> tuple[Band, ...]:
    """Return the bands that every plan states: the law's, the local standard's where there is one, the range asked for.

    The range is told apart from the standards: what was typed for one search stands in nobody's name.
    """
    local, statutory = rules.standard(), rules.statutory()
    papers = [_of("statutory", statutory)]
    if not local.statutory:
        papers.append(_of("local", local))
    return (*papers, Band("range", RANGE, "", rules.households, verified=True))


def source_words(profile: Profile) -> str:
    """Say where a standard stands: issuer, 文号, clause, and whether its numbers were compared with the paper."""
    paper = f"{profile.issuer}{profile.document or '（文号未录入）'}"
    return f"{paper}：{profile.clause}" if profile.clause else paper


def outside_words(households: int, statutory: Profile, reason: str) -> str:
    """Say that a community lies outside the law's band and why; '' inside it, 需说明理由 where nobody said."""
    if statutory.households is None or statutory.within(households):
        return ""
    side = "超出" if households > statutory.households[1] else "低于"
    return f"{side}法定一般规模，{'理由：' + reason if reason else REASON_WANTED}"


REASON_WANTED = "需说明理由"


def _of(kind: Literal["statutory", "local"], profile: Profile) -> Band:
    return Band(kind, profile.title, source_words(profile), profile.households, profile.verified)
