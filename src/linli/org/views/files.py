"""Files that a page gives to take home."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse


def attachment(content: bytes, kind: str, name: str, plain: str) -> HttpResponse:
    """Answer with a file.

    Parameters
    ----------
    content, kind
        Its bytes and its media type.
    name, plain
        What it is called, and a name in ASCII for browsers that know no other.
    """
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    return answer
