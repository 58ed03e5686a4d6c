"""Files that rows name by their hash are read again by verify and backup: a bent byte and a lost file are named."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from linli.ledger.checking import check
from linli.ledger.kept_files import CHANGED, LOST, files_astray
from linli.org.actors import SYSTEM, actor_of
from linli.org.tests.world import World
from linli.planning.actions.put_evidence import put_evidence
from linli.planning.models import Evidence
from linli.planning.tests.small import SCAN, scan, small_ground, small_project
from linli.web.actions.acknowledge import acknowledge


@pytest.fixture
def kept(world: World, settings: object, tmp_path: Path) -> list[Evidence]:
    """Two files of a project, under a folder of their own."""
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    small_ground(world)
    both = [scan(name="甲.pdf"), scan(SCAN + b"\n% 2", name="乙.pdf")]
    put_evidence(SYSTEM, project=small_project(world), step="survey", attached=both)
    return list(Evidence.objects.order_by("pk"))


def astray(folder: Path) -> list[str]:
    with connection.cursor() as cursor:
        found = check(cursor, connection.vendor, files=folder)
        assert [one.words for one in files_astray(cursor, connection.vendor, folder)] == [w for _n, w in found.faults]
    return [words for _number, words in found.faults]


def test_files_as_they_were_kept_are_no_fault(kept: list[Evidence], tmp_path: Path) -> None:
    assert len(kept) == 2
    assert astray(tmp_path) == []


def test_a_bent_byte_and_a_lost_file_are_named_with_whose_they_are(kept: list[Evidence], tmp_path: Path) -> None:
    bent, lost = (tmp_path / one.path for one in kept)
    content = bent.read_bytes()
    bent.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    lost.unlink()
    told = astray(tmp_path)
    assert sorted(told) == sorted([
        f"{CHANGED}: {kept[0].path} (evidence:{kept[0].pk})", f"{LOST}: {kept[1].path} (evidence:{kept[1].pk})",
    ])  # fmt: skip
    bent.write_bytes(content)
    assert astray(tmp_path) == [f"{LOST}: {kept[1].path} (evidence:{kept[1].pk})"]


def test_a_lost_file_is_answered_for_once_and_then_named_no_more(
    world: World, kept: list[Evidence], tmp_path: Path
) -> None:
    tender = actor_of(world.account("xitong"))
    with pytest.raises(ValidationError):
        acknowledge(tender, thing=kept[0].reference, why="硬盘坏了")
    (tmp_path / kept[0].path).unlink()
    entry = acknowledge(tender, thing=kept[0].reference, why="硬盘坏了，按审批单登记")
    assert entry.said["lost"] == [kept[0].path]
    assert astray(tmp_path) == []
    (tmp_path / kept[1].path).unlink()
    assert len(astray(tmp_path)) == 1, "the other is not covered by it"
