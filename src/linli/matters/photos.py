"""Photographs from outside: told by content, turned upright, made small, written anew without what they carried."""

from __future__ import annotations

import io
import time
import uuid
import warnings
from collections.abc import Sequence
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

MOST_BYTES = 12 * 2**20  # of one photograph as it comes
MOST_PIXELS = 50_000_000  # more is no photograph but a bomb
MOST_PHOTOS = 3
SIDE, QUALITY = 1920, 82
STASH_SECONDS = 86400
TAKEN = ("JPEG", "PNG", "WEBP", "MPO")


def clean_photo(content: bytes) -> bytes:
    """Return a photograph as a JPEG of at most `SIDE` pixels a side, without place, time or device in it.

    Whatever else the file was besides a picture is gone: only its pixels are written.

    Raises
    ------
    django.core.exceptions.ValidationError
        It is no photograph that is taken, too large, or damaged.
    """
    if len(content) > MOST_BYTES:
        raise ValidationError(_("照片超过 12 MB，请拍小一点再传。"), code="size")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=TAKEN) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise ValidationError(_("照片的像素太多，请拍小一点再传。"), code="pixels")
                picture.draft("RGB", (SIDE, SIDE))
                upright = ImageOps.exif_transpose(picture).convert("RGB")
    except ValidationError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ValidationError(_("照片的像素太多，请拍小一点再传。"), code="pixels") from None
    except Exception:  # the package raises whatever it meets in a damaged file
        raise ValidationError(_("这不是能用的照片，请用 JPG、PNG 或 WebP。"), code="kind") from None
    upright.thumbnail((SIDE, SIDE))
    written = io.BytesIO()
    upright.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()


def stash(folder: Path, key: uuid.UUID, photos: Sequence[bytes]) -> None:
    """Keep photographs of a form that comes back with a question, so that nobody has to choose them again."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, photo in enumerate(photos):
        (folder / f"{key.hex}-{number}.jpg").write_bytes(photo)
    for old in folder.glob("*.jpg"):
        if time.time() - old.stat().st_mtime > STASH_SECONDS:
            old.unlink(missing_ok=True)


def stashed(folder: Path, key: uuid.UUID) -> list[bytes]:
    """Return what was stashed for a form."""
    return [path.read_bytes() for path in sorted(folder.glob(f"{key.hex}-*.jpg"))]


def forget(folder: Path, key: uuid.UUID) -> None:
    """Remove what was stashed for a form."""
    for path in folder.glob(f"{key.hex}-*.jpg"):
        path.unlink(missing_ok=True)
