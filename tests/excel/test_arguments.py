"""Every check of an argument, seen to pass and seen to fail."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xlfv.excel import call
from xlfv.excel.arguments import Arg
from xlfv.excel.codec import read_grid
from xlfv.excel.reading import Given, read_argument
from xlfv.tables import Place, Refused, Table

RATE = Arg("rate", "number", "a rate", unit="decimal", low=0, high=1)
OPEN = Arg("yield", "number", "a yield", unit="decimal", above=-1, below=2)
COUNT = Arg("months", "integer", "months", low=1, high=12)
BASIS = Arg("basis", "text", "the basis", choices=("monthly", "bond_equivalent"), default="monthly")
LEVEL = Arg("level", "integer", "a level", choices=(1, 2, 3))
NAME = Arg("name", "text", "a name")
DAY = Arg("as_of", "date", "a day", low=dt.date(2000, 1, 1))
FLAG = Arg("flag", "boolean", "a flag")
MAYBE = Arg("months", "integer", "months", default=None)
LOANS = Arg("loans", "table", "the loans")
NUMBERS = Arg("strikes", "numbers", "strikes", unit="decimal")
ANY = Arg("cell", "cell", "any cell")


def read(arg: Arg, raw: Any, place: Place | None = None) -> Any:
    return read_argument(arg, read_grid(raw), place)


@pytest.mark.parametrize(
    ("arg", "raw", "value"),
    [
        (RATE, 0.06, 0.06), (RATE, 0, 0.0), (RATE, 1, 1.0), (RATE, [[0.5]], 0.5), (OPEN, -0.999, -0.999),
        (COUNT, 12.0, 12), (COUNT, 1, 1), (BASIS, "MONTHLY", "monthly"), (BASIS, " Bond_Equivalent", "bond_equivalent"),
        (BASIS, None, "monthly"), (BASIS, "", "monthly"), (BASIS, "  ", "monthly"), (LEVEL, 2.0, 2),
        (NAME, "M-1", "M-1"), (NAME, 1.0, "1"), (NAME, 1.5, "1.5"), (DAY, 40178.0, dt.date(2009, 12, 31)),
        (DAY, 40178.9, dt.date(2009, 12, 31)), (DAY, "2009-12-31", dt.date(2009, 12, 31)),
        (DAY, dt.datetime(2009, 12, 31, 17), dt.date(2009, 12, 31)), (DAY, dt.date(2009, 12, 31), dt.date(2009, 12, 31)),
        (FLAG, True, True), (FLAG, "no", False), (FLAG, 1, True), (FLAG, "TRUE", True), (MAYBE, None, None),
        (MAYBE, 7, 7),
    ],
)  # fmt: skip
def test_a_good_value_passes(arg: Arg, raw: Any, value: Any) -> None:
    got = read(arg, raw)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize(
    ("arg", "raw", "words"),
    [
        (RATE, 6.25, "rates are decimals: write 6.25% or 0.0625"), (RATE, -0.01, "give a value of at least 0"),
        (RATE, 101, "give a value of at most 1"), (RATE, "x", "the text 'x' came"), (RATE, "0.06", "kept as text"),
        (RATE, "6%", "kept as text"), (RATE, True, "TRUE came"), (RATE, dt.date(2009, 1, 1), "2009-01-01 came"),
        (RATE, None, "rate is blank; it must be a number (decimal), at least 0 and at most 1"), (RATE, "", "is blank"),
        (RATE, [[1, 2]], "a range of 1 rows and 2 columns came"), (OPEN, -1, "above -1"), (OPEN, 2, "rates are decimals"),
        (COUNT, 1.5, "write a whole number"), (COUNT, 0, "at least 1"), (COUNT, 13, "at most 12"),
        (BASIS, "monthyl", "did you mean monthly?"), (BASIS, "zzz", "write monthly or bond_equivalent"),
        (BASIS, 1.0, "write monthly or bond_equivalent"), (LEVEL, 4, "write 1, 2 or 3"), (NAME, True, "write a text"),
        (NAME, dt.date(2009, 1, 1), "write a text"), (NAME, None, "name is blank"),
        (DAY, "31.12.2009", "write a date cell"), (DAY, 60, "write a date cell"), (DAY, True, "write a date"),
        (DAY, dt.date(1999, 12, 31), "of at least 2000-01-01"), (FLAG, "maybe", "write TRUE or FALSE"),
        (FLAG, 2.0, "write TRUE or FALSE"), (LOANS, None, "loans is blank"), (LOANS, [["a", "a"], [1, 2]], "stands twice"),
        (NUMBERS, [[1, 2], [3, 4]], "one row or one column"),
        (NUMBERS, [[1], ["x"]], "strikes row 2, column A of the range"),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused_with_what_was_expected_and_what_came(arg: Arg, raw: Any, words: str) -> None:
    with pytest.raises(Refused) as refused:
        read(arg, raw)
    assert words in str(refused.value)


def test_a_message_names_the_cell_when_the_host_knows_it() -> None:
    with pytest.raises(Refused, match=r"\['My inputs'!C7\]"):
        read(RATE, 7, Place("My inputs", 7, 3, "sheet"))
    with pytest.raises(Refused, match=r"\[Strikes!B4\]"):
        read(NUMBERS, [[1], ["x"]], Place("Strikes", 3, 2, "sheet"))


def test_blocks_are_read() -> None:
    table = read(LOANS, [["Loan ID", "Balance"], ["a", 1], [None, None]])
    assert isinstance(table, Table)
    assert table.columns == {"loan_id": ["a"], "balance": [1.0]}
    assert np.array_equal(read(NUMBERS, [[1, None, 3]]), [1.0, 0.0, 3.0])


def test_texts_come_from_a_range_or_from_one_text_with_commas() -> None:
    names = Arg("columns", "texts", "names", default=None)
    for raw in ("a, b,c", [["a"], [None], ["b"], ["c"]], [["a,b", "c"]], [["a", "b,"], ["c", " "]]):
        assert read(names, raw) == ("a", "b", "c")
    assert read(names, [[None]]) is None


def test_a_cell_argument_takes_anything_errors_included() -> None:
    given = read(ANY, "#REF!", Place("S", 1, 1, "sheet"))
    assert isinstance(given, Given)
    assert given.grid == [["#REF!"]]
    assert read(ANY, None).grid == [[None]]


def test_help_says_meaning_unit_allowed_and_default() -> None:
    assert RATE.help == "A rate (decimal); at least 0 and at most 1."
    assert BASIS.help == "The basis; monthly or bond_equivalent. Default monthly."
    assert MAYBE.help == "Months. Optional."


def test_a_relative_path_is_looked_for_beside_the_workbook_alone_and_from_python_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, work = tmp_path / "!book", tmp_path / "work"
    for folder, amount in ((home, 1), (work, 2)):
        folder.mkdir()
        (folder / "cash.csv").write_text(f"month,cash\n1,{amount}\n")
    monkeypatch.chdir(work)

    def cash(path: str, folder: Any) -> Any:
        return call("XLFV_PV", path, 0.0, folder=folder)[0][0]

    def lost() -> str:
        raise RuntimeError("no folder")

    for folder in (home, str(home), lambda: home):
        assert cash("cash.csv", folder) == 1.0
    assert cash("cash.csv", None) == 2.0
    for folder in ("", lost, "https://cloud/books", tmp_path / "nowhere"):
        assert cash("cash.csv", folder) == "#N/A"
    assert cash(str(work / "cash.csv"), home) == 2.0
    assert cash("nowhere.csv", home) == "#N/A"
