"""The nouns of a split: a project, its scenarios, their runs, plans in versions, and what puts a plan in force."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from linli.jobs.models import Job
from linli.org.models import Division
from linli.org.rest import under
from linli.plans.profiles import OBJECTIVE
from linli.territory.models import Assignment, Count


def next_number(rows: models.QuerySet[Any]) -> int:
    """Return the number after the highest; whoever takes it holds the lock on their project."""
    return 1 + (rows.aggregate(last=models.Max("number"))["last"] or 0)


class ProjectQuerySet(models.QuerySet["Project"]):
    """Projects by who may see them."""

    def seen_by(self, areas: Any) -> ProjectQuerySet:
        """Those of streets in the areas, paths of divisions."""
        return self.filter(under("street__path", areas))

    def signed_in(self, areas: Any) -> ProjectQuerySet:
        """Those of streets, or with communities, in the areas: whoever signs there takes part in their procedure."""
        mine = Project.objects.filter(under("street__path", areas) | under("scope__path", areas))
        return self.filter(pk__in=mine.values("pk"))

    def open(self) -> ProjectQuerySet:
        """Those that are neither given up nor have put a plan in force."""
        done = Enactment.objects.filter(plan__project=models.OuterRef("pk"), undone_at=None)
        return self.filter(~models.Exists(done), closed_at=None)


class Project(models.Model):
    """One undertaking to draw a street's communities anew: of which kind, which, counted how, within which bounds."""

    class Kind(models.TextChoices):
        """What becomes of the communities; each kind asks its own things, which `asked` keeps."""

        SPLIT = "split", _("拆分（分设）")
        MERGE = "merge", _("合并")  # into: the name of what they become
        ADJUST = "adjust", _("边界微调")  # most_blocks: how many blocks may move
        RENAME = "rename", _("更名")  # into: the new name
        ABOLISH = "abolish", _("撤销（并入）")  # ended: the name of the community that its neighbours take over

    kind = models.CharField(_("调整类型"), max_length=8, choices=Kind.choices, default=Kind.SPLIT)
    asked = models.JSONField(default=dict, blank=True)
    street = models.ForeignKey(Division, models.PROTECT, related_name="+")
    title = models.CharField(_("名称"), max_length=60)
    scope = models.ManyToManyField(Division, related_name="+", verbose_name=_("调整哪些社区"))
    standard = models.ForeignKey("planning.Standard", models.PROTECT, related_name="+", verbose_name=_("规模标准"))
    procedure = models.ForeignKey("planning.Procedure", models.PROTECT, related_name="+", verbose_name=_("程序"))
    count = models.CharField(_("口径"), max_length=24, choices=Count.Definition.choices)
    households_least = models.PositiveIntegerField(_("户数下限"))
    households_most = models.PositiveIntegerField(_("户数上限"))
    objective = models.CharField(_("目标"), max_length=300, default=OBJECTIVE)
    present = models.JSONField(default=dict)  # code of a block to the name of its community when it was opened
    by = models.CharField(max_length=80)
    made_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)  # given up: its communities are free for another one

    objects = ProjectQuerySet.as_manager()
    status: Any  # a `status.Status`, where a list sets it

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["street", "title"], name="one_project_a_title")]

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> str:
        """How the ledger names it."""
        return f"project:{self.pk}"

    @property
    def searched(self) -> bool:
        """Whether there is anything for the engine to look for; a new name moves no line."""
        return self.kind != self.Kind.RENAME

    def kept_at_first(self) -> list[str]:
        """Names of present communities that go on where nothing else was asked."""
        names = [str(one.name) for one in self.scope.all()]
        if self.kind in (self.Kind.MERGE, self.Kind.RENAME):
            return [name for name in names if name == self.asked.get("into")]
        return [name for name in names if name != self.asked.get("ended")]

    @property
    def communities_then(self) -> list[str]:
        """Names of the communities that its blocks belonged to when it was opened, in official order."""
        return self.in_order(set(self.present.values()))

    def in_order(self, names: Iterable[str]) -> list[str]:
        """Put names of communities in official order, that of their codes; those without a code yet stand last."""
        divisions = self.scope.prefetch_related("names").order_by("code")
        ranks = {
            str(name): place
            for place, one in enumerate(divisions)
            for name in (one.name, *(kept.name for kept in one.names.all()))
        }
        return sorted(names, key=lambda name: (ranks.get(name, len(ranks)), name))


