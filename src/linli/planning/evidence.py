"""Files that prove a step or an opinion: bounded before they are read, told by content, kept as they came."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.files import remove_file, write_file
from linli.org.models import Post
from linli.planning.models import Appraisal, Evidence, Project
from linli.written import one_line

MOST_BYTES = 20 * 2**20  # of one file
MOST_FILES = 5  # at once
MOST_OF_PROJECT = 300
MOST_NAME = 120
BEGINS = {
    b"%PDF-": ("application/pdf", ".pdf"), b"\xff\xd8\xff": ("image/jpeg", ".jpg"),
    b"\x89PNG\r\n\x1a\n": ("image/png", ".png"),
}  # fmt: skip
OFD = ("application/ofd", ".ofd")  # 电子文件 of GB/T 33190: a zip with OFD.xml in it


@dataclass(frozen=True)
class Given:
    """A file as it comes: its name, its size in bytes, and what reads it once the size is known to be right."""

    name: str
    size: int
    read: Callable[[], bytes]


def files_of(project: Project, step: str) -> list[Evidence]:
    """Return the files that stand for a step itself."""
    return list(project.evidence.filter(step=step, appraisal=None, withdrawn_at=None))


def keep_evidence(
    actor: Actor, *, project: Project, step: str, files: Sequence[Given], post: Post | None,
    appraisal: Appraisal | None = None,
) -> list[Evidence]:  # fmt: skip
    """Write files for a step or an opinion, in the caller's transaction, whose project is locked.

    Raises
    ------
    ValidationError
        Too many, one that is empty, too large, or neither PDF, OFD nor a picture; nothing is kept then.
    """
    if len(files) > MOST_FILES:
        raise ValidationError(_("一次最多 %(most)d 个文件。") % {"most": MOST_FILES}, code="attached")
    if project.evidence.count() + len(files) > MOST_OF_PROJECT:
        raise ValidationError(_("一个项目最多存 %(most)d 个文件。") % {"most": MOST_OF_PROJECT}, code="attached")
    for one in files:
        if not 0 < one.size <= MOST_BYTES:
            said = {"name": one.name[-MOST_NAME:], "most": MOST_BYTES // 2**20}
            raise ValidationError(_("“%(name)s”是空的，或超过 %(most)d MB。") % said, code="attached")
    made: list[Evidence] = []
    try:
        for one in files:
            content = one.read()
            kind, ending = _kind_of(content, one.name)
            same = project.evidence.filter(step=step, appraisal=appraisal, withdrawn_at=None)
            if same.filter(sha256=hashlib.sha256(content).hexdigest()).exists():
                continue  # sent twice
            written = write_file(content, "evidence", ending)
            made.append(Evidence(
                project=project, step=step, appraisal=appraisal, name=one_line(one.name)[-MOST_NAME:] or f"1{ending}",
                path=written.path, size=written.size, sha256=written.sha256, kind=kind, by=actor.reference, post=post,
            ))  # fmt: skip
            made[-1].save()
    except BaseException:
        for row in made:
            remove_file(row.path)
        raise
    return made


def _kind_of(content: bytes, name: str) -> tuple[str, str]:
    for begin, found in BEGINS.items():
        if content.startswith(begin):
            return found
    if content.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                if "OFD.xml" in packed.namelist():
                    return OFD
        except (zipfile.BadZipFile, ValueError, RuntimeError):  # what the package raises of a damaged one
            pass
    words = _("“%(name)s”不是 PDF、OFD，也不是 JPG、PNG 图片。") % {"name": name[-MOST_NAME:]}
    raise ValidationError(words, code="attached")
