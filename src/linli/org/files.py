"""Files kept for an act: written under a name that tells nothing, read again only while they are what was kept."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Written:
    """A file that was written: its path under `MEDIA_ROOT`, its size in bytes, its SHA-256 in hex."""

    path: str
    size: int
    sha256: str


def write_file(content: bytes, folder: str, ending: str) -> Written:
    """Write a file into a folder of its own kind, under a name that tells nothing; in the transaction of its act."""
    name = f"{folder}/{uuid.uuid4().hex}{ending}"
    path = Path(settings.MEDIA_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return Written(name, len(content), hashlib.sha256(content).hexdigest())


def read_file(path: str, sha256: str) -> bytes | None:
    """Return a file as it was kept; None where it is gone, or is not what was kept any more."""
    try:
        content = (Path(settings.MEDIA_ROOT) / path).read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == sha256 else None


def remove_file(path: str) -> None:
    """Remove a file whose act did not come to be."""
    (Path(settings.MEDIA_ROOT) / path).unlink(missing_ok=True)
