"""Load month: the open book becomes, cell by cell, the one made of that month; or stays as it was."""

from __future__ import annotations

import copy
import pickle
import re
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from tests.excel.macros.conftest import ODD, as_of, differences, type_in
from tests.excel.macros.desk import Desk, Formula, Leaf
from tests.excel.macros.engine import Book, open_desk
from xlfv.excel import macros
from xlfv.excel.book.sketch import clean
from xlfv.excel.inplace.compare import same_value
from xlfv.excel.inplace.job import Job
from xlfv.months.folder import month_end
from xlfv.tables import Refused


def loaded(path: Path, month: str, **how: bool) -> tuple[Desk, str]:
    desk, book = open_desk(path, **how)
    type_in(desk, "as_of", as_of(month))
    return desk, macros.press("load_month", book)


def shown_differently(desk: Desk, other: Desk) -> list[str]:
    found = []
    for name, leaf in desk.leaves.items():
        fresh = other.leaves[name]
        for spot in leaf.shown.keys() | fresh.shown.keys():
            # A file cannot hold a text that it would take for markup: it has a blank behind.
            a, b = (
                clean(value) if isinstance(value, str) else value for value in (leaf.value(spot), fresh.value(spot))
            )
            if not same_value(a, b):
                found.append(f"{name} {spot}: {a!r} instead of {b!r}")
    return found


def test_the_sample_book_becomes_that_of_the_month_before_cell_by_cell(sample_books: dict[str, Path]) -> None:
    desk, words = loaded(sample_books["2009-12"], "2009-11")
    fresh, _ = open_desk(sample_books["2009-11"])
    assert differences(desk, fresh) == []
    assert shown_differently(desk, fresh) == []
    assert "2009-11 is loaded: 3 trusts, 2,563 loans" in words
    shown = re.search(r"([\d,]+) values shown are those calculated beforehand", words)
    assert shown
    assert int(shown[1].replace(",", "")) > 24_000
    assert sum(len(leaf.cells) for leaf in desk.leaves.values()) > 9_000


def test_few_calls_go_to_the_spreadsheet(sample_books: dict[str, Path]) -> None:
    """Each costs time in Excel; a month changes over three thousand cells."""
    desk, book = open_desk(sample_books["2009-12"])
    type_in(desk, "as_of", as_of("2009-11"))
    job = macros.begin("load_month", book)
    staged = job.stage(lambda words: None)
    assert desk.writes == 0
    assert desk.reads <= 2 * len(desk.leaves) + 6
    job.finish(book, staged)
    assert desk.writes <= 500
    assert desk.reads <= 7 * len(desk.leaves)


@pytest.mark.parametrize(("one", "other"), [("2009-12", "2009-11"), ("2009-12", "2010-01"), ("2009-11", "2010-01")])
def test_tables_may_grow_shrink_come_and_go(books: dict[str, Path], one: str, other: str, how: dict[str, bool]) -> None:
    desk, words = loaded(books[one], other, **how)
    fresh, _ = open_desk(books[other])
    assert differences(desk, fresh) == []
    assert shown_differently(desk, fresh) == []
    assert "WARNING" not in words


def test_there_and_back_again(books: dict[str, Path]) -> None:
    desk, book = open_desk(books["2009-12"])
    for month in ("2010-01", "2009-11", "2009-12"):
        type_in(desk, "as_of", as_of(month))
        assert f"{month} is loaded" in macros.press("load_month", book)
    fresh, _ = open_desk(books["2009-12"])
    assert differences(desk, fresh) == []


def test_a_month_loaded_once_more_writes_next_to_nothing(desk: tuple[Desk, xw.Book]) -> None:
    words = macros.press("load_month", desk[1])
    assert desk[0].writes <= 2, "the note of the run"
    assert "2009-12 is loaded" in words


def test_any_day_of_the_month_may_be_typed(books: dict[str, Path]) -> None:
    desk, book = open_desk(books["2009-12"])
    type_in(desk, "as_of", as_of("2009-11") - 12)
    macros.press("load_month", book)
    assert differences(desk, open_desk(books["2009-11"])[0]) == []


def test_texts_from_files_are_texts_whatever_they_look_like(books: dict[str, Path], how: dict[str, bool]) -> None:
    desk, _ = loaded(books["2009-12"], "2010-01", **how)
    held = [cell for leaf in desk.leaves.values() for cell in leaf.cells.values()]
    for text in ODD:
        assert text.strip() in [cell.strip() for cell in held if isinstance(cell, str)], text
    fresh, _ = open_desk(books["2010-01"])
    formulas = {
        cell.text for leaf in fresh.leaves.values() for cell in leaf.cells.values() if isinstance(cell, Formula)
    }
    assert {cell.text for cell in held if isinstance(cell, Formula)} <= formulas


