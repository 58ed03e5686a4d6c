"""Compile the solver's machine code before its time counts, the first time on a machine."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from linli.districting.result import Progress, ProgressHook

MARK = "all-compiled"


def prepared(progress: ProgressHook | None = None) -> bool:
    """Compile what is not yet in the cache on disk; False where Ctrl-C came meanwhile.

    A first Ctrl-C waits until the compiler is done, because a compiler stopped half-way leaves the process unable
    to go on; a second one ends the program.
    """
    import numba

    import linli.districting.compiled  # noqa: F401  it names the cache after the sources

    folder = numba.config.CACHE_DIR
    mark = Path(folder) / MARK if folder else None
    if mark is not None and mark.is_file():
        return True
    from linli.districting.warm import warm

    def say(step: str) -> None:
        if progress is not None:
            progress(Progress(f"compiling, once on this machine: {step}", 0))

    with _one_interruption_deferred() as interrupted:
        warm(say=say)
    if mark is not None and mark.parent.is_dir():
        mark.touch()
    return not interrupted


@contextmanager
def _one_interruption_deferred() -> Iterator[list[int]]:
    """Hold back the first Ctrl-C; the list that is lent holds it afterwards."""
    held: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield held
        return

    def hold(number: int, frame: object) -> None:
        if held:
            raise KeyboardInterrupt
        held.append(number)

    before = signal.signal(signal.SIGINT, hold)
    try:
        yield held
    finally:
        signal.signal(signal.SIGINT, before)
