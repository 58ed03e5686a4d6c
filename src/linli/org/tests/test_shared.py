"""What every worker must know: used codes, counts and locks; and clocks that went wrong for a moment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from linli.jobs.models import Tick
from linli.jobs.ticking import every, tick
from linli.org import lockout
from linli.org.limits import allow
from linli.org.models import SignInFailure
from linli.org.tests.world import PASSWORD, World

# what one of two processes does: claims each of forty codes, and forty places of which twenty are given
CLAIM = """
import json, sys
from linli.web.start import start_django
start_django()
from django.core.cache import cache
from linli.org.limits import allow
allow("warm", most=9, seconds=9)
print("ready", flush=True)
sys.stdin.readline()
claimed = [k for k in range(40) if cache.add(f"code:{k}", "y", 90)]
places = sum(allow("places", most=20, seconds=1e6).allowed for _ in range(40))
print(json.dumps([claimed, places]))
"""


def test_two_processes_never_take_the_same_code_or_place(tmp_path: Path) -> None:
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("LINLI", "DATABASE", "DJANGO"))}
    made = {**keep, "LINLI_HOME": str(tmp_path), "LINLI_LOG": "ERROR"}
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    both = [subprocess.Popen([sys.executable, "-c", CLAIM], env=made, **pipes) for _ in range(2)]
    assert [one.stdout.readline() for one in both] == ["ready\n"] * 2
    for one in both:
        one.stdin.write("go\n")
        one.stdin.flush()
    told = [json.loads(one.communicate(timeout=120)[0]) for one in both]
    assert sorted(told[0][0] + told[1][0]) == list(range(40))
    assert told[0][1] + told[1][1] == 20


def test_a_code_of_an_authenticator_is_good_for_one_sign_in(world: World) -> None:
    secret = generate_totp_secret()
    TOTP.activate(world.account("xitong"), secret)
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    inside = []
    for _ in range(2):
        browser = Client()
        assert browser.post("/accounts/login/", {"login": "xitong", "password": PASSWORD}).status_code == 302
        browser.post("/accounts/2fa/authenticate/", {"code": code})
        inside.append("_auth_user_id" in browser.session)
    assert inside == [True, False]
    again = Client()
    again.force_login(world.account("xitong"))
    for _ in range(settings.SIGN_IN_FAILURES):
        again.post("/accounts/2fa/reauthenticate/", {"code": "000000"})
    page = again.post("/accounts/2fa/reauthenticate/", {"code": "000000"})
    assert "失败次数过多" in page.content.decode(), "codes are counted wherever they are asked for"
    assert settings.CACHES["default"]["BACKEND"] == "linli.org.shared.SharedCache"


def test_the_shared_cache_keeps_and_forgets(db: None) -> None:
    assert cache.add("a", [1, 2.5], 60)
    assert not cache.add("a", 3, 60)
    assert cache.get("a") == [1, 2.5]
    cache.set("a", 4, 0)
    assert cache.get("a", "none") == "none"
    assert cache.add("a", 5)
    assert cache.touch("a", 10)
    assert cache.delete("a")
    assert not cache.delete("a")
    cache.set("b", 1)
    cache.clear()
    assert cache.get("b") is None


def test_a_clock_that_jumped_ahead_punishes_nobody(world: World, settings: Any) -> None:
    now, day = time.time(), 86400
    for _ in range(3):
        allow("jump", most=3, seconds=60, now=now + day)
    assert allow("jump", most=3, seconds=60, now=now).allowed
    ahead = timezone.now() + timedelta(days=1)
    for _ in range(settings.SIGN_IN_FAILURES):
        SignInFailure.objects.create(key=lockout.key_of("shuji"), address="203.0.113.9", at=ahead)
    assert not lockout.locked("shuji", "203.0.113.9")
    assert lockout.locked_among(["shuji"]) == set()
    assert lockout.reserve("shuji", "203.0.113.9") is not None
    assert not SignInFailure.objects.filter(at=ahead).exists(), "it would count when that day comes"


def test_what_is_done_regularly_goes_on_after_a_clock_that_jumped(db: None) -> None:
    done: list[int] = []
    every(10, "org.test_shared")(lambda: done.append(1))
    Tick.objects.update_or_create(name="org.test_shared", defaults={"next_at": timezone.now() + timedelta(days=1)})
    tick()
    tick()
    assert done == [1]
