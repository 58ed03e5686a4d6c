"""Test habits for the whole house: no network, temporary folders only, small BLAS, the same cases in every CI run."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from django.test import Client

    from linli.org.tests.world import World

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "Agg")

# a loaded machine is no fault of the code; CI tries the same cases each time, a developer's machine new ones
settings.register_profile("home", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "home"))


@pytest.fixture(autouse=True, scope="session")
def _no_outside_network() -> Iterator[None]:
    """Refuse every connection that leaves this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else "local socket"
        if self.family in (socket.AF_INET, socket.AF_INET6) and host not in ("127.0.0.1", "::1", "localhost"):
            raise RuntimeError(f"a test tried to reach {host}: tests use no network")
        connect(self, address)  # type: ignore[arg-type]

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """Put the world of `linli.org.tests.world` into the test database, once; every test rolls back what it adds."""
    from linli.org.tests.world import build_world

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        build_world()


@pytest.fixture
def world(db: None) -> World:
    """The people and places that every test of the site may use."""
    from django.conf import settings as site
    from django.utils import translation

    from linli.org.brief import forget_brief
    from linli.org.tests.world import World

    forget_brief()
    translation.activate(site.LANGUAGE_CODE)  # a test before may have read a page in another language
    return World()


@pytest.fixture
def client_of(world: World) -> Callable[[str], Client]:
    """Return a browser in which someone of the world is signed in; '' is the public."""
    from django.test import Client

    def client(username: str) -> Client:
        browser = Client()
        if username:
            browser.force_login(world.account(username))
        return browser

    return client


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real benchmark data that lies beside the project; a test that needs it skips without it."""
    folder = Path(__file__).resolve().parent.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real benchmark data (../shared/data) is not on this machine")
    return folder
