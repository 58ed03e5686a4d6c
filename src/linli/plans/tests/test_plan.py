from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from linli.errors import InputError
from linli.geodata import input_hash
from linli.plans.bands import bands_of, outside_words
from linli.plans.change import evaluate
from linli.plans.checks import broken_rules
from linli.plans.diagnosis import diagnose, diagnosis_text
from linli.plans.names import name_parts, numeral
from linli.plans.pages import as_text, write_report
from linli.plans.plan import Plan
from linli.plans.rules import Rules
from linli.plans.sides import ByHand, four_sides, sides_text, stamps
from linli.plans.splitting import split
from linli.plans.tests.world import town
from linli.plans.words import staffing
from linli.plans.working import complete, improve, partial_plan, repair

RULES = Rules(households=(1000, 3500), keep_whole="compound", kept={"团结", "白云"})


@cache
def plan_of_four() -> Plan:
    plan = split(town(), RULES.but(never_cross=("community",)), parts=4, time_limit=20).best
    assert plan is not None
    return plan


def by_hand(labels: list[int] | np.ndarray, rules: Rules = RULES) -> Plan:
    """A plan of the town drawn by hand; 0 is 团结, 1 is 白云, 2 is 丙."""
    names = np.array(["团结", "白云", "丙"], dtype=object)[np.asarray(labels)]
    return replace(partial_plan(town(), names.tolist(), rules), parts=None)


def halves() -> np.ndarray:
    return np.array([0 if row % 6 < 3 else 1 for row in range(36)])


def test_one_sentence_names_some_communities_and_sums_up_many() -> None:
    few = by_hand(halves())
    assert "团结社区" in few.headline()
    every = replace(partial_plan(town(), [f"第{row}" for row in range(36)], RULES), parts=None)
    said = every.headline()
    counts = sorted(c.count for c in every.communities)
    assert said.startswith("36个社区")
    assert f"最小{counts[0]}户、中位{counts[18]}户、最大{counts[-1]}户" in said
    assert "第7" not in said


def test_the_plan_file_reads_back_as_the_same_plan(tmp_path: Path) -> None:
    plan = plan_of_four()
    plan.to_file(tmp_path / "plan.gpkg")
    again = Plan.from_file(tmp_path / "plan.gpkg", plan.blocks)
    assert again.community.tolist() == plan.community.tolist()
    assert again.as_json() == plan.as_json()
    assert again.rules == plan.rules
    assert again.names == plan.names
    assert again.proof is not None
    assert plan.proof is not None
    assert again.proof.claim == plan.proof.claim
    assert again.text() == plan.text()


def test_the_seal_is_the_hash_of_the_file_with_zeros_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "plan.gpkg"
    plan_of_four().to_file(path)
    data = path.read_bytes()
    found = re.findall(rb"linli-seal-sha256:([0-9a-f]{64})", data)
    assert len(found) == 1
    assert hashlib.sha256(data.replace(found[0], b"0" * 64)).hexdigest().encode() == found[0]


def test_meta_states_what_the_contract_asks(tmp_path: Path) -> None:
    plan = plan_of_four()
    plan.to_file(tmp_path / "plan.gpkg")
    with sqlite3.connect(tmp_path / "plan.gpkg") as database:
        meta = json.loads(database.execute("select json from meta").fetchone()[0])
    assert meta["rules"]["kept"] == {"团结": "B0001", "白云": "B0006"}
    assert meta["rules"]["lower"] == 1000
    assert meta["input_hash"] == input_hash(plan.blocks)
    assert meta["proof"]["bound"] == meta["objective"] == meta["bound"]
    assert meta["proof"]["cost_scale"] == 1000
    assert meta["prices"]["river"] == 0.10
    assert meta["scope"] == []


def test_a_plan_of_other_blocks_is_refused(tmp_path: Path) -> None:
    plan_of_four().to_file(tmp_path / "plan.gpkg")
    with pytest.raises(InputError, match="one of other blocks"):
        Plan.from_file(tmp_path / "plan.gpkg", town(5, 5))


def test_a_file_that_is_no_plan_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.gpkg"
    path.write_bytes(b"not a plan")
    with pytest.raises(InputError, match="no plan file"):
        Plan.from_file(path, town())
    with pytest.raises(InputError, match="no such file"):
        Plan.from_file(tmp_path / "other.gpkg", town())


