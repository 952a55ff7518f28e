"""Fair value: every trust's whole balance, and the balance of the month before beside it."""

from __future__ import annotations

from xlfv.excel.book.blended import room_below, said_of_identity
from xlfv.excel.book.frame import FAIR_VALUE, Book, TrustPlace
from xlfv.excel.book.page import FIRST, Page, at, quote_text, span
from xlfv.excel.book.styles import HEAD, OWN, RIGHT, TEXT, Style
from xlfv.excel.functions.value import balance_grid
from xlfv.months.folder import previous
from xlfv.valuation.measurement import measurement_of

_WIDE = 9
_STRONG = ("total", "residual")
_LOOKS = (Style("text"), TEXT, Style("dollars"), Style("rate"), Style("dollars"), Style("price"))
_UNPAID = (TEXT, Style("count"), Style("dollars"), Style("dollars"), Style("dollars"))


def write_fair_value(book: Book) -> None:
    """Write the sheet."""
    page = book.pages[FAIR_VALUE]
    row = FIRST
    for place in book.trusts:
        row = _balance(page, place, row) + 2
    row = _unpaid(page, row) + 2
    if book.rolled is not None:
        _openings(page, row)
    page.layout([15, 44, 16, 16, 16, 16, 16, 16, 24], (FIRST, 2), None)
    page.heading("Every trust's balance at fair value, REO at net realizable value; unpaid principal beside fair value.",
                 "all trusts", "dollars, price per 100 of balance")  # fmt: skip


def _balance(page: Page, place: TrustPlace, row: int) -> int:
    """One trust's balance and its check; gives the last row."""
    rows = balance_grid(place.valued.value)
    head = row + 1
    last = row + len(rows) + room_below(rows)
    words = (
        "on the balance sheet" if place.valued.consolidated else "not consolidated: only the residual is on the books"
    )
    page.section(row, f"{place.name} ({words})", _WIDE)
    page.spill(head, 0, f"=XLFV_FAIR_VALUE({place.projection},yields)", len(rows), 6, _LOOKS)
    _bolden(page, head, rows)
    for name, column in (("fv_side", 0), ("fv_item", 1), ("fv_value", 4)):
        page.name_range(place.named(name), head, column, last, column)
    if page.book.rolled is not None:
        page.text(head, 6, "month before ($)", RIGHT)
        page.text(head, 7, "change ($)", RIGHT)
        for r in (head + k for k, line in enumerate(rows[:-1]) if k and line[4] is not None):  # rows of words have none
            strong = rows[r - head][0] in _STRONG
            style = Style("dollars", bold=strong, top=strong)
            page.formula(r, 6, before_formula(place.name, r), style)
            page.formula(r, 7, f"={at(r, 4)}-{at(r, 6)}", style)
    _ranges(page, place, head, rows)
    gap = f'SUMPRODUCT(--({place.named("fv_side")}="check"),{place.named("fv_value")})'
    page.check(last + 1, 0, f"{place.name}: assets = liabilities + residual", f"ABS({gap})+N({at(head, 0)})<0.005")
    page.note(last + 2, 0, said_of_identity(measurement_of(place.valued.projection)))
    return last + 2


def _ranges(page: Page, place: TrustPlace, head: int, rows: list[list[object]]) -> None:
    """A word beside each value whose yield lies outside its acceptable range; the reason stands in the balance's notices."""
    page.text(head, _WIDE - 1, "yield and its range", HEAD.but(indent=1))
    for k, line in enumerate(rows):
        if line[0] in ("liability", "residual") and line[3] is not None:
            item = f'IF({at(head + k, 0)}="residual","residual",{at(head + k, 1)})'
            found = f"SUMIFS(yields_outside,yields_trust,{quote_text(place.name)},yields_item,{item})"
            page.formula(head + k, _WIDE - 1, f'=IF({found}>0,"OUTSIDE ITS RANGE","")', Style("text", indent=1))


def _unpaid(page: Page, row: int) -> int:
    """Unpaid principal beside fair value, trust by trust; gives the last row."""
    page.section(row, "Unpaid principal beside fair value: collateral, what of it is late, and the classes", _WIDE)
    page.heads(
        row + 1,
        0,
        ("trust", "item", "loans", "unpaid principal ($)", "fair value ($)", "difference ($)"),
        numbers_from=2,
    )
    r = row + 2
    for place in page.book.trusts:
        height = _unpaid_rows(place)
        page.spill(r, 1, f"=XLFV_UNPAID_PRINCIPAL({place.projection},yields)", height, 5, _UNPAID, OWN)
        page.blank(r, 0, OWN)
        for k in range(1, height):
            page.text(r + k, 0, place.name)
        r += height
    return r - 1


def _unpaid_rows(place: TrustPlace) -> int:
    """Rows of a trust's unpaid principal: the collateral, two of its loans that are late, each class, all of them."""
    run = place.valued.projection
    by_loan = run.given is None and run.opening is None
    return 1 + 1 + (2 if by_loan else 0) + len(place.valued.source.trust.tranches) + 1


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
    page.section(row, f"Month before (input, from the book of {month})", _WIDE)
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
    for column, name in ((0, "trust"), (1, "item"), (2, "side"), (3, "yield"), (4, "value")):
        page.name_range(f"before_{name}", head + 1, column, r, column)
    sides = [
        f'SUMIFS({span(head + 1, 4, r, 4)},{span(head + 1, 2, r, 2)},"{s}")' for s in ("asset", "liability", "residual")
    ]
    page.check(r + 2, 0, "month before, all trusts: assets = liabilities + residual",
               f"ABS({sides[0]}-{sides[1]}-{sides[2]})<1")  # fmt: skip
