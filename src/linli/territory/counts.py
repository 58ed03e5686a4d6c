"""The newest count of each block under each counting definition (口径), and what counts rest on, for the reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.geodata.count_notes import CountNote, gathered
from linli.territory.models import Block, Count

# the sentences of `linli.geodata.count_notes`, which knows no reader's language
SENTENCES = (
    gettext_noop("估算"),
    gettext_noop("%(share)d%%为估算"),
    gettext_noop("%(one)s，%(other)s"),
    gettext_noop("%(one)s；%(other)s"),
    gettext_noop("口径：%(count)s"),
    gettext_noop("来源：%(source)s"),
    gettext_noop("未注明"),
    gettext_noop("日期未注明"),
    gettext_noop("来源和日期未注明"),
    gettext_noop("估算，按建筑面积每%(area)s平方米一套推算"),
    gettext_noop("估算，%(rule)s"),
    gettext_noop("人口"),
)


def newest_counts(blocks: Iterable[Block], day: date) -> dict[int, dict[str, Count]]:
    """Return the newest counts up to a day, by block and definition; one query."""
    found: dict[int, dict[str, Count]] = {block.pk: {} for block in blocks}
    for count in Count.objects.filter(block__in=found, as_of__lte=day).order_by("as_of", "pk"):
        found[count.block_id][count.definition] = count  # the newest comes last
    return found


@dataclass(frozen=True)
class Said:
    """What a count rests on, as a page says it in the reader's language.

    Parameters
    ----------
    mark
        How much of it is an estimate, '' where nothing is.
    brief
        The 口径, with the mark.
    words
        口径, mark, sources, days, rules.
    head
        The head of a column of households.
    """

    mark: str
    brief: str
    words: str
    head: str


def said(note: CountNote) -> Said:
    """Say what a count rests on; every page that prints a count says it by this."""
    mark = note.mark(_)
    head = _("户数（%(mark)s）") % {"mark": mark} if mark else _("户数")
    return Said(mark, note.brief(_), note.words(_, partial(date_format, format="DATE_FORMAT")), head)


def sources_of(kept: object) -> str:
    """Say what a count rests on that a row or an entry of the ledger keeps: each source, its day, its estimate."""
    told = CountNote.from_json("", kept).sources(_, partial(date_format, format="DATE_FORMAT"))
    return _("；").join(told)


def note_on(counts: Iterable[Count]) -> dict[str, CountNote]:
    """Return what some counts rest on, by definition."""
    rows: dict[str, list[tuple[str, date | None, str, int]]] = {}
    for one in counts:
        rows.setdefault(one.definition, []).append((one.source, one.as_of, one.estimate, one.value))
    return {definition: gathered(definition, told) for definition, told in rows.items()}
