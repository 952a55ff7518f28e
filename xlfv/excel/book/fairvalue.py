"""Fair value: every trust's whole balance, and the balance of the month before beside it."""

from __future__ import annotations

from xlfv.excel.book.frame import FAIR_VALUE, Book, TrustPlace
from xlfv.excel.book.page import FIRST, Page, at, quote_text, span
from xlfv.excel.book.styles import RIGHT, TEXT, Style
from xlfv.excel.functions.value import balance_grid
from xlfv.months.folder import previous

_STRONG = ("total", "residual")
_LOOKS = (Style("text"), TEXT, Style("dollars"), Style("rate"), Style("dollars"), Style("price"))


def write_fair_value(book: Book) -> None:
    """Write the sheet."""
    page = book.pages[FAIR_VALUE]
    row = FIRST
    for place in book.trusts:
        row = _balance(page, place, row) + 2
    if book.rolled is not None:
        _openings(page, row)
    page.layout([15, 44, 15, 10, 16, 10, 16, 16], (FIRST, 2), None)
    page.heading("Every trust's balance at fair value; REO stands at net realizable value. Assets = liabilities + residual.",
                 "all trusts", "dollars, price per 100 of balance")  # fmt: skip


def _balance(page: Page, place: TrustPlace, row: int) -> int:
    """One trust's balance and its check; gives the last row."""
    rows = balance_grid(place.valued.value)
    head, last = row + 1, row + len(rows)
    words = (
        "on the balance sheet" if place.valued.consolidated else "not consolidated: only the residual is on the books"
    )
    page.section(row, f"{place.name} ({words})", 8)
    page.spill(head, 0, f"=XLFV_FAIR_VALUE({place.projection},yields)", len(rows), 6, _LOOKS)
    _bolden(page, head, rows)
    for name, column in (("fv_side", 0), ("fv_item", 1), ("fv_value", 4)):
        page.name_range(place.named(name), head, column, last, column)
    if page.book.rolled is not None:
        page.text(head, 6, "month before ($)", RIGHT)
        page.text(head, 7, "change ($)", RIGHT)
        for r in range(head + 1, last):
            strong = rows[r - head][0] in _STRONG
            style = Style("dollars", bold=strong, top=strong)
            page.formula(r, 6, before_formula(place.name, r), style)
            page.formula(r, 7, f"={at(r, 4)}-{at(r, 6)}", style)
    page.check(
        last + 1, 0, f"{place.name}: assets = liabilities + residual", f"ABS({at(last, 4)})+N({at(head, 0)})<0.005"
    )
    return last + 1


def _bolden(page: Page, head: int, rows: list[list[object]]) -> None:
    """Headers over numbers to the right; totals stand out."""
    if not page.book.answered:
        return
    for column in range(2, 6):
        page.value(head, column, page.book.answer(page.name, head, column), RIGHT)
    for k, line in enumerate(rows):
        if line[0] in _STRONG:
            for column, look in enumerate(_LOOKS):
                if (k, column) != (0, 0):
                    value = page.book.answer(page.name, head + k, column)
                    page.value(head + k, column, value, look.but(bold=True, top=True))


def before_formula(trust: str, row: int) -> str:
    """The value of the month before of the line in a row: one formula for every line."""
    side, item, name = f"$A{row + 1}", f"$B{row + 1}", quote_text(trust)
    total = f'SUMIFS(before_value,before_trust,{name},before_side,IF({item}="Total trust assets","asset","liability"))'
    line = f"SUMIFS(before_value,before_trust,{name},before_side,{side},before_item,{item})"
    return f'=IF({side}="total",{total},{line})'


def _openings(page: Page, row: int) -> None:
    """The balances of the month before, as inputs: that month has its own book."""
    book = page.book
    assert book.rolled is not None
    month = previous(book.valued.month.month)
    page.section(row, f"Month before (input, from the book of {month})", 8)
    head = row + 1
    page.heads(head, 0, ("trust", "item", "side", "yield", "fair value ($)"), numbers_from=3)
    r = head
    for trust, value in book.rolled.openings.items():
        for line in value.lines:
            r += 1
            page.text(r, 0, trust, Style("text", role="input"))
            page.text(r, 1, line.item, Style("text", role="input"))
            page.text(r, 2, line.side, Style("text", role="input"))
            page.value(r, 3, line.rate, Style("rate", role="input"))
            page.value(r, 4, line.value, Style("dollars", role="input"))
    for column, name in ((0, "trust"), (1, "item"), (2, "side"), (4, "value")):
        page.name_range(f"before_{name}", head + 1, column, r, column)
    sides = [
        f'SUMIFS({span(head + 1, 4, r, 4)},{span(head + 1, 2, r, 2)},"{s}")' for s in ("asset", "liability", "residual")
    ]
    page.check(r + 2, 0, "month before, all trusts: assets = liabilities + residual",
               f"ABS({sides[0]}-{sides[1]}-{sides[2]})<1")  # fmt: skip
