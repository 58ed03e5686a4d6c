"""我的: one's own posts, password, second factor, and the last sign-ins."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.ledger.models import Entry
from linli.org.policies import PERMISSIONS, actor_in, signed_in

SIGN_INS = 8


@never_cache
@require_safe
@signed_in
def me(request: HttpRequest) -> HttpResponse:
    """Show what I am and may, and how my account stands."""
    actor = actor_in(request)
    account = actor.account
    assert account is not None
    posts = [
        (grant.post, [_(words) for permission, words in PERMISSIONS.items() if permission in grant.permissions])
        for grant in actor.grants
    ]
    signed = Entry.objects.filter(verb__in=("org.sign_in", "org.sign_in_failed"), object=account.reference)
    return render(
        request,
        "org/me.html",
        {
            "account": account, "posts": posts, "sign_ins": signed.order_by("-seq")[:SIGN_INS],
            "code": Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.TOTP).exists(),
        },
    )  # fmt: skip
