"""后台任务: all of them for who tends the machine, one's own for everybody; one with its progress."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.jobs.models import Job
from linli.jobs.running import title_of
from linli.org.models import Account
from linli.org.policies import actor_in, signed_in
from linli.web.actions.cancel_job import cancel_job

ROWS = 50


@never_cache
@require_safe
@signed_in
def jobs(request: HttpRequest) -> HttpResponse:
    """List the jobs that the one who asks may see, the newest first."""
    state = request.GET.get("state", "")
    rows = _mine(request)
    if state in Job.State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows.order_by("-created_at", "pk"), ROWS).get_page(request.GET.get("page"))
    keys = {job.actor.partition(":")[2] for job in page if job.actor.startswith("account:")}
    names = {f"account:{pk}": name for pk, name in Account.objects.filter(pk__in=keys).values_list("pk", "username")}
    lines = [(job, _(title_of(job.kind)), names.get(job.actor, _("系统"))) for job in page]
    every = actor_in(request).may("system.jobs")
    context = {"page": page, "lines": lines, "states": Job.State.choices, "state": state, "every": every}
    return render(request, "web/jobs.html", context)


@never_cache
@require_safe
@signed_in
def job(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one job: how far it is, how it ended, where what it made stands."""
    one = _find(request, pk)
    result = one.result if isinstance(one.result, dict) else {}
    address = str(result.get("url", ""))
    context = {
        "job": one, "title": _(title_of(one.kind)), "open": one.state in (Job.State.WAITING, Job.State.RUNNING),
        "made": address if address.startswith("/") and not address.startswith("//") else "",
        "failed": _(one.error) if one.error else "",
    }  # fmt: skip
    return render(request, "web/job.html", context)


@require_POST
@signed_in
def stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Cancel a job."""
    cancel_job(actor_in(request), job=_find(request, pk))
    messages.success(request, _("已请求取消。"))
    return redirect("job", pk)


def _mine(request: HttpRequest) -> QuerySet[Job]:
    actor = actor_in(request)
    return Job.objects.all() if actor.may("system.jobs") else Job.objects.filter(actor=actor.reference)


def _find(request: HttpRequest, pk: UUID) -> Job:
    one = _mine(request).filter(pk=pk).first()
    if one is None:
        raise Http404(pk)
    return one
