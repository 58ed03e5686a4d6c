from __future__ import annotations

import numpy as np

from linli.plans.groups import rows_of


def test_every_row_is_listed_once_under_its_label() -> None:
    labels = np.array(["乙", "甲", "乙", "", "甲", "乙"], dtype=object)
    found = rows_of(labels)
    assert {name: rows.tolist() for name, rows in found.items()} == {"": [3], "乙": [0, 2, 5], "甲": [1, 4]}
    assert list(found) == sorted(found)


def test_labels_come_back_as_plain_values_and_nothing_has_no_groups() -> None:
    assert [type(name) for name in rows_of(np.array([2, 0, 2]))] == [int, int]
    assert [type(name) for name in rows_of(np.array(["a"]))] == [str]
    assert rows_of(np.zeros(0, np.int64)) == {}
