"""How often one address may report, and look up, without an account; and the page that says it was too often."""

from __future__ import annotations

import math

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linli.org.limits import address_of, allow

MOST_REPORTS, MOST_TRIES, MOST_LOOKS, SECONDS = 10, 40, 60, 600.0
MOST_CODES, MOST_CODES_TO, MOST_CODES_OF_ALL = 5, 3, 300
MOST_PLACES = 120  # as many as /where/ answers: a family, an office share one address
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


def may_send(request: HttpRequest) -> bool:
    """Count a report, or a joining; whether the address may send another."""
    return allow(f"report:{address_of(request)}", most=MOST_REPORTS, seconds=SECONDS).allowed


def may_try(request: HttpRequest) -> bool:
    """Count a form that is sent, whatever becomes of it; whether the address may send another. Asked before reading."""
    return allow(f"try:{address_of(request)}", most=MOST_TRIES, seconds=SECONDS).allowed


def may_look(request: HttpRequest) -> bool:
    """Count a look-up by number and code; whether the address may make another."""
    return allow(f"matter:{address_of(request)}", most=MOST_LOOKS, seconds=SECONDS).allowed


def may_point(request: HttpRequest) -> bool:
    """Count a place of the map that is read back in words; whether the address may ask for another."""
    return allow(f"where:{address_of(request)}", most=MOST_PLACES, seconds=MINUTE).allowed


def may_ask_codes(request: HttpRequest) -> bool:
    """Count somebody who lost a code; whether the address may ask for another."""
    return allow(f"codes:{address_of(request)}", most=MOST_CODES, seconds=HOUR).allowed


def worth_sending(contact: set[str]) -> bool:
    """Count a sending to a contact, and all of them; where it is not allowed nothing is sent, and nobody is told so."""
    few = all(allow(f"codes-to:{one}", most=MOST_CODES_TO, seconds=DAY).allowed for one in sorted(contact))
    return few and allow("codes-of-all", most=MOST_CODES_OF_ALL, seconds=HOUR).allowed


def too_many(request: HttpRequest, most: int = MOST_REPORTS, seconds: float = SECONDS) -> HttpResponse:
    """Say that it was too often, and when it may be again."""
    answer = render(request, "429.html", status=429)
    answer["Retry-After"] = str(math.ceil(seconds / most))
    return answer
