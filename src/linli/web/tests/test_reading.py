"""What is typed is kept as it was written; what no text can hold goes, and the writer reads which signs went."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from linli.org.models import Division
from linli.org.tests.world import World
from linli.planning.models import Project, Standard
from linli.planning.tests.small import small_ground


def test_signs_that_no_text_can_hold_go_and_one_is_told(world: World, client_of: Callable[[str], Client]) -> None:
    client = client_of("jiedao")
    client.post("/matters/filters/save", {"name": "未\x00办\x0b的"})
    told = client.get("/today/").content.decode()
    assert "U+0000、U+000B" in told
    assert "2 个看不见的控制字符" in told


@pytest.mark.parametrize("path", ["/where/%00/", "/cases/categories/a%00b/", "/org/%0B/"])
def test_no_path_of_ours_holds_them(world: World, client_of: Callable[[str], Client], path: str) -> None:
    assert client_of("quji").get(path).status_code == 404


def test_a_title_that_another_project_bears_is_told_beside_its_field_and_all_else_stays(
    world: World, client_of: Callable[[str], Client]
) -> None:
    small_ground(world)
    client, standard = client_of("jiedao"), Standard.objects.get(code="local-1500-3500", version=1)
    said = {
        "title": "团结社区拆分", "scope": [Division.objects.get(name="团结").pk], "standard": standard.pk,
        "count": "households_registered", "households_least": 1500, "households_most": 3500,
    }  # fmt: skip
    first, again = (client.post("/planning/projects/new", said) for _ in range(2))
    assert (first.status_code, first["Location"]) == (again.status_code, again["Location"])
    assert Project.objects.count() == 1
    other = client.post("/planning/projects/new", {**said, "households_most": 3400})
    assert other.status_code == 422
    assert other.context["form"].errors == {"title": ["本街道已有叫这个名称的项目，请换一个名称。"]}
    assert 'value="3400"' in other.content.decode()


def test_what_a_full_check_refuses_is_told_beside_its_field(world: World, client_of: Callable[[str], Client]) -> None:
    answer = client_of("quji").post(
        "/cases/categories/new", {"code": "0602", "group": "大类", "title": "类别", "succession": "follow"}
    )
    assert answer.status_code == 422
    assert "code" in answer.context["form"].errors
