"""The site's way to its mail server: Django's, with one time limit and one size for all that the server says."""

from __future__ import annotations

import io
import smtplib
import time
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

from linli.org.outgoing import Bounded

SECONDS = 30.0  # of one conversation
MOST_SAID = 64 * 1024


class _Bounds:
    """Reads what the server says until a moment and up to a size; a server that drips holds nobody up."""

    file: Any
    sock: Any

    def __init__(self, *args: Any, **options: Any) -> None:
        self._deadline = time.monotonic() + SECONDS
        super().__init__(*args, **options)

    def getreply(self) -> tuple[int, bytes]:
        """Read one reply."""
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(Bounded(self.sock, self._deadline, MOST_SAID))
        return super().getreply()  # type: ignore[misc, no-any-return]


class Plain(_Bounds, smtplib.SMTP):
    """Without encryption at first, or with STARTTLS."""


class Encrypted(_Bounds, smtplib.SMTP_SSL):
    """Encrypted from the first byte."""


class Backend(EmailBackend):
    """Django's SMTP with these connections."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """Which connection to open."""
        return Encrypted if self.use_ssl else Plain