def test_the_state_of_work_says_what_was_done_when_and_by_which_model(books: dict[str, Path]) -> None:
    desk, _ = loaded(books["2009-12"], "2009-11")
    control = desk.leaves["Control"]
    row = next(r for (r, c), cell in control.cells.items() if cell == "Load month" and c == 1)
    when, made_by, what = (control.cells[row, c] for c in (2, 3, 4))
    assert len(when) == len("2009-12-31 23:59")
    assert "xlfv 0." in made_by
    assert ", model " in made_by
    assert what.startswith("2009-11: 2 trusts, 4 loans, assets $")


# What is the reader's own


def test_sheets_and_cells_of_the_readers_own_stay(books: dict[str, Path]) -> None:
    desk, book = open_desk(books["2009-12"])
    mine = desk.leaves["Mine"] = Leaf("Mine")
    mine.cells = {(1, 1): "my notes", (2, 1): Formula("='Fair value'!$E$9*2"), (3, 3): 7.0}
    mine.looks = {(1, 1): "yellow"}
    notes = {("Summary", (60, 12)): "look here", ("Yields", (2, 25)): 3.0, ("Curves", (900, 1)): Formula("=1+1"),
             ("Control", (9, 4 + 20)): "x", ("Data check", (9, 7)): "checked by me"}  # fmt: skip
    for (sheet, spot), cell in notes.items():
        desk.leaves[sheet].cells[spot] = cell
        desk.leaves[sheet].looks[spot] = "mine"
    desk.names["my_name"] = "='Mine'!$A$1"
    before = copy.deepcopy((mine.cells, mine.looks))
    for month in ("2010-01", "2009-11", "2009-12"):
        type_in(desk, "as_of", as_of(month))
        macros.press("load_month", book)
    assert (mine.cells, mine.looks) == before
    for (sheet, spot), cell in notes.items():
        assert (desk.leaves[sheet].cells[spot], desk.leaves[sheet].looks[spot]) == (cell, "mine")
    assert desk.names["my_name"] == "='Mine'!$A$1"


def test_where_the_month_needs_room_that_is_taken_nothing_is_written(books: dict[str, Path]) -> None:
    fresh, _ = open_desk(books["2010-01"])
    desk, book = open_desk(books["2009-12"])
    spot = max(set(fresh.leaves["Curves"].cells) - set(desk.leaves["Curves"].looks))
    desk.leaves["Curves"].cells[spot] = "mine"
    type_in(desk, "as_of", as_of("2010-01"))
    before = copy.deepcopy(desk.state())
    with pytest.raises(
        Refused, match=rf"needs the cell 'Curves'!\w+{spot[0]}, where something of your own stands"
    ) as refused:
        macros.press("load_month", book)
    assert "move it below or beside" in str(refused.value)
    assert desk.state() == before
    assert desk.writes == 0


def test_what_was_typed_over_the_files_figures_is_named_when_they_come_back(books: dict[str, Path]) -> None:
    desk, book = open_desk(books["2009-12"])
    spot, old = next(
        (spot, cell) for spot, cell in sorted(desk.leaves["Yields"].cells.items()) if isinstance(cell, float)
    )
    desk.leaves["Yields"].cells[spot] = 0.0999
    words = macros.press("load_month", book)
    assert "Replaced by the files' figures: 'Yields'!" in words
    assert "was '0.0999'" in words
    assert desk.leaves["Yields"].cells[spot] == old


def test_a_name_of_the_readers_own_is_never_taken_over(books: dict[str, Path]) -> None:
    fresh, _ = open_desk(books["2010-01"])
    desk, book = open_desk(books["2009-12"])
    wanted = sorted(set(fresh.names) - set(desk.names))
    assert wanted, "the months differ in no name"
    desk.names[wanted[0]] = "='Control'!$Z$99"
    type_in(desk, "as_of", as_of("2010-01"))
    refused(desk, book, f"needs the name {wanted[0]}, which refers to something of your own")


# What is refused


