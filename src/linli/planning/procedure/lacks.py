"""What an act still lacks: in words, with the address where it is done."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Lack:
    """One thing that is missing; `address` is where one does it, '' where only time does."""

    words: str
    address: str = ""

    def __str__(self) -> str:
        return self.words
