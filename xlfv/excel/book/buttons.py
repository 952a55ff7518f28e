"""What a book with buttons has on Control: the buttons, what each does, and what each did last."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xlfv.excel.book.frame import Run
from xlfv.excel.book.page import FIRST, Page
from xlfv.excel.book.sketch import Sketch
from xlfv.excel.book.styles import BOLD, TEXT
from xlfv.tables import Fault, Refused

BUTTONS = {
    "load_month": ("Load month", "reads, values and rolls the month of As of"),
    "check_data": ("Check data", "lists every fault on the sheet Data check"),
    "refresh": ("Refresh valuation", "values what stands in these sheets, recalculates"),
    "roll_forward": ("Roll forward", "loads the month after, rolled forward from this one"),
    "lock_month": ("Lock month", "closes the month in the book of months"),
    "explain_cell": ("Explain cell", "says what the selected cell is, or why it fails"),
}
"""The buttons: what each says and does, by the name of its macro in :mod:`xlfv.excel.macros`."""

RUNS = "runs"
NO_RUN = Run("", "", "")
_COLUMN = 3  # column D
_TALL = 18.0  # points of a row with a button
_WRITING = tuple(name for name in BUTTONS if name != "explain_cell")  # it changes nothing, not even this table


def macro_name(button: str) -> str:
    """The VBA macro of a button: ``XlfvLoadMonth``."""
    return "Xlfv" + "".join(word.capitalize() for word in button.split("_"))


def project_file() -> Path:
    """The VBA project of a book with buttons.

    Raises:
        Refused: it was not installed.
    """
    package = Path(__file__).resolve().parents[2]
    for file in (package / "addin" / "buttons.bin", package.parent / "addin" / "buttons.bin"):
        if file.is_file():
            return file
    raise Refused(Fault("the buttons' VBA project is not installed", str(package), "install xlfv again"))


def attach(workbook: Any) -> None:
    """Give a workbook the VBA project of the buttons."""
    workbook.add_vba_project(str(project_file()))
    workbook.set_vba_name("ThisWorkbook")


def write_buttons(page: Page) -> None:
    """Write the buttons in a column beside the month, and what each does beside it."""
    page.section(FIRST, "Buttons", 4, _COLUMN)
    for k, (button, (caption, what)) in enumerate(BUTTONS.items()):
        row = FIRST + 1 + k
        place = {
            "macro": macro_name(button),
            "caption": caption,
            "width": 150,
            "height": 22,
            "x_offset": 2,
            "y_offset": 1,
        }
        page.heights[row] = _TALL
        page.text(row, _COLUMN, caption, BOLD)  # behind the button, which is not printed
        page.note(row, _COLUMN + 1, what)
        page.sheet.insert_button(row, _COLUMN, {**place, "description": what})
        page.book.draws(page.name, "button", row, place)


def write_runs(page: Page, row: int) -> None:
    """Write what each button did last."""
    page.section(row, "Last run of each button", 7)
    page.heads(row + 1, 0, ("Button", "When", "Made by", "What came out", "", "", ""), numbers_from=7)
    runs = page.book.buttons.runs if page.book.buttons else {}
    for k, button in enumerate(_WRITING):
        write_run(page, row + 2 + k, button, runs.get(button, NO_RUN))
    page.name_range(RUNS, row + 2, 0, row + 1 + len(_WRITING), 3)


def run_row(button: str) -> int:
    """The row of a button in the table, from 0."""
    return _WRITING.index(button)


def write_run(sheet: Sketch, row: int, button: str, run: Run) -> None:
    """One row of the table."""
    for column, words in enumerate((BUTTONS[button][0], run.when, run.made_by, run.result)):
        sheet.text(row, column, words, TEXT)
