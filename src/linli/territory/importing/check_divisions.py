"""Check a file of communities, a workbook or the blocks that name theirs: whichever is not there yet is founded."""

from __future__ import annotations

import re
from datetime import date

from django.core.exceptions import ValidationError

from linli.org.actions.found_division import check_founding
from linli.org.models import Division
from linli.territory.importing.draft import Draft, Founded
from linli.territory.importing.ground import Ground
from linli.territory.importing.rows import Rows
from linli.territory.models import ImportBatch
from linli.written import day_of

COMMUNITY = Division.Kind.COMMUNITY
KIND_WORD = "社区"
WRITTEN_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?", re.ASCII)
STATUSES = {
    "": Division.Status.FORMAL, "正式": Division.Status.FORMAL, "formal": Division.Status.FORMAL,
    "筹备": Division.Status.PREPARING, "preparing": Division.Status.PREPARING,
}  # fmt: skip


def check_divisions(rows: Rows, ground: Ground, batch: ImportBatch, draft: Draft) -> None:
    """Fill a draft with the communities that a file names; rows that say the same of one, as blocks do, are one."""
    first: dict[str, tuple[int, Founded | None]] = {}  # by name
    codes: dict[str, int] = {}
    for index in range(len(rows)):
        told = _told(rows, index, batch.members_from)
        state = "error" if index in rows.bad else "same"
        if told is not None:
            at, before = first.get(told.name, (index, None))
            if before is None:
                state = _one(rows, index, ground, told, codes, draft)
            elif before == told:
                state = "same"
            else:
                rows.fail(index, "twice", "name", other=int(rows.numbers[at]))
            first.setdefault(told.name, (index, told))
        if rows.geometry is not None and rows.geometry[index] is not None:
            draft.shapes.append((rows.geometry[index], rows.raw(index, "name"), state))


def _told(rows: Rows, index: int, day: date | None) -> Founded | None:
    """Read one row; None, with what is wrong noted, where it founds nothing. Blocks of no community found none."""
    name = rows.text(index, "name", 60).removesuffix(KIND_WORD)
    if not name:
        if rows.geometry is None:
            rows.fail(index, "missing", "name")
        return None
    said = rows.raw(index, "valid_from")
    begins = _day(said) if said else day
    if said and begins is None:
        rows.fail(index, "not_day", "valid_from")
    elif begins is None:
        rows.fail(index, "no_day", "name")
    status = STATUSES.get(rows.raw(index, "status").lower())
    if status is None:
        rows.fail(index, "no_status", "status")
    name_en, code = rows.text(index, "name_en", 80), rows.text(index, "area_code", 20)
    if index in rows.bad or begins is None or status is None:
        return None
    return Founded(name, name_en, code, str(status), begins)


def _day(text: str) -> date | None:
    """Read a day as tables write it: 2026-03-01, 2026/3/1, 2026年3月1日, with midnight behind it or not."""
    found = WRITTEN_DAY.fullmatch(text)
    return day_of("-".join(part.zfill(2) for part in found.groups())) if found else None


def _one(rows: Rows, index: int, ground: Ground, told: Founded, codes: dict[str, int], draft: Draft) -> str:
    """Found one community, or leave the one that is there; return what becomes of it."""
    known = ground.community_called(told.name, told.valid_from)
    if known is not None:
        if told.code and told.code != known.code:
            rows.warn(index, "other_code", "area_code", stands=known.code)
        draft.founded_before += 1
        return "same"
    if told.code and told.code in codes:
        rows.fail(index, "twice", "area_code", other=codes[told.code])
        return "error"
    try:
        check_founding(
            name=told.name, kind=COMMUNITY, parent=ground.street, valid_from=told.valid_from, code=told.code,
            status=told.status,
        )  # fmt: skip
    except ValidationError as error:
        field = "area_code" if str(error.code).startswith("code") else "name"
        rows.fail(index, f"founding_{error.code}", field, day=told.valid_from.isoformat())
        return "error"
    if told.code:
        codes[told.code] = int(rows.numbers[index])
    draft.founded.append(told)
    return "new"
