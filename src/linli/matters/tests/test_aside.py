"""What waits between two forms: the oldest goes where all of it together is too much."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import Any

import pytest

from linli.matters import aside


def test_the_oldest_goes_where_more_waits_than_there_is_room_for(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(aside, "MOST_BYTES", 250)
    forms = [aside.Aside(uuid.UUID(int=k)) for k in range(3)]
    for age, form in enumerate(reversed(forms)):
        form.put([bytes([age]) * 100])
        for path in aside.folder().glob(f"{form.key.hex}-*.jpg"):
            os.utime(path, (1_700_000_000 + age, 1_700_000_000 + age))
    forms[0].put([b"x" * 100, b"y" * 100])
    assert [len(form.photos()) for form in forms] == [2, 0, 0]
