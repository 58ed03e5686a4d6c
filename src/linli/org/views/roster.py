"""名册导入: a template, an upload, what every row would do, and the import of all or none."""

from __future__ import annotations

import base64
import csv
import io
from collections import Counter
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.documents.workbooks import XLSX
from linli.org import actions
from linli.org.forms.people import RosterForm
from linli.org.models import RosterImport
from linli.org.policies import actor_in, requires
from linli.org.roster import MOST_BYTES, OUTCOMES, Line, Row, plan
from linli.org.roster_files import problems, template
from linli.org.tree import divisions_of
from linli.org.views.files import attachment

ROWS = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires("security.grant", "security.accounts")
def roster(request: HttpRequest) -> HttpResponse:
    """Take a roster; list the ones before."""
    actor = actor_in(request)
    form = RosterForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > MOST_BYTES:
                raise ValidationError(_("文件超过 2 MB，请分几次导入。"))
            made = actions.upload_roster(actor, name=file.name, content=file.read(), key=form.cleaned_data["key"])
        except ValidationError as error:
            form.add_error("file", error)
        else:
            return redirect("org:roster-preview", made.pk)
    page = Paginator(RosterImport.objects.filter(account=actor.account), ROWS).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "trail": _trail(), "outcomes": OUTCOMES}
    return render(request, "org/roster.html", context, status=422 if form.errors else 200)


@require_safe
@requires("security.grant", "security.accounts")
def blank(request: HttpRequest) -> HttpResponse:
    """Give the template, with the divisions of the one who asks."""
    rows = divisions_of(actor_in(request).areas("security.grant"), timezone.localdate())
    return attachment(template(list(rows)), XLSX, "名册模板.xlsx", "roster.xlsx")


@never_cache
@require_safe
@requires("security.grant", "security.accounts")
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Say row by row what the import would do; or what it has done."""
    one = find(request, pk)
    return _preview(request, one)


@never_cache
@require_safe
@requires("security.grant", "security.accounts")
def wrong(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the rows with errors as a workbook."""
    return attachment(problems(_lines(request, find(request, pk))), XLSX, "名册错误.xlsx", "roster-errors.xlsx")


@never_cache
@require_POST
@requires("security.grant", "security.accounts")
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Import all of it, and show the passwords of new accounts this one time."""
    one = find(request, pk)
    try:
        passwords = actions.import_roster(actor_in(request), roster=one)
    except ValidationError as error:
        return _preview(request, one, refused=error.messages, status=422)
    if not passwords:
        return redirect("org:roster-preview", one.pk)
    one.refresh_from_db()
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(["账号", "一次性密码"])
    writer.writerows(passwords.items())
    context = {
        "roster": one, "passwords": passwords, "trail": _trail(inside=True),
        "download": base64.b64encode(lines.getvalue().encode("utf-8-sig")).decode(),
    }  # fmt: skip
    return render(request, "org/roster_done.html", context)


def find(request: HttpRequest, pk: int) -> RosterImport:
    """Return an import of one's own; that of another does not exist."""
    one = RosterImport.objects.filter(pk=pk, account=actor_in(request).account).first()
    if one is None:
        raise Http404(pk)
    return one


def _lines(request: HttpRequest, one: RosterImport) -> list[Line]:
    return plan(actor_in(request), [Row(**row) for row in one.rows])


def _preview(
    request: HttpRequest, one: RosterImport, *, refused: Sequence[str] = (), status: int = 200
) -> HttpResponse:
    lines = _lines(request, one)
    counts = Counter("wrong" if line.problems else line.outcome for line in lines) if lines else Counter(one.numbers)
    lines.sort(key=lambda line: (not line.problems, line.row.number))
    page = Paginator(lines, ROWS).get_page(request.GET.get("page"))
    tiles = [(key, words, counts.get(key, 0)) for key, words in OUTCOMES.items()]
    context = {
        "roster": one, "page": page, "tiles": tiles, "wrong": counts.get("wrong", 0), "refused": refused,
        "trail": _trail(inside=True),
    }  # fmt: skip
    return render(request, "org/roster_preview.html", context, status=status)


def _trail(*, inside: bool = False) -> list[tuple[str, str]]:
    steps = [(_("账号"), reverse("org:accounts"))]
    return [*steps, (_("导入名册"), reverse("org:roster"))] if inside else steps
