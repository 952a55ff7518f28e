"""Check data: every fault of the files and of the sheets on one list; nothing else changes."""

from __future__ import annotations

import contextlib
import copy
import shutil
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from tests.excel.macros.conftest import as_of, differences, type_in
from tests.excel.macros.desk import Desk, Formula
from tests.excel.macros.engine import open_desk
from xlfv.excel import macros
from xlfv.excel.book import datacheck
from xlfv.tables import Refused

HEAD = 9  # the list's header row


def listed(desk: Desk) -> list[tuple[Any, ...]]:
    """The rows of the list."""
    cells = desk.leaves["Data check"].cells
    rows = sorted({row for row, _ in cells if row > HEAD})
    return [tuple(cells.get((row, column)) for column in (1, 2, 3, 4)) for row in rows]


def what(desk: Desk) -> str:
    return str(desk.leaves["Data check"].cells[7, 1])


def broken(data: Path, folder: Path, **files: str) -> Path:
    """The months with some files of T1/2009-12 replaced."""
    copied = shutil.copytree(data, folder / "data")
    for name, content in files.items():
        (copied / "T1" / "2009-12" / f"{name}.csv").write_text(content)
    return copied


def cell_of(desk: Desk, name: str, row: int, column: int) -> tuple[str, tuple[int, int]]:
    """A cell of a named range."""
    sheet, _, cells = desk.names[name][1:].rpartition("!")
    first = cells.split(":")[0].split("$")
    return sheet.strip("'"), (int(first[2]) + row, ord(first[1]) - 64 + column)


def edit(desk: Desk, name: str, row: int, column: int, value: Any) -> None:
    sheet, spot = cell_of(desk, name, row, column)
    desk.hold(desk.leaves[sheet], spot, value)


def test_a_month_without_a_fault_says_so(desk: tuple[Desk, xw.Book]) -> None:
    words = macros.press("check_data", desk[1])
    assert words == "2009-12, no fault found."
    assert listed(desk[0]) == []
    assert what(desk[0]).startswith("2009-12, no fault found. Checked 20")
    assert "its files, and what stands in these sheets. xlfv 0." in what(desk[0])


def test_faults_of_files_and_of_sheets_stand_on_one_list_with_their_places(
    desk: tuple[Desk, xw.Book], data: Path, tmp_path: Path
) -> None:
    files = broken(
        data,
        tmp_path,
        curves="month,cpr,cdr,severity\n1,0.06,2,0.4\n",
        yields="item,yield\nA,7\nM,0.1\nB,0.2\nresidual,0.2\n",
    )
    type_in(desk[0], "data_folder", str(files))
    edit(desk[0], "curves_T1", 1, 1, 6.0)
    edit(desk[0], "bonds_T_2", 2, 1, "a million")
    words = macros.press("check_data", desk[1])
    rows = listed(desk[0])
    assert words == f"2009-12, {len(rows)} faults found. See the sheet Data check."
    assert [row[0] for row in rows] == [float(k) for k in range(1, len(rows) + 1)]
    places = " ".join(str(row[1]) for row in rows)
    for place in (
        "T1/2009-12: curves.csv row 2, column cdr",
        "T1/2009-12: yields.csv row 2, column yield",
        "Curves!H",
        "'T-2'!B",
    ):
        assert place in places, place
    assert all(row[2] for row in rows)
    assert any("a million" in str(row[2]) for row in rows)
    assert all(row[3] for row in rows)


def test_nothing_but_the_list_and_the_note_of_the_run_changes(
    desk: tuple[Desk, xw.Book], data: Path, tmp_path: Path
) -> None:
    type_in(desk[0], "data_folder", str(broken(data, tmp_path, curves="month,cpr\n1,6\n")))
    before = copy.deepcopy(desk[0].state())
    macros.press("check_data", desk[1])
    after = desk[0].state()
    changed = {
        (name, spot)
        for name in desk[0].leaves
        for spot in before[name]["cells"].keys() | after[name]["cells"].keys()
        if before[name]["cells"].get(spot) != after[name]["cells"].get(spot)
    }
    sheet, first = cell_of(desk[0], "runs", 0, 0)
    assert {name for name, _ in changed} == {"Data check", sheet}
    assert {row for row, height in after["Data check"]["heights"].items() if height > 20} <= {r for r, _ in changed}
    assert {spot[0] for name, spot in changed if name == sheet} == {first[0] + 1}
    for part in ("looks", "widths", "footer"):
        assert all(before[name][part] == after[name][part] for name in desk[0].leaves)
    assert all(before[name]["heights"] == after[name]["heights"] for name in desk[0].leaves if name != "Data check")
    assert before["names"] == after["names"]


