"""Parquet: plain columns as other files give them, whatever a name holds; nothing but the one file is read."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from xlfv.tables import Refused, parquet
from xlfv.tables.files import read_file


def _write(file: Path, select: str) -> Path:
    plain = file.with_name("plain.parquet")
    duckdb.sql(f"COPY ({select}) TO '{plain}' (FORMAT parquet)")
    plain.rename(file)
    return file


def test_cells_of_each_type(tmp_path: Path) -> None:
    file = _write(
        tmp_path / "loans.parquet",
        "SELECT 7 AS \"Loan ID\", 0.1::DECIMAL(12,4) AS rate, 0.1::FLOAT AS margin, DATE '2009-12-31' AS d,"
        " TIMESTAMP '2009-12-01 10:00:00' AS t, true AS flag, ' ' AS blank, 'nan'::DOUBLE AS gap, NULL::INTEGER AS none",
    )
    table = read_file(file, "loans")
    assert table.columns == {
        "loan_id": [7], "rate": [0.1], "margin": [0.1], "d": [dt.date(2009, 12, 31)], "t": [dt.date(2009, 12, 1)],
        "flag": [True], "blank": [None], "gap": [None], "none": [None],
    }  # fmt: skip
    assert table.where(0, "rate") == "loans.parquet row 1, column rate"


def test_a_name_with_wildcards_is_that_file_alone(tmp_path: Path) -> None:
    _write(tmp_path / "a1.parquet", "SELECT 'other' AS x")
    assert read_file(_write(tmp_path / "a[1]*'.parquet", "SELECT 'own' AS x"), "loans").columns["x"] == ["own"]


def test_no_other_file_can_be_reached(tmp_path: Path) -> None:
    file = _write(tmp_path / "a.parquet", "SELECT 1 AS x")
    other = _write(tmp_path / "b.parquet", "SELECT 2 AS x")
    with parquet.shut_off(tmp_path, file) as link:
        assert link.execute(f"SELECT x FROM read_parquet('{file}')").fetchall() == [(1,)]
        for bad in (
            f"SELECT * FROM read_parquet('{other}')", f"SELECT * FROM read_csv('{other}')", f"COPY (SELECT 1) TO '{tmp_path}/c.csv'",
            "SELECT * FROM read_csv('https://example.org/x.csv')", "SET enable_external_access=true", "INSTALL httpfs",
            f"ATTACH '{tmp_path}/d.db'",
        ):  # fmt: skip
            with pytest.raises(duckdb.Error):
                link.execute(bad).fetchall()


@pytest.mark.parametrize(
    ("select", "said"),
    [
        ("SELECT [1, 2] AS x", "the column x holds"),
        ("SELECT {'a': 1} AS x", "the column x holds"),
        ('SELECT 1 AS "a b", 2 AS a_b', "stands twice"),
    ],
)
def test_what_is_no_plain_table_is_refused(tmp_path: Path, select: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        read_file(_write(tmp_path / "x.parquet", select), "loans")


def test_a_damaged_file_and_one_too_large_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = _write(tmp_path / "x.parquet", "SELECT range AS x FROM range(1000)")
    monkeypatch.setattr(parquet, "MOST_ROWS", 999)
    with pytest.raises(Refused, match="the table is larger than 999 rows"):
        read_file(file, "loans")
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(Refused, match=r"x.parquet is not a Parquet file that can be read"):
        read_file(file, "loans")
