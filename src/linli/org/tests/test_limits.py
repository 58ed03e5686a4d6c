"""How often something may be asked."""

from __future__ import annotations

from itertools import count
from typing import Any

import hypothesis
import pytest
from django.test import RequestFactory
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from linli.org.limits import address_of, allow

keys = (f"test:{number}" for number in count())


def test_as_many_as_allowed_may_come_at_once_then_one_each_step(db: None) -> None:
    key = next(keys)
    assert [allow(key, most=3, seconds=60, now=1000).left for _ in range(3)] == [2, 1, 0]
    refused = allow(key, most=3, seconds=60, now=1005)
    assert not refused.allowed
    assert refused.wait == pytest.approx(15)
    assert allow(key, most=3, seconds=60, now=1020).allowed
    assert not allow(key, most=3, seconds=60, now=1020).allowed


def test_an_act_that_is_refused_costs_nothing(db: None) -> None:
    key = next(keys)
    allow(key, most=1, seconds=10, now=1000)
    for _ in range(50):
        assert not allow(key, most=1, seconds=10, now=1001).allowed
    assert allow(key, most=1, seconds=10, now=1010).allowed


def test_keys_do_not_share_an_allowance(db: None) -> None:
    assert allow(next(keys), most=1, seconds=10, now=1000).allowed
    assert allow(next(keys), most=1, seconds=10, now=1000).allowed


@hypothesis.settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 30), max_size=40), st.integers(1, 5))
def test_never_more_than_the_allowance_and_what_flowed_back(db: None, pauses: list[int], most: int) -> None:
    key, now, taken = next(keys), 1000.0, []
    for pause in pauses:
        now += pause
        if allow(key, most=most, seconds=60, now=now).allowed:
            taken.append(now)
    for first in taken:
        for last in (moment for moment in taken if moment >= first):
            inside = sum(first <= moment <= last for moment in taken)
            assert inside <= most + (last - first) * most / 60 + 1e-6


@pytest.mark.parametrize(
    ("proxies", "seen", "forwarded", "address"),
    [
        (0, "203.0.113.9", "198.51.100.1", "203.0.113.9"),
        (1, "127.0.0.1", "192.0.2.66, 203.0.113.9", "203.0.113.9"),
        (2, "127.0.0.1", "192.0.2.66, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (1, "127.0.0.1", "", "127.0.0.1"),
        (0, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        (0, "", "", "unknown"),
    ],
)
def test_an_address_is_believed_only_from_ones_own_proxies(
    settings: Any, proxies: int, seen: str, forwarded: str, address: str
) -> None:
    settings.LINLI_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=seen, HTTP_X_FORWARDED_FOR=forwarded)
    assert address_of(request) == address
