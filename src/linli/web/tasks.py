"""What the site does by itself: each day the ledger's signed head leaves the house."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from linli.jobs.ticking import every
from linli.ledger.checkpoints import public_key, take
from linli.ledger.models import Checkpoint
from linli.matters.clocks import office_clock
from linli.notices.writing import tell_person
from linli.org.models import Division


@every(3600, "ledger.checkpoint")
def sign_the_day() -> None:
    """Sign the ledger once a day, write that to the folder, and mail it to those who are to hold it."""
    last = Checkpoint.objects.first()
    if last and timezone.localdate(last.moment) == timezone.localdate():
        return
    taken = take()
    if taken is None or not taken[1]:  # nothing was recorded since
        return
    made = taken[0]
    district = Division.objects.filter(parent=None).order_by("pk").first()
    if district is None:
        return
    with override(settings.LANGUAGE_CODE), transaction.atomic():
        day = date_format(timezone.localdate(made.moment), "DATE_FORMAT")
        about = _("这是台账到%(day)s为止的检查点，请原样留存。日后若台账被截断或重写，凭它就能发现。") % {"day": day}
        text = f"{about}\n\n{made.note}\n{_('公钥：%(key)s') % {'key': public_key()}}\n"
        for address in settings.LINLI_WITNESSES:
            tell_person(
                address, key=f"checkpoint:{made.size}", object=f"checkpoint:{made.size}", division=district,
                subject=_("台账检查点：%(size)s条，%(day)s") % {"size": made.size, "day": day}, text=text,
                clock=office_clock(district),
            )  # fmt: skip
