"""The passphrase of a sealed backup is asked of whoever sits at the terminal, and of nobody else."""

from __future__ import annotations

import io

import pytest

from linli.cli.secrets import secret_of
from linli.errors import InputError


def test_nobody_at_the_terminal_is_asked_for_a_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LINLI_BACKUP_PASSPHRASE", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(InputError, match="nobody is at the terminal"):
        secret_of(None, ask=True, twice=True)
    monkeypatch.setenv("LINLI_BACKUP_PASSPHRASE", "short")
    with pytest.raises(InputError, match="at least 12 characters"):
        secret_of(None, ask=True, twice=True)
