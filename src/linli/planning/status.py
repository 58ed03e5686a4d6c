"""What holds of a plan now, in the same words on every page, list and sheet; and where what holds instead is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from linli.planning.models import Enactment, Mark, Plan


@dataclass(frozen=True)
class Status:
    """How a plan stands: a code, words, the class of its tag, the version that holds instead."""

    code: str
    words: str
    tag: str = ""
    instead: Plan | None = None


class Statuses:
    """How the plans of some projects stand today; three queries however many they are."""

    def __init__(self, projects: Iterable[int]) -> None:
        self.today = timezone.localdate()
        keys = list(projects)
        self.plans: dict[int, list[Plan]] = {}
        self.enactments: dict[int, list[Enactment]] = {}
        light: QuerySet[Plan] = Plan.objects.only(
            "project", "number", "published_at", "published_to", "withdrawn_at", "withdrawn_why", "notice", "broken"
        )
        for plan in light.filter(project__in=keys).order_by("-published_at", "-number"):
            self.plans.setdefault(plan.project_id, []).append(plan)
        for one in Enactment.objects.filter(plan__project__in=keys).select_related("plan").order_by("-pk"):
            self.enactments.setdefault(one.plan.project_id, []).append(one)
        signed = Mark.objects.filter(project__in=keys, step="reply", withdrawn_at=None)
        self.approved = set(signed.values_list("project", flat=True))

    def of(self, plan: Plan) -> Status:
        """Return how a version stands."""
        standing = [one for one in self.enactments.get(plan.project_id, []) if one.undone_at is None]
        last = standing[0] if standing else None
        own = next((one for one in standing if one.plan_id == plan.pk), None)
        if own is not None and own is last:
            said = {"day": date_format(own.from_day), "paper": own.paper}
            if own.from_day > self.today:
                return Status("scheduled", _("%(day)s零点起生效（%(paper)s）") % said, "going")
            return Status("in_force", _("已生效：%(day)s起（%(paper)s）") % said, "done")
        if last is not None and (own is not None or plan.published_at is not None):
            return Status("replaced", _("已由 V%(n)d 替代") % {"n": last.plan.number}, "off", last.plan)
        return self._shown(plan)

    def _shown(self, plan: Plan) -> Status:
        undone = any(one.plan_id == plan.pk for one in self.enactments.get(plan.project_id, []))
        if plan.published_at is None or plan.published_to is None:
            words = _("生效已撤回") if undone else _("不合规则") if plan.broken else _("草案，未公示")
            return Status("undone" if undone else "draft", words, "off")
        newer = next((one for one in self.plans[plan.project_id] if one.published_at and not one.withdrawn_at), None)
        later = newer if newer and newer.published_at and newer.published_at > plan.published_at else None
        if plan.withdrawn_at is not None:
            said = {"day": date_format(timezone.localtime(plan.withdrawn_at).date()), "why": plan.withdrawn_why}
            return Status("withdrawn", _("公示已于%(day)s撤回：%(why)s") % said, "off", later)
        if later is not None:
            return Status("replaced", _("已由 V%(n)d 替代") % {"n": later.number}, "off", later)
        left = (plan.published_to - self.today).days
        if left >= 0:
            words = _("征求意见中，还剩 %(days)d 天") if plan.for_comments else _("公示中，还剩 %(days)d 天")
            return Status("open", words % {"days": left}, "going")
        if plan.for_comments:
            return Status("over", _("征求意见已结束"))
        if undone:
            return Status("undone", _("生效已撤回，边界照旧"), "warn")
        if plan.project_id in self.approved:
            return Status("approved", _("已批复，还没有定下生效日期"), "going")
        return Status("over", _("公示已结束，等批复"))

    def of_project(self, project: int) -> Status:
        """Return how a project stands: by what is in force or scheduled, else by what was published last."""
        standing = [one.plan for one in self.enactments.get(project, []) if one.undone_at is None]
        shown = [one for one in self.plans.get(project, []) if one.published_at]
        current = standing or [one for one in shown if not one.withdrawn_at] or shown
        if current:
            newest = current[0] if standing else max(current, key=lambda one: one.published_at or timezone.now())
            return self.of(newest)
        return Status("draft", _("拟订方案"), "off")


def status_of(plan: Plan) -> Status:
    """Return how one version stands."""
    return Statuses([plan.project_id]).of(plan)
