"""Posting JSON to an address that the district has set: what every HTTP channel shares."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from linli.notices.channels import NotSent

SECONDS = 10
MOST_ANSWER = 4096


def is_web_address(address: str) -> bool:
    """Whether something is an address of the web."""
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def post_json(address: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Post a body, and return the answer as an object; {} where it is none.

    Raises
    ------
    NotSent
        The other side could not be reached, or refused.
    """
    if not is_web_address(address):
        raise NotSent("地址不是网址 / the address is not of the web")
    data = json.dumps(body, ensure_ascii=False).encode()
    request = Request(address, data, {"Content-Type": "application/json; charset=utf-8", **(headers or {})})
    try:
        with urlopen(request, timeout=SECONDS) as answer:
            said = answer.read(MOST_ANSWER)
    except (URLError, OSError, ValueError) as error:
        code = getattr(error, "code", "")
        raise NotSent(f"{type(error).__name__} {code}".strip()) from None
    try:
        found = json.loads(said)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def accepted(answer: Mapping[str, Any], field: str) -> None:
    """Raise `NotSent` where the answer's code is not 0."""
    if answer.get(field, 0) != 0:
        raise NotSent(f"{field} {answer.get(field)}")
