"""Those outside who have to do with a matter besides its reporter, and how it was judged."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Follower(models.Model):
    """Somebody with the same trouble, or of the same wish, who joined a matter instead of opening another."""

    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="followers")
    key = models.UUIDField(unique=True)  # of the form that sent it
    secret = models.CharField(max_length=16)
    text = models.TextField(blank=True, max_length=4000)  # in his own words; read by staff, never by the public
    contact = models.TextField(blank=True)  # sealed
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.pk}"


class Rating(models.Model):
    """How a closed matter was judged: by its reporter on the page, or on the telephone when called back (回访)."""

    class By(models.TextChoices):
        """How it was said."""

        PAGE = "page", _("网上评价")
        CALL = "call", _("电话回访")

    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="ratings")
    follower = models.ForeignKey(Follower, models.PROTECT, null=True, related_name="ratings")
    round = models.PositiveSmallIntegerField()  # how often it was reopened before
    by = models.CharField(max_length=4, choices=By.choices)
    solved = models.BooleanField(_("解决了没有"))
    score = models.PositiveSmallIntegerField(_("满意程度"), null=True)  # 1 to 5
    text = models.TextField(blank=True, max_length=2000)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "round"], condition=models.Q(follower=None), name="matters_rated_once"
            ),
            models.UniqueConstraint(fields=["follower", "round"], name="matters_follower_rated_once"),
        ]
        indexes = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.solved}"
