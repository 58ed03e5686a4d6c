"""What the appraisal (论证) of a plan still misses: opinions that agree, and what became of those that do not."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.planning.models import Appraisal, Plan
from linli.planning.procedure.course import Step
from linli.planning.procedure.lacks import Lack
from linli.planning.procedure.needs import Facts


def opinions_on(facts: Facts, step: Step, plan: Plan | None = None) -> list[Appraisal]:
    """Return the newest opinion of everybody whose opinion counts for a step.

    Parameters
    ----------
    plan
        A version: only opinions on it, or on one that it grew from, count. Every opinion where None.
    """
    line = facts.line_of(plan) if plan else None
    rows = [one for one in facts.appraisals.get(step.key, []) if line is None or one.plan_id in line]
    return list({signatory(one, step): one for one in rows}.values())


def signatory(appraisal: Appraisal, step: Step) -> tuple[str, ...]:
    """Return whose opinion it is: that of a body, or of a person of one."""
    return (appraisal.body, appraisal.person) if step.each == "person" else (appraisal.body,)


def agreeing(opinions: Iterable[Appraisal]) -> int:
    """Return how many opinions do not refuse."""
    return sum(one.conclusion != Appraisal.Conclusion.REFUSE for one in opinions)


def appraisal_lacks(facts: Facts, step: Step, plan: Plan | None = None) -> list[Lack]:
    """Say what the opinions for a step lack, each with the place where it is entered; nothing where it takes none."""
    if not step.opinions:
        return []
    opinions = opinions_on(facts, step, plan)
    have, version = agreeing(opinions), plan.number if plan else 0
    said = {"step": step.words, "need": step.opinions, "have": have, "version": version}
    place = f"{reverse('planning:appraisals', args=[facts.project.pk])}#step-{step.key}"
    lacks = []
    if have < step.opinions:
        words = (
            _("“%(step)s”要 %(need)d 份同意 V%(version)d（或它改自的版本）的意见，现有 %(have)d 份")
            if plan
            else _("“%(step)s”要 %(need)d 份同意或修改后同意的意见，现有 %(have)d 份")
        )
        lacks.append(Lack(words % said, place, "opinions"))
    lacks += [
        Lack(
            _("%(body)s“%(conclusion)s”，还没写采纳情况")
            % {"body": one.body, "conclusion": one.get_conclusion_display()},
            place,
            "unanswered",
        )
        for one in opinions
        if one.wants_answer
    ]
    return lacks
