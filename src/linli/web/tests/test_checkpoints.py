"""Once a day the ledger's signed head leaves the house: into the folder, and by mail to those who hold it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from linli.ledger.models import Checkpoint
from linli.ledger.recording import record
from linli.notices.models import Notice
from linli.org.tests.world import World
from linli.web.tasks import sign_the_day


@pytest.mark.usefixtures("world")
def test_the_head_is_signed_once_a_day_written_and_mailed(settings: Any, tmp_path: Path, world: World) -> None:
    settings.HOME, settings.LINLI_CHECKPOINTS = tmp_path, tmp_path / "kept"
    settings.LINLI_WITNESSES = ["shenji@example.cn", "bao@example.cn"]
    settings.EMAIL_HOST = "127.0.0.1"
    record(actor="system", verb="web.upgrade", object="site")
    sign_the_day()
    sign_the_day()
    made = Checkpoint.objects.get()
    assert [path.read_text(encoding="utf-8") for path in (tmp_path / "kept").iterdir()] == [made.note]
    told = Notice.objects.filter(object=f"checkpoint:{made.size}")
    assert told.count() == 2
    assert all(made.note in notice.text for notice in told)
