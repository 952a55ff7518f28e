"""Rollforward: the letter's table of all trusts for the month and the year to date, and the sentence of its net gain."""

from __future__ import annotations

from xlfv.excel.book.frame import FAIR_VALUE, LEDGER, ROLLFORWARD, TRUST_ROLLFORWARDS, Book, TrustPlace
from xlfv.excel.book.monthbefore import NOTHING, before_of
from xlfv.excel.book.page import FIRST, Page, at, span
from xlfv.excel.book.styles import BOLD, HEAD, RIGHT, Style
from xlfv.excel.book.trust import held_value, item_value
from xlfv.reporting.rollforward import COLUMNS
from xlfv.valuation import fair_value as fv
from xlfv.valuation.fair_value import RESIDUAL_INTEREST

HEIGHT = 13  # rows of the table, header and footing included
NET = len(COLUMNS) + 1  # column of net trust assets
OPENING, TOTAL, UNEXPLAINED, CLOSING, FOOTING = 1, 7, 10, 11, 12
"""Rows of the table, its header being 0."""
THOUSANDS = Style("thousands")
GAIN_LINES = (
    "Losses from REO", "Change in fair value of other trust assets", "Net gain (loss) on trust assets",
    "Change in fair value of securitized mortgage borrowings", "Change in fair value of derivative liabilities",
    "Net gain (loss) on trust liabilities", "Net gain (loss) from trust assets and liabilities",
)  # fmt: skip
_STRONG_GAINS = (2, 5, 6)
_PARTS = (
    ("", " as a result of"),
    (" as a result of", " Correspondingly"),
    (" Correspondingly", " resulting"),
    (" resulting", ""),
)
"""Where the sentence is broken into lines."""


def table_row(year: bool = False) -> int:
    """The header row (from 0) of the month's or the year's table."""
    return FIRST + 1 + (HEIGHT + 6 if year else 0)


def write_rollforward(book: Book) -> None:
    """Write the sheet."""
    page = book.pages[ROLLFORWARD]
    if book.rolled is None or before_of(book) is None:
        page.note(FIRST, 0, NOTHING)
    else:
        _table(page, f"Month {book.valued.month.month}", "month", table_row())
        if book.rolled.year:
            _table(page, f"Year to {book.as_of:%Y-%m-%d}", "year", table_row(year=True))
        row = table_row(year=True) + (HEIGHT + 5 if book.rolled.year else -1)
        row = _gain(page, row, year=bool(book.rolled.year))
        for k, words in enumerate((
            f"Every row is computed by itself, trust by trust on {TRUST_ROLLFORWARDS}; cash is that of {LEDGER}.",
            "Unexplained: what all other rows leave of the closing, such as a receipt that the ledger lacks.",
            "Liabilities are negative, as in the letter. Net trust assets: total trust assets and liabilities together.",
        )):  # fmt: skip
            page.note(row + 2 + k, 0, words)
    page.layout([52, *[14.5] * NET], (FIRST, 1), None, tall=1)
    page.heading(
        "How level 3 assets, liabilities and REO moved, all trusts together, in the rows of the letter.",
        "all trusts",
        "$ thousands",
    )


def _table(page: Page, title: str, period: str, head: int) -> None:
    """A table, named, with its checks beneath."""
    debt = " and long-term debt" if page.book.rolled and page.book.rolled.debt else ""
    page.section(head - 1, f"{title}, all trusts{debt}, $ thousands", NET + 1)
    source = "rollforwards_month" if period == "month" else "rollforwards_year"
    looks = [Style("text"), *[THOUSANDS] * len(COLUMNS)]
    page.spill(head, 0, f'=XLFV_CHAIN_ROLLFORWARDS({source},"trusts")', HEIGHT, len(looks), looks, HEAD)
    for c in range(1, len(looks)) if page.book.answered else ():
        page.value(head, c, page.book.answer(page.name, head, c), RIGHT)
    dress(page, head, 0, looks)
    net(page, head, 1, THOUSANDS)
    page.name_range(f"rollforward_{period}", head, 0, head + HEIGHT - 1, len(COLUMNS))
    months = "MONTH(as_of)" if period == "year" else "1"  # a dollar a month: trustees round loan by loan
    words = (
        ("every column foots", squares(head, 1, FOOTING)),
        ("nothing is unexplained", f"{squares(head, 1, UNEXPLAINED)}/{months}^2"),
        (f"closing agrees with {FAIR_VALUE}", f"ABS({at(head + CLOSING, NET)}-({closing_net(page.book)}))"),
    )
    for k, (what, small) in enumerate(words):
        page.check(head + HEIGHT + k, 0, f"{title}: {what}", f"{small}+N({at(head, 0)})<1")


