"""Imports for programs: send a file, read what is wrong with it, write it into the base."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import File, Form, Path, Router, Schema
from ninja.files import UploadedFile
from ninja.responses import Status
from pydantic import Field, StringConstraints

from linli.errors import InputError
from linli.org.actors import Actor
from linli.org.rest import Day, Flag, Key, Page, Pages, Word, division_of, need, page_of, under
from linli.territory.importing.problems import words_of
from linli.territory.models import ImportBatch, ImportProblem
from linli.written import one_line

guarded = Router(tags=["imports"])

DO = "territory.import"
Json = Annotated[str, StringConstraints(max_length=4000)]


class ImportAsked(Schema):
    """What a file holds, and what it does not say itself."""

    street: Word = Field(description="街道代码 · code of the street")
    kind: Literal["divisions", "blocks", "compounds", "buildings", "facilities", "counts", "affinities"]
    key: UUID | None = Field(None, description="幂等键：同一键只导入一次 · the same key is one import")
    layer: Word | None = Field(None, description="图层或工作表 · layer or sheet; guessed where left out")
    crs: Word | None = Field(None, description="坐标系，如EPSG:4490 · coordinate system; guessed where it is certain")
    columns: Json | None = Field(
        None, description='JSON：字段→列，如{"code":"编号"} · field to column; guessed otherwise'
    )
    source: Word | None = Field(None, description="户数来源 · whose numbers")
    as_of: Day | None = Field(None, description="户数截至 · as of which day")
    credit: Word | None = Field(None, description="来源要求的署名 · whom maps of it must name")
    members_from: Day | None = Field(
        None, description="首次归属或设立社区的日期 · first day of belonging, or on which communities are founded"
    )
    complete: Flag = Field(False, description="文件里没有的地块即已不存在 · blocks that the file lacks are no more")
    leave_out: Flag = Field(False, description="有错误的行不导入 · leave out rows with errors")


class ImportOut(Schema):
    """Where an import stands: `checked` may be applied, `mapped` has errors, `uploaded` lacks a coordinate system."""

    id: int
    street: str
    kind: Literal["divisions", "blocks", "compounds", "buildings", "facilities", "counts", "affinities"]
    state: Literal["uploaded", "located", "mapped", "checked", "applied", "discarded", "undone"]
    name: str
    size: int
    sha256: str
    layer: str
    crs: str
    columns: dict[str, str]
    credit: str = Field(description="须署名的来源 · whom maps must name")
    summary: dict[str, Any]
    uploaded_at: datetime
    applied_at: datetime | None
    problems: int = Field(description="问题总数 · how many problems there are")


class ProblemOut(Schema):
    """What is wrong with a row, and what to do."""

    id: int
    level: Literal["error", "warning"]
    row: int | None
    field: str
    value: str
    code: str
    message: str
    advice: str


class Problems(Page):
    """A page of problems."""

    items: list[ProblemOut]


@guarded.post("/imports", response={201: ImportOut}, summary="上传文件 · send a file")
def create_import(request: HttpRequest, asked: Form[ImportAsked], file: File[UploadedFile]) -> Status[Any]:
    """Keep a file for a street and check every row of it; nothing is written yet. Needs `territory.import`."""
    actor = need(request, DO)
    street = division_of(asked.street, actor.areas(DO))
    columns = _columns(asked.columns)
    # the map libraries behind these are loaded by who imports, not by every server
    from linli.territory.actions.prepare_import import discard_import, upload_import
    from linli.territory.actions.ready_import import ready_import

    batch = upload_import(
        actor, street=street, kind=asked.kind, name=_printable(file.name or ""), chunks=file.chunks(), key=asked.key
    )
    if batch.state == ImportBatch.State.UPLOADED:
        try:
            ready_import(
                actor, batch=batch, layer=asked.layer or "", crs=asked.crs or "", columns=columns,
                source=asked.source or "", as_of=asked.as_of, credit=asked.credit or "",
                members_from=asked.members_from, complete=asked.complete, leave_out=asked.leave_out,
            )  # fmt: skip
        except (InputError, ValidationError):
            discard_import(actor, batch=batch)  # what cannot be read is not kept
            raise
    return Status(201, _import(batch))


@guarded.get("/imports/{id}", response=ImportOut, summary="一次导入 · one import")
def read_import(request: HttpRequest, id: Path[Key]) -> dict[str, Any]:
    """Where an import of one's streets stands; needs `territory.import`."""
    return _import(_batch(request, id)[1])


@guarded.get("/imports/{id}/problems", response=Problems, summary="导入的问题 · problems of an import")
def list_problems(request: HttpRequest, id: Path[Key], paged: Pages) -> dict[str, Any]:
    """What the check found, row by row, in words; needs `territory.import`."""
    return page_of(ImportProblem.objects.filter(batch=_batch(request, id)[1]), paged, _problem)


@guarded.post("/imports/{id}/apply", response=ImportOut, summary="入库 · write an import")
def apply(request: HttpRequest, id: Path[Key]) -> dict[str, Any]:
    """Write a checked import, all of it or nothing; done again it changes nothing. Needs `territory.import`."""
    from linli.territory.actions.apply_import import apply_import

    actor, batch = _batch(request, id)
    return _import(apply_import(actor, batch=batch))


def _batch(request: HttpRequest, id: int) -> tuple[Actor, ImportBatch]:
    """Who asks, and an import of his streets; that of another street does not exist."""
    actor = need(request, DO)
    rows = ImportBatch.objects.select_related("street").filter(under("street__path", actor.areas(DO)))
    batch = rows.filter(pk=id).first()
    if batch is None:
        raise Http404(id)
    return actor, batch


def _columns(text: str | None) -> dict[str, str] | None:
    """Read the columns that a program chose."""
    if text is None:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(column, str) for column in found.values()):
        raise ValidationError({"columns": _('应是JSON对象：字段→列，如{"code":"编号"}')})
    return found


def _printable(name: str) -> str:
    return one_line(name)


def _import(batch: ImportBatch) -> dict[str, Any]:
    same = (
        "kind", "state", "name", "size", "sha256", "layer", "crs", "columns", "credit", "summary", "uploaded_at",
        "applied_at",
    )  # fmt: skip
    return {
        **{name: getattr(batch, name) for name in same},
        "id": batch.pk,
        "street": batch.street.code,
        "problems": batch.problems.count(),
    }


def _problem(problem: ImportProblem) -> dict[str, Any]:
    message, advice = words_of(problem.code, problem.details)
    same = ("level", "row", "field", "value", "code")
    return {
        **{name: getattr(problem, name) for name in same},
        "id": problem.pk,
        "message": message,
        "advice": advice,
    }
