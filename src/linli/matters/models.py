"""The nouns of matters: the category, the matter, and the event, which is its only history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, Least
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.matters.calendar_models import CalendarYear, Shifts
from linli.matters.duty_models import DutyItem, StandardText
from linli.matters.people_models import Follower, Rating
from linli.matters.record_models import Deletion, SavedFilter, SentForm, Succession, SuccessionChoice
from linli.matters.states import OPEN, State
from linli.org.actors import Actor
from linli.org.brief import brief
from linli.org.models import Division, Post
from linli.org.rest import under
from linli.territory.models import Block, Building, Membership
from linli.territory.reach import ground_areas

__all__ = [
    "CalendarYear", "Category", "Deletion", "DutyItem", "Event", "Follower", "Matter", "MatterQuerySet", "Photo",
    "Rating", "SavedFilter", "SentForm", "Shifts", "StandardText", "Succession", "SuccessionChoice",
]  # fmt: skip


def overdue_at(now: datetime) -> Q:
    """Return the filter of what is promised for a moment before; of open ones."""
    return Q(answer_by__lt=now)


def stage_late_at(now: datetime) -> Q:
    """Return the filter of what a step is late of while the promise is not; of open ones."""
    return Q(due_at__lt=now) & (Q(answer_by__gte=now) | Q(answer_by=None))


class MatterQuerySet(models.QuerySet["Matter"]):
    """Matters by who may see them, and by what is due."""

    def seen_by(self, actor: Actor, day: date | None = None) -> MatterQuerySet:
        """Those in the actor's areas today, and those his posts hold; the division is never stored, it is asked."""
        areas = ground_areas(actor, "matters.view")
        home = Membership.objects.on(day or timezone.localdate()).filter(block=OuterRef("block"))
        placed = Exists(home.filter(under("community__path", areas))) | under("block__street__path", areas)
        nowhere = Q(block=None) & under("holder__division__path", areas)
        return self.filter(placed | nowhere | Q(holder__in=[post.pk for post in actor.posts]))

    def open(self) -> MatterQuerySet:
        """Those on which something is left to do."""
        return self.filter(state__in=OPEN)

    def overdue(self, now: datetime) -> MatterQuerySet:
        """Open ones whose reporter waits longer than he was promised."""
        return self.open().filter(overdue_at(now))

    def stage_late(self, now: datetime) -> MatterQuerySet:
        """Open ones of which the step at hand is late, though the promise may still be kept."""
        return self.open().filter(stage_late_at(now))

    def of_public_kind(self) -> MatterQuerySet:
        """Those of a category that concerns nobody's person or family: neighbours may hear of them."""
        return self.filter(category__private=False)

    def held_by(self, actor: Actor) -> MatterQuerySet:
        """Those that wait for one of the actor's posts."""
        return self.open().filter(holder__in=[post.pk for post in actor.posts])

    def urgent_first(self) -> MatterQuerySet:
        """What is due first, to the reporter or by its stage, first; those without a running clock last."""
        first = Coalesce(Least("due_at", "answer_by"), "due_at", "answer_by")
        return self.order_by(first.asc(nulls_last=True), "pk")


class Category(models.Model):
    """What a matter is about; a table that a district edits, shipped in `categories.toml`.

    Attributes
    ----------
    code
        The district's own, four digits: class and number in it.
    national
        Class of the national standard of digital city management, as far as there is one (GB/T 30428.2).
    limits
        Limits of its own by stage, `{"handle": [4, "working_hours"]}`; what is not there follows the kind.
    private
        Whether it concerns a person or family: it never stands on a public page.
    urgent
        Whether it cannot wait until the office opens.
    """

    Succession = Succession

    code = models.CharField(_("代码"), max_length=6, unique=True)
    title = models.CharField(_("类别"), max_length=40)
    group = models.CharField(_("大类"), max_length=20)
    national = models.CharField(_("国标大类"), max_length=20, blank=True)
    limits = models.JSONField(default=dict, blank=True)
    private = models.BooleanField(default=False)
    urgent = models.BooleanField(default=False)
    succession = models.CharField(_("社区调整时"), max_length=6, choices=Succession.choices, default=Succession.FOLLOW)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.group}·{self.title}"


