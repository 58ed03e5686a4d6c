"""What the data must show before a step is signed: each need answers with what is missing, or with nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import cached_property

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.matters.models import Matter
from linli.matters.states import OPEN
from linli.org.models import Division
from linli.planning.models import Appraisal, Enactment, Plan, Project
from linli.planning.opinions import about_plan
from linli.planning.procedure.lacks import Lack
from linli.planning.statements import reasons_lacking

OF_OPINION = ("step", "plan__number", "body", "person", "conclusion", "answer", "day", "project")


def _end(plan: Plan) -> datetime:
    """The midnight at which the last day of a notice ends."""
    last = plan.published_to or timezone.localdate()
    return timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min))


class Facts:
    """What a project has reached, asked of the database once for all steps."""

    def __init__(self, project: Project, today: date) -> None:
        self.project, self.today = project, today

    @cached_property
    def plans(self) -> list[Plan]:
        """The versions, newest first, without their divisions."""
        return list(self.project.plans.defer("labels", "locked", "measures"))

    @cached_property
    def published(self) -> Plan | None:
        """The version whose final notice was published last and was not withdrawn."""
        shown = [one for one in self.plans if one.final]
        return max(shown, key=lambda one: one.published_at or timezone.now()) if shown else None

    @cached_property
    def enactment(self) -> Enactment | None:
        """The enactment that stands, the newest."""
        return Enactment.objects.filter(plan__project=self.project, undone_at=None).first()

    @cached_property
    def founded(self) -> list[Division]:
        """The communities that the project's enactments founded."""
        standing = Enactment.objects.filter(plan__project=self.project, undone_at=None)
        return list(Division.objects.filter(pk__in=standing.values("founded")))

    @cached_property
    def appraisals(self) -> dict[str, list[Appraisal]]:
        """The opinions that stand, by the key of their step, the oldest first."""
        found: dict[str, list[Appraisal]] = {}
        rows = self.project.appraisals.filter(withdrawn_at=None).select_related("plan").only(*OF_OPINION)
        for one in rows:
            found.setdefault(one.step, []).append(one)
        return found

    def line_of(self, plan: Plan) -> set[int]:
        """The keys of a version and of all that it grew from."""
        parents = {one.pk: one.parent_id for one in self.plans}
        line: set[int] = set()
        key: int | None = plan.pk
        while key and key not in line:
            line.add(key)
            key = parents.get(key)
        return line

    @cached_property
    def uncounted(self) -> int:
        """Blocks of the project without a count under its definition."""
        from linli.planning.ground import ground_of

        blocks = ground_of(self.project)
        return 0 if self.project.count in blocks.columns else len(blocks)

    @cached_property
    def opinions(self) -> int:
        """Opinions on the project's plans, wherever they were filed, and suggestions of its blocks in its time."""
        if self.published is None:
            return 0
        said = Q(about__in=[about_plan(one.pk) for one in self.plans])
        near = Q(
            kind=Matter.Kind.SUGGESTION, opened_at__gte=self.published.published_at, opened_at__lt=_end(self.published),
            block__street=self.project.street, block__code__in=list(self.project.present),
        )  # fmt: skip
        return Matter.objects.filter(said | near, state__in=OPEN).count()

    @property
    def carried(self) -> Plan | None:
        """The plan that the procedure carries: the published one, else the newest that keeps the rules."""
        return self.published or next((one for one in self.plans if not one.broken), None)


def _counted(facts: Facts) -> str:
    if facts.uncounted:
        return _("%(number)d 个地块没有户数（口径：%(count)s），请先导入。") % {
            "number": facts.uncounted, "count": facts.project.get_count_display(),
        }  # fmt: skip
    return ""


def _two_plans(facts: Facts) -> str:
    good = sum(not one.broken for one in facts.plans)
    return "" if good > 1 else _("至少要有两个合规则的方案可比，现有 %(number)d 个。") % {"number": good}


def _published(facts: Facts) -> str:
    return "" if facts.published else _("还没有公示的方案。")


def _publication_over(facts: Facts) -> str:
    last = facts.published and facts.published.published_to
    if last and last >= facts.today:
        return _("公示到 %(day)s 才结束。") % {"day": last.isoformat()}
    return ""


def _opinions_answered(facts: Facts) -> str:
    return _("公示以来有 %(number)d 条建议还没答复。") % {"number": facts.opinions} if facts.opinions else ""


def _keeps_rules(facts: Facts) -> str:
    one = facts.carried
    return "" if one and not one.broken else _("还没有合规则的方案。")


def _reasons_stated(facts: Facts) -> str:
    return reasons_lacking(facts.carried) if facts.carried else ""


def _enacted(facts: Facts) -> str:
    return "" if facts.enactment else _("还没有定下生效日期。")


def _in_force(facts: Facts) -> str:
    one = facts.enactment
    if one is None:
        return _enacted(facts)
    return "" if one.from_day <= facts.today else _("%(day)s 才生效。") % {"day": one.from_day.isoformat()}


def _formal(facts: Facts) -> str:
    rows = [one.title for one in facts.founded if one.status == Division.Status.PREPARING]
    return _("还在筹备：%(names)s") % {"names": "、".join(rows)} if rows else _in_force(facts)


def _coded(facts: Facts) -> str:
    rows = [one.title for one in facts.founded if one.temporary]
    return _("还是临时代码：%(names)s") % {"names": "、".join(rows)} if rows else _in_force(facts)


NEEDS: dict[str, Callable[[Facts], str]] = {
    "counted": _counted,
    "two_plans": _two_plans,
    "published": _published,
    "publication_over": _publication_over,
    "opinions_answered": _opinions_answered,
    "keeps_rules": _keeps_rules,
    "reasons_stated": _reasons_stated,
    "enacted": _enacted,
    "in_force": _in_force,
    "formal": _formal,
    "coded": _coded,
}

# where what a need misses is done: an address of the project, '' where only time or others do it
PLACES: dict[str, Callable[[Facts], str]] = {
    "counted": lambda facts: reverse("ground:imports"),
    "two_plans": lambda facts: reverse("planning:new-run", args=[facts.project.pk]),
    "published": lambda facts: _plan_page(facts, "publish-plan"),
    "opinions_answered": lambda facts: reverse("matters:matters") + "?kind=suggestion&state=open",
    "keeps_rules": lambda facts: reverse("planning:new-run", args=[facts.project.pk]),
    "reasons_stated": lambda facts: _plan_page(facts, "reasons"),
    "enacted": lambda facts: _plan_page(facts, "enact"),
    "formal": lambda facts: reverse("org:divisions"),
    "coded": lambda facts: reverse("org:divisions"),
}


def lacking(need: str, facts: Facts) -> Lack | None:
    """Return what a need misses, with the place where it is done; None where it is met."""
    words = NEEDS[need](facts)
    place = PLACES.get(need)
    return Lack(words, place(facts) if place else "") if words else None


def _plan_page(facts: Facts, name: str) -> str:
    """The address of an act on the plan that the procedure carries; the project's page where there is none."""
    one = facts.carried
    return (
        reverse(f"planning:{name}", args=[facts.project.pk, one.number])
        if one
        else reverse("planning:project", args=[facts.project.pk])
    )
