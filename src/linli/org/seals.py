"""Personal data at rest: sealed with the site's key, each purpose with a key of its own."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet
from django.conf import settings


def seal(text: str, purpose: str) -> str:
    """Encrypt a text for a purpose, such as `matters.contact`."""
    return _fernet(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, purpose: str) -> str:
    """Decrypt what was sealed for a purpose.

    Raises
    ------
    cryptography.fernet.InvalidToken
        It was sealed with another key, or changed.
    """
    return _fernet(purpose).decrypt(sealed.encode()).decode()


def _fernet(purpose: str) -> Fernet:
    digest = hashlib.sha256(f"linli.{purpose}{settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
