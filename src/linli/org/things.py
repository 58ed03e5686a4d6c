"""What accounts, divisions and posts are called where the ledger speaks of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from linli.ledger.things import Find, Words
from linli.org.models import Account, Division, Post, said_in
from linli.org.policies import PERMISSIONS
from linli.org.roles import SHIPPED

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
_RIGHTS = {permission: _(words) for permission, words in PERMISSIONS.items()}
_in_words = lazy(said_in, str)
_STATUS: Mapping[str, Words] = dict(Division.Status.choices)
VALUES: Mapping[str, Mapping[str, Words]] = {
    "kind": dict(Division.Kind.choices),
    "before": _STATUS,
    "after": _STATUS,
    "added": _RIGHTS,
    "role": {code: _in_words(role["name"], role["name_en"]) for code, role in SHIPPED.items()},
    "removed": _RIGHTS,
    "scopes": _RIGHTS,
    "fields": {"contact": _("居民的联系方式"), "name": _("姓名")},
    "reason": {
        "idle": _("长时间没有操作"), "asked": _("本人退出"), "password": _("密码不对"), "code": _("动态口令不对"),
    },
}  # fmt: skip
