"""复核: what one person proposed, as it would be done; another confirms or refuses it, the first may take it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from linli.org.policies import actor_in, requires
from linli.org.views.acting import refuse as refuse_in
from linli.planning.actions.confirm import confirm, may_settle, refuse, said_in
from linli.planning.details import who
from linli.planning.effects import effects
from linli.planning.models import Proposal
from linli.planning.procedure.forms import SettleForm
from linli.planning.procedure.standing import PERMISSION
from linli.planning.views.procedure import address_of, find_signed, trail_within


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a proposal with what it would do; settle it."""
    found = Proposal.objects.select_related("post__division", "decided_post__division").filter(pk=pk).first()
    if found is None:
        raise Http404(pk)
    actor, one = actor_in(request), find_signed(request, found.project_id)
    found.project = one
    own, may = found.by == actor.reference, may_settle(actor, one, found)
    waits = found.state == Proposal.State.WAITING
    form = SettleForm(request.POST) if request.method == "POST" else SettleForm()
    if request.method == "POST" and waits and (own or may) and form.is_valid():
        try:
            if "confirm" in request.POST:
                confirm(actor, proposal=found)
                messages.success(request, _("已复核，已办理。"))
            else:
                refuse(actor, proposal=found, words=form.cleaned_data["words"])
                messages.success(request, _("已记下，这件事不办了。"))
            return redirect(address_of(one))
        except ValidationError as error:
            refuse_in(form, error)
    told, fault = _told(request, found) if waits and may else ([], "")
    context: dict[str, Any] = {
        "proposal": found, "project": one, "form": form, "told": told, "fault": fault, "own": own, "may": may,
        "waits": waits, "by": who(found.by), "decided_by": who(found.decided_by), "trail": trail_within(one),
    }  # fmt: skip
    return render(request, "planning/proposal.html", context, status=422 if form.errors else 200)


def _told(request: HttpRequest, found: Proposal) -> tuple[list[str], str]:
    """What the act would do now, or why it can no longer be done."""
    try:
        return effects(
            actor_in(request), project=found.project, act=found.act, subject=found.subject, said=said_in(found)
        ), ""
    except ValidationError as error:
        return [], " ".join(error.messages)
