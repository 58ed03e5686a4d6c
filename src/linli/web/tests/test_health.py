"""Health answers for whoever watches the service."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client


def test_the_process_says_that_it_is_alive(client_of: Callable[[str], Client]) -> None:
    assert client_of("").get("/healthz").json() == {"status": "ok"}


def test_an_upgraded_database_is_ready(client_of: Callable[[str], Client]) -> None:
    assert client_of("").get("/readyz").status_code == 200


def test_every_answer_forbids_inline_script(client_of: Callable[[str], Client]) -> None:
    answer = client_of("jiedao").get("/")
    assert answer.status_code == 200
    assert "script-src 'self';" in answer["Content-Security-Policy"]
    assert b"<script>" not in answer.content
