"""Teaching the suggestions: train a model on what people have confirmed, switch it on and off."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.cases.models import Suggester
from linli.cases.suggesting import train
from linli.jobs.models import Job
from linli.jobs.running import start
from linli.matters.models import Matter
from linli.org.actors import Actor
from linli.org.brief import forget_brief
from linli.org.policies import permit

PERMISSION = "cases.rules"
MOST_TEXTS = 40_000  # the newest; more teach nothing new and take minutes
KIND = "cases.train"
TOLERATED = 0.02  # of macro-F1: two measurements on different texts differ by as much


def ask_for_training(actor: Actor) -> Job:
    """Ask that a model be trained in the background, unless that is going on."""
    permit(actor, PERMISSION)
    running = Job.objects.filter(kind=KIND, state__in=(Job.State.WAITING, Job.State.RUNNING)).first()
    if running is not None:
        return running
    with transaction.atomic():
        job = start(KIND, actor=actor.reference)
        actor.record(KIND, object=f"job:{job.pk}", permission=PERMISSION)
    return job


def teach(tell: Callable[..., None] = lambda *_said, **_more: None) -> Suggester:
    """Train on cases whose category a person set or left standing when closing; a better model is switched on.

    Raises
    ------
    django.core.exceptions.ValidationError
        There is too little to learn from.
    """
    rows = Matter.objects.exclude(category=None).filter(anonymised_at=None)
    confirmed = rows.filter(guess=Matter.Guess.PERSON) | rows.filter(state="closed")
    said = list(confirmed.order_by("-pk").values_list("text", "category__code", "guess")[:MOST_TEXTS])
    tell(1, 3, _("训练"))
    try:
        weights, figures = train([text for text, _code, _guess in said], [code for _text, code, _guess in said])
    except ValueError:
        raise ValidationError(_("已确认类别的事项太少，至少要两个类别、各五件。")) from None
    tell(2, 3, _("保存"))
    with transaction.atomic():
        held = Suggester.objects.select_for_update().filter(active=True).first()
        better = held is None or figures["macro_f1"] >= held.accuracy.get("macro_f1", 0.0) - TOLERATED
        if better and held is not None:
            Suggester.objects.filter(pk=held.pk).update(active=False)
        forget_brief()
        return Suggester.objects.create(
            texts=len(said), corrected=sum(guess == Matter.Guess.PERSON for _text, _code, guess in said),
            weights=weights, accuracy=figures, active=better,
        )  # fmt: skip


def switch(actor: Actor, *, suggester: Suggester | None) -> None:
    """Use a model's suggestions, or none at all."""
    permit(actor, PERMISSION)
    with transaction.atomic():
        forget_brief()
        Suggester.objects.filter(active=True).update(active=False)
        if suggester is not None:
            Suggester.objects.filter(pk=suggester.pk).update(active=True)
        actor.record(
            "cases.switch_suggester", object=f"suggester:{suggester.pk if suggester else 0}", permission=PERMISSION,
            content={"active": suggester is not None},
        )  # fmt: skip
