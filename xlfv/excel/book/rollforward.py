"""Rollforward: the letter's table for the month and the year to date, and the figures beneath that make it."""

from __future__ import annotations

from collections.abc import Mapping

from xlfv.excel.book.frame import ROLLFORWARD, Book, TrustPlace
from xlfv.excel.book.page import FIRST, Page, at, span
from xlfv.excel.book.styles import BOLD, HEAD, RIGHT, Style
from xlfv.excel.book.trust import borrowings, item_value
from xlfv.months.folder import previous
from xlfv.reporting.rollforward import ACTIVITY, COLUMNS, ITEMS, Rollforward
from xlfv.valuation import fair_value as fv
from xlfv.valuation.fair_value import RESIDUAL_INTEREST

HEIGHT = 12  # rows of the table, header and footing included
NET = len(COLUMNS) + 1  # column of net trust assets
ROWS = ("opening", *ACTIVITY, "closing")
_THOUSANDS = Style("thousands")
_FIRST_ITEM = 2


def table_row(year: bool = False) -> int:
    """The header row (from 0) of the month's or the year's table."""
    return FIRST + 1 + (HEIGHT + 5 if year else 0)


def write_rollforward(book: Book) -> None:
    """Write the sheet."""
    page = book.pages[ROLLFORWARD]
    if book.rolled is None:
        page.note(FIRST, 0, "There is no folder of the month before, so nothing rolls forward.")
        page.layout([60, 12], (FIRST, 0), None)
    else:
        month = book.valued.month.month
        parts = [(False, f"Month {month}", book.rolled.month)]
        if book.rolled.year:
            parts.append((True, f"Year to {book.as_of:%Y-%m-%d}", book.rolled.year))
        row = table_row(True) + (HEIGHT + 2 if book.rolled.year else -1)
        page.note(
            row,
            0,
            "Change in fair value is the balancing amount of its column in this version: closing less all other rows.",
        )
        page.note(
            row + 1,
            0,
            "Liabilities are negative, as in the letter. Net trust assets: total trust assets and liabilities together.",
        )
        row += 3
        for year, title, rolled in parts:
            row = _part(page, year, title, rolled, row) + 2
        page.layout([52, *[14.5] * (NET + 1)], (FIRST, 1), None)
    page.heading(
        "How level 3 assets, liabilities and REO moved, all trusts together, in the rows of the letter.",
        "all trusts",
        "$ thousands",
    )


def _part(page: Page, year: bool, title: str, rolled: Mapping[str, Rollforward], row: int) -> int:
    """A table and its inputs; gives the last row of the inputs."""
    tail = "_year" if year else "_month"
    inputs, last = _inputs(page, title, rolled, row, year)
    totals = last + 2
    _totals(page, title, totals, inputs, tail)
    head = table_row(year)
    page.section(head - 1, f"{title}, all trusts, $ thousands", NET + 1)
    looks = [Style("text"), *[_THOUSANDS] * len(COLUMNS)]
    formula = f"=XLFV_ROLLFORWARD(opening{tail},activity{tail},closing{tail})"
    page.spill(head, 0, formula, HEIGHT, len(looks), looks, RIGHT)
    _dress(page, head, looks)
    _net(page, head)
    foot = span(head + HEIGHT - 1, 1, head + HEIGHT - 1, len(COLUMNS))
    page.check(head + HEIGHT, 0, f"{title}: every column foots", f"SUMSQ({foot})+N({at(head, 0)})<1")
    closing = at(head + HEIGHT - 2, NET)
    parts = [_net_closing(place) for place in page.book.trusts]
    page.check(
        head + HEIGHT + 1, 0, f"{title}: closing agrees with Fair value", f"ABS({closing}-({'+'.join(parts)}))<1"
    )
    return totals + len(ROWS) + 5


def _net_closing(place: TrustPlace) -> str:
    """What a trust adds to closing net trust assets: its residual, less what the letter's columns leave out."""
    residual = item_value(place, RESIDUAL_INTEREST)
    if not place.valued.consolidated:
        return residual
    return f"{residual}-{item_value(place, fv.OTHER_ASSETS)}+{item_value(place, fv.OTHER_LIABILITIES)}"


def _dress(page: Page, head: int, looks: list[Style]) -> None:
    """Opening, totals and closing stand out; the first header is on the left."""
    if not page.book.answered:
        return
    for row in (1, 7, 10, 11):
        for column, look in enumerate(looks):
            bold = look.but(bold=row != 11, top=row in (7, 10), role="note" if row == 11 else "formula")
            page.value(head + row, column, page.book.answer(page.name, head + row, column), bold)


