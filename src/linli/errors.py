"""The errors a user can meet, each with what is wrong, where, and what to do."""

from __future__ import annotations

import errno

FULL_CODES = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FULL_WORDS = ("is full", "disk I/O error", "No space left", "could not extend file")  # of SQLite and PostgreSQL
DATABASE_ERRORS = {"DatabaseError", "InterfaceError"}


class LinliError(Exception):
    """Base of every error Linli raises on purpose; the command line prints it and exits with `exit_code`."""

    exit_code = 2


class InputError(LinliError):
    """Input that cannot be used as it is.

    Parameters
    ----------
    message
        What is wrong, in one sentence.
    file, layer, row, field, value
        Where it was met; those that are known are printed, in this order.
    advice
        What to do about it, in one sentence.
    """

    def __init__(
        self,
        message: str,
        *,
        file: object = None,
        layer: object = None,
        row: object = None,
        field: object = None,
        value: object = None,
        advice: str = "",
    ) -> None:
        self.message, self.advice = message, advice
        self.where = {
            name: found
            for name, found in (
                ("file", file),
                ("layer", layer),
                ("row", row),
                ("field", field),
                ("value", value),
            )
            if found is not None
        }
        places = ", ".join(
            f"{name} {found!r}" if name == "value" else f"{name} {found}" for name, found in self.where.items()
        )
        super().__init__(message + (f" [{places}]" if places else "") + (f" → {advice}" if advice else ""))


class InfeasibleError(LinliError):
    """No plan satisfies all the rules; `clash` names a smallest set of rules that contradict each other."""

    exit_code = 3

    def __init__(self, clash: list[str]) -> None:
        self.clash = clash
        super().__init__("these rules cannot all hold: " + "; ".join(clash))


class NoPlanError(LinliError):
    """No plan was found in time, and it is not proven that there is none."""

    exit_code = 4


def is_full(error: BaseException | None) -> bool:
    """Whether an error says that nothing more can be written, for the disk, a quota or another bound is reached.

    A database's errors are known by the names of their classes, which its driver and Django share: so nothing of
    either is loaded here.
    """
    if DATABASE_ERRORS & {kind.__name__ for kind in type(error).__mro__}:
        return any(words in str(error) for words in FULL_WORDS)
    return isinstance(error, OSError) and error.errno in FULL_CODES
