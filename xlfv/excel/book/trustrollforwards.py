"""Trust rollforwards: each trust's month computed, the months before it as inputs, and the year to date chained from both."""

from __future__ import annotations

from xlfv.excel.book.consolidation import debt_before, debt_indices, debt_rolls
from xlfv.excel.book.frame import CONSOLIDATION, TRUST_ROLLFORWARDS, Book
from xlfv.excel.book.monthbefore import NOTHING, before_of, ends, since
from xlfv.excel.book.page import FIRST, Page, at, span
from xlfv.excel.book.rollforward import CLOSING, FOOTING, HEIGHT, OPENING, UNEXPLAINED, dress, net, row_look, squares
from xlfv.excel.book.styles import OWN, TEXT, Style
from xlfv.months.folder import previous
from xlfv.reporting.balance_sheet import COMPANY
from xlfv.reporting.forms import ALL, matrix
from xlfv.reporting.rollforward import COLUMNS, TITLES, Rollforward

_TRUST, _ROW, _FIRST = 1, 2, 3  # columns
WIDE = _FIRST + len(COLUMNS) + 1
_DOLLARS = Style("dollars")
_LOOKS = [Style("text"), *[_DOLLARS] * len(COLUMNS)]


def write_trust_rollforwards(book: Book) -> None:
    """Write the sheet."""
    page = book.pages[TRUST_ROLLFORWARDS]
    if book.rolled is None or before_of(book) is None:
        page.note(FIRST, 0, NOTHING)
    else:
        earlier = earlier_months(book)
        page.section(
            FIRST, "Months before this one (input, from the book of the month before), then this month computed", WIDE
        )
        page.heads(
            FIRST + 1,
            0,
            ("Period", "Trust", "Row", *(TITLES[c] for c in COLUMNS), "Net trust assets"),
            numbers_from=_FIRST,
        )
        top = row = FIRST + 2
        formulas = computed_by(book)
        for name in formulas if earlier else ():
            _given(page, name, earlier[name], row)
            row += HEIGHT
        month = row
        for name, formula in formulas.items():
            _computed(page, name, formula, row)
            row += HEIGHT
        for name, first in (("rollforwards", top), ("rollforwards_month", month)):
            page.name_range(name, first, _TRUST, row - 1, _FIRST + len(COLUMNS) - 1)
        row = _checks(page, month, row + 1, list(formulas))
        if book.rolled.debt_note:
            page.note(row, 0, f"Long-term debt is not rolled forward: {book.rolled.debt_note}.")
            row += 1
        if book.rolled.year:
            _year(page, row + 1, list(formulas))
    page.layout([20, 15, 50, *[14] * (WIDE - 3)], (FIRST + 2, 3), (FIRST + 1, FIRST + 1))
    page.heading("Each trust's rollforward and the company's debt, every row computed on its own; what they leave of the closing is unexplained.",
                 "trust by trust", "dollars; liabilities negative")  # fmt: skip


def computed_by(book: Book) -> dict[str, str]:
    """The formula of each trust's month, and last of the company's long-term debt where it has any, by name."""
    facts = since(book, "letter", "opening", "earnings")
    found = {place.name: f"=XLFV_TRUST_ROLLFORWARD({ends(book, place)},ledger{facts})" for place in book.trusts}
    if debt_rolls(book):
        debt, before = debt_before(book)
        found[COMPANY] = (
            f"=XLFV_DEBT_ROLLFORWARD({debt},as_of_before,debt,as_of,debt_activity,{before},{debt_indices(book)})"
        )
    return found


def earlier_months(book: Book) -> dict[str, Rollforward]:
    """From the beginning of the year to the month before, by trust and of the company's debt; empty in January or without all
    months of the year."""
    assert book.rolled is not None
    if not book.rolled.year or book.valued.month.month.endswith("-01"):
        return {}
    found = {}
    parts = {name: (book.rolled.month[name], year) for name, year in book.rolled.year.items()}
    if book.rolled.debt is not None:
        parts[COMPANY] = book.rolled.debt
    for name, (month, year) in parts.items():
        moves = {
            row: {item: amount - month.amount(row, item) for item, amount in amounts.items()}
            for row, amounts in year.activity.items()
        }
        found[name] = Rollforward(year.begin, moves, month.begin)
    return found


