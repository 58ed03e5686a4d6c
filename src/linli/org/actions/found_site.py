"""Found a site: its district, and the three administrators who tend the rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.org.actions.appoint import appoint
from linli.org.actions.create_post import create_post
from linli.org.actions.found_division import found_division
from linli.org.actions.open_account import open_account
from linli.org.actors import Actor
from linli.org.models import Account, Division, Role

# the three separated administrations (三员分立) by the username proposed for each
ADMINISTRATORS = {
    "xitong": "system_administrator", "anquan": "security_administrator", "shenji": "audit_administrator",
}  # fmt: skip


def found_site(
    actor: Actor, *, name: str, code: str, valid_from: date, people: Mapping[str, str], name_en: str = ""
) -> dict[str, str]:
    """Found the district of an empty site and seat its three administrators.

    Parameters
    ----------
    actor
        The system: whoever holds the machine.
    name, code, valid_from, name_en
        Of the district: 云川区, its 12 digits, since when.
    people
        Username of each of `ADMINISTRATORS` to the person's name; three persons.

    Returns
    -------
    Username to the password that works once.

    Raises
    ------
    django.core.exceptions.ValidationError
        The site is founded already, a name or the code is wrong, or a person is missing.
    """
    if not actor.system:
        raise PermissionDenied("org.edit")
    if set(people) != set(ADMINISTRATORS):
        raise ValidationError(_("三名管理员缺一不可。"), code="people")
    if len({" ".join(person.split()) for person in people.values()}) < len(people):
        raise ValidationError(_("三名管理员须为三个人。"), code="separation")
    passwords = {}
    with transaction.atomic():
        if Division.objects.exists() or Account.objects.exists():
            raise ValidationError(_("本站已有区划或账号，不能再次建站。"), code="founded")
        district = found_division(
            actor, name=name, name_en=name_en, code=code, kind=Division.Kind.DISTRICT, parent=None,
            valid_from=valid_from, status=Division.Status.FORMAL,
        )  # fmt: skip
        for username, role_code in ADMINISTRATORS.items():
            role = Role.objects.get(code=role_code)
            account, passwords[username] = open_account(actor, username=username, name=people[username])
            post = create_post(actor, division=district, role=role, title=role.name, valid_from=valid_from)
            appoint(actor, post=post, account=account, starts_at=timezone.now())
    return passwords
