"""What those outside say of a matter besides reporting it: join it, judge it; and calling back to ask."""

from __future__ import annotations

import secrets
import uuid

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from linli.matters.actions.moving import MOST_TEXT, doing
from linli.matters.actions.open_matter import MOST_CONTACT, MOST_TEXT_OF_REPORT, clean
from linli.matters.actions.reporting import may_reopen, reopen
from linli.matters.models import Follower, Matter, Rating
from linli.matters.states import State
from linli.org.actors import PUBLIC, Actor
from linli.org.passwords import ALPHABET
from linli.org.seals import seal

SCORES = (1, 2, 3, 4, 5)


def join(*, matter: Matter, key: uuid.UUID, text: str = "", contact: str = "") -> Follower:
    """Follow a matter that is there already: a number and a code, no new work; the same key again is the same follower.

    Raises
    ------
    django.core.exceptions.ValidationError
        It is not open any more, or a text is too long.
    """
    known = Follower.objects.filter(key=key).first()
    if known is not None:
        return known
    text, contact = clean(text), clean(contact).replace("\n", " ")
    if len(text) > MOST_TEXT_OF_REPORT or len(contact) > MOST_CONTACT:
        raise ValidationError(_("写得太长了。"), code="text")
    try:
        with doing(PUBLIC, standing(matter), "join", reporter=True) as act:
            # before anything is told: whoever sent the same form at the same time has been through or fails here
            made = Follower.objects.create(
                matter=act.matter, key=key, text=text, secret="".join(secrets.choice(ALPHABET) for _ in range(8)),
                contact=seal(contact, "matters.contact") if contact else "",
            )  # fmt: skip
            act.move()
            return made
    except IntegrityError:
        known = Follower.objects.filter(key=key).first()  # the same form, sent twice at once
        if known is None:
            raise
        return known
    except ValidationError as error:
        if error.code != "state":
            raise
        now = Matter.objects.get(pk=matter.pk)
        if now.state == State.MERGED:  # meanwhile
            return join(matter=now, key=key, text=text, contact=contact)
        raise ValidationError(_("这件事已经办结，请直接反映。"), code="state") from None


def standing(matter: Matter) -> Matter:
    """Return the matter at which a matter that was joined to another, and that one perhaps to a third, is handled."""
    while matter.merged_into is not None:
        matter = matter.merged_into
    return matter


def rate(
    *, matter: Matter, solved: bool, score: int | None = None, text: str = "", follower: Follower | None = None
) -> Rating:
    """Judge a closed matter; "not solved" opens it again, once, within thirty days."""
    return _judge(PUBLIC, matter, "rate", Rating.By.PAGE, solved, score, text, follower)


def call_back(actor: Actor, *, matter: Matter, solved: bool, score: int | None = None, text: str = "") -> Rating:
    """Write down what the reporter said when called back."""
    return _judge(actor, matter, "call_back", Rating.By.CALL, solved, score, text, None)


def _judge(
    actor: Actor, matter: Matter, verb: str, by: str, solved: bool, score: int | None, text: str,
    follower: Follower | None,
) -> Rating:  # fmt: skip
    text = clean(text)
    if len(text) > MOST_TEXT:
        raise ValidationError(_("最多 %(most)d 个字。") % {"most": MOST_TEXT}, code="text")
    if score is not None and score not in SCORES:
        raise ValidationError(_("请从一到五里选。"), code="score")
    if not solved and not text:
        raise ValidationError(_("请写明哪里没有解决，好重新办理。"), code="text")
    with doing(actor, matter, verb, reporter=actor is PUBLIC) as act:
        held = act.matter
        if held.ratings.filter(follower=follower, round=held.reworks).exists():
            raise ValidationError(_("已经评价过，谢谢。"), code="solved")
        rating = Rating.objects.create(
            matter=held, follower=follower, round=held.reworks, by=by, solved=solved, score=score, text=text
        )
        act.move(text=text, content={"solved": solved, "score": score, "by": str(by)})
        if not solved and may_reopen(held):
            reopen(matter=held, text=text)  # it is the reporter who says so, on the page or on the telephone
    return rating
