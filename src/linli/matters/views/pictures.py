"""Photographs as answers."""

from __future__ import annotations

from django.http import Http404, HttpResponse

from linli.matters.models import Matter
from linli.org.files import read_file


def picture(matter: Matter, pk: int, *, public: bool = False) -> HttpResponse:
    """Return a photograph of a matter; for the public only those of its report and of public acts; altered, none."""
    one = matter.photos.select_related("event").filter(pk=pk).first()
    if one is not None and public and one.event is not None and not one.event.public:
        one = None
    content = read_file(one.path, one.sha256) if one else None
    if content is None:
        raise Http404(pk)
    return HttpResponse(content, content_type="image/jpeg")
