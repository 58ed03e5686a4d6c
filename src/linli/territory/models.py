"""The nouns of the ground: block, line, compound, building, facility, count, membership.

Coordinates are longitude and latitude in degrees (CGCS2000, EPSG:4490, x = longitude); geometry is WKB with a
bounding box in columns, so nothing needs a spatial database.
"""

from __future__ import annotations

from datetime import date

import shapely
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.geodata.count_notes import rule_words
from linli.org.days import holding
from linli.org.models import Division
from linli.territory.import_models import ColumnMapping, ImportBatch, ImportProblem, ImportUndo

__all__ = [
    "Assignment",
    "Belonging",
    "Block",
    "Building",
    "ColumnMapping",
    "Compound",
    "Count",
    "Facility",
    "GroundStamp",
    "ImportBatch",
    "ImportProblem",
    "ImportUndo",
    "Line",
    "Membership",
    "Shaped",
]


class Shaped(models.Model):
    """What has a geometry: WKB and its bounding box."""

    wkb = models.BinaryField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()

    class Meta:
        abstract = True

    @property
    def shape(self) -> shapely.Geometry:
        """The geometry, in degrees."""
        return shapely.from_wkb(bytes(self.wkb))

    @shape.setter
    def shape(self, shape: shapely.Geometry) -> None:
        self.wkb = shapely.to_wkb(shape)
        self.west, self.south, self.east, self.north = map(float, shape.bounds)


class Compound(models.Model):
    """A residential compound (小区) or courtyard (院落), never cut by a boundary."""

    street = models.ForeignKey(Division, models.PROTECT, related_name="compounds")
    code = models.CharField(_("编号"), max_length=40)
    name = models.CharField(_("名称"), max_length=60, blank=True)
    also_called = models.CharField(_("又称"), max_length=120, blank=True)
    use = models.CharField(_("类型"), max_length=40, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["street", "code"], name="one_compound_a_code")]

    def __str__(self) -> str:
        return self.name or self.code


class Block(Shaped):
    """A block (地块): the smallest piece of ground with a fixed place; everything hangs on blocks."""

    street = models.ForeignKey(Division, models.PROTECT, related_name="blocks")
    code = models.CharField(_("编号"), max_length=40)
    compound = models.ForeignKey(Compound, models.PROTECT, null=True, blank=True, related_name="blocks")
    police_area = models.CharField(_("警务区"), max_length=60, blank=True)
    school_area = models.CharField(_("学区"), max_length=60, blank=True)
    columns = models.JSONField(default=dict)  # any column a user adds

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["street", "code"], name="one_block_a_code")]

    def __str__(self) -> str:
        return self.code

    @property
    def reference(self) -> str:
        """How other rooms name this block."""
        return f"block:{self.pk}"


class Line(models.Model):
    """A piece of two blocks' shared boundary: how long, and the one thing that runs there; what 四至 speaks of."""

    class Kind(models.TextChoices):
        """What runs along a line."""

        RIVER = "river", _("河流")
        RAILWAY = "railway", _("铁路")
        ARTERIAL = "arterial", _("主干道")
        SECONDARY = "secondary", _("次干道")
        LANE = "lane", _("支路巷道")
        WALL = "wall", _("围墙")
        NONE = "none", _("无依托")

    a = models.ForeignKey(Block, models.CASCADE, related_name="+")
    b = models.ForeignKey(Block, models.CASCADE, related_name="+")
    length_m = models.FloatField()
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.NONE)
    name = models.CharField(max_length=60, blank=True)
    wkb = models.BinaryField(null=True)
    affinity = models.FloatField(null=True)  # households that feel both blocks belong together; None: nobody asked
    asked = models.PositiveIntegerField(null=True)  # how many were asked, where the survey says so,
    agreed = models.PositiveIntegerField(null=True)  # and how many of them said yes; `affinity` may stand for all

    class Meta:
        indexes = [models.Index(fields=["a", "b"])]

    def __str__(self) -> str:
        return f"{self.a_id}-{self.b_id} {self.kind}"


class Building(models.Model):
    """A building: its place, its number, and what address search finds it by."""

    block = models.ForeignKey(Block, models.PROTECT, related_name="buildings")
    compound = models.ForeignKey(Compound, models.PROTECT, null=True, blank=True, related_name="buildings")
    code = models.CharField(_("编号"), max_length=40)
    number = models.CharField(_("幢号"), max_length=60, blank=True)  # a building without one bears its name here
    road = models.CharField(_("路名"), max_length=60, blank=True)
    gate = models.CharField(_("门牌号"), max_length=20, blank=True)
    units = models.PositiveSmallIntegerField(_("单元数"), default=0)
    floors = models.PositiveSmallIntegerField(_("层数"), default=0)
    longitude = models.FloatField()
    latitude = models.FloatField()
    address = models.CharField(max_length=160, blank=True)  # in the one spelling that search uses
    grams = models.TextField(blank=True)  # its bigrams with spaces between
    initials = models.CharField(max_length=80, blank=True, db_index=True)  # of its pinyin

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["block", "code"], name="one_building_a_code")]

    def __str__(self) -> str:
        return self.address or self.code