def _given(page: Page, name: str, rolled: Rollforward, row: int) -> None:
    """The months before, as a printed table of inputs."""
    titles, amounts = matrix(rolled)
    assert len(titles) == HEIGHT - 1
    page.text(row, _ROW, "row", OWN)
    for k, column in enumerate(COLUMNS):
        page.text(row, _FIRST + k, TITLES[column], OWN)
    for r, (title, line) in enumerate(zip(titles, amounts.tolist(), strict=True), 1):
        page.text(row + r, _ROW, title, row_look(TEXT, r))
        for k, amount in enumerate(line):
            page.value(row + r, _FIRST + k, amount, _DOLLARS.but(role="input", bold=r in (OPENING, CLOSING)))
    year = page.book.valued.month.month[:4]
    _label(page, name, f"{year}-01 to {previous(page.book.valued.month.month)}", row)


def _computed(page: Page, name: str, formula: str, row: int) -> None:
    page.spill(row, _ROW, formula, HEIGHT, len(_LOOKS), _LOOKS, OWN)
    dress(page, row, _ROW, _LOOKS)
    _label(page, name, page.book.valued.month.month, row)


def _label(page: Page, name: str, period: str, row: int) -> None:
    page.text(row, 0, "period", OWN)
    page.text(row, _TRUST, "trust", OWN)
    for r in range(1, HEIGHT):
        page.text(row + r, 0, period)
        page.text(row + r, _TRUST, name)
    net(page, row, _FIRST, _DOLLARS)
    page.text(row, _FIRST + len(COLUMNS), "net trust assets", OWN)


def _checks(page: Page, month: int, row: int, names: list[str]) -> int:
    """Gives the row after the last."""
    for k, name in enumerate(names):
        head = month + k * HEIGHT
        for what, line in (("every column foots", FOOTING), ("nothing is unexplained", UNEXPLAINED)):
            page.check(row, 0, f"{name}: {what}", f"{squares(head, _FIRST, line)}+N({at(head, _ROW)})<1")
            row += 1
    if COMPANY in names:
        closing = at(month + names.index(COMPANY) * HEIGHT + CLOSING, _FIRST + COLUMNS.index("long_term_debt"))
        page.check(row, 0, f"{COMPANY}: closing agrees with {CONSOLIDATION}", f"ABS({closing}+debt_value)<0.01")
        row += 1
    return row


def _year(page: Page, row: int, names: list[str]) -> None:
    """The year to date: chained, trust by trust."""
    trusts = len(names)
    page.section(row, "Year to date: the months chained, trust by trust and all together", WIDE)
    height = 1 + (trusts + 1) * (HEIGHT - 1)
    looks = [Style("text"), *_LOOKS]
    page.spill(row + 1, _TRUST, '=XLFV_CHAIN_ROLLFORWARDS(rollforwards,"months")', height, len(looks), looks, OWN)
    for k in range(trusts + 1):
        head = row + 1 + k * (HEIGHT - 1)
        dress(page, head, _TRUST, looks)
    page.name_range("rollforwards_year", row + 1, _TRUST, row + height, _FIRST + len(COLUMNS) - 1)
    foots = "+".join(
        f"SUMSQ({span(r, _FIRST, r, _FIRST + len(COLUMNS) - 1)})"
        for r in (row + 1 + FOOTING + k * (HEIGHT - 1) for k in range(trusts + 1))
    )
    named = span(row + 2, _TRUST, row + height, _TRUST)
    page.check(row + height + 2, 0, f"year to date: every column of every trust and of {ALL.lower()} foots",
               f'AND({foots}<1,COUNTIF({named},"{ALL}")={HEIGHT - 1})')  # fmt: skip
