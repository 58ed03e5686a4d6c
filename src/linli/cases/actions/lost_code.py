"""A lost look-up code: asked for by a contact, sent to that contact and nowhere else, whether or not it is known.

Contacts are sealed each by itself and nothing is kept by which one could be found, so a worker opens those that are
still kept, one by one. It does so behind the page: the page cannot tell, by words or by time, whether it found any.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from linli.jobs.models import Job
from linli.jobs.running import start
from linli.matters.actions.open_matter import MOST_CONTACT, clean
from linli.matters.clocks import office_clock
from linli.matters.models import Follower, Matter
from linli.matters.telling import LANGUAGE
from linli.notices.writing import tell_person
from linli.org.actors import PUBLIC
from linli.org.seals import seal, unseal

KIND = "cases.lost-code"
PURPOSE, OF_CONTACTS = "cases.lost-code", "matters.contact"
MOST_SENT = 5  # the newest
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
MOBILE = re.compile(r"(?<!\d)(?:\+?86)?(1\d{10})(?!\d)")


def ask_for_codes(contact: str) -> Job:
    """Ask that the codes of what a contact was left with be sent to it; the answer is the same for every contact."""
    with transaction.atomic():
        job = start(KIND, actor=PUBLIC.reference, contact=seal(clean(contact)[:MOST_CONTACT], PURPOSE))
        PUBLIC.record("cases.ask_codes", object=f"job:{job.pk}")
    return job


def send_codes(sealed: str) -> int:
    """Send each code of a contact to it, those of the newest matters, once a day; return how many were written."""
    asked, sent = addresses_of(unseal(sealed, PURPOSE)), 0
    with override(LANGUAGE):
        for matter, secret, key, address in _codes_of(asked):
            division = matter.division() or (matter.holder.division if matter.holder else None)
            if division is None:
                continue
            text = _("编号 %(number)s，查询码 %(secret)s。") % {"number": matter.number, "secret": secret}
            if settings.LINLI_ADDRESS:
                text += f"{settings.LINLI_ADDRESS}/report/{matter.number}/{secret}/ "
            text += _("不是您本人要的，不必理会。")
            # who asks waits for it: it does not wait for the office to open
            told = tell_person(
                address, key=f"code:{key}:{timezone.localdate():%Y%m%d}", object=matter.reference, division=division,
                subject=_("您要的查询码"), text=text, clock=office_clock(division), urgent=True,
            )  # fmt: skip
            sent += told is not None
            if sent == MOST_SENT:
                break
    return sent


def addresses_of(contact: str) -> set[str]:
    """Return the e-mail addresses and mobile numbers in what somebody wrote, in one spelling."""
    plain = re.sub(r"(?<=\d)[\s-](?=\d)", "", contact.lower())
    return {*MAIL.findall(plain), *MOBILE.findall(plain)}


def _codes_of(asked: set[str]) -> Iterator[tuple[Matter, str, str, str]]:
    """Matters and codes of those who left an address that is asked for, each with that very address."""
    matters = Matter.objects.select_related("block__street", "holder__division")
    for one in matters.exclude(contact="").order_by("-pk").iterator():
        for address in _left(one.contact) & asked:
            yield one, one.secret, f"m{one.pk}", address
    followers = Follower.objects.select_related("matter__block__street", "matter__holder__division")
    for follower in followers.exclude(contact="").order_by("-pk").iterator():
        for address in _left(follower.contact) & asked:
            yield follower.matter, follower.secret, f"f{follower.pk}", address


def _left(contact: str) -> set[str]:
    try:
        return addresses_of(unseal(contact, OF_CONTACTS))
    except InvalidToken:  # of a key that is gone: nobody can be reached by it
        return set()
