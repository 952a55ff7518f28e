"""Quotes: what dealers and pricing services quoted, all of it on one basis, and the policy of risk premiums."""

from __future__ import annotations

from xlfv.excel.book.frame import QUOTES, Book, TrustPlace
from xlfv.excel.book.page import FIRST, Page
from xlfv.excel.book.stacks import Part, stacked, write_stack
from xlfv.excel.book.styles import HEAD, RIGHT, TEXT, Style
from xlfv.excel.book.tables import in_cells, last_columns, write_table
from xlfv.excel.book.yields import yields_before
from xlfv.months.folder import previous

HEAD_ROW = FIRST + 1
_WRAPPED, _NOTED = TEXT.but(wrap=True), TEXT.but(wrap=True, indent=1)
_WIDTHS = (36, 12, 22, 12, 11, 12, 12, 14, 14, 20, 12, 12, 30)
_BEFORE = ("trust", "item", "basis", "yield")
_ON_ONE_BASIS = (
    ("trust", TEXT), ("item", TEXT), ("source", _WRAPPED), ("date", Style("date", align="right")), ("quote", Style("plain")),
    ("kind of quote", Style("text", indent=1)), ("settlement", Style("date", align="right")), ("age (days)", Style("count")),
    ("basis", Style("text", indent=1)), ("yield of our cash", Style("rate")), ("clean price", Style("price")),
    ("weight", Style("count")), ("why it does not count", _NOTED),
)  # fmt: skip


def quoted(place: TrustPlace) -> int:
    """How many quotes of a trust are given."""
    return len(place.valued.source.quotes)


def quotes_name(book: Book, place: TrustPlace) -> str:
    """The argument quotes of a formula about a trust: blank where it has none."""
    return "quotes" if quoted(place) else ""


def write_quotes(book: Book) -> None:
    """Write the sheet."""
    page = book.pages[QUOTES]
    # What seldom changes its size stands first: less is written when a month is loaded in place.
    row = _policy(page, FIRST)
    row = _register_before(page, row + 2)
    row = _given(page, row + 2)
    _on_one_basis(page, row + 2)
    page.layout(_WIDTHS, (FIRST, 2), None)
    page.heading(
        "What yields are held against: the policy of risk premiums, last month's yields, and quotes as yields of our own expected cash.",
        "all trusts",
        "yields in percent a year, prices per 100 of balance",
    )


def _on_one_basis(page: Page, row: int) -> None:
    """Every quote as a yield of our cash."""
    book = page.book
    page.section(row, "Quotes on one basis", len(_ON_ONE_BASIS))
    places = [place for place in book.trusts if quoted(place)]
    if not places:
        page.note(row + 1, 0, f"There is no table of quotes ({book.valued.month.month}/quotes.csv of a trust).")
        return
    for column, (title, look) in enumerate(_ON_ONE_BASIS):
        page.text(row + 1, column, title, HEAD if look.number == "text" or look.wrap else RIGHT)
    parts = [Part(f"=XLFV_QUOTES(quotes,{place.projection})", quoted(place) + 1) for place in places]
    stack = write_stack(page, row + 2, 0, parts, [look for _, look in _ON_ONE_BASIS])
    count = sum(quoted(place) for place in places)
    weights, reasons = stack.span(11), stack.span(12)
    page.check(
        stack.bottom + 1, 0, "every quote counts, or says why it does not",
        f'COUNTIF({weights},">0")+COUNTIFS({weights},0,{reasons},"?*")={count}',
    )  # fmt: skip


def _given(page: Page, row: int) -> int:
    """The quotes as they came in; gives the last row."""
    book = page.book
    columns = stacked(book.trusts, "quotes")
    if not columns.rows:
        return row - 2
    page.section(row, "Quotes as given (input)", len(_ON_ONE_BASIS))
    last = write_table(page, row + 1, 0, columns)
    page.name_range("quotes", row + 1, 0, *last)
    return last[0]


def _policy(page: Page, row: int) -> int:
    """The company's ranges of risk premiums; gives the last row."""
    book = page.book
    words = "Policy: risk premiums over a base rate, by kind of collateral, vintage, rating and position (input)"
    page.section(row, words, len(_ON_ONE_BASIS))
    table = book.company("ranges")
    if table is None:
        page.note(row + 1, 0, f"No policy is given (company/{book.valued.month.month}/ranges.csv).")
        return row + 1
    last = write_table(page, row + 1, 0, last_columns(in_cells(table), "source"))
    page.name_range("ranges", row + 1, 0, *last)
    return last[0]


def _register_before(page: Page, row: int) -> int:
    """The yields of the month before, as inputs: that month has its own book; gives the last row."""
    book = page.book
    chosen_before = yields_before(book)
    if not chosen_before:
        return row - 2
    month = previous(book.valued.month.month)
    page.section(row, f"Yields of the month before (input, from the book of {month})", len(_ON_ONE_BASIS))
    page.heads(row + 1, 0, _BEFORE, numbers_from=3)
    r = row + 1
    for place in book.trusts:
        for item, chosen in chosen_before.get(place.name, {}).items():
            r += 1
            for column, cell in enumerate((place.name, item, chosen.basis, chosen.rate)):
                page.value(r, column, cell, Style("rate" if column == 3 else "text", role="input"))
    page.name_range("yields_before", row + 1, 0, r, len(_BEFORE) - 1)
    for column, name in enumerate(_BEFORE):
        page.name_range(f"yields_before_{name}", row + 2, column, r, column)
    return r
