"""What accounts, divisions and posts are called where the ledger speaks of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from linli.ledger.things import Find, Words
from linli.org.models import Account, Division, Post

Named = Mapping[int, tuple[str, str]]


def _accounts(keys: Sequence[int]) -> Named:
    return {pk: (name, "") for pk, name in Account.objects.filter(pk__in=keys).values_list("pk", "username")}


def _divisions(keys: Sequence[int]) -> Named:
    return {one.pk: (one.title, "") for one in Division.objects.filter(pk__in=keys)}


def _posts(keys: Sequence[int]) -> Named:
    return {one.pk: (str(one), "") for one in Post.objects.filter(pk__in=keys).select_related("division")}


KINDS: Mapping[str, tuple[Words, Find | None]] = {
    "account": (_("账号"), _accounts),
    "division": (_("区划"), _divisions),
    "post": (_("岗位"), _posts),
    "role": (_("角色"), None),
    "roster": (_("人员名册"), None),
}
