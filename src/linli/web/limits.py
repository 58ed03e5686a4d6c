"""Refusing what comes too often, as an error that every answer of the site knows how to tell."""

from __future__ import annotations

import math

from django.core.exceptions import RequestAborted

from linli.org.limits import Allowance, allow


class TooOften(RequestAborted):
    """Asked too often; `wait` is the number of whole seconds after which one more is welcome."""

    def __init__(self, wait: float) -> None:
        self.wait = max(1, math.ceil(wait))
        super().__init__(f"too often; again in {self.wait} s")


def limited(key: str, most: int, seconds: float) -> Allowance:
    """Count one act under a key, or raise `TooOften` where `most` in `seconds` are used up."""
    answer = allow(key, most=most, seconds=seconds)
    if not answer.allowed:
        raise TooOften(answer.wait)
    return answer
