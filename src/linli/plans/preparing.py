"""Compile the solver's machine code before its time counts, the first time on a machine."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from linli.districting.result import Progress, ProgressHook

CENTRES = "moment of inertia"  # the step of warming that only goals around centres need
ANNEALING = "weighted goals"  # the step that nothing in this room needs


def prepared(progress: ProgressHook | None = None, *, centres: bool = False) -> bool:
    """Compile what is not yet in the cache on disk; False where Ctrl-C came meanwhile.

    A first Ctrl-C waits until the compiler is done, because a compiler stopped half-way leaves the process unable
    to go on; a second one ends the program.

    Parameters
    ----------
    centres
        Whether a goal around centres will be solved.
    """
    import numba

    import linli.districting.compiled  # noqa: F401  it names the cache after the sources
    from linli.districting.warm import STEPS

    folder = Path(numba.config.CACHE_DIR) if numba.config.CACHE_DIR else None
    with _one_interruption_deferred() as interrupted:
        for number, (step, run) in enumerate(STEPS.items()):
            mark = None if folder is None else folder / f"compiled-{number}"
            needless = step == ANNEALING or (step == CENTRES and not centres)
            if needless or (mark is not None and mark.is_file()):
                continue
            if progress is not None:
                progress(Progress(f"compiling, once on this machine: {step}", number, len(STEPS)))
            run()
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