def refused(desk: Desk, book: xw.Book, words: str) -> None:
    before = copy.deepcopy(desk.state())
    with pytest.raises(Refused, match=words):
        macros.press("load_month", book)
    assert desk.state() == before
    assert desk.writes == 0


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("status", "Locked", "is locked .*Control"),
        ("status", "Checked", "is checked .*set its status back to draft"),
        ("as_of", None, "As of is blank"),
        ("as_of", "soon", "As of: .*'soon'"),
        ("as_of", True, "As of: TRUE"),
        ("data_folder", "/no/such/folder", "there is no folder"),
        ("data_folder", None, "no trust in|there is no folder"),
        ("as_of", as_of("2011-05"), "has a folder 2011-05 -> months there: 2009-10, 2009-11, 2009-12, 2010-01"),
    ],
)
def test_what_cannot_be_loaded_is_refused(desk: tuple[Desk, xw.Book], name: str, value: Any, words: str) -> None:
    type_in(desk[0], name, value)
    refused(*desk, words)


def test_other_trusts_need_another_book(books: dict[str, Path], data: Path, tmp_path: Path) -> None:
    import shutil

    more = shutil.copytree(data, tmp_path / "data")
    shutil.copytree(more / "T1", more / "T9")
    shutil.rmtree(more / "T-2" / "2009-11")
    desk, book = open_desk(books["2009-12"])
    type_in(desk, "data_folder", str(more))
    type_in(desk, "as_of", as_of("2009-11"))
    with pytest.raises(Refused) as told:
        macros.press("load_month", book)
    assert len(told.value.faults) == 2
    assert "T9 is a trust of 2009-11 and not of this workbook" in str(told.value)
    assert "T-2 is a trust of this workbook and has no folder 2009-11" in str(told.value)
    assert "xlfv refresh NEW.xlsm --month 2009-11" in str(told.value)


def test_a_book_whose_rows_were_moved_is_refused(desk: tuple[Desk, xw.Book]) -> None:
    """A spreadsheet moves references where a row is put in; so the book sees it."""
    layout = desk[0].leaves["Layout"]
    spot = next(
        s for s, c in layout.cells.items() if isinstance(c, Formula) and "'Yields'" in c.text and "ROWS" in c.text
    )
    text = layout.cells[spot].text
    last = int(text.rpartition("$")[2].rstrip(")"))
    layout.cells[spot] = Formula(text.replace(f"${last})", f"${last + 1})"))
    refused(*desk, "rows or columns of the sheet Yields were put in or taken out")


def test_a_sheet_that_is_gone_and_a_foreign_book_are_refused(desk: tuple[Desk, xw.Book], tmp_path: Path) -> None:
    import openpyxl

    del desk[0].leaves["Tranches"]
    refused(*desk, "the sheet Tranches is gone")
    openpyxl.Workbook().save(tmp_path / "own.xlsx")
    refused(*open_desk(tmp_path / "own.xlsx"), "own.xlsx is no valuation workbook with buttons")


@pytest.mark.parametrize("name", ["layout", "layout_facts"])
def test_a_damaged_layout_is_not_relied_on(desk: tuple[Desk, xw.Book], name: str) -> None:
    sheet, _, cells = desk[0].names[name][1:].rpartition("!")
    first = int(cells.split(":")[0].rpartition("$")[2])
    leaf = desk[0].leaves[sheet.strip("'")]
    leaf.cells[first + (1 if name == "layout_facts" else 0), 2 if name == "layout_facts" else 3] = "something else"
    refused(*desk, "Layout of 2009-12.xlsm says cannot be read|was made by xlfv")


def test_a_book_changed_while_the_work_goes_on_is_not_written(desk: tuple[Desk, xw.Book]) -> None:
    type_in(desk[0], "as_of", as_of("2009-11"))
    job = macros.begin("load_month", desk[1])
    staged = job.stage(lambda words: None)
    desk[0].leaves["Yields"].cells[9, 3] = 0.123
    before = copy.deepcopy(desk[0].state())
    with pytest.raises(Refused, match="the sheet Yields was changed while the work went on"):
        job.finish(desk[1], staged)
    assert desk[0].state() == before


BROKEN = {
    "loans": ("loan_id,balance,rate,remaining_term\nL1,-5,0.06,100\n", "loans.csv row 2.*balance"),
    "bonds": ("tranche,balance,coupon\nA,1,5\n", "bonds.csv row 2.*coupon"),
    "waterfall": ("step,from,pay,to\n1,nowhere,interest,A\n", "waterfall.csv row 2"),
    "costs": ("cost,basis,amount\ntrustee,sometimes,5\n", "costs.csv row 2.*basis"),
    "terms": ("term,value\ncutoff_date,never\n", "terms.csv row 2"),
    "curves": ("month,cpr,cdr,severity\n1,6,0.01,0.4\n", "curves.csv row 2"),
    "yields": ("item,yield\nA,0.07\n", "has no yield"),
    "activity": ("item,amount\nnothing,5\n", "activity.csv row 2"),
}