def test_a_shorter_list_takes_the_place_of_a_longer_one(desk: tuple[Desk, xw.Book], data: Path, tmp_path: Path) -> None:
    type_in(
        desk[0],
        "data_folder",
        str(broken(data, tmp_path, loans="loan_id,balance,rate,remaining_term\n" + "L1,-1,9,0\n" * 5)),
    )
    macros.press("check_data", desk[1])
    assert len(listed(desk[0])) > 10
    type_in(desk[0], "data_folder", str(data))
    macros.press("check_data", desk[1])
    assert listed(desk[0]) == []


def test_of_very_many_faults_the_rest_is_counted(
    desk: tuple[Desk, xw.Book], data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datacheck, "MOST", 4)
    rows = "".join(f"L{k},-1,0.06,100\n" for k in range(10))
    type_in(desk[0], "data_folder", str(broken(data, tmp_path, loans="loan_id,balance,rate,remaining_term\n" + rows)))
    macros.press("check_data", desk[1])
    assert [row[0] for row in listed(desk[0])] == [1.0, 2.0, 3.0, 4.0, None]
    assert str(listed(desk[0])[-1][2]) == "and 16 more: mend these first, then check again"


def test_a_month_to_be_loaded_is_checked_by_its_files_alone(desk: tuple[Desk, xw.Book]) -> None:
    type_in(desk[0], "as_of", as_of("2009-11"))
    edit(desk[0], "curves_T1", 1, 1, 6.0)
    macros.press("check_data", desk[1])
    assert what(desk[0]).startswith("2009-11, no fault found.")
    assert "its files alone: the sheets hold 2009-12" in what(desk[0])


def test_texts_of_faults_are_texts(desk: tuple[Desk, xw.Book], data: Path, tmp_path: Path) -> None:
    waterfall = "step,from,pay,to\n1,=cmd|'/C calc'!A0,interest,@SUM(A1)\n"
    type_in(desk[0], "data_folder", str(broken(data, tmp_path, waterfall=waterfall)))
    macros.press("check_data", desk[1])
    assert any("=cmd|" in str(row[2]) for row in listed(desk[0]))
    assert not any(
        isinstance(cell, Formula) and cell.text != "=0"
        for spot, cell in desk[0].leaves["Data check"].cells.items()
        if spot[0] > 5
    )


def test_a_locked_book_is_not_written(desk: tuple[Desk, xw.Book]) -> None:
    type_in(desk[0], "status", "locked")
    with pytest.raises(Refused, match="is locked"):
        macros.press("check_data", desk[1])
    assert desk[0].writes == 0


def test_a_list_that_cannot_be_written_leaves_the_old_one(books: dict[str, Path], data: Path, tmp_path: Path) -> None:
    files = broken(data, tmp_path, loans="loan_id,balance,rate,remaining_term\nL1,-1,9,0\n")
    desk, book = open_desk(books["2009-12"])
    type_in(desk, "data_folder", str(files))
    before = copy.deepcopy(desk.state())
    job = macros.begin("check_data", book)
    staged = job.stage(lambda words: None)
    n = 0
    while True:
        n += 1
        desk.writes, desk.fails_at = 0, n
        with contextlib.suppress(Refused):
            job.finish(book, staged)
            break
        assert desk.state() == before
    assert n > 3
    assert desk.state() != before


def test_long_faults_get_tall_rows_which_the_next_month_takes_away(
    books: dict[str, Path], data: Path, tmp_path: Path
) -> None:
    desk, book = open_desk(books["2009-12"])
    name = "a_very_long_name_of_a_loan_" * 6
    content = f"loan_id,balance,rate,remaining_term\n{name},-1,0.06,100\n"
    type_in(desk, "data_folder", str(broken(data, tmp_path, loans=content)))
    macros.press("check_data", book)
    assert desk.leaves["Data check"].heights[HEAD + 1] > 25
    type_in(desk, "data_folder", str(data))
    macros.press("load_month", book)
    fresh, _ = open_desk(books["2009-12"])
    assert differences(desk, fresh) == []
