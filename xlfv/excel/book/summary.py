"""Summary: the CFO's page. What the trusts are worth, what moved them, what they hang on, what needs a signature."""

from __future__ import annotations

from typing import Any

from xlfv.excel.book.frame import FAIR_VALUE, ROLLFORWARD, SUMMARY, Book, TrustPlace
from xlfv.excel.book.page import FIRST, Page, at, quote_text, span
from xlfv.excel.book.rollforward import NET, table_row
from xlfv.excel.book.styles import BOLD, FONT, HEAD, NAVY, NUMBERS, RIGHT, STEEL, TAN, TEXT, Style
from xlfv.excel.book.trust import side_value, yield_cells
from xlfv.months.folder import previous
from xlfv.valuation.yields import RESIDUAL

_SIDES = (("Trust assets", "asset"), ("Trust liabilities", "liability"), ("Residual interest", "residual"))
_WIDE = 10
_K = Style("thousands")
_MOST_EXCEPTIONS = 5
_LINES = (
    ("Opening", 1), ("Interest income", 2), ("Interest expense", 3), ("Change in fair value", 4), ("Losses from REO", 6),
    ("Settlements", 9), ("Closing", 10),
)  # fmt: skip
"""Rows of the rollforward: title, and its row in the table."""
_GAINS = (4, 6)
STEP = "0.05"  # five points of yield


def write_summary(book: Book) -> None:
    """Write the page."""
    page = book.pages[SUMMARY]
    row = _values(page, FIRST)
    row = _gain(page, row + 2)
    row = _sensitivity(page, row + 2)
    row = _exceptions(page, row + 2)
    _signatures(page, row + 2)
    page.layout([31, *[13.5] * 9], (FIRST, 1), None, tall=1)
    page.heading(
        "What the trusts are worth, against the month before; what moved them; what the residual hangs on.",
        "all trusts",
        "$ thousands",
    )


def _values(page: Page, row: int) -> int:
    """Assets, liabilities and residual by trust, now and before; gives the last row."""
    book = page.book
    before = previous(book.valued.month.month)
    page.section(row, "Fair value by trust", _WIDE)
    group, head = row + 1, row + 2
    page.text(group, 0, "", HEAD)
    page.text(head, 0, "", HEAD)
    for k, (title, _) in enumerate(_SIDES):
        page.text(group, 1 + 3 * k, title, Style(role="group"))
        for j in (1, 2):
            page.blank(group, 1 + 3 * k + j, Style(role="group"))
        for j, words in enumerate((book.valued.month.month, before, "change")):
            page.text(head, 1 + 3 * k + j, words, RIGHT)
    first = head + 1
    for k, place in enumerate(book.trusts):
        _trust_row(page, place, first + k)
    last = first + len(book.trusts) - 1
    _sum_row(page, last + 1, "All trusts", first, last, "")
    row = last + 2
    if any(not place.valued.consolidated for place in book.trusts):
        _sum_row(page, row, "of which consolidated", first, last, "yes")
        row += 1
    words = f"The month before ({before}) is input on {FAIR_VALUE}: that month has its own book."
    page.note(row, 0, words if book.rolled else f"There is no folder of the month before ({before}).")
    sums = [at(last + 1, 1), at(last + 1, 4), at(last + 1, 7)]
    page.check(row, 6, "assets = liabilities + residual", f"ABS({sums[0]}-{sums[1]}-{sums[2]})<1")
    return row


def _trust_row(page: Page, place: TrustPlace, row: int) -> None:
    words = "" if place.valued.consolidated else " (not consolidated)"
    page.text(row, 0, f"{place.name}{words}")
    for k, (_, side) in enumerate(_SIDES):
        now, before, change = (1 + 3 * k + j for j in range(3))
        page.formula(
            row,
            now,
            f"={side_value(place, side)}",
            _K.but(bold=side == "residual"),
        )
        if page.book.rolled is not None:
            page.formula(
                row, before, f'=SUMIFS(before_value,before_trust,{quote_text(place.name)},before_side,"{side}")', _K
            )
            page.formula(row, change, f"={at(row, now)}-{at(row, before)}", _K)