class Matter(models.Model):
    """Whatever needs a person to act: a report, a suggestion, a task."""

    class Kind(models.TextChoices):
        """What it is."""

        REPORT = "report", _("反映问题")
        SUGGESTION = "suggestion", _("建议")

    class Source(models.TextChoices):
        """How it came."""

        WEB = "web", _("网页")
        CALLER = "caller", _("来电来访")
        PATROL = "patrol", _("巡查")
        HOTLINE = "hotline", _("12345 转办")
        SENSOR = "sensor", _("设备告警")

    class Guess(models.TextChoices):
        """Who said what category it is."""

        NOBODY = "", _("未分类")
        MODEL = "model", _("系统建议")
        PERSON = "person", _("人工确定")

    key = models.UUIDField(unique=True)  # of the form that sent it: sent twice it is one matter
    number = models.CharField(_("编号"), max_length=16, unique=True, null=True)
    secret = models.CharField(max_length=16)  # the look-up code of who reported it
    kind = models.CharField(_("类别"), max_length=12, choices=Kind.choices, default=Kind.REPORT)
    source = models.CharField(_("来源"), max_length=12, choices=Source.choices, default=Source.WEB)
    text = models.TextField(_("内容"), max_length=4000)
    about = models.CharField(max_length=40, blank=True, db_index=True)  # plan:7, see linli.matters.about
    place = models.CharField(_("地点"), max_length=160, blank=True)  # in the reporter's own words
    block = models.ForeignKey(Block, models.PROTECT, null=True, related_name="matters", db_index=False)
    building = models.ForeignKey(Building, models.PROTECT, null=True, related_name="+")
    longitude = models.FloatField(null=True)  # where the reporter put it, degrees (CGCS2000)
    latitude = models.FloatField(null=True)
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="matters", verbose_name=_("类别"))
    guess = models.CharField(max_length=8, choices=Guess.choices, blank=True, default=Guess.NOBODY)
    confidence = models.FloatField(null=True)  # of the model's suggestion, 0 to 1
    urgent = models.BooleanField(_("紧急"), default=False)
    contact = models.TextField(blank=True)  # sealed, see linli.org.seals
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.RECEIVED)
    holder = models.ForeignKey(Post, models.PROTECT, null=True, related_name="matters", db_index=False)
    # whom a return goes back to
    dispatcher = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", db_index=False)
    returns = models.PositiveSmallIntegerField(default=0)
    reworks = models.PositiveSmallIntegerField(default=0)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts")
    rule = models.CharField(max_length=40, blank=True)  # the limit that runs, with its version
    limit = models.JSONField(default=list)  # as that version states it: [5, "working_days"]
    began_at = models.DateTimeField(null=True)  # its clock
    pauses = models.JSONField(default=list)  # [first, last] in ISO 8601; null as last where it still stands
    extension = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(_("本步期限"), null=True)
    # what the reporter is promised, see linli.matters.clocks: limit, beginning, pauses, extension; and when it is up
    promise = models.JSONField(default=dict)
    answer_by = models.DateTimeField(_("答复期限"), null=True)  # stays when it is closed: whether it was kept
    told_late = models.PositiveSmallIntegerField(default=0)  # steps of the ladder taken since the promise was broken
    reminded = models.PositiveSmallIntegerField(default=0)  # steps of the ladder of reminders that were taken
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    published = models.TextField(blank=True)  # what the public may read of it, written by who checked it
    anonymised_at = models.DateTimeField(null=True)
    grams = models.TextField(blank=True, editable=False)  # what it is found by, see linli.matters.search

    objects = MatterQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        # whole, not partial: SQLite cannot tell that a question with bound values lies within a partial index
        indexes = [
            # 今日 reads the index alone
            models.Index(fields=["holder", "state", "answer_by", "due_at", "urgent", "id"], name="matters_today"),
            models.Index(fields=["block", "state"]),
            # the map of what is open reads the index alone
            models.Index(fields=["state", "block", "answer_by", "due_at"], name="matters_map"),
            models.Index(fields=["state", "answer_by"], name="matters_promised"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="matters_clock_runs"),
            models.Index(fields=["dispatcher", "closed_at"]),
            models.Index(fields=["closed_at"], condition=Q(anonymised_at=None), name="matters_kept_by_close"),
        ]

    def __str__(self) -> str:
        return self.number or str(self.key)

    @property
    def reference(self) -> str:
        """How the ledger names it."""
        return f"matter:{self.pk}"

    @property
    def title(self) -> str:
        """Its first words."""
        first = self.text.strip().splitlines()[0] if self.text.strip() else ""
        return first if len(first) <= 30 else f"{first[:30]}…"

    @property
    def percent(self) -> int | None:
        """How sure the suggestion of its category was."""
        return None if self.confidence is None else round(100 * self.confidence)

    @property
    def overdue(self) -> bool:
        """Whether its reporter waits longer than he was promised."""
        return self.state in OPEN and self.answer_by is not None and self.answer_by < timezone.now()

    @property
    def stage_late(self) -> bool:
        """Whether the step at hand is late, though the promise may still be kept."""
        late = self.state in OPEN and self.due_at is not None and self.due_at < timezone.now()
        return late and not self.overdue

    @property
    def promised(self) -> str:
        """What its reporter is promised, in words."""
        from linli.matters.clocks import words_of

        said = self.promise
        return words_of(said["rule"], said["limit"], said["extension"]) if said else ""

    @property
    def stage_limit(self) -> str:
        """The limit of the step at hand, in words."""
        from linli.matters.clocks import words_of

        return words_of(self.rule, self.limit)

    @property
    def kept(self) -> bool | None:
        """Whether its reporter was answered in time; None while it is open."""
        if self.closed_at is None or self.state != State.CLOSED:
            return None
        return self.answer_by is None or self.closed_at <= self.answer_by

    def division(self, day: date | None = None) -> Division | None:
        """Return the community that it lies in on a day, its street where none; asked anew, never stored."""
        return divisions_of([self], day)[0]


