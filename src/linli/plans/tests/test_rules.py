from __future__ import annotations

from pathlib import Path

import pytest

from linli.errors import InputError
from linli.plans.profiles import profile_names, read_profile
from linli.plans.rules import Rules


def test_crossed_bounds_are_refused() -> None:
    with pytest.raises(InputError, match="lies above the upper bound"):
        Rules(households=(3500, 1500))


@pytest.mark.parametrize("band", [(-1, 3), (1.5, 3), (1, 2, 3), ("1", 2), (0, 0)])
def test_a_band_is_two_whole_numbers_of_at_least_zero(band: object) -> None:
    with pytest.raises(InputError):
        Rules(households=band)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"never_cross_kinds": ("canal",)},
        {"prices": {"river": -1.0}},
        {"prices": {"canal": 1.0}},
        {"profile": "nowhere-2020"},
        {"kept": {" "}},
        {"kept": {"团结": "B1", "白云": "B1"}},
        {"capped": {"persons": -5}},
    ],
)
def test_rules_that_mean_nothing_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Rules(**changes)  # type: ignore[arg-type]


def test_every_shipped_profile_reads_and_says_whether_it_is_verified() -> None:
    profiles = [read_profile(name) for name in profile_names()]
    assert {p.name for p in profiles} >= {"national-2026", "local-1500-3500", "beijing-2020", "henan-2022"}
    assert [p.name for p in profiles if p.statutory] == ["national-2026"]
    assert all(p.households is not None or not p.verified for p in profiles)


def test_the_statutory_band_is_1000_to_3000_from_2026() -> None:
    law = read_profile("national-2026")
    assert law.households == (1000, 3000)
    assert str(law.valid_from) == "2026-01-01"
    assert law.standing(3018) == "超过上限18户"
    assert law.standing(1000) == law.standing(3000) == "在范围内"


def test_a_community_above_6000_households_is_the_largest_grade() -> None:
    local = read_profile("local-1500-3500")
    assert [local.grade(n) for n in (1499, 1500, 3500, 3501, 6000, 6001)] == [
        "小型",
        "适中",
        "适中",
        "偏大",
        "大型",
        "特大",
    ]


def test_rules_come_from_a_toml_file(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(
        'households = [1000, 3000]\nkeep_whole = "compound"\nnever_cross = ["police_area"]\n'
        '[kept]\n"团结" = "B0001"\n"白云" = ""\n[prices]\nriver = 0.05\n',
        encoding="utf-8",
    )
    rules = Rules.from_toml(path)
    assert rules.households == (1000, 3000)
    assert rules.seats == {"团结": "B0001", "白云": None}
    assert rules.prices is not None
    assert (rules.prices["river"], rules.prices["lane"]) == (0.05, 1.50)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("housholds = [1, 2]", "housholds"),
        ("households = [9, 2]", "households"),
        ("never_cross = 3", "never_cross"),
        ("households = [", None),
    ],
)
def test_a_wrong_rules_file_is_named_with_its_field(tmp_path: Path, text: str, field: str | None) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Rules.from_toml(path)
    assert caught.value.where["file"] == path
    assert caught.value.where.get("field") == field


def test_a_profile_of_ones_own_may_stand_beside_the_rules(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text('title = "我区"\nhouseholds = [1200, 2800]\n', encoding="utf-8")
    (tmp_path / "rules.toml").write_text('profile = "ours.toml"\n', encoding="utf-8")
    rules = Rules.from_toml(tmp_path / "rules.toml")
    assert rules.households == (1200, 2800)
    assert rules.standard().title == "我区"


def test_rules_survive_the_way_through_the_plan_file() -> None:
    rules = Rules((1000, 3000), "compound", {"团结": "B1", "白云": None}, ("police_area",), ("river",), {"B2": "团结"},
                  capped={"persons": 9000})  # fmt: skip
    assert Rules.from_json(rules.as_json(parts=3), rules.prices) == rules