class Scenario(models.Model):
    """What the engine is asked: how many communities, which goal, which rules beyond the bounds; never changed."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="scenarios")
    number = models.PositiveIntegerField(_("编号"))
    parts = models.PositiveIntegerField(_("社区个数"), null=True, blank=True)  # None: free
    goals = models.JSONField(default=dict)  # goal to weight
    keep_whole = models.BooleanField(_("不拆分小区"), default=True)
    whole = models.JSONField(default=list)  # columns of areas that are not divided either
    capped = models.JSONField(default=dict)  # column to the most of it that a community may have
    never_cross = models.JSONField(default=list)  # kinds of line
    kept = models.JSONField(default=list)  # names of communities that go on
    fixed = models.JSONField(default=dict)  # code of a block to the community it must belong to
    front = models.BooleanField(default=False)  # a set of plans that trade two goals for each other, not one plan
    seed = models.PositiveIntegerField(_("种子"), default=1)
    seconds = models.PositiveIntegerField(_("最多用时（秒）"), default=60)
    by = models.CharField(max_length=80)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="one_scenario_a_number")]

    def __str__(self) -> str:
        return f"{self.project} S{self.number}"


class Plan(models.Model):
    """A version of a plan: which community every block would belong to. Written once; its division never changes."""

    class Source(models.TextChoices):
        """Who drew it."""

        ENGINE = "engine", _("引擎")
        HAND = "hand", _("手工")

    project = models.ForeignKey(Project, models.CASCADE, related_name="plans")
    number = models.PositiveIntegerField(_("版本"))
    branch = models.CharField(_("分支"), max_length=40, default="main")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    scenario = models.ForeignKey(Scenario, models.PROTECT, null=True, blank=True, related_name="plans")
    source = models.CharField(_("来源"), max_length=8, choices=Source.choices)
    names = models.JSONField(default=list)  # of its communities, in the order of listing
    parents = models.JSONField(default=dict)  # name to the present community it comes from
    labels = models.JSONField(default=dict)  # code of a block to the place of its community in `names`
    locked = models.JSONField(default=list)  # codes of blocks that were held by hand
    measures = models.JSONField(default=dict)
    households = models.JSONField(default=dict)  # name to its count
    counted = models.JSONField(default=list)  # what these counts rest on, see `linli.geodata.count_notes`
    broken = models.JSONField(default=list)  # rules that it breaks, in Chinese and in English
    proof = models.JSONField(default=dict)  # status, objective, bound, method, claim
    outside = models.JSONField(default=list)  # communities outside the statutory band
    verified = models.JSONField(default=dict)  # see `verifying.verification`; empty where it was not rechecked
    reasons = models.JSONField(default=dict)  # community to why it lies outside the statutory band
    sides = models.JSONField(default=dict)  # community to sides (east …) written by hand: words, stamp, by, at
    proposals = models.JSONField(default=dict)  # community to kinds of lack to the way chosen: way, note, by, at
    why = models.CharField(_("为什么改"), max_length=200, blank=True)
    by = models.CharField(max_length=80)
    made_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(_("公示"), null=True, blank=True)
    published_to = models.DateField(_("公示至"), null=True, blank=True)
    notice = models.JSONField(default=dict)  # kind (`final`, `comments`), number, issuer, contact, telephone, place
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.CharField(max_length=500, blank=True)
    status: Any  # a `status.Status`, where a list sets it
    origins = models.JSONField(default=dict)  # new community to where its name comes from, and why all the same

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="one_plan_a_number")]

    def __str__(self) -> str:
        return f"{self.project} V{self.number}"

    @property
    def reference(self) -> str:
        """How the ledger names it."""
        return f"plan:{self.pk}"

    @property
    def series(self) -> str:
        """The branch as people read it: a scenario by its number, the first line of a project, or what one typed."""
        found = re.fullmatch(r"(s|main)((?:(?<=s)\d+)?(?:-\d+)*)", self.branch)
        if found is None:
            return self.branch
        return f"{gettext('情景') if found[1] == 's' else gettext('主线')} {found[2].strip('-')}".strip()

    @property
    def broken_words(self) -> list[str]:
        """The rules that it breaks, in the reader's language."""
        return [english if get_language() == "en" else chinese for chinese, english in self.broken]

    @property
    def unproven(self) -> str:
        """Why nothing proves that no better plan exists; '' where something does."""
        from linli.planning.proofs import why_unproven

        return why_unproven(self)

    @property
    def verified_on(self) -> date | None:
        """The day on which it was rechecked from the data alone."""
        return date.fromisoformat(self.verified["on"]) if self.verified else None

    @property
    def for_comments(self) -> bool:
        """Whether it is, or was, published to ask for comments (征求意见), not as the procedure's notice."""
        return bool(self.notice.get("kind") == "comments")

    @property
    def final(self) -> bool:
        """Whether its publication stands as the notice that the procedure asks for, not one that asks for comments."""
        return self.published_at is not None and self.withdrawn_at is None and not self.for_comments

    def community_of(self, code: str) -> str:
        """Return the community of a block, '' where it is left open."""
        place = self.labels.get(code)
        return "" if place is None else str(self.names[place])


