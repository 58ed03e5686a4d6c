"""A person's username and name as they are kept."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from linli.written import gone

USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,59}")


def clean_username(username: str) -> str:
    """Return a username as it is kept, in lower case, or raise `ValidationError`."""
    username = unicodedata.normalize("NFKC", username).strip().lower()
    if not USERNAME.fullmatch(username):
        raise ValidationError(
            _("账号“%(username)s”不合规则：2–60 位小写字母、数字或 . _ @ -,以字母或数字开头。")
            % {"username": username},
            code="username",
        )
    return username


def clean_name(name: str) -> str:
    """Return a person's name, 2 to 20 characters of any script and the middle dot, or raise `ValidationError`.

    It stays as it is written: rare characters that this Python's tables do not know, joiners and 〇 belong to names.
    """
    unseen, name = gone(name), " ".join(name.split())
    if unseen or not 2 <= len(name) <= 20 or any(unicodedata.category(mark) == "Nd" for mark in name):
        raise ValidationError(_("姓名“%(name)s”须为 2–20 个字，可含“·”。") % {"name": name}, code="name")
    return name
