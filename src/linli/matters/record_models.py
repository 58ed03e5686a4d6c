"""What is kept beside matters: lists that a person saved, forms that were sent, the register of what was deleted."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.org.models import Account, Division


class Succession(models.TextChoices):
    """What becomes of an open matter when its block passes to another community."""

    FOLLOW = "follow", _("随地块转给新社区")
    STAY = "stay", _("由原经办人办完")


class SavedFilter(models.Model):
    """A list of matters that a person comes back to, by its question."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="matter_filters")
    name = models.CharField(_("名称"), max_length=20)
    question = models.CharField(max_length=400)  # of the address, without page

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="matters_filter_named_once")]

    def __str__(self) -> str:
        return self.name


class SuccessionChoice(models.Model):
    """What becomes of open matters of a group when blocks of a street change community on a day."""

    street = models.ForeignKey(Division, models.CASCADE, related_name="+")
    from_day = models.DateField()
    group = models.CharField(max_length=20)
    choice = models.CharField(max_length=6, choices=Succession.choices)
    paper = models.CharField(max_length=120)

    class Meta:
        ordering = ["from_day", "group"]
        constraints = [
            models.UniqueConstraint(fields=["street", "from_day", "group"], name="matters_one_succession_a_group")
        ]

    def __str__(self) -> str:
        return f"{self.from_day} {self.group} {self.choice}"


class Deletion(models.Model):
    """One entry of the register of deletions: which rule removed what, of how many matters; never the data."""

    at = models.DateTimeField()
    rule = models.CharField(max_length=40)  # matters.contact@2026.1
    matters = models.PositiveIntegerField()
    first = models.CharField(max_length=16)  # numbers of the first and last matter
    last = models.CharField(max_length=16)
    actor = models.CharField(max_length=80)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.rule} {self.matters}"


class SentForm(models.Model):
    """A form that was sent and done, by its key: sent again it is not done again."""

    key = models.UUIDField(primary_key=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return str(self.key)