@pytest.mark.parametrize("table", BROKEN)
def test_a_fault_in_any_table_leaves_every_cell_as_it_was(
    books: dict[str, Path], data: Path, tmp_path: Path, table: str
) -> None:
    import shutil

    broken = shutil.copytree(data, tmp_path / "data")
    content, place = BROKEN[table]
    (broken / "T1" / "2009-11" / f"{table}.csv").write_text(content)
    desk, book = open_desk(books["2009-12"])
    type_in(desk, "as_of", as_of("2009-11"))
    type_in(desk, "data_folder", str(broken))
    before = copy.deepcopy(desk.state())
    with pytest.raises(Refused) as told:
        macros.press("load_month", book)
    assert any(re.search(place, str(fault)) for fault in told.value.faults), str(told.value)
    assert any("T1/2009-11" in fault.where for fault in told.value.faults)
    assert desk.state() == before
    assert desk.writes == 0


# What fails half way, and what is stopped


@pytest.fixture(scope="module")
def staged(books: dict[str, Path]) -> tuple[Job, Any]:
    """2010-01 staged for the book of 2009-12."""
    _, book = desk_before(books)
    job = macros.begin("load_month", book)
    return job, job.stage(lambda words: None)


def desk_before(books: dict[str, Path], **how: bool) -> tuple[Desk, xw.Book]:
    desk, book = open_desk(books["2009-12"], **how)
    type_in(desk, "as_of", as_of("2010-01"))
    return desk, book


def test_a_write_that_fails_is_undone_whichever_it_is(
    books: dict[str, Path], staged: tuple[Job, Any], how: dict[str, bool]
) -> None:
    desk, book = desk_before(books, **how)
    kept = pickle.dumps(desk)
    untouched = pickle.loads(kept)
    job, target = staged
    job.finish(book, target)
    count = desk.writes
    assert count > 60
    for n in [*range(1, 12), *range(12, count, 11), count - 1, count]:
        desk = pickle.loads(kept)
        desk.fails_at = n
        with pytest.raises(Refused, match=r"could not be written: Trouble: .*Everything is as it was") as told:
            job.finish(xw.Book(impl=Book(desk)), target)
        assert "press the button again" in str(told.value)
        assert differences(desk, untouched, ignoring=()) == [], n
        assert desk.writes > n or n == 1


def test_where_undoing_fails_too_it_is_said(
    books: dict[str, Path], staged: tuple[Job, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, book = desk_before(books)
    desk.fails_at = 40

    def always(self: Desk) -> bool:
        self.writes += 1
        return self.writes >= 40

    monkeypatch.setattr(Desk, "writing", always)
    with pytest.raises(Refused, match=r"could not be put back whole .*close the workbook without saving it"):
        staged[0].finish(book, staged[1])


class Stop(BaseException):
    pass


def test_work_that_is_stopped_at_any_step_changes_nothing(books: dict[str, Path]) -> None:
    desk, book = desk_before(books)
    before = copy.deepcopy(desk.state())
    steps: list[str] = []
    job = macros.begin("load_month", book)
    job.stage(steps.append)
    assert len(steps) > 60
    for n in [*range(0, 40, 4), *range(40, len(steps), 9), len(steps) - 1]:
        told: list[str] = []

        def tell(words: str, at: int = n, told: list[str] = told) -> None:
            told.append(words)
            if len(told) == at + 1:  # once, as a listener does that is asked once
                raise Stop

        with pytest.raises(Stop):
            macros.begin("load_month", book).stage(tell)
    assert desk.state() == before
    assert desk.writes == 0


def test_a_macro_shows_what_it_did_or_why_not(desk: tuple[Desk, xw.Book]) -> None:
    macros.load_month(desk[1])
    assert "2009-12 is loaded" in desk[0].said[-1]
    assert any(str(words).startswith("xlfv: reading") for words in desk[0].progress)
    assert desk[0].progress[-1] is False
    type_in(desk[0], "status", "locked")
    macros.load_month(desk[1])
    assert desk[0].said[-1].startswith("Nothing was changed.\n2009-12.xlsm is locked")


def test_month_end_is_what_control_shows_afterwards(books: dict[str, Path]) -> None:
    desk, _ = loaded(books["2009-12"], "2010-01")
    assert desk.leaves["Control"].cells[8, 2] == as_of("2010-01")
    assert month_end("2010-01").day == 31