def _net(page: Page, head: int) -> None:
    page.text(head, NET, "Net trust assets", RIGHT)
    assets, debts = (1 + COLUMNS.index(name) for name in ("total_trust_assets", "total_trust_liabilities"))
    for row in range(1, HEIGHT):
        strong = row in (1, 7, 10)
        style = _THOUSANDS.but(bold=strong, top=row in (7, 10), role="note" if row == HEIGHT - 1 else "formula")
        page.formula(head + row, NET, f"={at(head + row, assets)}+{at(head + row, debts)}+N({span(head, 0)})", style)


def _inputs(
    page: Page, title: str, rolled: Mapping[str, Rollforward], row: int, year: bool
) -> tuple[tuple[int, int], int]:
    """Trust by trust: opening, what happened, closing; gives first and last row of the register, and the last row."""
    since = previous(page.book.valued.month.month) if not year else "December of the year before"
    page.section(
        row,
        f"{title}, by trust, dollars: what happened is input from each trust's activity; opening from the book of {since}",
        NET + 1,
    )
    head = row + 1
    page.heads(head, 0, ("row", "trust", *(item.replace("_", " ") for item in ITEMS)), numbers_from=2)
    r = head
    for place in page.book.trusts:
        first = r + 1
        for name in ROWS:
            r += 1
            page.text(r, 0, _words(name), Style("text", bold=name in ("opening", "closing")))
            page.text(r, 1, place.name)
            for k, item in enumerate(ITEMS):
                _amount(page, place, rolled[place.name], name, item, (r, _FIRST_ITEM + k), first)
    return (head + 1, r), r


def _words(name: str) -> str:
    return {"opening": "Opening", "closing": "Closing"}.get(name, ACTIVITY.get(name, name))


def _amount(
    page: Page, place: TrustPlace, rolled: Rollforward, name: str, item: str, cell: tuple[int, int], first: int
) -> None:
    row, column = cell
    line = {each: at(first + k, column) for k, each in enumerate(ROWS)}
    if name == "closing":
        page.formula(row, column, f"={_closing(place, item)}", Style("dollars", role="link", bold=True))
    elif name == "change_in_fair_value":
        others = "-".join(line[each] for each in ROWS if each not in ("closing", name))
        page.formula(row, column, f"={line['closing']}-{others}", Style("dollars"))
    elif name == "reo_losses" and item == "real_estate_owned" and place.valued.consolidated:
        page.formula(row, column, f"={line['closing']}-{line['opening']}-{line['settlements']}", Style("dollars"))
    else:
        amount = rolled.begin[item] if name == "opening" else rolled.activity[name][item]
        page.value(row, column, amount, Style("dollars", role="input", bold=name == "opening"))


def _closing(place: TrustPlace, item: str) -> str:
    """An item's closing value, from the sheet Fair value."""
    if not place.valued.consolidated:
        return item_value(place, RESIDUAL_INTEREST) if item == "investment_securities_afs" else "0"
    known = {
        "securitized_mortgage_collateral": item_value(place, fv.COLLATERAL),
        "derivative_assets": item_value(place, fv.DERIVATIVE_ASSETS),
        "real_estate_owned": item_value(place, fv.REO),
        "securitized_mortgage_borrowings": f"-{borrowings(place)}",
        "derivative_liabilities": f"-{item_value(place, fv.DERIVATIVE_LIABILITIES)}",
    }
    return known.get(item, "0")


def _totals(page: Page, title: str, row: int, register: tuple[int, int], tail: str) -> None:
    """The three tables that the function reads: all trusts added up."""
    page.section(row, f"{title}, all trusts, dollars: what XLFV_ROLLFORWARD reads", NET + 1)
    blocks = (
        ("opening", ("opening",), row + 1),
        ("activity", tuple(ACTIVITY), row + 3),
        ("closing", ("closing",), row + 4 + len(ACTIVITY)),
    )
    for name, rows, head in blocks:
        page.text(head, 0, "row", HEAD)
        page.heads(head, 1, ("", *(item.replace("_", " ") for item in ITEMS)), numbers_from=1)
        for k, each in enumerate(rows):
            page.text(head + 1 + k, 0, _words(each), BOLD if each in ("opening", "closing") else Style("text"))
            for c in range(len(ITEMS)):
                column = _FIRST_ITEM + c
                labels = span(register[0], 0, register[1], 0)
                amounts = span(register[0], column, register[1], column)
                page.formula(
                    head + 1 + k, column, f"=SUMPRODUCT(({labels}={at(head + 1 + k, 0)})*{amounts})", Style("dollars")
                )
        page.name_range(f"{name}{tail}", head, 0, head + len(rows), _FIRST_ITEM + len(ITEMS) - 1)
