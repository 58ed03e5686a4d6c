"""Photographs of a form that comes back with a question: put aside, exactly those shown last, until it is sent."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

SECONDS = 86400  # that a form is waited for
NAME = 16  # characters
MOST_BYTES = 256 * 2**20  # of all that waits


def folder() -> Path:
    """Where they wait."""
    return Path(settings.MEDIA_ROOT) / "photos" / "waiting"


def name_of(photo: bytes) -> str:
    """What a photograph is called in its form: by its content, so that no other is ever sent in its place."""
    return hashlib.sha256(photo).hexdigest()[:NAME]


@dataclass(frozen=True)
class Aside:
    """What waits for one form, by its key."""

    key: uuid.UUID

    def photos(self) -> dict[str, bytes]:
        """Return them by name, in the order in which they were chosen."""
        found = {}
        for path in self._paths():
            try:
                found[path.stem.rpartition("-")[2]] = path.read_bytes()
            except FileNotFoundError:  # swept, or sent from another window
                continue
        return found

    def put(self, photos: Sequence[bytes]) -> None:
        """Keep these, and nothing else, for the form."""
        folder().mkdir(parents=True, exist_ok=True)
        wanted = {f"{self.key.hex}-{place}-{name_of(photo)}.jpg": photo for place, photo in enumerate(photos)}
        for path in self._paths():
            if path.name not in wanted:
                path.unlink(missing_ok=True)
        for name, photo in wanted.items():
            if not (folder() / name).exists():
                (folder() / name).write_bytes(photo)
        _bound()

    def forget(self) -> None:
        """Keep nothing for the form any more."""
        for path in self._paths():
            path.unlink(missing_ok=True)

    def _paths(self) -> list[Path]:
        return sorted(folder().glob(f"{self.key.hex}-*.jpg"))


def sweep() -> None:
    """Remove what waits for forms that nobody sent."""
    for path in folder().glob("*.jpg"):
        try:
            old = time.time() - path.stat().st_mtime > SECONDS
        except FileNotFoundError:
            continue
        if old:
            path.unlink(missing_ok=True)


def _bound() -> None:
    """Let the oldest go where more waits than there is room for: whoever chose them is asked to choose again."""
    held = []
    for path in folder().glob("*.jpg"):
        try:
            held.append((path.stat().st_mtime, path.stat().st_size, path))
        except FileNotFoundError:
            continue
    total = sum(size for _when, size, _path in held)
    for _when, size, path in sorted(held):
        if total <= MOST_BYTES:
            return
        path.unlink(missing_ok=True)
        total -= size
