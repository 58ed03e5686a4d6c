"""What a place in a reporter's words may mean: a building, or a whole compound by the part of it in each community."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.cases.shown import roads_along
from linli.territory.homes import parts_of
from linli.territory.indexing import ALSO
from linli.territory.models import Block, Building, Compound, Membership
from linli.territory.outlines import block_near
from linli.territory.search import Answer, search
from linli.written import number_in

CHOICES = 6
MOST_LETTERS = 80
Choice = tuple[str, str]


def choices_of(place: str) -> tuple[list[Choice], bool]:
    """Return what a place may mean, and whether it is one thing for certain, so that nobody need be asked.

    Returns
    -------
    Value and words of each, at most six; `chosen` reads the value.
    """
    answers = search(place.strip()[:MOST_LETTERS])[:CHOICES] if place.strip() else []
    found = [choice for one in answers for choice in _choices(one)]
    exact = [choice for one in answers if one.exact for choice in _choices(one)]
    missing = any(one.missing for one in answers)
    return (exact, True) if len(exact) == 1 and not missing else (found[:CHOICES], False)


def words_at(longitude: float, latitude: float) -> str:
    """Say in words where a point lies, for who put it there: compound or street, and community; '' outside the ground.

    Parameters
    ----------
    longitude, latitude
        Degrees (CGCS2000).
    """
    block = block_near(longitude, latitude)
    if block is None:
        return ""
    home = Membership.objects.on(timezone.localdate()).filter(block=block).select_related("community").first()
    road = roads_along([block.pk]).get(block.pk, "")
    said = [str(block.compound) if block.compound else "", _("%(road)s旁") % {"road": road} if road else ""]
    return _("，").join([one for one in (*said, home.community.title if home else block.street.title) if one])


def hints_of(text: str) -> list[Choice]:
    """Return what somebody's sentence may name: places whose name, or nickname, begins with words that stand in it."""
    answers = search(text.strip()[:MOST_LETTERS]) if text.strip() else []
    named = [one for one in answers if any(name and name[:2] in text for name in _names(one))]
    return [choice for one in named for choice in _choices(one)][:CHOICES]


def chosen(value: str) -> tuple[Building | None, Block | None]:
    """Return the building, or of a compound the block, that a choice stands for; neither of any other value."""
    kind, _colon, key = value.partition(":")
    number = number_in(key)
    if number is None:
        return None, None
    if kind == "building":
        return Building.objects.select_related("block").filter(pk=number).first(), None
    return None, Block.objects.filter(pk=number).first() if kind == "block" else None


def _names(one: Answer) -> list[str]:
    return [one.title, *ALSO.split(one.also_called)]


def _choices(one: Answer) -> list[Choice]:
    words = " ".join(part for part in (one.title, one.road, one.street_title) if part)
    if not one.whole:
        return [(f"building:{one.key}", words)]
    parts = parts_of(Compound.objects.get(pk=one.key), timezone.localdate())
    if one.missing:
        words = _("%(place)s（没有登记%(missing)s）") % {"place": words, "missing": "、".join(one.missing)}
    if len(parts) == 1:
        return [(f"block:{parts[0].block.pk}", words)]
    return [
        (f"block:{part.block.pk}", f"{words} · {part.now.community.title if part.now else _('未划归社区')}")
        for part in parts
    ]
