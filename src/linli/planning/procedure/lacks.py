"""What an act still lacks: in words, with the address where it is done; the page shows it, the act refuses with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError


@dataclass(frozen=True)
class Lack:
    """One thing that is missing.

    Parameters
    ----------
    words
        What, in the reader's language.
    address
        Where one does it, '' where only time does.
    code
        Of the error that an act refuses with.
    """

    words: str
    address: str = ""
    code: str = "lacks"

    def __str__(self) -> str:
        return self.words


def refuse_what_lacks(lacks: Sequence[Lack]) -> None:
    """Refuse an act that lacks something.

    Raises
    ------
    ValidationError
        With all of it in words.
    """
    if len(lacks) == 1:
        raise ValidationError(lacks[0].words, code=lacks[0].code)
    if lacks:
        raise ValidationError([ValidationError(one.words, code=one.code) for one in lacks])
