"""Once a day the ledger's signed head leaves the house: into the folder, and by mail to those who hold it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from linli.ledger.check_proof import checked
from linli.ledger.checkpoints import public_key
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


def test_anyone_takes_a_public_entry_with_its_proof_and_checks_it(
    settings: Any, tmp_path: Path, client_of: Callable[[str], Client]
) -> None:
    settings.HOME, settings.LINLI_CHECKPOINTS = tmp_path, tmp_path / "kept"
    act = {"actor": "account:1", "verb": "org.rename_division", "object": "division:1", "content": {"name": "新"}}
    shown, hidden = record(public=True, **act), record(public=False, **act)  # type: ignore[arg-type]
    sign_the_day()
    browser = client_of("")
    page = browser.get(f"/ledger/{shown.seq}/").content.decode()
    assert shown.digest in page
    held = browser.get(f"/ledger/{shown.seq}/entry.json").json()
    proof, key = browser.get(f"/ledger/{shown.seq}/proof").content.decode(), public_key()
    assert "✓" not in checked(proof, key, held)
    with pytest.raises(ValueError, match="not the one"):
        checked(proof, key, held | {"content": "{}"})
    assert browser.get(f"/ledger/{shown.seq}/proof.svg").content.startswith(b"<svg")
    assert b"def checked" in browser.get("/ledger/check_proof.py").content
    size = Checkpoint.objects.get().size
    listed = browser.get("/ledger/checkpoints/").content.decode()
    assert escape(key) in listed
    assert f"/ledger/checkpoints/{size}.txt" in listed
    assert browser.get(f"/ledger/checkpoints/{size}.txt").content.decode() == Checkpoint.objects.get().note
    for missing in (hidden.seq, hidden.seq + 1, 10**30):
        for part in ("", "entry.json", "proof", "proof.svg"):
            assert browser.get(f"/ledger/{missing}/{part}").status_code == 404
