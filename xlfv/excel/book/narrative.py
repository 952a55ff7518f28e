"""Narrative: the text beside the tables of the disclosure, and every number of it in a cell of its own."""

from __future__ import annotations

from xlfv.excel.book.disclosures import inputs_rows
from xlfv.excel.book.frame import NARRATIVE, Book
from xlfv.excel.book.monthbefore import before_of
from xlfv.excel.book.page import FIRST
from xlfv.excel.book.sensitivity import shocked_rows
from xlfv.excel.book.styles import HEAD, RIGHT, TEXT, Style
from xlfv.reporting.disclosure import read_inputs
from xlfv.reporting.forms import grid
from xlfv.reporting.methods import read_register
from xlfv.reporting.narrative import narrative
from xlfv.reporting.rollforward import read_rows
from xlfv.reporting.sensitivity_words import read_sensitivity
from xlfv.tables import from_grid

_COUNT = Style("count")


def write_narrative(book: Book) -> None:
    """Write the sheet: paragraphs, each with its numbers in cells of their own beneath."""
    page = book.pages[NARRATIVE]
    rolled = "rollforward_month" if before_of(book) is not None else ""
    shocked = "sensitivity_all" if _consolidated(book) else ""
    formula = f'=XLFV_NARRATIVE(inputs,{rolled},{shocked},"dollars",yields)'
    head = FIRST
    height = _height(book)
    looks = [_COUNT, Style(role="shrink"), TEXT, TEXT.but(wrap=True), TEXT, Style("figure"), TEXT.but(indent=1), TEXT]
    page.spill(head, 0, formula, height, len(looks), looks, HEAD)
    if book.answered:
        for c in range(1, len(looks)):
            page.value(head, c, book.answer(page.name, head, c), RIGHT if c == 5 else HEAD)
    page.layout([11, 50, 9, 96, 60, 16, 12, 80], (head + 1, 0), (head, head))
    page.heading("The text beside the tables; every number of it stands in a cell of its own, with where it comes from.", "all trusts",
                 "dollars, rates a year")  # fmt: skip


def _height(book: Book) -> int:
    """Rows of the text, its header included: a paragraph's, and one for each of its numbers."""
    rows = [row for place in book.trusts for row in inputs_rows(place)]
    rolled = (
        read_rows(from_grid("rollforward", grid(book.rolled.total())), [])[0]
        if book.rolled and before_of(book)
        else None
    )
    shocked = read_sensitivity(from_grid("sensitivity", shocked_rows(book))) if _consolidated(book) else None
    spot = book.yields.spot.columns
    register = read_register(from_grid("yields", [list(spot.headers), *spot.rows]))
    found = narrative(read_inputs(from_grid("inputs", rows)), rolled, shocked, "dollars", register)
    return 1 + sum(1 + len(one.facts) for one in found)


def _consolidated(book: Book) -> bool:
    return any(place.valued.consolidated for place in book.trusts)
