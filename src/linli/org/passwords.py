"""The rules of passwords, beside Django's own: not one's name, not one of the last three; and passwords for once."""

from __future__ import annotations

import secrets

from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password, make_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.org.models import Account, FormerPassword

# no 0 O 1 l I: it is read from paper or by telephone
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def one_time_password() -> str:
    """Return a random password in three groups of four, 59 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))


class OneTimeHasher(PBKDF2PasswordHasher):
    """Hashes passwords that the program drew: 59 random bits need no slow hash, and a roster brings hundreds.

    Django replaces it by the slow one as soon as the password is used.
    """

    algorithm = "linli_once"
    iterations = 2000


def give_once(account: Account) -> str:
    """Set a password that works once on an account not yet saved so, and return it."""
    password = one_time_password()
    account.password = make_password(password, hasher=OneTimeHasher.algorithm)
    account.must_change_password = True
    return password


def keep(account: Account, *, count: int = 3) -> None:
    """Remember the account's present password among its last ones."""
    if not account.has_usable_password():
        return
    if not FormerPassword.objects.filter(account=account, password=account.password).exists():
        FormerPassword.objects.create(account=account, password=account.password, at=timezone.now())
    newest = FormerPassword.objects.filter(account=account).values_list("pk", flat=True)[:count]
    FormerPassword.objects.filter(account=account).exclude(pk__in=list(newest)).delete()


class NotTheName:
    """Refuse a password that contains the account's username, or the person's name or its pinyin."""

    def validate(self, password: str, user: Account | None = None) -> None:
        """Raise `ValidationError` where it does."""
        if user is None:
            return
        from pypinyin import lazy_pinyin

        found = password.lower()
        names = {user.username.lower(), user.name.lower(), "".join(lazy_pinyin(user.name)).lower()}
        if any(len(name) >= 2 and name in found for name in names):
            raise ValidationError(_("密码不能包含账号、姓名或姓名拼音。"), code="name")

    def get_help_text(self) -> str:
        """Say the rule."""
        return _("不能包含账号、姓名或姓名拼音。")


class NotReused:
    """Refuse the present password and the last three."""

    def __init__(self, count: int = 3) -> None:
        self.count = count

    def validate(self, password: str, user: Account | None = None) -> None:
        """Raise `ValidationError` where it is one of them."""
        if user is None or user.pk is None:
            return
        former = FormerPassword.objects.filter(account=user).values_list("password", flat=True)[: self.count]
        if any(check_password(password, kept) for kept in {user.password, *former}):
            raise ValidationError(_("不能使用最近 %(count)d 次用过的密码。") % {"count": self.count}, code="reused")

    def get_help_text(self) -> str:
        """Say the rule."""
        return _("不能使用最近 %(count)d 次用过的密码。") % {"count": self.count}
