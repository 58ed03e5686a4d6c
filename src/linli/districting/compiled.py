"""One typed door to Numba: compiled, cached on disk, free of the interpreter lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numba

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile `function` to machine code at its first call; later processes load it from the disk cache."""
    jitted: F = numba.njit(cache=True, nogil=True, boundscheck=False)(function)
    return jitted
