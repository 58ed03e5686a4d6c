"""Settings of the tests: a home of their own, quick passwords, a quiet log."""

from __future__ import annotations

import os
import tempfile

os.environ["LINLI_HOME"] = tempfile.mkdtemp(prefix="linli-test-")
os.environ["LINLI_SECRET_KEY"] = "only for tests, never for a site"
os.environ["LINLI_SECOND_FACTOR"] = "0"
os.environ.setdefault("LINLI_LOG", "CRITICAL")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright leaves a loop running in the thread of the tests

from linli.web.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", "linli.org.passwords.OneTimeHasher"]

if DATABASES["default"]["ENGINE"] == "linli.web.sqlite":  # noqa: F405
    # pytest-django knows Django's own engine alone to keep its tests in memory
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}  # noqa: F405