class PlanChange(models.Model):
    """One block that a version moves: from which community to which."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="changes")
    block = models.CharField(max_length=40)
    before = models.CharField(max_length=60, blank=True)
    after = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.block} {self.before} → {self.after}"


class Run(models.Model):
    """One search by the engine for a scenario: the job that does it, and the plan that came of it."""

    scenario = models.ForeignKey(Scenario, models.CASCADE, related_name="runs")
    job = models.OneToOneField(Job, models.CASCADE, related_name="+")
    plan = models.OneToOneField(Plan, models.SET_NULL, null=True, blank=True, related_name="run")
    clash = models.JSONField(default=list)  # the smallest set of rules that contradict each other, in words

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.scenario} {self.job_id}"


class NeutralSample(models.Model):
    """Plans drawn by chance under a plan's rules: their measures, by which it can be judged."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="samples")
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+")  # whose rules and number of communities they have
    key = models.CharField(max_length=32)  # see `neutral.key_of`
    job = models.OneToOneField(Job, models.CASCADE, related_name="+")
    drawn = models.PositiveIntegerField(default=0)
    measures = models.JSONField(default=dict)  # name to the values
    converged = models.JSONField(default=dict)  # name to whether the chains came together

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["project", "key"])]

    def __str__(self) -> str:
        return f"{self.plan} {self.drawn}"


class Enactment(models.Model):
    """What puts a plan in force from a midnight on: the paper, the day, the relabellings, the choices of succession."""

    class Undelivered(models.TextChoices):
        """Housing not handed over yet (R14)."""

        COUNTED = "counted", _("已计入户数")
        LATER = "later", _("未计入，交付后复核规模")

    class Assets(models.TextChoices):
        """What communities own in common (R16)."""

        UNCHANGED = "unchanged", _("权属不变")
        AGREED = "agreed", _("按另行协议移交")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="enactments")
    from_day = models.DateField(_("生效日期"))
    paper = models.CharField(_("批复文号"), max_length=120)
    assignments = models.ManyToManyField(Assignment, related_name="enactments")
    founded = models.ManyToManyField(Division, related_name="+")
    renamed = models.JSONField(default=list)  # [division, its new name]
    abolished = models.JSONField(default=list)  # [division, what it ended]: communities no longer kept, and their grids
    held = models.JSONField(default=dict)  # code of a block that stays for now (在建、待拆) to its community to come
    undelivered = models.CharField(_("未交付楼盘"), max_length=12, choices=Undelivered.choices)
    assets = models.CharField(_("集体资产"), max_length=12, choices=Assets.choices)
    matters = models.JSONField(default=dict)  # group of categories to what becomes of its open matters
    by = models.CharField(max_length=80)
    made_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.plan} {self.from_day}"

    @property
    def reference(self) -> str:
        """How the ledger names it."""
        return f"enactment:{self.pk}"