def test_a_plan_with_open_blocks_is_not_written_and_leaves_nothing(tmp_path: Path) -> None:
    plan = by_hand(halves())
    names = plan.community.copy()
    names[4] = ""
    with pytest.raises(InputError, match="belong to no community"):
        replace(plan, community=names).to_file(tmp_path / "plan.gpkg")
    assert list(tmp_path.iterdir()) == []


def test_kept_names_go_to_the_successor_with_most_households() -> None:
    blocks, labels = town(), np.zeros(36, dtype=np.int64)
    labels[[row for row in range(36) if row % 6 >= 3]] = 1
    labels[[0, 1, 6, 7]] = 2
    named = name_parts(blocks, labels, RULES, "dwellings_delivered")
    assert named.names == ("团结", "白云", "团结二社区（暂名）")
    assert named.parents == ("团结", "白云", "团结")
    assert named.kept == (True, True, False)


def test_working_names_are_never_given_twice() -> None:
    blocks = town()
    taken = blocks.columns["community"].copy()
    taken[0] = "团结二社区（暂名）"
    labels = np.arange(36) // 6
    named = name_parts(replace(blocks, columns={**blocks.columns, "community": taken}), labels, RULES, "persons")
    assert len(set(named.names)) == 6
    assert [numeral(n) for n in (2, 9, 10, 11, 20, 21)] == ["二", "九", "十", "十一", "二十", "二十一"]


def test_the_four_sides_name_the_streets_met_on_each_side() -> None:
    sides = four_sides(town(), by_hand(halves()).community)
    assert sides_text(sides["团结"]) == "东至滨河西路（与白云社区为界），南至街道界，西至街道界，北至街道界"
    assert sides["白云"]["west"] == "滨河西路（与团结社区为界）"


def test_a_side_of_the_scope_names_the_community_beyond_it() -> None:
    east = town().only(["白云"])
    sides = four_sides(east, np.full(len(east), "白云", dtype=object))
    assert sides["白云"]["west"] == "滨河西路（与团结社区为界）"
    assert sides["白云"]["east"] == "街道界"
    nameless = replace(east, rim=replace(east.rim, name=np.full(len(east.rim), "", dtype=object)))
    assert four_sides(nameless, np.full(len(east), "白云", dtype=object))["白云"]["west"] == "团结社区界"


def test_a_side_written_by_hand_is_marked_and_travels_in_the_plan_file(tmp_path: Path) -> None:
    plan = replace(plan_of_four(), by_hand={"团结": {"east": ByHand("滨河西路西侧路缘", "人工修改，杨*")}})
    assert "东至滨河西路西侧路缘（人工修改，杨*）" in plan.text()
    plan.to_file(tmp_path / "plan.gpkg")
    read = Plan.from_file(tmp_path / "plan.gpkg", plan.blocks)
    assert read.text() == plan.text()
    assert read.communities[0].marks == plan.communities[0].marks


def test_the_stamp_of_a_side_changes_with_its_border_alone() -> None:
    labels = halves()
    before = stamps(town(), by_hand(labels).community)
    labels[2] = 1  # a block of the south-east of 团结 goes to 白云
    after = stamps(town(), by_hand(labels).community)
    assert before["团结"]["east"] != after["团结"]["east"]
    assert before["团结"]["north"] == after["团结"]["north"]
    assert before["团结"]["west"] == after["团结"]["west"]


def test_a_line_without_a_name_gives_the_neighbours_name() -> None:
    blocks = town()
    nameless = replace(blocks, lines=replace(blocks.lines, name=np.full(len(blocks.lines), "", dtype=object)))
    sides = four_sides(nameless, by_hand(halves()).community)
    assert sides["团结"]["east"] == "白云社区界"


def test_the_words_of_a_community_hold_what_approvers_expect() -> None:
    text = plan_of_four().communities[0].text
    for said in ("社区范围：东至", "管辖小区：", "共计", "总计", "口径：已交付套数", "常住人口", "办公地点：", "㎡",
                 "建议配备两委", "社区工作者", "国家法一般规模1000至3000户", "本区社区规模标准1500至3500户",
                 "本次运算采用的户数范围1000至3500户"):  # fmt: skip
        assert said in text


def test_what_was_typed_for_a_search_never_stands_in_a_standards_name() -> None:
    plan = by_hand(halves(), RULES.but(households=(3590, 3700)))
    statutory, local, asked = bands_of(plan.rules)
    assert [band.households for band in (statutory, local, asked)] == [(1000, 3000), (1500, 3500), (3590, 3700)]
    assert "第三条" in statutory.source
    assert "文号" in local.source
    assert asked.source == ""
    assert "本区社区规模标准1500至3500户，超过上限" in plan.communities[0].text
    assert "本区社区规模标准3590" not in as_text(plan, "方案")


