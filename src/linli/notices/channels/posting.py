"""Posting JSON to an address that the district has set: what every HTTP channel shares."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from linli.notices.channels import NotSent
from linli.org.outgoing import Unreached, exchange, json_of, web_parts


def is_web_address(address: str) -> bool:
    """Whether something is an address of the web, without a user or password in it."""
    return web_parts(address) is not None


def post_json(address: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Post a body, and return the answer as an object; {} where it is none.

    Raises
    ------
    NotSent
        The other side could not be reached, sent us elsewhere, or refused.
    """
    data = json.dumps(body, ensure_ascii=False).encode()
    told = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
    try:
        answer = exchange("POST", address, headers=told, body=data)
    except Unreached as error:
        raise NotSent(error.code, error.number) from None
    if not 200 <= answer.status < 300:
        raise NotSent("refused", answer.status)
    return json_of(answer.body)


def accepted(answer: Mapping[str, Any], field: str) -> None:
    """Raise `NotSent` where the answer's code is not 0; of the code only a number is kept."""
    code = answer.get(field, 0)
    if code != 0:
        raise NotSent("refused", code if isinstance(code, int) and abs(code) < 10**9 else None)
