"""Ledger: what was posted in the month, trust by trust, as inputs."""

from __future__ import annotations

from xlfv.excel.book.frame import LEDGER, Book
from xlfv.excel.book.monthbefore import NOTHING, before_of
from xlfv.excel.book.page import FIRST
from xlfv.excel.book.stacks import stacked
from xlfv.excel.book.styles import NOTE
from xlfv.excel.book.tables import Columns, write_table
from xlfv.reporting.ledger import WORDS
from xlfv.tables.cells import as_text

HEAD_ROW = FIRST + 1


def write_ledger(book: Book) -> None:
    """Write the sheet."""
    page = book.pages[LEDGER]
    page.section(FIRST, "Postings of the month", 6)
    columns = _postings(book)
    last = write_table(page, HEAD_ROW, 0, columns)
    page.name_range("ledger", HEAD_ROW, 0, *last)
    for name in ("trust", "item", "amount"):
        column = columns.headers.index(name)
        page.name_range(f"ledger_{name}", HEAD_ROW, column, last[0], column)
    beside = len(columns.headers) + 1
    for r, cells in enumerate(columns.rows):
        item = as_text(cells[columns.headers.index("item")]).lower()
        page.text(HEAD_ROW + 1 + r, beside, WORDS.get(item, ""), NOTE)
    page.layout([16, *[22] * (len(columns.headers) - 1), 2, 80], (HEAD_ROW + 1, 1), (HEAD_ROW, HEAD_ROW))
    if before_of(book) is None:
        page.note(last[0] + 2, 0, NOTHING)
    page.heading(
        "What was posted in the month: the only cash that the rollforward takes as it is given.",
        "all trusts",
        "dollars",
    )


def _postings(book: Book) -> Columns:
    """Every trust's ledger or activity."""
    parts = [stacked(book.trusts, table) for table in ("ledger", "activity")]
    headers = list(
        dict.fromkeys(["trust", "item", "amount", *(h for part in parts for h in part.headers if part.rows)])
    )
    numbers = {"amount": "cents"}
    rows = []
    for part in parts:
        numbers = {**dict(zip(part.headers, part.numbers, strict=True)), **numbers}
        lines = (dict(zip(part.headers, cells, strict=True)) for cells in part.rows)
        rows += [[line.get(header) for header in headers] for line in lines]
    return Columns(tuple(headers), rows, tuple(numbers.get(header, "text") for header in headers))
