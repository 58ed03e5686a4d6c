"""通知: the log with resending, and where offices want to be told."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.notices.actions import minding
from linli.notices.actions.minding import PERMISSION
from linli.notices.channels import channels
from linli.notices.forms import DestinationForm
from linli.notices.models import Destination, Notice
from linli.org.models import Division
from linli.org.policies import actor_in, requires
from linli.org.rest import under
from linli.org.views.acting import act_page

ROWS = 50


@never_cache
@require_safe
@requires(PERMISSION)
def notices(request: HttpRequest) -> HttpResponse:
    """List the notices of the reader's offices, the newest first."""
    state = request.GET.get("state", "")
    rows = Notice.objects.filter(under("division__path", actor_in(request).areas(PERMISSION)))
    if state in Notice.State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows.select_related("division"), ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "states": Notice.State.choices, "state": state}
    return render(request, "notices/notices.html", context)


@never_cache
@require_POST
@requires(PERMISSION)
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send one again."""
    actor = actor_in(request)
    one = Notice.objects.filter(under("division__path", actor.areas(PERMISSION)), pk=pk).first()
    if one is None:
        raise Http404(pk)
    try:
        minding.resend(actor, notice=one)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("已重新排队，几秒钟后发出。"))
    return redirect("notices:notices")


@never_cache
@require_safe
@requires(PERMISSION)
def destinations(request: HttpRequest) -> HttpResponse:
    """List where the reader's offices want to be told, and which channels are set up."""
    rows = Destination.objects.filter(under("division__path", actor_in(request).areas(PERMISSION)))
    page = Paginator(rows.select_related("division"), ROWS).get_page(request.GET.get("page"))
    ready = [(one.title, one.ready(), one.to_person) for one in channels().values()]
    context = {"page": page, "ready": ready, "trail": _trail()}
    return render(request, "notices/destinations.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def add(request: HttpRequest) -> HttpResponse:
    """Say where an office wants to be told."""
    actor = actor_in(request)
    mine = Division.objects.on(timezone.localdate()).filter(under("path", actor.areas(PERMISSION))).order_by("code")

    return act_page(
        request, partial(DestinationForm, mine),
        lambda **said: minding.add_destination(actor, **said), title=_("增加通知去向"),
        submit=_("增加"), done=_("已增加。"), back=reverse("notices:destinations"),
        words=_("有新事项派到这个单位时，上班时间发到这里；紧急事项随时发。"),
        trail=[*_trail(), (_("通知去向"), reverse("notices:destinations"))],
    )  # fmt: skip


@never_cache
@require_POST
@requires(PERMISSION)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell an office there no longer."""
    actor = actor_in(request)
    one = Destination.objects.filter(under("division__path", actor.areas(PERMISSION)), pk=pk).first()
    if one is None:
        raise Http404(pk)
    minding.remove_destination(actor, destination=one)
    messages.success(request, _("已移除。"))
    return redirect("notices:destinations")


def _trail() -> list[tuple[str, str]]:
    return [(_("通知"), reverse("notices:notices"))]
