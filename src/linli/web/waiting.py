"""What waits for the three administrators: jobs that failed, accounts without a post."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.jobs.models import Job
from linli.matters.beside import Waiting
from linli.org.actors import Actor
from linli.org.models import Account, Tenure

LATELY = timedelta(days=7)


def for_administrators(actor: Actor) -> Iterable[Waiting]:
    """Say what their rooms hold that somebody should look at."""
    if actor.may("system.jobs"):
        failed = Job.objects.filter(state=Job.State.FAILED, ended_at__gte=timezone.now() - LATELY).count()
        if failed:
            words = _("近 %(days)d 天有 %(n)d 个后台任务未成功") % {"days": LATELY.days, "n": failed}
            yield Waiting(words, reverse("jobs"))
    if actor.may("security.accounts"):
        seated = Tenure.objects.at().values("account")
        idle = Account.objects.filter(is_active=True).exclude(pk__in=seated).count()
        if idle:
            yield Waiting(_("%(n)d 个账号没有岗位，什么也做不了") % {"n": idle}, reverse("org:accounts"))
