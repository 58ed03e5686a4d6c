"""What happens whenever somebody signs in, by whichever way."""

from __future__ import annotations

import time
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.dispatch import Signal
from django.http import HttpRequest

from linli.org.brief import forget_brief
from linli.org.models import Account, Tenure

# an administrator ended what an account could enter by (`account`, `actor`): rooms above end what they gave, in the
# same transaction
credentials_ended = Signal()


def signed_in(sender: object, request: HttpRequest, user: Account, **_: Any) -> None:
    """Note in the session when it was last used, and what its owner must do before anything else."""
    request.session["seen"] = int(time.time())
    request.session["due"] = due(user)


def factor_changed(sender: object, request: HttpRequest, user: Account, **_: Any) -> None:
    """Look again at what is due when a second factor comes or goes."""
    request.session["due"] = due(user)


def due(account: Account) -> str:
    """Return what an account must do first: change its password, set up a second factor, or nothing."""
    if account.must_change_password and account.has_usable_password():
        return "password"
    asked = Tenure.objects.at().filter(account=account, post__role__second_factor=True)
    return "factor" if lacks_factor(account) and asked.exists() else ""


def lacks_factor(account: Account) -> bool:
    """Whether the site asks for second factors and an account has none: then it sees no resident's contact."""
    return bool(settings.SECOND_FACTOR) and not (
        Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.TOTP).exists()
    )


def changed(**_: Any) -> None:
    """Forget what is kept of seats and who holds them."""
    forget_brief()
