"""What a request says, as it is kept: signs that no text can hold go before anything reads them, and one is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from linli.written import gone, kept

FOR_PROGRAMS = "/api/v1/"  # they are answered 422 instead
MOST_NAMED = 5


class AsWritten:
    """Take out of queries and forms what `linli.written` says no text can hold; no path of ours holds such."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        return self.answer(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Look at the path, the query and the form, in this order."""
        for_programs = request.path_info.startswith(FOR_PROGRAMS)
        if gone(request.path_info):
            if for_programs:
                from linli.web.api_problems import answer

                return answer("not-found")
            raise Http404(request.path_info)
        if for_programs:
            return None
        query, _lost = _kept(request.GET)
        if query is not None:
            request.GET = query  # type: ignore[assignment]
        if request.method == "POST":
            form, lost = _kept(request.POST)
            if form is not None:
                request.POST = form  # type: ignore[assignment]
            if lost:
                messages.warning(request, _told(lost))
        return None


def _kept(said: QueryDict) -> tuple[QueryDict | None, list[str]]:
    """Return the pairs as they are kept, None where nothing changes, and what went."""
    if all(value == kept(value) for _key, values in said.lists() for value in values) and not any(map(gone, said)):
        return None, []
    made, lost = QueryDict(mutable=True), []
    for key, values in said.lists():
        made.setlist(kept(key), [kept(value) for value in values])
        lost += [mark for value in values for mark in gone(value)]
    made._mutable = False
    return made, lost


def _told(lost: list[str]) -> str:
    names = "、".join(f"U+{ord(mark):04X}" for mark in dict.fromkeys(lost[:MOST_NAMED]))
    return _("您填的内容里有 %(number)d 个看不见的控制字符（%(names)s），系统存不了，已经去掉；其余都照原样。") % {
        "number": len(lost), "names": names,
    }  # fmt: skip
