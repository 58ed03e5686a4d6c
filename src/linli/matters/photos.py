"""Photographs from outside: told by content, turned upright, made small, written anew without what they carried."""

from __future__ import annotations

import io
import threading
import warnings

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

MOST_BYTES = 12 * 2**20  # of one photograph as it comes
MOST_PIXELS = 50_000_000  # more is no photograph but a bomb
MOST_PIXELS_AT_ONCE = 20_000_000  # of the kinds that cannot be opened smaller than they are
MOST_SCANS = 60  # a progressive picture has ten; each one costs as much as the whole
PATIENCE = 20.0  # seconds that a photograph waits for the ones before it
MOST_PHOTOS = 3
SIDE, QUALITY = 1920, 82
THUMBNAIL = 160  # pixels
TAKEN = ("JPEG", "PNG", "WEBP", "MPO")
SMALLER = ("JPEG", "MPO")  # kinds that open at a part of their size

_one_at_a_time = threading.BoundedSemaphore()  # of this process: its other thread goes on answering


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
    if not _one_at_a_time.acquire(timeout=PATIENCE):
        raise ValidationError(_("正在处理别人的照片，请过一会儿再传。"), code="busy")
    try:
        return _written_anew(content)
    finally:
        _one_at_a_time.release()


def _written_anew(content: bytes) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=TAKEN) as picture:
                # the head alone has been read: nothing is decoded before its size is known
                most = MOST_PIXELS if picture.format in SMALLER else MOST_PIXELS_AT_ONCE
                scans = content.count(b"\xff\xda") if picture.format in SMALLER else 0
                if picture.width * picture.height > most or scans > MOST_SCANS:
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


def thumbnail(photo: bytes) -> bytes:
    """Return a photograph that `clean_photo` wrote, small enough to stand in a page."""
    with Image.open(io.BytesIO(photo), formats=("JPEG",)) as picture:
        picture.draft("RGB", (THUMBNAIL, THUMBNAIL))
        small = picture.convert("RGB")
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    written = io.BytesIO()
    small.save(written, "JPEG", quality=70)
    return written.getvalue()
