"""Data check: every fault of a month's data, numbered, with its place and what to do; written by a button."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlfv.excel.book.frame import DATA_CHECK, Book
from xlfv.excel.book.page import FIRST
from xlfv.excel.book.sketch import Content, Sketch, Spot
from xlfv.excel.book.styles import BOLD, HEAD, TEXT, Style
from xlfv.tables import Fault

WIDTHS = (6, 52, 72, 52)
MOST = 2_000  # faults that are listed
_WHAT = FIRST
_HEAD = FIRST + 2
LAST = _HEAD + MOST + 1
_TITLES = ("No.", "Where", "What is wrong", "What to do")
WRAPPED = TEXT.but(wrap=True)
_NUMBER = Style("count", align="right")


def write_data_check(book: Book) -> None:
    """Write the sheet as it is before any check."""
    page = book.pages[DATA_CHECK]
    fill(page, "Not checked yet. The button Check data on Control lists here every fault of the month's data.", ())
    page.layout(WIDTHS, (_HEAD + 1, 0), (_HEAD, _HEAD))
    for column, width in enumerate(WIDTHS):
        page.sheet.set_column(column, column, width, book.styles.get(WRAPPED if column else _NUMBER))
    page.heading(
        "Every fault of the month's data, from its files and as it stands in these sheets; nothing else is changed.",
        "all trusts",
        "as each fault says",
    )


def fill(sheet: Sketch, what: str, faults: Sequence[Fault]) -> None:
    """Everything on the sheet that a check writes.

    Args:
        sheet: where to.
        what: one sentence of what was checked, when and with what.
        faults: what was found.
    """
    sheet.text(_WHAT, 0, what, BOLD)
    for column, title in enumerate(_TITLES):
        sheet.text(_HEAD, column, title, HEAD)
    _claim(sheet)
    listed = faults[:MOST]
    for k, fault in enumerate(listed):
        sheet.value(_HEAD + 1 + k, 0, k + 1, _NUMBER)
        for column, words in enumerate((fault.where, fault.what, fault.todo), 1):
            sheet.text(_HEAD + 1 + k, column, words, WRAPPED)
    if len(faults) > MOST:
        more = f"and {len(faults) - MOST:,} more: mend these first, then check again"
        sheet.text(_HEAD + 1 + MOST, 2, more, WRAPPED)


def heights(cells: Mapping[Spot, Content]) -> dict[int, float]:
    """How tall the rows of the list must be for their texts; of what a sheet holds, so that it can be told afterwards."""
    sketch = Sketch(DATA_CHECK)
    for (row, column), cell in cells.items():
        if row > _HEAD and isinstance(cell, str):
            sketch.text(row, column, cell, WRAPPED)
    sketch.measure(WIDTHS)
    return sketch.heights


def _claim(sheet: Sketch) -> None:
    """The rows of the list belong to the sheet, full or not; their look is that of their columns."""
    for row in range(_HEAD + 1, LAST + 1):
        Sketch.put(sheet, row, 0, None, _NUMBER)
        for column in (1, 2, 3):
            Sketch.put(sheet, row, column, None, WRAPPED)
