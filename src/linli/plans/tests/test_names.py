"""Working names of new communities."""

from __future__ import annotations

import numpy as np

from linli.plans.names import name_parts
from linli.plans.rules import Rules
from linli.plans.tests.world import town


def test_what_comes_of_a_community_with_a_working_name_is_numbered_on_and_never_doubled() -> None:
    blocks = town()
    blocks.columns["community"][:] = [
        "团结二社区（暂名）" if name == "团结" else name for name in blocks.columns["community"]
    ]
    labels = np.arange(len(blocks)) % 6 // 2 * 2 + np.arange(len(blocks)) // 18  # six parts, three of them in either
    names = name_parts(blocks, labels, Rules(), "dwellings_delivered").names
    assert "团结二社区（暂名）" in names, "the largest of them goes on"
    assert {name for name in names if name.startswith("团结")} <= {
        "团结二社区（暂名）", "团结三社区（暂名）", "团结四社区（暂名）", "团结五社区（暂名）"
    }  # fmt: skip
    assert len(set(names)) == 6
    assert not [name for name in names if "二二" in name]
