"""What people read for a verb of the ledger; each room adds the words of its own actions."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_WORDS: dict[str, str | Promise] = {"ledger.sight": _("查看个人信息")}


def add_words(words: Mapping[str, str | Promise]) -> None:
    """Add the words of a room's verbs; called when its application is ready."""
    _WORDS.update(words)


def words_for(verb: str) -> str:
    """Return what people read for a verb, the verb itself where no room named it."""
    return str(_WORDS.get(verb, verb))


def known_verbs() -> dict[str, str]:
    """Return every verb with its words, in the language of who asks."""
    return {verb: str(words) for verb, words in sorted(_WORDS.items())}
