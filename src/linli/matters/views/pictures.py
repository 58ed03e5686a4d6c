"""Photographs as answers."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse

from linli.matters.models import Matter


def picture(matter: Matter, pk: int, *, public: bool = False) -> HttpResponse:
    """Return a photograph of a matter; for the public only those of its report and of public acts."""
    one = matter.photos.select_related("event").filter(pk=pk).first()
    if one is not None and public and one.event is not None and not one.event.public:
        one = None
    path = Path(settings.MEDIA_ROOT) / one.path if one else None
    if path is None or not path.is_file():
        raise Http404(pk)
    return HttpResponse(path.read_bytes(), content_type="image/jpeg")
