"""How django-allauth signs people in here: nobody registers himself, failures are counted, everything is recorded."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import SignupClosedException
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.ledger.recording import record
from linli.org import lockout
from linli.org.actors import Actor
from linli.org.models import Account, SignInFailure
from linli.org.seals import seal, unseal

MOST_IDENTITY = 190  # characters of the table's column


def _waiting() -> ValidationError:
    return ValidationError(
        _("失败次数过多，请 %(minutes)d 分钟后再试，或联系安全管理员。") % {"minutes": settings.SIGN_IN_WINDOW},
        code="locked",
    )


def _failed(tried: str, address: str, account: Account | None, reason: str) -> None:
    """Record a failure, and that it was the one that locks."""
    reference = account.reference if account else "account:unknown"
    with transaction.atomic():
        record(
            actor="public", verb="org.sign_in_failed", object=reference, touched=False,
            content={"from": address, "reason": reason},
        )  # fmt: skip
        if lockout.locked(tried, address):
            record(
                actor="public", verb="org.sign_in_locked", object=reference, touched=False, content={"from": address}
            )


class SignIn(DefaultAccountAdapter):  # type: ignore[misc]
    """Username and password."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": gettext_lazy("账号已停用，请联系安全管理员。"),
        "username_password_mismatch": gettext_lazy("账号或密码不正确。"),
        "incorrect_password": gettext_lazy("密码不正确。"),
        "enter_current_password": gettext_lazy("当前密码不正确。"),
        "incorrect_code": gettext_lazy("动态口令不正确。"),
        "too_many_login_attempts": gettext_lazy("失败次数过多，请稍后再试，或联系安全管理员。"),
        "rate_limited": gettext_lazy("操作过于频繁，请稍后再试。"),
    }
    _attempt: SignInFailure | None = None

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody registers himself."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt, or refuse it where too many failed."""
        self._attempt = lockout.reserve(credentials.get("username", ""), self.get_client_ip(request))
        if self._attempt is None:
            raise _waiting()

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Account | None:
        """Return the account whose password this is, and forget its failures."""
        account: Account | None = super().authenticate(request, **credentials)
        if account is not None:
            lockout.clear(credentials.get("username", ""))
        return account

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record the failure."""
        tried = credentials.get("username", "")
        account = Account.objects.filter(username=tried.strip().lower()).first()
        _failed(tried, self.get_client_ip(request), account, "password")

    def post_login(self, request: HttpRequest, user: Account, **details: Any) -> HttpResponse:
        """Record the sign-in."""
        with transaction.atomic():
            Actor(user).record(
                "org.sign_in", object=user.reference, touched=False, content={"from": self.get_client_ip(request)}
            )
        answer: HttpResponse = super().post_login(request, user, **details)
        return answer

    def logout(self, request: HttpRequest) -> None:
        """Record the sign-out."""
        if isinstance(request.user, Account) or request.user.is_authenticated:
            with transaction.atomic():
                Actor(request.user).record(
                    "org.sign_out", object=request.user.reference, touched=False, content={"reason": "asked"}
                )
        super().logout(request)

    def set_password(self, user: Account, password: str) -> None:
        """Change one's own password through the action."""
        from linli.org.actions import change_password
        from linli.org.signals import due

        change_password(Actor(user), account=user, password=password)
        if self.request is not None:
            self.request.session["due"] = due(user)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Go home; the session is led on where more is due."""
        return "/"


class Provider(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The district's identity provider: it says who somebody is, and opens no account."""

    def get_requests_session(self) -> Any:
        """Ask the provider by pinned requests alone."""
        from linli.org.provider_session import pinned_session

        return pinned_session()

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: Any) -> Any:
        """Name the person by issuer and subject, which alone are stable; names and addresses change hands."""
        said = sociallogin.account.extra_data
        token, told = said.get("id_token", {}), said.get("userinfo", {})
        if token and told and token.get("sub") != told.get("sub"):
            raise SignupClosedException
        issuer = str(token.get("iss") or sociallogin.account.get_provider(request).server_url)
        sociallogin.account.uid = _identity(issuer, str((told or token or said)["sub"]))
        return super().populate_user(request, sociallogin, data)

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Bind a person whom the site does not know to the account that bears his username, once.

        An account that is bound is never bound again by a name: the provider may give a name to someone else. An
        administrator who resets the password, or opens the account, invites to bind it.
        """
        if sociallogin.is_existing:
            return
        data = sociallogin.account.extra_data
        claims = {**data, **data.get("userinfo", {}), **data.get("id_token", {})}
        named = Account.objects.filter(username=str(claims.get(settings.OIDC_CLAIM, "")).lower(), is_active=True)
        with transaction.atomic():
            account = named.select_for_update().first()
            provider = sociallogin.account.provider
            if account is None or SocialAccount.objects.filter(user_id=account.pk, provider=provider).exists():
                raise SignupClosedException
            sociallogin.connect(request, account)
            Actor(account).record("org.bind_identity", object=account.reference, content={"provider": provider})

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Nobody registers himself."""
        return False


def _identity(issuer: str, subject: str) -> str:
    """Return issuer and subject as one name, by a digest where they are too long for the table."""
    name = f"{issuer} {subject}"
    return name if len(name) <= MOST_IDENTITY else hashlib.sha256(name.encode()).hexdigest()


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]
    """Codes from an authenticator; its secret lies encrypted in the database."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("动态口令不正确。"),
    }

    def encrypt(self, text: str) -> str:
        """Encrypt a secret with the site's key."""
        return seal(text, "mfa")

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt a secret."""
        return unseal(encrypted_text, "mfa")

    def get_totp_issuer(self) -> str:
        """Name the site in the authenticator."""
        return str(settings.LINLI_NAME)


class Counted:
    """Counts codes that are tried, with the same lock as the password."""

    user: Account

    def clean_code(self) -> str:
        """Count the attempt, then look at the code."""
        tried, address = f"code:{self.user.pk}", SignIn(context.request).get_client_ip(context.request)
        if lockout.reserve(tried, address) is None:
            raise _waiting()
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError:
            _failed(tried, address, self.user, "code")
            raise
        lockout.clear(tried)
        return code


class CodeForm(Counted, AuthenticateForm):  # type: ignore[misc]
    """Asks for the code at sign-in."""


class AgainForm(Counted, ReauthenticateForm):  # type: ignore[misc]
    """Asks for the code of who is signed in, before what is delicate."""
