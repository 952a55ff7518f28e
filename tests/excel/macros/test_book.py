"""Load month and Roll forward on the book of months: what they take into it, what they refuse; book and cells stay whole."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path

import pytest

from tests.excel.macros.closing import DECEMBER, NOVEMBER, OCTOBER, TRUST, Closing
from tests.excel.macros.conftest import as_of
from tests.excel.macros.engine import open_desk
from tests.excel.macros.test_check import cell_of, listed, what
from xlfv.excel import macros
from xlfv.excel.inplace.job import BookWritten
from xlfv.months.book.file import reading, writing
from xlfv.months.book.verify import verify
from xlfv.months.runs import reproduce
from xlfv.tables import Refused


def test_a_book_that_is_not_there_is_made_with_the_first_month_and_its_run(kept_month: Path) -> None:
    with reading(kept_month / "months.duckdb") as book:
        assert [line.act for line in book.lines()] == ["create", "load", "run"]
        assert book.trusts(NOVEMBER) == [TRUST]
        assert book.runs()[0].kind == "value"
    assert reproduce(kept_month / "months.duckdb", 1).differences == ()


def test_the_month_after_is_rolled_forward_from_the_book_and_its_run_reproduced(december: Closing) -> None:
    assert december.acts() == ["create", "load", "run", "load", "roll"]
    made = reproduce(december.path, 2)
    assert made.differences == ()
    assert made.compared > 100
    assert verify(december.path).faults == ()
    held = [str(getattr(cell, "text", "")) for leaf in december.desk.leaves.values() for cell in leaf.cells.values()]
    assert any('book&"!"&$A23&"/"&month&"/loans"' in cell for cell in held)
    assert '=book&"!indices/"&month_before&"/indices"' in held
    assert not any("data_folder&" in cell for cell in held)


def test_a_month_that_the_book_holds_already_is_loaded_and_nothing_is_written_to_the_book(december: Closing) -> None:
    before = december.bytes()
    assert "The book held all of it; run 2 stands." in december.press("load_month")
    assert december.bytes() == before


def test_as_of_changes_the_month_from_the_book_alone(december: Closing) -> None:
    december.type("data_folder", None)
    december.type("as_of", as_of(NOVEMBER))
    assert "2009-11 is loaded" in december.press("load_month")
    december.type("as_of", as_of(OCTOBER))
    assert "months in the book: 2009-11, 2009-12" in str(december.refused("load_month", "has no month 2009-10"))


def test_cells_that_read_the_book_are_written_again_though_they_say_the_same(november: Closing) -> None:
    """A spreadsheet recalculates what was written alone."""
    november.desk.writes = 0
    november.press("load_month")
    assert november.desk.writes > 0
    november.desk.writes = 0
    november.press("refresh")
    assert november.desk.writes > 1


def test_a_correction_needs_a_word_and_is_a_new_version_with_it(december: Closing) -> None:
    december.change("yields", lambda rows: rows[0].update({"yield": "0.1234"}))
    told = december.refused(
        "load_month", "the book holds yields of IMFC-2006-MF for 2009-12: 1 rows with 1 cells differ"
    )
    assert "write into Word on Control" in str(told)
    december.type("word", "a late quote, JS")
    assert "In the book: load 3, run 3." in december.press("load_month")
    assert december.text("word") is None
    with reading(december.path) as book:
        assert book.loads()[-1].why == "a late quote, JS"
        assert [one.number for one in book.every_version(TRUST, DECEMBER, "yields")] == [1, 2]


def test_a_warning_needs_a_word_and_is_kept_with_it(november: Closing) -> None:
    november.change("curves", lambda rows: [row.update(cpr=str(float(row["cpr"]) * 8)) for row in rows])
    november.refused("roll_forward", "warning: .*cpr")
    november.type("word", "the provider says so")
    november.press("roll_forward")
    with reading(november.path) as book:
        kept = book.loads()[-1]
    assert kept.accepted
    assert set(kept.accepted.values()) == {"the provider says so"}


def test_errors_refuse_and_check_data_lists_them_with_file_and_row(november: Closing) -> None:
    november.change("loans", lambda rows: rows[2].update(balance="-5"))
    november.refused("roll_forward", "balance is -5")
    november.type("as_of", as_of(DECEMBER))
    words = november.press("check_data")
    assert words.startswith("2009-12, 1 error")
    assert any(f"{TRUST}/2009-12" in str(row[1]) and "row 4" in str(row[1]) for row in listed(november.desk))
    assert "against months.duckdb" in what(november.desk)


def test_a_book_that_was_written_meanwhile_is_refused(november: Closing) -> None:
    november.type("as_of", as_of(DECEMBER))
    job = macros.begin("load_month", november.book)
    staged = job.stage(lambda words: None)
    with writing(november.path, "another") as book:
        book.lock(NOVEMBER, "done")
    before, bytes_ = copy.deepcopy(november.desk.state()), november.bytes()
    with pytest.raises(Refused, match="was written to while 2009-12 was checked against it"):
        job.finish(november.book, staged)
    assert november.desk.state() == before
    assert november.bytes() == bytes_


def test_cells_that_cannot_be_written_are_as_before_and_the_message_says_what_the_book_took_in(
    november: Closing,
) -> None:
    november.type("as_of", as_of(DECEMBER))
    before = copy.deepcopy(november.desk.state())
    november.desk.writes, november.desk.fails_at = 0, 5
    with pytest.raises(BookWritten, match=r"2009-12 is in the book of months \(load 2, run 2\) all the same"):
        macros.press("load_month", november.book)
    november.desk.fails_at = None
    assert november.desk.state() == before
    assert "The book held all of it; run 2 stands." in november.press("load_month")


def test_a_workbook_made_from_the_book_reads_the_book(december: Closing, monkeypatch: pytest.MonkeyPatch) -> None:
    from xlfv import cli

    new = december.home / "new.xlsm"
    assert cli.main(["refresh", str(new), "--month", DECEMBER, "--book", str(december.path)]) == 0
    desk, book = open_desk(new)
    sheet, spot = cell_of(desk, "book", 0, 0)
    assert desk.leaves[sheet].cells[spot] == str(december.path)
    assert cell_of(desk, "data_folder", 0, 0)[1] not in desk.leaves[sheet].cells
    shutil.rmtree(december.data)
    words = macros.press("refresh", book)
    assert "run 2 stands" in words
    assert "WARNING" not in words