class Facility(models.Model):
    """A place that serves residents: service station, clinic, kindergarten, and the like."""

    block = models.ForeignKey(Block, models.PROTECT, null=True, blank=True, related_name="facilities")
    street = models.ForeignKey(Division, models.PROTECT, related_name="facilities")
    code = models.CharField(max_length=40)
    kind = models.CharField(_("类别"), max_length=40)
    name = models.CharField(_("名称"), max_length=80)
    area_m2 = models.FloatField(_("面积"), null=True, blank=True)
    longitude = models.FloatField()
    latitude = models.FloatField()

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "facilities"
        constraints = [models.UniqueConstraint(fields=["street", "code"], name="one_facility_a_code")]

    def __str__(self) -> str:
        return self.name


class Count(models.Model):
    """How many a block holds under one counting definition (口径), by a source, as of a day."""

    class Definition(models.TextChoices):
        """The counting definitions; the engine's columns bear the same names."""

        HOUSEHOLDS_REGISTERED = "households_registered", _("户籍户数")
        HOUSEHOLDS_RESIDENT = "households_resident", _("常住户数")
        DWELLINGS = "dwellings", _("房屋套数")
        DWELLINGS_DELIVERED = "dwellings_delivered", _("已交付套数")
        PERSONS = "persons", _("常住人口")

    block = models.ForeignKey(Block, models.CASCADE, related_name="counts")
    definition = models.CharField(_("口径"), max_length=24, choices=Definition.choices)
    value = models.PositiveIntegerField(_("数"))
    source = models.CharField(_("来源"), max_length=120)
    as_of = models.DateField(_("截至"))
    estimate = models.CharField(_("估算办法"), max_length=60, blank=True)  # '' where it was counted

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["block", "definition", "source", "as_of"], name="one_count_a_source_a_day")
        ]
        indexes = [models.Index(fields=["definition", "as_of"])]

    def __str__(self) -> str:
        return f"{self.block_id} {self.definition} {self.value}"

    @property
    def how(self) -> str:
        """How it was estimated, in the reader's language; '' where it was counted."""
        return rule_words(self.estimate, gettext)


class Belonging(models.Model):
    """How many of a block's households that were asked call a community theirs (居民认同感)."""

    block = models.ForeignKey(Block, models.CASCADE, related_name="belongings")
    community = models.ForeignKey(Division, models.PROTECT, related_name="+")
    asked = models.PositiveIntegerField(_("受访户数"))
    agreed = models.PositiveIntegerField(_("认同户数"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["block", "community"], name="one_belonging_a_community"),
            models.CheckConstraint(condition=Q(agreed__lte=F("asked")), name="no_more_agreed_than_asked"),
        ]

    def __str__(self) -> str:
        return f"{self.block_id} → {self.community_id} {self.agreed}/{self.asked}"


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships by date."""

    def on(self, day: date) -> MembershipQuerySet:
        """Memberships that hold on a day; `valid_to` is the first day on which one no longer does."""
        return self.filter(holding(day))


class Membership(models.Model):
    """The community that a block belongs to, from a day to a day: one a day, kept so by the database."""

    block = models.ForeignKey(Block, models.CASCADE, related_name="memberships")
    community = models.ForeignKey(Division, models.PROTECT, related_name="memberships")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    enactment = models.CharField(max_length=120, blank=True)  # by which paper

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["block", "valid_from"]
        indexes = [models.Index(fields=["community", "valid_from"]), models.Index(fields=["valid_from"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return f"{self.block_id} → {self.community_id} {self.valid_from}"


class Assignment(models.Model):
    """One relabelling: blocks that belong to a community from a day on, and what it takes to undo it."""

    community = models.ForeignKey(Division, models.PROTECT, related_name="assignments")
    from_day = models.DateField(_("自"))
    enactment = models.CharField(_("依据"), max_length=120, blank=True)
    before = models.JSONField(default=dict)  # block → its periods, see linli.territory.periods
    after = models.JSONField(default=dict)
    by = models.CharField(max_length=80)  # account:7
    made_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{len(self.after)} → {self.community_id} {self.from_day}"

    @property
    def reference(self) -> str:
        """How the ledger names this relabelling."""
        return f"assignment:{self.pk}"


class GroundStamp(models.Model):
    """One number, drawn anew by the database at each change of blocks or memberships; an index of another is stale."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    value = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.value)
