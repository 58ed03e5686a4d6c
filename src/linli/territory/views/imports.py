"""数据导入: the list, and the wizard from file to base, each step an address that may be left and come back to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.errors import InputError
from linli.jobs.models import Job
from linli.jobs.running import cancel
from linli.org.models import Account, Division
from linli.org.policies import actor_in, requires
from linli.org.rest import under
from linli.org.views.acting import act_page, refuse
from linli.territory import tasks
from linli.territory.forms import ColumnsForm, SystemForm, UploadForm
from linli.territory.importing.fields import guess_columns
from linli.territory.importing.problems import words_of
from linli.territory.importing.systems import name_of, told
from linli.territory.importing.systems import words_of as stop_words
from linli.territory.models import ColumnMapping, ImportBatch, ImportProblem, ImportUndo
from linli.written import one_line

# the map libraries behind actions and steps are imported where they are used: a server that only shows pages has none
ROWS = 50
DO = "territory.import"
STEPS = (
    gettext_lazy("选文件"), gettext_lazy("定坐标"), gettext_lazy("对应列"), gettext_lazy("检查"), gettext_lazy("入库"),
)  # fmt: skip
AT = {"uploaded": 2, "located": 3, "mapped": 4, "checked": 4, "applied": 5, "undone": 5, "discarded": 1}
NEXT = {"uploaded": "ground:locate", "located": "ground:columns"}
MODELS = {
    "division": gettext_lazy("社区"),
    "compound": gettext_lazy("小区院落"), "block": gettext_lazy("地块"), "line": gettext_lazy("界线"),
    "building": gettext_lazy("房屋"), "facility": gettext_lazy("设施"), "count": gettext_lazy("户数"),
    "belonging": gettext_lazy("社区认同"),
}  # fmt: skip


@require_safe
@requires(DO)
def imports(request: HttpRequest) -> HttpResponse:
    """List the imports of one's streets, the newest first."""
    rows = _mine(request).select_related("street").order_by("-pk")
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    keys = {batch.by.partition(":")[2] for batch in page if batch.by.startswith("account:")}
    names = {f"account:{pk}": name for pk, name in Account.objects.filter(pk__in=keys).values_list("pk", "username")}
    lines = [(batch, names.get(batch.by, _("系统"))) for batch in page]
    return render(request, "territory/imports.html", {"page": page, "lines": lines})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(DO)
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file."""
    from linli.territory.actions.prepare_import import upload_import

    actor = actor_in(request)
    streets = Division.objects.on(timezone.localdate()).filter(
        under("path", actor.areas(DO)), kind=Division.Kind.STREET
    )
    form = UploadForm(streets, request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            batch = upload_import(
                actor, street=said["street"], kind=said["kind"], name=_printable(said["file"].name),
                chunks=said["file"].chunks(), key=said["key"],
            )  # fmt: skip
        except InputError as error:
            form.add_error("file", "。".join(told(error)))
        except ValidationError as error:
            refuse(form, error)
        else:
            _settle(request, batch)
            return redirect("ground:import", batch.pk)
    context = {"form": form, "steps": STEPS, "at": 1, "trail": _trail(), "kinds": ImportBatch.Kind.choices}
    return render(request, "territory/import_upload.html", context, status=422 if form.errors else 200)


def _settle(request: HttpRequest, batch: ImportBatch) -> None:
    """Pass over the step of coordinates for a table that has none, in the same act as its upload."""
    from linli.territory.actions.prepare_import import locate_import
    from linli.territory.importing.checking import path_of
    from linli.territory.importing.sight import look

    if not batch.may_become("located"):
        return
    try:
        sight = look(path_of(batch), kind=batch.kind, layer=batch.layer, reference=None)
        if sight.guess is None and len(sight.layers) == 1:
            locate_import(actor_in(request), batch=batch, layer=sight.layer)
    except (InputError, ValidationError):
        return  # its own page says what is wrong


@require_safe
@requires(DO)
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to the step at which an import stands."""
    batch = find(request, pk)
    page = NEXT.get(batch.state)
    if page is None:
        page = "ground:columns" if batch.state == "mapped" and not (batch.summary or batch.job) else "ground:check"
    return redirect(page, batch.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(DO)
def locate(request: HttpRequest, pk: int) -> HttpResponse:
    """Settle the layer and the coordinate system, looking at where the numbers would lie."""
    from linli.geodata.credits import asked_by, line
    from linli.territory.actions.prepare_import import locate_import
    from linli.territory.importing.checking import path_of
    from linli.territory.importing.ground import Ground
    from linli.territory.importing.sight import look, options

    batch = find(request, pk)
    if not may_step(batch, "located"):
        return _moved_on(request, batch)
    ground = Ground(batch.street, timezone.localdate())
    wanted = request.GET.get("layer", "")[:120] or batch.layer
    try:
        sight = look(path_of(batch), kind=batch.kind, layer=wanted, reference=ground.shapes if ground.blocks else None)
    except InputError as error:
        return _stopped(request, batch, *told(error))
    if sight.guess is None and request.method == "POST":  # no coordinates: nothing to ask
        locate_import(actor_in(request), batch=batch, layer=sight.layer)
        return redirect("ground:columns", batch.pk)
    likely = [option for option in options(sight, ground.middle) if option.bounds][:6]
    choices = [(option.crs, name_of(option.crs)) for option in likely]
    shown = request.GET.get("crs", "") or batch.crs or (sight.guess.crs if sight.guess else "") or ""
    shown = shown if shown in dict(choices) else next(iter(dict(choices)), "")
    form = SystemForm(choices, request.POST if request.method == "POST" else None, initial={"crs": shown})
    if form.is_bound and form.is_valid():
        crs = form.cleaned_data["other"] or form.cleaned_data["crs"]
        try:
            locate_import(actor_in(request), batch=batch, layer=sight.layer, crs=crs)
        except InputError as error:
            form.add_error("other" if form.cleaned_data["other"] else "crs", "。".join(told(error)))
        except ValidationError as error:
            return _moved_on(request, batch, error)
        else:
            return redirect("ground:columns", batch.pk)
    context = {
        **_context(batch), "form": form, "sight": sight, "likely": [(name_of(one.crs), one) for one in likely],
        "credit": line(asked_by(batch.name, sight.columns)),
        "shown": shown, "shown_name": name_of(shown) if shown else "", "has_ground": bool(ground.blocks),
    }  # fmt: skip
    return render(request, "territory/import_locate.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(DO)
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Settle which column holds what, then check."""
    from linli.territory.actions.prepare_import import map_columns
    from linli.territory.importing.checking import path_of
    from linli.territory.importing.sight import look

    batch = find(request, pk)
    if not may_step(batch, "mapped"):
        return _moved_on(request, batch)
    try:
        sight = look(path_of(batch), kind=batch.kind, layer=batch.layer)
    except InputError as error:
        return _stopped(request, batch, *told(error))
    kept = ColumnMapping.objects.filter(street=batch.street, kind=batch.kind).first()
    chosen = batch.columns or guess_columns(batch.kind, sight.columns, dict(kept.columns) if kept else {})
    initial = {f"column_{name}": column for name, column in chosen.items()} | {
        "source": batch.source or (kept.source if kept else ""), "as_of": batch.as_of, "credit": batch.credit,
        "complete": batch.complete,
        "members_from": batch.members_from, "leave_out": batch.leave_out,
    }  # fmt: skip
    form = ColumnsForm(batch.kind, sight.columns, request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        actor = actor_in(request)
        try:
            map_columns(actor, batch=batch, columns=form.mapping, **form.settings)
        except ValidationError as error:
            return _moved_on(request, batch, error)
        tasks.begin(actor, tasks.CHECK, batch)
        return redirect("ground:check", batch.pk)
    samples = {column: [row[at] for row in sight.rows if row[at]][:3] for at, column in enumerate(sight.columns)}
    rows = [
        (form[f"column_{field.name}"], field.required, samples.get(chosen.get(field.name, ""), []))
        for field in form.asked
    ]
    rest = [form[name] for name in form.fields if not name.startswith("column_")]
    context = {**_context(batch, at=3), "form": form, "rows": rows, "rest": rest, "sight": sight, "remembered": kept}
    return render(request, "territory/import_columns.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
@requires(DO)
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far the work is, what the check found, or what the import has done."""
    batch = find(request, pk)
    if batch.state in NEXT:
        return redirect("ground:import", batch.pk)
    if busy(batch):
        return render(request, "territory/import_busy.html", {**_context(batch), "job": batch.job})
    level = request.GET.get("level", "")
    found = ImportProblem.objects.filter(batch=batch)
    if level in ImportProblem.Level.values:
        found = found.filter(level=level)
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    problems = [(problem, *words_of(problem.code, problem.details)) for problem in page]
    summary = batch.summary
    numbers = [(MODELS[name], counted) for name, counted in summary.get("numbers", {}).items() if name in MODELS]
    unfound = summary.get("unfound", {})
    context = {
        **_context(batch), "page": page, "problems": problems, "level": level, "levels": ImportProblem.Level.choices,
        "summary": summary, "numbers": numbers, "may_undo": ImportUndo.objects.filter(batch=batch).exists(),
        "failed": batch.job.error if batch.job and batch.job.state == Job.State.FAILED else "",
        "stopped": stop_words(summary["stopped"], summary.get("advice", "")) if "stopped" in summary else None,
        "with_map": batch.crs != "",
        "unfound": [(words_of(code, {})[0], number, rows) for code, (number, *rows) in unfound.items()],
        "unfound_in_all": sum(number for number, *_rows in unfound.values()),
    }  # fmt: skip
    return render(request, "territory/import_check.html", context)


@never_cache
@require_POST
@requires(DO)
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Write it into the base; done twice it is done once."""
    batch = find(request, pk)
    if batch.state not in ("checked", "applied"):
        return _moved_on(request, batch)
    if batch.state == "checked":
        tasks.begin(actor_in(request), tasks.APPLY, batch)
    return redirect("ground:check", batch.pk)


@never_cache
@require_POST
@requires(DO)
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel the work that goes on."""
    batch = find(request, pk)
    if batch.job is not None and busy(batch):
        cancel(batch.job)
        messages.success(request, _("已请求取消。"))
    return redirect("ground:check", batch.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(DO)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the last import of a street back."""
    from linli.territory.actions.apply_import import undo_import

    batch = find(request, pk)
    if batch.state != "applied":
        raise Http404(pk)
    return act_page(
        request, forms.Form, lambda: undo_import(actor_in(request), batch=batch), title=_("撤销这次导入？"),
        submit=_("撤销"), done=_("已撤销，恢复到导入之前。"), back=reverse("ground:check", args=[pk]), danger=True,
        words=_("写入和改动的内容一并收回，台账保留这次操作。只能撤销本街道最近一次导入。"), trail=_trail(batch),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(DO)
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an import up and remove its file."""
    from linli.territory.actions.prepare_import import discard_import

    batch = find(request, pk)
    if not batch.open or busy(batch):
        raise Http404(pk)
    return act_page(
        request, forms.Form, lambda: discard_import(actor_in(request), batch=batch), title=_("放弃这次导入？"),
        submit=_("放弃"), done=_("已放弃，上传的文件已删除。"), back=reverse("ground:imports"), danger=True,
        words=_("什么都还没有写入。上传的文件会删除。"), trail=_trail(batch),
    )  # fmt: skip


def find(request: HttpRequest, pk: int) -> ImportBatch:
    """Return an import of one's streets; others do not exist."""
    batch = _mine(request).select_related("street", "job").filter(pk=pk).first()
    if batch is None:
        raise Http404(pk)
    return batch


def may_step(batch: ImportBatch, state: str) -> bool:
    """Whether an import may be taken to a state now; in a stale window it may not, and is said to have moved on."""
    return batch.may_become(state) and not busy(batch)


def busy(batch: ImportBatch) -> bool:
    """Whether a job works on an import."""
    return batch.job is not None and batch.job.state in (Job.State.WAITING, Job.State.RUNNING)


def _mine(request: HttpRequest) -> QuerySet[ImportBatch]:
    return ImportBatch.objects.filter(under("street__path", actor_in(request).areas(DO)))


def _context(batch: ImportBatch, at: int = 0) -> dict[str, Any]:
    return {"batch": batch, "steps": STEPS, "at": at or AT[batch.state], "trail": _trail()}


def _stopped(request: HttpRequest, batch: ImportBatch, wrong: str, advice: str) -> HttpResponse:
    context = {**_context(batch), "wrong": wrong, "advice": advice}
    return render(request, "territory/import_stopped.html", context, status=422)


def _moved_on(request: HttpRequest, batch: ImportBatch, error: ValidationError | None = None) -> HttpResponse:
    """Say that the import has moved on, in another window perhaps, and lead to where it stands."""
    words = error.messages[0] if error else _("这次导入已到“%(state)s”。") % {"state": batch.get_state_display()}
    messages.warning(request, words)
    return redirect("ground:import", batch.pk)


def _printable(name: str) -> str:
    return one_line(name)


def _trail(batch: ImportBatch | None = None) -> list[tuple[str, str]]:
    steps = [(_("数据导入"), reverse("ground:imports"))]
    return [*steps, (batch.name, reverse("ground:import", args=[batch.pk]))] if batch else steps