def squares(head: int, column: int, row: int) -> str:
    """The sum of squares of a row of a table."""
    return f"SUMSQ({span(head + row, column, head + row, column + len(COLUMNS) - 1)})"


def closing_net(book: Book) -> str:
    """Closing net trust assets by the sheet of fair values: residuals and bonds held, less what the letter's columns leave out."""
    return "+".join(_net_closing(place) for place in book.trusts)


def _net_closing(place: TrustPlace) -> str:
    residual = f"{item_value(place, RESIDUAL_INTEREST)}{held_value(place)}"
    if not place.valued.consolidated:
        return residual
    apart = f"+{item_value(place, fv.DIFFERENCE)}" if place.valued.value.total("difference") else ""
    return f"{residual}-{item_value(place, fv.OTHER_ASSETS)}+{item_value(place, fv.OTHER_LIABILITIES)}{apart}"


def dress(page: Page, head: int, column: int, looks: list[Style]) -> None:
    """Opening, totals and closing stand out."""
    if not page.book.answered:
        return
    for row in (OPENING, TOTAL, CLOSING, FOOTING):
        for k, look in enumerate(looks):
            page.value(head + row, column + k, page.book.answer(page.name, head + row, column + k), row_look(look, row))


def row_look(look: Style, row: int) -> Style:
    """The look of a row of the table."""
    strong = row in (OPENING, TOTAL, CLOSING)
    return look.but(bold=strong, top=row in (TOTAL, CLOSING), role="note" if row == FOOTING else look.role)


def net(page: Page, head: int, first: int, look: Style) -> None:
    """Net trust assets beside a table whose amounts begin in a column."""
    column = first + len(COLUMNS)
    page.text(head, column, "Net trust assets", RIGHT)
    assets, debts = (first + COLUMNS.index(name) for name in ("total_trust_assets", "total_trust_liabilities"))
    for row in range(1, HEIGHT):
        amounts = f"{at(head + row, assets)}+{at(head + row, debts)}"
        page.formula(head + row, column, f"={amounts}+N({span(head, first - 1)})", row_look(look, row))


def _gain(page: Page, row: int, *, year: bool) -> int:
    """The net gain in figures and in the letter's sentence; gives the last row."""
    page.section(row, "Net gain (loss) from trust assets and liabilities", NET + 1)
    periods = ("month", "year") if year else ("month",)
    page.text(row + 1, 0, "$ thousands", HEAD)
    page.heads(row + 1, 1, ("month", "year to date")[: len(periods)], numbers_from=0)
    for k, title in enumerate(GAIN_LINES):
        strong = k in _STRONG_GAINS
        page.text(row + 2 + k, 0, title, BOLD.but(top=True) if strong else Style("text"))
        for j, period in enumerate(periods):
            formula = f"=INDEX(XLFV_NET_TRUST_GAIN(rollforward_{period}),{k + 2},2)"
            page.formula(row + 2 + k, 1 + j, formula, THOUSANDS.but(bold=strong, top=strong))
    r = row + 2 + len(GAIN_LINES)
    for period, words in zip(periods, ("Month, in dollars", "Year to date, in dollars"), strict=False):
        page.text(r + 1, 0, words, BOLD)
        for k, part in enumerate(_PARTS):
            page.formula(r + 2 + k, 0, _sentence(period, *part), Style("text", indent=1))
        r += 2 + len(_PARTS)
    return r


def _sentence(period: str, begin: str, end: str) -> str:
    """The formula of one part of the sentence, from words up to others."""
    said = f"INDEX(XLFV_NET_TRUST_GAIN(rollforward_{period}),{len(GAIN_LINES) + 2},1)"
    first = f'SEARCH("{begin}",{said})' if begin else "1"
    until = f'SEARCH("{end}",{said})-{first}' if end else "999"
    return f"=TRIM(MID({said},{first},{until}))"
