"""The nouns of people and places: account, division, role, post, tenure."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password, make_password
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from linli.ledger.recording import record
from linli.naming import worded
from linli.org.days import holding


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; only actions and the demo call it."""

    def create_account(self, username: str, *, name: str, password: str | None = None) -> Account:
        """Create an account; without a password it can only enter through the district's identity provider."""
        account = self.model(username=username, name=name)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """A person who can sign in; what he may do comes from the posts he holds, never from the account."""

    username = models.CharField(_("账号"), max_length=60, unique=True)
    name = models.CharField(_("姓名"), max_length=40)
    email = models.EmailField(_("电子邮箱"), blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    password_changed_at = models.DateTimeField(null=True)
    must_change_password = models.BooleanField(default=False)  # the password was given by someone else

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    objects: ClassVar[AccountManager] = AccountManager()

    def __str__(self) -> str:
        return self.name

    @property
    def reference(self) -> str:
        """How other rooms name this account."""
        return f"account:{self.pk}"

    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the password; where it was hashed in an older way it is hashed anew, which is recorded."""

        def keep(raw: str) -> None:
            self.password = make_password(raw)
            with transaction.atomic():
                self.save(update_fields=["password"])
                record(actor="system", verb="org.hash_anew", object=self.reference)

        return bool(check_password(raw_password, self.password, keep))


class DivisionQuerySet(models.QuerySet["Division"]):
    """Divisions by date, kind and area."""

    def on(self, day: date) -> DivisionQuerySet:
        """Divisions that exist on a day."""
        return self.filter(holding(day))

    def within(self, division: Division) -> DivisionQuerySet:
        """A division and everything below it."""
        return self.filter(path__startswith=division.path)


class Division(models.Model):
    """A piece of administration: 区, 街道, 社区 or 网格, from a day to a day."""

    class Kind(models.TextChoices):
        """The four levels."""

        DISTRICT = "district", _("区")
        STREET = "street", _("街道")
        COMMUNITY = "community", _("社区")
        GRID = "grid", _("网格")

    class Status(models.TextChoices):
        """Where a division stands between proposal and end."""

        PREPARING = "preparing", _("筹备")
        FORMAL = "formal", _("正式")
        ABOLISHED = "abolished", _("撤销")

    code = models.CharField(_("区划代码"), max_length=20, unique=True)  # 12 digits, or temporary
    temporary = models.BooleanField(_("临时代码"), default=False)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=120, db_index=True, editable=False)  # /1/4/9/: a division contains its own
    name = models.CharField(_("名称"), max_length=60)  # today's; DivisionName keeps the history
    name_en = models.CharField(_("英文名称"), max_length=80, blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status.choices, default=Status.FORMAL)
    valid_from = models.DateField(_("起"))
    valid_to = models.DateField(_("止"), null=True, blank=True)  # first day on which it is no more

    objects = DivisionQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["kind", "parent"])]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save it with its path, which follows from its parent."""
        if self._state.adding:
            super().save(*args, **kwargs)
            kwargs = {"update_fields": ["path"]}
        self.path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
        if "update_fields" in kwargs:
            kwargs["update_fields"] = {*kwargs["update_fields"], "path"}
        super().save(*args, **{k: v for k, v in kwargs.items() if k != "force_insert"})

    @property
    def reference(self) -> str:
        """How other rooms name this division."""
        return f"division:{self.pk}"

    @property
    def title(self) -> str:
        """What the reader calls it: 团结社区, 铜源街道; in English its English name, where it has one."""
        return titled(self.name, self.name_en, self.kind)

    @property
    def chinese_title(self) -> str:
        """Its Chinese title in whatever language, as the ledger and files keep it."""
        return titled(self.name, "", self.kind, in_chinese=True)


def titled(name: str, name_en: str, kind: str, *, in_chinese: bool = False) -> str:
    """Put a name and its kind together; a name that already ends so stays."""
    if in_chinese:
        with override("zh-hans"):
            return titled(name, "", kind)
    if get_language() == "en":
        return name_en or f"{name} ({Division.Kind(kind).label})"
    level = str(Division.Kind(kind).label)
    return worded(name, level)


class DivisionName(models.Model):
    """A name that a division bears from a day to a day."""

    division = models.ForeignKey(Division, models.CASCADE, related_name="names")
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    basis = models.CharField(_("依据"), max_length=200, blank=True)  # the paper that says so

    class Meta:
        ordering = ["division", "valid_from"]
        constraints = [models.UniqueConstraint(fields=["division", "valid_from"], name="one_name_a_day")]

    def __str__(self) -> str:
        return self.name


class DivisionCode(models.Model):
    """A code that a division bears from a day to a day: a temporary one first, the statistics side's later."""

    division = models.ForeignKey(Division, models.CASCADE, related_name="codes")
    code = models.CharField(_("区划代码"), max_length=20, db_index=True)
    temporary = models.BooleanField(_("临时代码"), default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    basis = models.CharField(_("依据"), max_length=200, blank=True)

    class Meta:
        ordering = ["division", "valid_from", "pk"]

    def __str__(self) -> str:
        return self.code


def said_in(chinese: str, english: str) -> str:
    """Return what a reader calls something: its English name to who reads English, where it has one."""
    return english if english and get_language() == "en" else chinese


class Role(models.Model):
    """What a post lets its holder do, as data."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60, blank=True)
    permissions = models.JSONField(default=list)  # ["territory.view", …]
    second_factor = models.BooleanField(_("须用动态口令"), default=False)  # where the site asks for it at all

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What the reader calls it."""
        return said_in(self.name, self.name_en)


class Post(models.Model):
    """A seat in a division, with a role; it stays when its holder goes."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="posts")
    role = models.ForeignKey(Role, models.PROTECT, related_name="posts")
    title = models.CharField(_("岗位"), max_length=60)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["division", "title", "pk"]

    def __str__(self) -> str:
        return f"{self.division.title} {self.title}"

    @property
    def reference(self) -> str:
        """How other rooms name this post."""
        return f"post:{self.pk}"


class TenureQuerySet(models.QuerySet["Tenure"]):
    """Tenures by moment."""

    def at(self, moment: object = None) -> TenureQuerySet:
        """Tenures that run at a moment, now where none is given."""
        now = moment or timezone.now()
        return self.filter(Q(starts_at__lte=now) & (Q(ends_at=None) | Q(ends_at__gt=now)))


class Tenure(models.Model):
    """Who sits on a post, from a minute to a minute: leaving takes the rights at once."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="tenures")
    account = models.ForeignKey(Account, models.PROTECT, related_name="tenures")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = TenureQuerySet.as_manager()

    class Meta:
        ordering = ["post", "starts_at"]
        indexes = [models.Index(fields=["account", "ends_at"])]

    def __str__(self) -> str:
        return f"{self.account} · {self.post}"


from linli.org.account_models import FormerPassword, RosterImport, SignInFailure  # noqa: E402

__all__ = [
    "Account",
    "Division",
    "DivisionCode",
    "DivisionName",
    "FormerPassword",
    "Post",
    "Role",
    "RosterImport",
    "SignInFailure",
    "Tenure",
]
