"""The office's own calendar: years loaded over the shipped table, and hours by division."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.org.models import Division


class CalendarYear(models.Model):
    """The days off and make-up working days of one year, as its notice states them; it replaces the shipped year."""

    year = models.PositiveSmallIntegerField(_("年份"), unique=True)
    off = models.JSONField(default=list)  # [["2027-01-01", "2027-01-03", "元旦"], …]
    work = models.JSONField(default=list)  # ["2027-02-20", …]
    source = models.CharField(_("依据"), max_length=120)
    loaded_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-year"]

    def __str__(self) -> str:
        return str(self.year)


class Shifts(models.Model):
    """The hours of an office; a division without its own follows the nearest above, at last the usual ones."""

    division = models.OneToOneField(Division, models.PROTECT, related_name="shifts")
    shifts = models.JSONField(default=list)  # [["09:00", "12:00"], ["13:00", "17:00"]]

    def __str__(self) -> str:
        return f"{self.division_id} {self.shifts}"