def test_below_the_law_is_not_said_to_be_above_it() -> None:
    assert "低于法定一般规模，理由：地形封闭" in outside_words(900, RULES.statutory(), "地形封闭")
    assert outside_words(3001, RULES.statutory(), "").startswith("超出法定一般规模")
    assert outside_words(3000, RULES.statutory(), "") == ""


def test_a_published_version_travels_in_the_plan_file(tmp_path: Path) -> None:
    mine = replace(RULES.standard(), name="qu-2027", title="我区标准", households=(1200, 3300))
    plan = replace(plan_of_four(), rules=RULES.but(profile=mine))
    plan.to_file(tmp_path / "plan.gpkg")
    read = Plan.from_file(tmp_path / "plan.gpkg", plan.blocks)
    assert read.rules.standard() == mine
    assert read.text() == plan.text()


def test_missing_data_are_said_to_be_missing() -> None:
    plan = by_hand(halves())
    columns = {name: plan.blocks.columns[name] for name in ("dwellings_delivered", "compound")}
    text = replace(plan, blocks=replace(plan.blocks, columns=columns), rules=RULES.but(kept={})).text()
    assert "常住人口无数据" in text
    assert "社区工作者无数据（缺人口数）" in text
    assert "办公地点：无数据" in text


def test_outside_the_statutory_band_a_reason_is_demanded() -> None:
    plan = by_hand(halves())
    assert all(c.needs_reason and "需说明理由" in c.text for c in plan.communities)
    said = plan.with_reasons({"团结": "地形封闭，无法再分"})
    first, second = said.communities
    assert "理由：地形封闭" in first.text
    assert "需说明理由" not in first.text
    assert "需说明理由" in second.text
    with pytest.raises(InputError):
        plan.with_reasons({"京铜": "?"})


def test_norms_of_staff_and_floor_follow_the_profile() -> None:
    norms = RULES.standard().norms
    assert [staffing(n, None, norms).seats for n in (2999, 3000, 4000, 5000)] == [5, 6, 7, 8]
    assert staffing(2457, 6433, norms).workers == 12
    assert staffing(500, None, norms).floor_needed_m2 == 300
    assert staffing(2000, None, norms).floor_needed_m2 == 600


def test_a_plan_says_under_which_counting_it_still_holds() -> None:
    plan = by_hand(halves(), RULES.but(households=(1000, 3700)))
    held = {row["count"]: row for row in plan.counts_held()}
    assert held["dwellings_delivered"]["holds"]
    assert not held["households_registered"]["holds"]
    assert set(held["households_registered"]["outside"]) == {"团结", "白云"}


def test_evaluating_a_move_says_what_changes() -> None:
    plan = by_hand(halves())
    moved = int(plan.blocks.counts(plan.count)[3])
    change = evaluate(plan, {"B0004": "团结"})
    assert change.holds == (not change.broken)
    before, after = ({c.name: c.count for c in p.communities} for p in (change.before, change.after))
    assert after["团结"] - before["团结"] == moved == before["白云"] - after["白云"]
    assert f"（{moved:+d}；口径：已交付套数）" in change.text()
    assert "社区间界线+100米，其中主干道-100米、街巷+200米" in change.text()


def test_evaluating_a_move_says_which_rule_it_breaks() -> None:
    rules = RULES.but(never_cross=("police_area",), kept={"团结": "B0001", "白云": "B0006"})
    codes = {b.code for b in evaluate(by_hand(halves(), rules), {"B0001": "白云", "B0008": "白云"}).broken}
    assert {"R04", "R18"} <= codes
    codes = {b.code for b in evaluate(by_hand(halves()), {"B0002": "白云"}).broken}
    assert "R10" in codes
    assert "R06" in {b.code for b in evaluate(by_hand(halves()), {"B0008": "白云"}).broken}


def test_evaluating_a_move_speaks_of_belonging_where_people_were_asked() -> None:
    plan = by_hand(halves())
    lines = plan.blocks.lines
    affinity = np.full(len(lines), np.nan)
    affinity[(lines.a == 3) & (lines.b == 4)] = 72  # B0004 feels with its neighbour in 白云 …
    affinity[(lines.a == 2) & (lines.b == 3)] = 28  # … more than with the one in 团结
    asked = replace(plan, blocks=replace(plan.blocks, lines=replace(lines, affinity=affinity)))
    assert "该院落72%的受访者认同白云社区" in evaluate(asked, {"B0004": "团结"}).text()
    assert "受访者" not in evaluate(plan, {"B0004": "团结"}).text()