def divisions_of(matters: Sequence[Matter], day: date | None = None) -> list[Division | None]:
    """Return where each of some matters lies, as `Matter.division` says; one query for all."""
    blocks = {one.block_id for one in matters if one.block_id is not None}
    homes: dict[int | None, int] = {}
    if blocks:
        rows = Membership.objects.on(day or timezone.localdate()).filter(block__in=blocks).order_by()
        homes.update(rows.values_list("block", "community"))
    return [_lies_in(one, homes.get(one.block_id)) for one in matters]


def _lies_in(matter: Matter, home: int | None) -> Division | None:
    if home is not None:
        return _division(home)
    if matter.block is not None:
        return matter.block.street
    return matter.holder.division if matter.holder else None


@brief
def _division(key: int) -> Division:
    return Division.objects.select_related("parent__parent").get(pk=key)


class Event(models.Model):
    """One act on a matter: the verb, by which post, what was said; what the public may read is marked so."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="events")
    verb = models.CharField(max_length=16)
    at = models.DateTimeField()
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    to = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    before = models.CharField(max_length=12, blank=True)
    after = models.CharField(max_length=12)
    text = models.TextField(blank=True)
    public = models.BooleanField(default=False)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["matter", "at"])]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.verb}"

    @property
    def words(self) -> str:
        """The verb as people read it."""
        from linli.matters.states import VERBS

        return str(VERBS[self.verb].title)


class Photo(models.Model):
    """A photograph of a matter, as `linli.matters.photos` wrote it anew."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="photos")
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="photos")  # None: with the report
    path = models.CharField(max_length=120)  # under MEDIA_ROOT
    released = models.BooleanField(default=False)  # by the act that lets the public read of its matter
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.sha256[:8]}"
