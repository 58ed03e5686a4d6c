"""Files about an import: what is wrong with its rows, a sample of each kind, the shapes of its maps."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.documents.workbooks import XLSX, safe, written
from linli.errors import InputError
from linli.org.policies import requires
from linli.org.views.files import attachment
from linli.territory.models import ImportBatch, ImportProblem
from linli.territory.views.imports import DO, find

EXAMPLES = {
    "code": "1", "compound": "白云花园", "name": "白云花园", "also_called": "花园小区", "use": "商品房",
    "number": "12幢", "road": "炎龙路", "gate": "18号", "units": "3", "floors": "11", "kind": "党群服务中心",
    "area_m2": "540", "block": "B001", "community": "白云", "police_area": "第二警务区", "school_area": "第一小学",
    "households_registered": "96", "households_resident": "88", "dwellings": "132", "dwellings_delivered": "132",
    "persons": "310", "one": "白云花园", "other": "春江里", "asked": "100", "agreed": "72", "share": "72%",
    "households": "690",
    "area_code": "539901001008", "name_en": "Baiyun Community", "status": "正式",
    "valid_from": "2026-03-01",
}  # fmt: skip


@never_cache
@require_safe
@requires(DO)
def problems(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """Give what the check found as a table: level, row, column, value, what is wrong, what to do."""
    batch = find(request, pk)
    head = [_("级别"), _("行"), _("列"), _("值"), _("问题"), _("怎么改")]
    return _table(ending, f"{batch.name}-{_('问题')}", "problems", [head, *_lines(batch)])


@require_safe
@requires(DO)
def sample(request: HttpRequest, kind: str) -> HttpResponse:
    """Give a small file of a kind as it may be filled in; for blocks, which have outlines, one for the map."""
    from linli.territory.importing.fields import fields_of

    if kind not in ImportBatch.Kind.values:
        raise Http404(kind)
    examples = {**EXAMPLES, **({"name": "白云"} if kind == ImportBatch.Kind.DIVISIONS else {})}
    said = {str(field.title): examples[field.name] for field in fields_of(kind)}
    name = _("样例-%(kind)s") % {"kind": ImportBatch.Kind(kind).label}
    if kind == ImportBatch.Kind.BLOCKS:
        ring = [[103.18, 26.08], [103.181, 26.08], [103.181, 26.081], [103.18, 26.081], [103.18, 26.08]]
        block = {"type": "Feature", "properties": said, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        content = json.dumps({"type": "FeatureCollection", "features": [block]}, ensure_ascii=False, indent=1)
        return attachment(content.encode(), "application/geo+json", f"{name}.geojson", f"{kind}.geojson")
    if kind in (ImportBatch.Kind.BUILDINGS, ImportBatch.Kind.FACILITIES):
        said |= {"经度": "103.180512", "纬度": "26.080533"}
    return _table("xlsx", name, kind, [list(said), list(said.values())])


@never_cache
@require_safe
@requires(DO)
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the shapes of what an import changes, for its map."""
    from linli.territory.importing.checking import path_of
    from linli.territory.importing.preview import kept_preview

    batch = find(request, pk)
    return HttpResponse(kept_preview(path_of(batch).parent), content_type="application/geo+json")


@never_cache
@require_safe
@requires(DO)
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the shapes of the file as they would lie in a coordinate system, above the street's ground."""
    from linli.territory.importing.checking import path_of
    from linli.territory.importing.ground import Ground
    from linli.territory.importing.preview import in_system

    batch = find(request, pk)
    ground = Ground(batch.street, timezone.localdate())
    shapes = list(ground.shapes) if ground.blocks else []
    try:
        found = in_system(path_of(batch), request.GET.get("layer", "")[:120], request.GET.get("crs", "")[:60], shapes)
    except InputError:
        found = {"type": "FeatureCollection", "features": []}
    return JsonResponse(found, content_type="application/geo+json")


def _lines(batch: ImportBatch) -> Iterator[list[object]]:
    from linli.territory.importing.problems import words_of

    for one in ImportProblem.objects.filter(batch=batch).iterator(500):
        wrong, advice = words_of(one.code, one.details)
        yield [str(one.get_level_display()), one.row, safe(one.field), safe(one.value), wrong, advice]


def _table(ending: str, name: str, plain: str, rows: Iterable[Sequence[object]]) -> HttpResponse:
    if ending == "csv":
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        return attachment(text.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", f"{name}.csv", f"{plain}.csv")
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    return attachment(written(book), XLSX, f"{name}.xlsx", f"{plain}.xlsx")
