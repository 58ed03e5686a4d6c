"""Who is told of an act: the office that holds the matter now, and whoever reported or follows it."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from linli.matters.clocks import office_clock
from linli.matters.models import Event, Matter
from linli.notices.writing import tell_office, tell_person
from linli.org.models import Post
from linli.org.seals import unseal

TO_REPORTER = ("pause", "extend", "ask", "resolve", "verify", "merge", "split")
LANGUAGE = "zh-hans"


def tell(matter: Matter, event: Event, told: Post | None = None) -> None:
    """Write the notices of an act, in its transaction; nothing leaves before working hours but what is urgent.

    Parameters
    ----------
    told
        Whose office is told; who holds the matter now where None.
    """
    with override(LANGUAGE):
        key = f"event:{event.pk}"
        if event.to is not None or event.verb in ("urge", "remind"):
            _tell_office(matter, event, key, told or event.to or matter.holder)
        if event.public and event.verb in TO_REPORTER:
            _tell_outside(matter, event, key)


def _tell_office(matter: Matter, event: Event, key: str, holder: Post | None) -> None:
    if holder is None:
        return
    subject = _("%(act)s：%(number)s") % {"act": event.words, "number": matter.number}
    # a group's chat is no place for what a resident wrote
    text = _("%(post)s有事要办，请到“今日”查看。") % {"post": holder}
    tell_office(
        holder.division, key=key, object=matter.reference, subject=subject, text=text, urgent=matter.urgent,
        clock=office_clock(holder.division),
    )  # fmt: skip


def _tell_outside(matter: Matter, event: Event, key: str) -> None:
    """Tell the reporter and those who follow, each by the contact that he left."""
    followers = [(one.contact, one.secret) for one in matter.followers.exclude(contact="")] if matter.pk else []
    reached = [(matter.contact, matter.secret)] * bool(matter.contact) + followers
    division = matter.division() or (matter.holder.division if matter.holder else None)
    if division is None or not reached:
        return
    words = {"act": event.words, "number": matter.number, "text": event.text}
    clock = office_clock(division)
    for sealed, secret in reached:
        text = _("您反映的事（%(number)s）：%(act)s。%(text)s") % words
        if settings.LINLI_ADDRESS:
            text += f" {settings.LINLI_ADDRESS}/report/{matter.number}/{secret}/"
        tell_person(
            unseal(sealed, "matters.contact"), key=key, object=matter.reference, division=division,
            subject=_("您反映的事有进展：%(number)s") % words, text=text, clock=clock,
        )  # fmt: skip
