"""Take a case: suggest what it is about, find who receives it by list and rule, open the matter."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from linli.cases.routes import destination
from linli.cases.suggesting import best
from linli.matters.actions.open_matter import clean, open_matter
from linli.matters.models import Category, Matter
from linli.org.actors import Actor
from linli.territory.models import Block, Building


def report_case(
    actor: Actor, *, key: uuid.UUID, text: str, kind: str = Matter.Kind.REPORT, source: str = Matter.Source.WEB,
    place: str = "", building: Building | None = None, block: Block | None = None,
    point: tuple[float, float] | None = None, contact: str = "", photos: Sequence[bytes] = (),
    category: Category | None = None, urgent: bool = False, about: str = "",
) -> Matter:  # fmt: skip
    """Take what somebody reports; the same key again returns the same matter.

    Parameters
    ----------
    category
        What a person said it is about; suggested by the model in use where None, and never asked of a resident.
    urgent
        Whether it cannot wait until the office opens.

    The others are those of `linli.matters.actions.open_matter.open_matter`, and so are its errors.
    """
    guess, sure = (Matter.Guess.PERSON, None) if category is not None else (Matter.Guess.NOBODY, None)
    if category is None:
        category, sure = best(clean(text))
        guess = Matter.Guess.MODEL if category is not None else guess
    draft = Matter(
        kind=kind, source=source, category=category, block=building.block if building is not None else block,
        urgent=urgent or (category is not None and category.urgent),
    )  # fmt: skip
    found = destination(draft)
    return open_matter(
        actor, key=key, text=text, kind=kind, source=source, place=place, building=building, block=block, point=point,
        contact=contact, photos=photos, category=category, guess=guess, confidence=sure, urgent=draft.urgent,
        holder=found.post, words=found.words, about=about,
    )  # fmt: skip