def _sum_row(page: Page, row: int, title: str, first: int, last: int, consolidated: str) -> None:
    page.text(row, 0, title, BOLD.but(top=True) if not consolidated else Style("text", indent=1))
    for column in range(1, _WIDE):
        if (column - 1) % 3 and page.book.rolled is None:
            continue
        amounts = span(first, column, last, column)
        formula = f'=SUMPRODUCT((consolidated="yes")*{amounts})' if consolidated else f"=SUM({amounts})"
        page.formula(row, column, formula, _K.but(bold=not consolidated, top=not consolidated))


def _gain(page: Page, row: int) -> int:
    """Net gain and the three largest reasons; gives the last row."""
    book = page.book
    page.section(row, "What moved net trust assets, all trusts", _WIDE)
    if book.rolled is None:
        page.note(row + 1, 0, "There is no month before.")
        return row + 1
    year = bool(book.rolled.year)
    page.heads(row + 2, 0, ("", book.valued.month.month, "year to date" if year else "", "size, month"))
    first = row + 3
    for k, (title, line) in enumerate(_LINES):
        _moved(page, first + k, title, line, year)
    last = first + len(_LINES)
    page.text(last, 0, "Net gain (loss), trust assets", BOLD)
    for j in range(2 if year else 1):
        gain = "+".join(at(first + k, 1 + j) for k, (_, line) in enumerate(_LINES) if line in _GAINS)
        page.formula(last, 1 + j, f"={gain}", _K.but(bold=True))
    page.note(last + 1, 0, "Net gain: change in fair value (the balancing amount in this version) and losses from REO.")
    moves = (first + 1, first + len(_LINES) - 2)
    page.formula(row + 1, 0, _reasons(*moves), BOLD)
    chart = _chart(page, moves)
    page.draw(chart, row + 2, 5, {"x_offset": 4, "y_offset": 3, "object_position": 2}, "moves", *moves)
    return last + 1


def _moved(page: Page, row: int, title: str, line: int, year: bool) -> None:
    """One row of the rollforward, net, for the month and the year; and its size, by which reasons are ranked."""
    sheet = page.book.pages[ROLLFORWARD]
    ends = line in (_LINES[0][1], _LINES[-1][1])
    last = line == _LINES[-1][1]
    page.text(row, 0, title, BOLD.but(top=last) if ends else TEXT)
    for j, head in enumerate((table_row(), table_row(True))[: 2 if year else 1]):
        page.formula(row, 1 + j, f"={sheet.ref(head + line, NET)}", _K.but(bold=ends, top=last, role="link"))
    if not ends:
        page.formula(row, 3, f"=ABS({at(row, 1)})", _K.but(role="note"))


def _reasons(first: int, last: int) -> str:
    """The formula of a sentence with the largest movements of the month."""
    sizes = span(first, 3, last, 3)
    parts = []
    for k in range(3):
        line = f"MATCH(LARGE({sizes},{k + 1}),{sizes},0)"
        title, amount = (f"INDEX({span(first, column, last, column)},{line})" for column in (0, 1))
        parts.append(f'"{k + 1}. "&{title}&" "&TEXT({amount}/1000,"#,##0;(#,##0)")')
    return '="Three largest reasons of the month:  "&' + '&"     "&'.join(parts)


def _chart(page: Page, moves: tuple[int, int]) -> Any:
    """The movements of the month as columns."""
    chart = page.book.workbook.add_chart({"type": "column"})
    first, last = moves
    chart.add_series({
        "name": "month", "categories": [page.name, first, 0, last, 0], "values": [page.name, first, 1, last, 1],
        "fill": {"color": STEEL}, "border": {"none": True}, "gap": 60, "invert_if_negative": True,
        "invert_if_negative_color": TAN,
        "data_labels": {"value": True, "num_format": NUMBERS["thousands"], "font": {"name": FONT, "size": 8}},
    })  # fmt: skip
    font = {"name": FONT, "size": 8, "color": "#404040"}
    title = {"name": "What moved net trust assets in the month, $ thousands", "overlay": False,
             "name_font": {"name": FONT, "size": 10, "bold": True, "color": NAVY}}  # fmt: skip
    chart.set_title(title)
    chart.set_x_axis({"num_font": font, "label_position": "low", "line": {"color": "#808080"}})
    chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}})
    chart.set_legend({"none": True})
    chart.set_chartarea({"border": {"color": "#D0D0D0"}})
    chart.set_size({"width": 490, "height": 208})
    return chart


