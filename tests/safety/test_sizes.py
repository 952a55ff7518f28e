"""Files, ranges and texts of absurd size are refused in words, or are no trouble; nothing waits for ever."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.excel.example_book import book_folder
from tests.excel.golden import GOLDEN, resolved
from tests.safety.measured import read, refused
from xlfv.excel import call, explain
from xlfv.excel.hosts.headless import recalculate
from xlfv.tables import ErrorCell, Refused, limits
from xlfv.tables.files import read_file

COLUMN = 1_048_576
SOON = 10.0  # seconds; ten times what it takes


def test_a_million_rows_of_one_column_are_read(tmp_path: Path) -> None:
    path = tmp_path / "loans.csv"
    path.write_text("balance\n" + "12345.67\n" * 1_000_000)
    found = read(path)
    assert (found.words, found.rows) == ("", 1_000_000)
    assert found.seconds < 30
    assert found.megabytes < 600


def _sparse(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(2 << 30)


@pytest.mark.parametrize(
    ("write", "words", "megabytes"),
    [
        (_sparse, "2,048 MB; at most 256 MB are read", 50),
        (lambda path: path.write_bytes(b"a," * 1_000_000), "larger than 1,048,576 rows, 16,384 columns", 200),
        (lambda path: path.write_bytes(b"a" * (100 << 20)), "a line of over 4,194,304 characters", 100),
        (lambda path: path.write_bytes(b"1," * (50 << 20)), "a line of over 4,194,304 characters", 100),
        (lambda path: path.write_bytes(b"a\n" + b"x" * (3 << 20) + b"\n"), "field larger than field limit", 100),
        (lambda path: path.write_bytes(b"a\n" + b"x" * 40_000 + b"\n"), "a cell holds over 32,767 characters", 50),
        (lambda path: path.write_bytes(b'a\n"' + b"x\n" * (5 << 20)), "field larger than field limit", 100),
        (lambda path: path.write_bytes(b"a\n" + b"\n" * 200_000_000), "larger than 1,048,576 rows", 150),
        (lambda path: path.write_bytes(b"a\n" + b"1\n" * 1_100_000), "larger than 1,048,576 rows", 400),
        (lambda path: path.write_bytes(b",".join([b"a"] * 20) + b"\n" + (b"1," * 19 + b"1\n") * 600_000), "10,000,000 cells", 1500),
        (lambda path: path.write_bytes(b"a,b\n1\x00,2\n"), "is not UTF-8 text (byte 5 is NUL)", 50),
        (lambda path: path.write_bytes("loan_id,balance\n1,2\n".encode("utf-16-le")), "is not UTF-8 text (byte 1 is NUL)", 50),
    ],
    ids=["2 GB", "a million columns", "a line without end", "a line of numbers without end", "a cell of 3 MB", "a long cell",
         "a quotation without end", "blank lines", "rows", "cells", "a NUL", "UTF-16"],
)  # fmt: skip
def test_a_file_of_absurd_size_is_refused(
    tmp_path: Path, write: Callable[[Path], Any], words: str, megabytes: float
) -> None:
    path = tmp_path / "loans.csv"
    write(path)
    refused(path, words, seconds=30, megabytes=megabytes)


def test_a_byte_that_is_not_utf_8_is_found_wherever_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "loans.csv"
    for before in (0, 10, 70_000, 300_000):
        path.write_bytes(b"\xef\xbb\xbfa,b\n" + b"1,2\n" * before + b"caf\xe9,1\n")
        with pytest.raises(Refused, match=rf"is not UTF-8 text \(byte {7 + 4 * before + 3}\)"):
            read_file(path, "loans")


def test_a_table_as_large_as_the_limits_is_read(tmp_path: Path) -> None:
    path = tmp_path / "loans.csv"
    path.write_text(",".join(f"c{k}" for k in range(limits.MOST_COLUMNS)) + "\n")
    assert len(read_file(path, "loans").columns) == limits.MOST_COLUMNS
    path.write_text("a\n" + "x" * limits.LONGEST_CELL + "\n")
    assert len(read_file(path, "loans").columns["a"][0]) == limits.LONGEST_CELL


def within(seconds: float, name: str, *args: Any) -> Any:
    """The first cell of a call that comes soon."""
    start = time.process_time()
    found = call(name, *args)[0][0]
    assert time.process_time() - start < seconds, (name, time.process_time() - start)
    return found


def test_a_whole_column_is_no_trouble_wherever_it_is_given() -> None:
    blank = ((None,),) * COLUMN
    cash = (((5.0,),) * 10 + ((None,),) * (COLUMN - 10), ((5.0,),) * 10)
    # At such a yield a million months of nothing would weigh infinitely much.
    assert within(SOON, "XLFV_PV", cash[0], -0.9) == within(SOON, "XLFV_PV", cash[1], -0.9)
    assert isinstance(within(SOON, "XLFV_SMM", blank), ErrorCell)
    table = (("month", "cash"), (1.0, 5.0), *((None, None),) * (COLUMN - 2))
    assert within(SOON, "XLFV_TABLE", table) == within(SOON, "XLFV_TABLE", table[:2])


def test_blank_rows_below_count_as_nothing_and_those_between_as_they_did() -> None:
    assert call("XLFV_PV", [[1.0], [None], [2.0], [None]], 0.12) == call("XLFV_PV", [[1.0], [None], [2.0]], 0.12)
    assert call("XLFV_PV", [[1.0], [None], [2.0]], 0.12) != call("XLFV_PV", [[1.0], [2.0]], 0.12)
    assert call("XLFV_PV", [[None], [2.0], [None]], 0.12) != call("XLFV_PV", [[2.0]], 0.12)


def test_sixteen_thousand_columns_are_no_trouble() -> None:
    wide = (tuple(f"c{k}" for k in range(16_384)), tuple(float(k) for k in range(16_384)))
    assert str(within(SOON, "XLFV_TABLE", wide)).startswith("table:")
    assert isinstance(within(SOON, "XLFV_SMM", wide), ErrorCell)
    assert isinstance(within(SOON, "XLFV_TRUST", "T", 40178.0, wide, wide, wide), ErrorCell)


def test_a_whole_column_in_a_workbook_is_no_trouble() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet("S")
        sheet.write_column("A1", [5.0] * 10)
        sheet.write_formula("C1", "=XLFV_PV(A:A,0.05)")
        sheet.write_formula("C2", "=XLFV_PV(A1:A10,0.05)")
    start = time.process_time()
    found = recalculate(target.getvalue())
    assert time.process_time() - start < SOON
    assert found.value("S", 1, 3) == found.value("S", 2, 3)


LONG = 32_767
NASTY = (
    "1" * (LONG - 1) + "x", "x" + " " * (LONG - 2) + "x", "'" * (LONG - 3) + "!A1", "A!" * (LONG // 2),
    ":".join(["a"] * (LONG // 2)), ".csv!" * (LONG // 5), "1 then " * (LONG // 7), "2 for 6" * (LONG // 7),
    "1" * 15_000 + " ramp 2 to " + "1" * 15_000 + "x", "$A$1:" * (LONG // 5), "table:" + "a" * (LONG - 6),
)  # fmt: skip


def _good_calls() -> dict[str, list[Any]]:
    """For every function arguments that give a result."""
    results: list[Any] = []
    for name, args in GOLDEN:
        results.append(call(name, *resolved(args, results), folder=book_folder()))
    return {
        name: resolved(args, results)
        for (name, args), grid in reversed(list(zip(GOLDEN, results, strict=True)))
        if args and not isinstance(grid[0][0], ErrorCell)
    }


def test_no_text_makes_a_function_think_for_long() -> None:
    """The longest texts that a cell holds, made to lead patterns astray, in every argument and every column."""
    slow = []
    for name, good in _good_calls().items():
        for k, arg in enumerate(good):
            spots = range(len(arg[0])) if isinstance(arg, list) else range(1)
            for spot in spots:
                text = NASTY[(k + spot) % len(NASTY)]
                bad = [[*arg[1][:spot], text, *arg[1][spot + 1 :]]] if isinstance(arg, list) else text
                args = [*good[:k], [arg[0], *bad, *arg[2:]] if isinstance(arg, list) else bad, *good[k + 1 :]]
                start = time.process_time()
                call(name, *args, folder=book_folder())
                if time.process_time() - start > 2.0:
                    slow.append((name, k, text[:20]))
    for text in NASTY:
        for name, rest in (("XLFV_WHY", ()), ("XLFV_VECTOR", (5.0,)), ("XLFV_TABLE", ())):
            start = time.process_time()
            call(name, text, *rest)
            if time.process_time() - start > 2.0:
                slow.append((name, 0, text[:20]))
    assert slow == []
    assert not explain.defects()


def test_the_reference_says_the_limits_that_hold() -> None:
    """The sentences that users read, and the numbers that refuse."""
    page = (Path(__file__).resolve().parents[2] / "addin" / "FUNCTIONS.md").read_text(encoding="utf-8")
    words = " ".join(page.split())
    unpacked, file = (limits.megabytes(size) for size in (limits.MOST_UNPACKED, limits.MOST_FILE))
    assert f"A file may have {file}, and {unpacked} unpacked" in words
    table = f"a table {limits.MOST_ROWS:,} rows, {limits.MOST_COLUMNS:,} columns and {limits.MOST_CELLS:,} cells"
    assert table in words
