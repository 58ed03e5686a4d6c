import datetime

import numpy as np
import openpyxl
import pytest

from linli.errors import InputError
from linli.geodata import read_table
from linli.geodata.tables import typed


def sheet(path, rows, title="户数"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    book.create_sheet("说明").append(["a", "b"])
    book.save(path)
    book.close()
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_every_usual_encoding(tmp_path, encoding, delimiter):
    lines = [["编号", "小区", "户数"], ["001", "团结里", "120"], ["002", "白云苑", ""]]
    (tmp_path / "t.csv").write_bytes("\r\n".join(delimiter.join(line) for line in lines).encode(encoding))
    table = read_table(tmp_path / "t.csv")
    assert list(table.columns) == ["编号", "小区", "户数"]
    assert table.columns["编号"].tolist() == ["001", "002"]
    assert table.columns["小区"].tolist() == ["团结里", "白云苑"]
    assert table.columns["户数"] == pytest.approx([120, np.nan], nan_ok=True)
    assert table.rows.tolist() == [2, 3]


def test_rare_characters_survive(tmp_path):
    (tmp_path / "t.csv").write_bytes("姓,名\n㑇,𠮷堃\n".encode("gb18030"))
    assert read_table(tmp_path / "t.csv").columns["名"].tolist() == ["𠮷堃"]


def test_a_spreadsheet_may_have_a_title_empty_rows_and_dates(tmp_path):
    day = datetime.datetime(2026, 3, 1)
    path = sheet(
        tmp_path / "t.xlsx",
        [
            ["铜源街道户数统计表"],
            [],
            ["楼栋", "套数", "交付"],
            ["1栋", 60, day],
            [None, None, None],
            ["2栋", "72", None],
        ],
    )
    table = read_table(path)
    assert table.columns["套数"].tolist() == [60, 72]
    assert table.columns["交付"].tolist() == ["2026-03-01T00:00:00", None]
    assert table.rows.tolist() == [4, 6]
    assert table.name == "户数"
    assert list(read_table(sheet(tmp_path / "u.xlsx", [["x", "y"], [1, 2]], "甲"), sheet="甲").columns) == ["x", "y"]


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (["1", "2"], "i", [1, 2]),
        ([1.0, "2", 3], "i", [1, 2, 3]),
        (["1.5", "2", "-3e2"], "f", [1.5, 2, -300]),
        (["007", "012"], "O", ["007", "012"]),
        (["53011300100112345678"], "O", ["53011300100112345678"]),
        (["1,234"], "O", ["1,234"]),
        (["."], "O", ["."]),
        ([True, False], "i", [1, 0]),
        ([None, " "], "O", [None, None]),
        (["a ", 3], "O", ["a", 3]),
    ],
)
def test_cells_become_columns(cells, kind, values):
    column = typed(cells)
    assert column.dtype.kind == kind
    assert column.tolist() == values


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,b\n1,2,3\n", "row 2.*value '3'"),
        ("a,a\n1,2\n", "same name.*field a"),
        ("a,b\n", "no rows"),
        ("\n\n", "empty"),
        ('a,b\n"1,2\n', "breaks off"),
        ("a,b\0\n1,2\n", "no text table"),
    ],
)
def test_damaged_tables_are_named(tmp_path, content, words):
    (tmp_path / "t.csv").write_text(content)
    with pytest.raises(InputError, match=words):
        read_table(tmp_path / "t.csv")


def test_a_missing_sheet_or_column_lists_those_that_exist(tmp_path):
    path = sheet(tmp_path / "t.xlsx", [["x", "y"], [1, 2]])
    with pytest.raises(InputError, match="户数, 说明"):
        read_table(path, sheet="人口")
    with pytest.raises(InputError, match=r"z or 户.*x, y"):
        read_table(path).column("z", "户")
    assert read_table(path).column("z", "y").tolist() == [2]