def _sensitivity(page: Page, row: int) -> int:
    """The residual, and the classes, at other yields; gives the last row."""
    book = page.book
    page.section(row, "What the residual hangs on: values at other yields", _WIDE)
    titles = ("", "residual yield", "at -5 points", "as valued", "at +5 points", "change at -5", "change at +5", "bonds at -1 point",
              "bonds as valued", "bonds at +1 point")  # fmt: skip
    page.heads(row + 1, 0, titles)
    first = row + 2
    for k, place in enumerate(book.trusts):
        _sensitive_row(page, place, first + k)
    last = first + len(book.trusts) - 1
    page.text(last + 1, 0, "All trusts", BOLD.but(top=True))
    page.text(last + 1, 1, "", BOLD.but(top=True))
    for column in range(2, _WIDE):
        page.formula(last + 1, column, f"=SUM({span(first, column, last, column)})", _K.but(bold=True, top=True))
    return last + 1


def _sensitive_row(page: Page, place: TrustPlace, row: int) -> None:
    book = page.book
    rate, basis = yield_cells(book, book.yields.rows[place.name, RESIDUAL])
    page.text(row, 0, place.name)
    page.formula(row, 1, f"={rate}", Style("rate", role="link"))
    mine = at(row, 1)
    for column, asked in ((2, f"{mine}-{STEP}"), (3, mine), (4, f"{mine}+{STEP}")):
        page.formula(row, column, f"=XLFV_RESIDUAL_VALUE({place.projection},{asked},{basis})", _K)
    for column, other in ((5, 2), (6, 4)):
        page.formula(row, column, f"={at(row, other)}-{at(row, 3)}", _K)
    total = book.plans[place.name].classes + 1 + len(place.valued.source.trust.tranches)
    sheet = book.pages[place.sheet]
    for column, source in ((7, 10), (8, 5), (9, 11)):
        page.formula(row, column, f"={sheet.ref(total, source)}", _K.but(role="link"))


def _exceptions(page: Page, row: int) -> int:
    """What needs a signature; gives the last row."""
    book = page.book
    page.section(row, "Exceptions that need a signature", _WIDE)
    page.formula(
        row + 1, 0, '="Yields outside their range: "&SUM(yields_outside)&"     Checks that fail: "&all_checks', BOLD
    )
    r = row + 2
    count = min(
        max(sum(one.outside for place in book.trusts for one in place.valued.yields.values()), 1), _MOST_EXCEPTIONS
    )
    for k in range(count):
        found = f"MATCH({k + 1},yields_exception,0)"
        words = '&" "&'.join(f"INDEX(yields_{name},{found})" for name in ("trust", "item"))
        rates = [f'TEXT(INDEX(yields_{name},{found}),"0.00%")' for name in ("yield", "low", "high") if _has(book, name)]
        ranged = f'{rates[0]}&" lies outside "&{rates[1]}&" to "&{rates[2]}' if len(rates) == 3 else rates[0]
        nothing = "every yield lies inside its range" if k == 0 else ""
        page.formula(r, 0, f'=IFERROR({words}&": "&{ranged},"{nothing}")', Style("text", indent=1))
        r += 1
    for place in book.trusts:
        notices = place.valued.projection.notices
        if notices:
            more = f" ({len(notices) - 1} more: Explain cell on its projection)" if len(notices) > 1 else ""
            page.text(r, 0, f"{place.name}: {notices[0]}{more}", Style("text", indent=1))
            r += 1
    return r - 1


def _has(book: Book, header: str) -> bool:
    return header in book.yields.spot.columns.headers


def _signatures(page: Page, row: int) -> None:
    for column, words in ((0, "Prepared by"), (3, "Reviewed by"), (6, "Approved by")):
        page.text(row, column, f"{words}  ______________________")
        page.text(row + 1, column, "Date  ______________________")