@pytest.mark.parametrize("moves", [{}, {"B9999": "团结"}, {"B0001": "京铜"}])
def test_a_move_that_means_nothing_is_refused(moves: dict[str, str]) -> None:
    with pytest.raises(InputError):
        evaluate(by_hand(halves()), moves)


def test_completing_leaves_given_blocks_where_they_are() -> None:
    names = plan_of_four().community.copy()
    names[10:25] = ""
    draft = partial_plan(town(), names.tolist(), RULES)
    done = complete(draft, parts=4, time_limit=10)
    assert broken_rules(done) == []
    assert all(new == old for new, old in zip(done.community, names, strict=True) if old)
    assert done.bound is None


def test_improving_keeps_locks_and_never_makes_worse() -> None:
    labels = halves()
    labels[[18, 24, 30, 19, 25, 31]] = 2
    plan = by_hand(labels, RULES.but(kept={}))
    locked = replace(plan, locked=labels == 2)
    better = improve(locked, time_limit=10)
    assert (better.community == "丙").sum() >= 6
    assert all(better.community[labels == 2] == "丙")
    assert better.objective is not None
    assert better.objective <= plan.measures()["boundary"]
    assert broken_rules(better) == []


def test_repairing_moves_few_households_and_keeps_all_rules() -> None:
    labels = halves()
    labels[14] = 1  # a block of 白云 inside 团结
    labels[15:18] = 0  # and a strip of 白云 given away, so that it falls apart
    plan = by_hand(labels, RULES.but(kept={}, households=(1000, 4500)))
    assert {"R04"} <= {b.code for b in broken_rules(plan)}
    mended = repair(plan, time_limit=10)
    assert broken_rules(mended) == []
    assert (mended.community != plan.community).sum() <= 6


def test_a_check_up_flags_by_threshold_and_by_counting() -> None:
    large = town(8, 8)
    found = diagnose(large)
    assert [c.flagged for c in found] == [True, True]
    assert found[0].grade == "特大"
    assert found[0].parts == (2, 4)
    assert not any(c.flagged for c in diagnose(large, threshold=7000))
    edge = diagnose(large, threshold=6600)
    assert any("按户籍户数计" in reason for c in edge for reason in c.reasons)
    assert "需拆分" in diagnosis_text(found, large.note_of("dwellings_delivered"))


def test_a_count_that_nobody_took_is_no_data_and_no_count_of_none() -> None:
    large = town(8, 8)
    none = np.zeros(len(large), dtype=np.int64)
    blocks = replace(large, columns={**large.columns, "dwellings": none})
    found = diagnose(blocks, count="dwellings")
    assert [(c.known, c.flagged, c.grade, c.findings) for c in found] == [(False, False, "", ())] * 2
    words = diagnosis_text(found, blocks.note_of("dwellings"))
    assert words.count("无数据") == 2
    assert "0户" not in words
    assert "正常" not in words
    by_other = diagnose(blocks, count="dwellings_delivered", threshold=6600)
    assert not any(finding.count == "dwellings" for c in by_other for finding in c.findings)


def test_a_check_up_needs_the_present_communities() -> None:
    blocks = town()
    with pytest.raises(InputError, match="community"):
        diagnose(replace(blocks, columns={"persons": blocks.columns["persons"]}), count="persons")


@pytest.mark.parametrize("ending", [".html", ".md", ".txt"])
def test_a_report_holds_the_words_and_the_figures(tmp_path: Path, ending: str) -> None:
    plan = plan_of_four()
    path = tmp_path / f"report{ending}"
    write_report(plan, path, picture=False)
    text = path.read_text(encoding="utf-8")
    assert plan.communities[0].text in text
    assert "证明" in text
    assert text.index("提升城市管理服务质效") < text.index("规模与口径"), "the objective opens it"
    for said in ("界线依托率", "管辖区域与户数适当", "居民认同", "租用", "缺口和措施"):
        assert said in text
    assert all(name in text for name in plan.names)


def test_a_report_in_another_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        write_report(plan_of_four(), tmp_path / "report.odt")
    assert list(tmp_path.iterdir()) == []


def test_renaming_refuses_a_name_borne_twice() -> None:
    plan = by_hand(halves())
    assert plan.with_names({"团结": "新团结"}).names == ("新团结", "白云")
    with pytest.raises(InputError):
        plan.with_names({"团结": "白云"})
