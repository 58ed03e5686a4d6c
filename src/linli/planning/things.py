"""What projects, plans and their like are called where the ledger speaks of them, and where they are shown to all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.ledger.things import Find, Words
from linli.planning.models import Appraisal, Enactment, Mark, Plan, Procedure, Project, Proposal, Standard
from linli.planning.procedure.course import Step, shipped_course
from linli.planning.project_forms import GOALS
from linli.territory.models import Count

Named = Mapping[int, tuple[str, str]]


def _projects(keys: Sequence[int]) -> Named:
    return {one.pk: (one.title, "") for one in Project.objects.filter(pk__in=keys).only("title")}


def _title(plan: Plan) -> tuple[str, str]:
    shown = reverse("planning:public-plan", args=[plan.pk]) if plan.published_at else ""
    return _("%(project)s第 %(number)d 版") % {"project": plan.project.title, "number": plan.number}, shown


def _plans(keys: Sequence[int]) -> Named:
    rows = Plan.objects.filter(pk__in=keys).select_related("project")
    return {one.pk: _title(one) for one in rows.only("number", "published_at", "project__title")}


def _enactments(keys: Sequence[int]) -> Named:
    rows = Enactment.objects.filter(pk__in=keys).select_related("plan__project")
    return {one.pk: _title(one.plan) for one in rows}


def _standards(keys: Sequence[int]) -> Named:
    return {one.pk: (one.title, "") for one in Standard.objects.filter(pk__in=keys)}


def _appraisals(keys: Sequence[int]) -> Named:
    return {one.pk: (one.body, "") for one in Appraisal.objects.filter(pk__in=keys).only("body")}


def _procedures(keys: Sequence[int]) -> Named:
    rows = Procedure.objects.filter(pk__in=keys).only("title", "title_en", "version")
    return {
        one.pk: (_("%(project)s第 %(number)d 版") % {"project": one.words, "number": one.version}, "") for one in rows
    }


def _words(step: Step) -> str:
    return step.words


_step = lazy(_words, str)

KINDS: Mapping[str, tuple[Words, Find | None]] = {
    "project": (gettext_lazy("划分项目"), _projects),
    "plan": (gettext_lazy("方案"), _plans),
    "enactment": (gettext_lazy("方案生效"), _enactments),
    "standard": (gettext_lazy("规模标准"), _standards),
    "procedure": (gettext_lazy("调整程序"), _procedures),
    "proposal": (gettext_lazy("待复核的事"), None),
    "appraisal": (gettext_lazy("论证意见"), _appraisals),
    "evidence": (gettext_lazy("程序材料"), None),
}
_STEPS = {code: _step(step) for step in shipped_course().steps for code in (step.key, step.title)}
VALUES: Mapping[str, Mapping[str, Words]] = {
    "kind": {**dict(Project.Kind.choices), "comments": gettext_lazy("征求意见"), "final": gettext_lazy("公示")},
    "act": dict(Proposal.Act.choices),
    "conclusion": dict(Appraisal.Conclusion.choices),
    "assets": dict(Enactment.Assets.choices),
    "count": dict(Count.Definition.choices),
    "goals": GOALS,
    "state": dict([*Mark.State.choices, *Proposal.State.choices]),
    "step": _STEPS,
    "steps": _STEPS,
    "undelivered": dict(Enactment.Undelivered.choices),
}
