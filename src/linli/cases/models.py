"""The nouns of cases: a rule of where they go, and a model that suggests what they are about."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.matters.models import Category, Matter
from linli.org.days import holding
from linli.org.models import Division, Post


class RouteQuerySet(models.QuerySet["Route"]):
    """Rules by day."""

    def on(self, day: date) -> RouteQuerySet:
        """Those that hold on a day."""
        return self.filter(holding(day))


class Route(models.Model):
    """One rule of the typed table: what a case must be, and who then receives it; empty conditions match everything.

    Attributes
    ----------
    group, category, kind, source, urgent, within
        Conditions; `within` a division and everything below it.
    level
        The nearest held seat that dispatches, in the case's own division of this level or above.
    post
        A seat by name, instead of a level.
    """

    class Level(models.TextChoices):
        """At which level a case is received."""

        COMMUNITY = "community", _("所在社区")
        STREET = "street", _("所在街道")
        DISTRICT = "district", _("区")

    title = models.CharField(_("名称"), max_length=60)
    group = models.CharField(_("大类"), max_length=20, blank=True)
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("类别")
    )
    kind = models.CharField(_("性质"), max_length=12, choices=Matter.Kind.choices, blank=True)
    source = models.CharField(_("来源"), max_length=12, choices=Matter.Source.choices, blank=True)
    urgent = models.BooleanField(_("只管紧急事项"), default=False)
    within = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("范围")
    )
    level = models.CharField(_("交给"), max_length=10, choices=Level.choices, blank=True)
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("指定岗位"))
    basis = models.CharField(_("依据"), max_length=120)
    valid_from = models.DateField(_("起"))
    valid_to = models.DateField(_("止"), null=True, blank=True)

    objects = RouteQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def weight(self) -> int:
        """How narrow its conditions are: the narrowest of the rules that match decides."""
        depth = self.within.path.count("/") if self.within else 0
        return (
            100 * (self.category_id is not None) + 50 * bool(self.group) + 10 * bool(self.kind) + 10 * bool(self.source)
            + 20 * self.urgent + depth
        )  # fmt: skip


class Suggester(models.Model):
    """A trained model of what a text is about, with how well it did on texts that it had not seen.

    Attributes
    ----------
    weights
        Arrays in NumPy's format, see `linli.cases.suggesting`.
    accuracy
        Macro-F1, share right at the first, calibration error, and figures by category.
    active
        Whether its suggestions are used; at most one is.
    """

    made_at = models.DateTimeField(auto_now_add=True)
    texts = models.PositiveIntegerField()
    corrected = models.PositiveIntegerField()  # of them, those whose category a person has set
    weights = models.BinaryField()
    accuracy = models.JSONField(default=dict)
    active = models.BooleanField(default=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["active"], condition=models.Q(active=True), name="cases_one_suggester")
        ]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d} {self.texts}"
