"""What a district writes down about doing matters: duty lists, and texts for usual answers."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.matters.states import VERBS
from linli.org.days import holding
from linli.org.models import Division


class DutyItemQuerySet(models.QuerySet["DutyItem"]):
    """Entries by day."""

    def on(self, day: date) -> DutyItemQuerySet:
        """Those that hold on a day."""
        return self.filter(holding(day))


class DutyItem(models.Model):
    """One entry of the three duty lists of a street (履职事项清单): what it does, helps with, and no longer does.

    Attributes
    ----------
    number
        Of the entry in its list.
    owner
        The office that does it; for what was taken back (收回) the department above.
    """

    class List(models.TextChoices):
        """The three lists."""

        BASIC = "basic", _("基本履职事项清单")
        ASSIST = "assist", _("配合履职事项清单")
        WITHDRAWN = "withdrawn", _("上级部门收回事项清单")

    list = models.CharField(_("清单"), max_length=10, choices=List.choices)
    number = models.PositiveSmallIntegerField(_("序号"))
    text = models.CharField(_("事项"), max_length=200)
    owner = models.CharField(_("承担单位"), max_length=60)
    basis = models.CharField(_("依据"), max_length=120)
    categories = models.ManyToManyField("matters.Category", related_name="duties", verbose_name=_("类别"))
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("适用"))
    valid_from = models.DateField(_("起"))
    valid_to = models.DateField(_("止"), null=True, blank=True)

    objects = DutyItemQuerySet.as_manager()

    class Meta:
        ordering = ["list", "number", "-valid_from"]

    def __str__(self) -> str:
        return gettext("《%(list)s》第%(number)d项“%(text)s”") % {
            "list": self.get_list_display(), "number": self.number, "text": self.text,
        }  # fmt: skip


class StandardText(models.Model):
    """A usual answer, by the verb that it goes with and perhaps a category; `{number}`, `{place}` are filled in."""

    VERBS = ("resolve", "verify", "pause", "ask", "extend", "return", "hand_over", "send_back")

    verb = models.CharField(_("动作"), max_length=16)
    category = models.ForeignKey(
        "matters.Category", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("类别")
    )
    title = models.CharField(_("名称"), max_length=40)
    text = models.TextField(_("内容"), max_length=1000)
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        ordering = ["verb", "category__code", "title"]

    def __str__(self) -> str:
        return self.title

    @property
    def act(self) -> str:
        """What its verb is called."""
        return str(VERBS[self.verb].title)
