"""What a check-up found, in words of the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from linli.plans.diagnosis import Finding
from linli.territory.models import Count

COUNTS = dict(Count.Definition.choices)


def reason(finding: Finding) -> str:
    """Return why a community is flagged or looked at."""
    said: dict[str, Any] = {
        "count": COUNTS.get(finding.count, finding.count), "value": finding.value, "limit": finding.limit,
    }  # fmt: skip
    if finding.code == "over":
        return _("%(value)d 户（口径：%(count)s），超过 %(limit)d 户") % said
    if finding.code == "persons":
        return _("人口 %(value)d 人，超过 %(limit)d 人") % said
    if finding.code == "homeless":
        return _("%(value)d 个地块没有归属社区") % said
    if finding.code == "other_over":
        return _("按%(count)s计为 %(value)d 户，超过 %(limit)d 户") % said
    return _("按%(count)s计为 %(value)d 户，不超过 %(limit)d 户") % said


def band(band: tuple[int, int] | None, households: int) -> str:
    """Return how a number of households stands to a band."""
    if band is None:
        return _("标准数值未录入")
    low, high = band
    if households < low:
        return _("低于下限 %(number)d 户") % {"number": low - households}
    if households > high:
        return _("超过上限 %(number)d 户") % {"number": households - high}
    return _("在范围内")
