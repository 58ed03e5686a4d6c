"""Pages about the interface for programs: what it offers, and one's own tokens."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.org.actors import Actor
from linli.org.policies import PERMISSIONS, actor_in, signed_in
from linli.org.views.acting import refuse
from linli.web.actions.issue_token import MOST_TOKENS, issue_token
from linli.web.actions.revoke_token import revoke_token
from linli.web.api import MOST_OF_TOKEN, MOST_PUBLIC, schema
from linli.web.api_document import operations
from linli.web.api_problems import KINDS
from linli.web.models import SCOPES, Token

SHOWN = 100  # tokens: twenty that work, and the last of those that no longer do


class TokenForm(forms.Form):
    """What a new token is for, what it may do, how long."""

    name = forms.CharField(
        label=gettext_lazy("用途"),
        max_length=60,
        help_text=gettext_lazy("写清哪个系统用、做什么，如“户数平台每日同步”。"),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("权限范围"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("只列出您现在有的权限。一项不选，只能读公开内容。"),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("有效期"),
        coerce=int,
        choices=[
            (30, gettext_lazy("30天")), (90, gettext_lazy("90天")), (180, gettext_lazy("180天")),
            (365, gettext_lazy("365天")),
        ],
    )  # fmt: skip
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, actor: Actor, data: Any = None) -> None:
        super().__init__(data, initial={"key": uuid.uuid4(), "days": 90})
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(scope, _(PERMISSIONS[scope])) for scope in SCOPES if actor.may(scope)]


@require_safe
def describe(request: HttpRequest) -> HttpResponse:
    """Tell what the interface offers, from its own description."""
    return render(
        request,
        "web/api.html",
        {
            "operations": operations(schema()),
            "problems": KINDS,
            "scopes": [(scope, _(PERMISSIONS[scope])) for scope in SCOPES],
            "most_public": MOST_PUBLIC,
            "most_of_token": MOST_OF_TOKEN,
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def tokens(request: HttpRequest) -> HttpResponse:
    """List one's tokens; issue one, and show its secret this one time."""
    actor = actor_in(request)
    form = TokenForm(actor, request.POST if request.method == "POST" else None)
    issued: Token | None = None
    secret = ""
    if form.is_bound and form.is_valid():
        try:
            issued, secret = issue_token(actor, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            form = TokenForm(actor)
    held = Token.objects.filter(account=actor.account)[:SHOWN]
    return render(
        request,
        "web/tokens.html",
        {"form": form, "tokens": held, "issued": issued, "secret": secret, "most": MOST_TOKENS},
        status=422 if form.errors else 200,
    )


@require_POST
@signed_in
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke a token of one's own; that of another does not exist."""
    actor = actor_in(request)
    token = Token.objects.filter(pk=pk, account=actor.account).first()
    if token is None:
        raise Http404(pk)
    revoke_token(actor, token=token)
    return redirect("tokens")
