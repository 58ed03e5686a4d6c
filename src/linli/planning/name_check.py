"""R23: whether the name of a new community may be borne; what is against it in words, and what to do.

Hard findings block a final notice and an enactment, soft ones want a reason. Sounds are compared syllable by syllable
without their tones: who hears a name on the telephone cannot tell 学府 from 雪芙.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from pypinyin import lazy_pinyin

from linli.naming import bare, is_provisional
from linli.org.models import Division, DivisionName
from linli.planning.models import Plan
from linli.planning.procedure.lacks import Lack

WORD = "社区"
LEAST, USUAL, MOST = 2, 6, 15  # characters without 社区
NUMERALS = set("〇零一二三四五六七八九十百千万甲乙丙丁第")
FORBIDDEN = ("社区", "街道", "居委会", "居民委员会", "办事处", "网格")


@dataclass(frozen=True)
class Finding:
    """What is against a name; a hard one blocks, a soft one wants a reason."""

    name: str
    words: str
    hard: bool


def new_names(plan: Plan) -> list[str]:
    """Return the names that a plan brings: those that no community of its street bears."""
    present = Division.objects.filter(parent=plan.project.street, kind=Division.Kind.COMMUNITY, valid_to=None)
    borne = {str(name) for name in present.values_list("name", flat=True)} | set(plan.project.present.values())
    return [name for name in plan.names if name not in borne]


def findings_of(plan: Plan) -> list[Finding]:
    """Return what is against the new names of a plan."""
    new = new_names(plan)
    taken = _borne(plan) if new else {}
    found = []
    for name in new:
        others = {**taken, **{bare(one, WORD): one for one in plan.names if one != name}}
        found += check_name(name, others)
    return found


def check_name(name: str, others: dict[str, str]) -> list[Finding]:
    """Return what is against a name.

    Parameters
    ----------
    others
        Names that are borne in the district or were, without 社区, to how they are told.
    """
    if is_provisional(name):
        return [Finding(name, _("“%(name)s”还是暂名，请定名。") % {"name": name}, hard=True)]
    core = bare(name, WORD)
    said = {"name": name, "least": LEAST, "usual": USUAL, "most": MOST}
    hard = (
        (not LEAST <= len(core) <= MOST, _("“%(name)s”：不算“社区”二字，须 %(least)d 到 %(most)d 个字。")),
        (any(not _is_han(mark) for mark in core), _("“%(name)s”：只用汉字，不用数字、字母和符号。")),
        (bool(core) and set(core) <= NUMERALS, _("“%(name)s”：不能只用数字或序号。")),
        (any(word in core for word in FORBIDDEN), _("“%(name)s”：名称里不要再写“社区”“街道”“居委会”等字样。")),
    )
    found = [Finding(name, words % said, hard=True) for wrong, words in hard if wrong]
    if core in others:
        words = _("“%(name)s”与“%(other)s”重名（含本区过去用过的名称），请改名。")
        return [*found, Finding(name, words % {"name": name, "other": others[core]}, hard=True)]
    sound = lazy_pinyin(core)
    alike = [told for one, told in others.items() if len(one) == len(core) and lazy_pinyin(one) == sound]
    if alike:
        words = _("“%(name)s”与“%(other)s”读音相同或只有声调不同，请改名，或写明理由。")
        found.append(Finding(name, words % {"name": name, "other": "、".join(alike[:3])}, hard=False))
    if len(core) > USUAL:
        found.append(Finding(name, _("“%(name)s”超过 %(usual)d 个字，请改短，或写明理由。") % said, hard=False))
    return found


def name_lacks(plan: Plan) -> list[Lack]:
    """Say what the new names lack before they can be borne; where one is hard or has no reason yet, a link."""
    place = reverse("planning:names", args=[plan.project_id, plan.number])
    return [Lack(one.words, place) for one in findings_of(plan) if one.hard or not plan.origins.get(one.name)]


def _borne(plan: Plan) -> dict[str, str]:
    """Names of communities in the district, today's and former ones; not those that never began."""
    street = plan.project.street
    top = street.path.split("/")[1] if street.parent_id else str(street.pk)
    rows = DivisionName.objects.filter(division__path__startswith=f"/{top}/", division__kind=Division.Kind.COMMUNITY)
    return {
        bare(name, WORD): name
        for name, since, until in rows.values_list("name", "valid_from", "valid_to")
        if until is None or until > since
    }


def _is_han(mark: str) -> bool:
    return mark == "·" or unicodedata.name(mark, "").startswith("CJK ")
