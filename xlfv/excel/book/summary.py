"""Summary: the CFO's page. What the trusts are worth, what moved them, what they hang on, what needs a signature."""

from __future__ import annotations

from typing import Any

from xlfv.excel.book.consolidation import debt_line
from xlfv.excel.book.frame import FAIR_VALUE, ROLLFORWARD, SCENARIOS, SUMMARY, Book, TrustPlace
from xlfv.excel.book.page import FIRST, Page, at, quote_text, span
from xlfv.excel.book.rollforward import NET, table_row
from xlfv.excel.book.scenarios import has_scenarios, swings_of, weighted_residual
from xlfv.excel.book.styles import BOLD, FONT, HEAD, NAVY, NUMBERS, RIGHT, STEEL, TAN, TEXT, Style
from xlfv.excel.book.trust import side_value
from xlfv.months.folder import previous

_SIDES = (("Trust assets", "asset"), ("Trust liabilities", "liability"), ("Residual interest", "residual"))
_WIDE = 10
_K = Style("thousands")
_MOST_EXCEPTIONS, _ROOM = 6, 2
_LINES = (
    ("Opening", 1), ("Interest income", 2), ("Interest expense", 3), ("Change in fair value", 4), ("Losses from REO", 6),
    ("Settlements", 9), ("Closing", 11),
)  # fmt: skip
"""Rows of the rollforward: title, and its row in the table."""
_GAINS = (4, 6)
GAIN = "XLFV_NET_TRUST_GAIN(rollforward_month)"
_PARTS = (
    ("", "as a result of"),
    ("as a result of", "Correspondingly"),
    ("Correspondingly", "resulting in"),
    ("resulting in", ""),
)
"""Where the letter's sentence is broken into lines."""
_BESIDE = 6  # column of what stands beside the residual's inputs


def write_summary(book: Book) -> None:
    """Write the page."""
    page = book.pages[SUMMARY]
    row = _values(page, FIRST)
    row = _gain(page, row + 2)
    row = _hangs(page, row + 2)
    if debt_line(book):
        row = _debt(page, row + 2)
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
    apart = "".join(
        f"-{side_value(place, 'difference')}" for place in book.trusts if place.valued.value.total("difference")
    )
    words = "assets = liabilities + residual" + (" + difference" if apart else "")
    page.check(row, 6, words, f"ABS({sums[0]}-{sums[1]}-{sums[2]}{apart})<1")
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
    first = row + 3
    last = first + len(_LINES)
    moves = (first + 1, last - 2)
    if (
        book.rolled is not None or book.buttons is not None
    ):  # a book that goes on to the next month has its chart already
        chart = _chart(page, moves)
        page.draw(chart, row + 2, 5, {"x_offset": 4, "y_offset": 3, "object_position": 2}, "moves", *moves)
    if book.rolled is None:
        page.note(row + 1, 0, "There is no month before.")
        return row + 1 if book.buttons is None else last + 2 + len(_PARTS)
    year = bool(book.rolled.year)
    page.heads(row + 2, 0, ("", book.valued.month.month, "year to date" if year else "", "size, month"))
    for k, (title, line) in enumerate(_LINES):
        _moved(page, first + k, title, line, year)
    page.text(last, 0, "Net gain (loss), trust assets", BOLD)
    for j in range(2 if year else 1):
        gain = "+".join(at(first + k, 1 + j) for k, (_, line) in enumerate(_LINES) if line in _GAINS)
        page.formula(last, 1 + j, f"={gain}", _K.but(bold=True))
    page.note(last + 1, 0, "Net gain: change in fair value and losses from REO.")
    page.formula(row + 1, 0, _reasons(*moves), BOLD)
    ends = [_sentence(page, last + 2 + k, part) for k, part in enumerate(_PARTS)]
    page.check(
        ends[-1] + 1, 0, "the sentence's net gain is that of the table", f"ABS(INDEX({GAIN},8,2)-{at(last, 1)})<1"
    )
    return ends[-1] + 1


def _sentence(page: Page, row: int, part: tuple[str, str]) -> int:
    """One part of the letter's sentence of the month's net gain, from a word up to another; gives its row."""
    said = f"INDEX({GAIN},9,1)"
    begin, end = (f'SEARCH("{words}",{said})' if words else "" for words in part)
    begin = begin or "1"
    until = f"{end}-{begin}" if end else "999"
    month = "" if part[0] else '"Month "&month&": "&'
    page.formula(row, 0, f"={month}MID({said},{begin},{until})", Style("text", indent=1))
    return row


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


def _hangs(page: Page, row: int) -> int:
    """The residual with each input lower and higher, and weighted scenarios beside the single path; gives the last row."""
    book = page.book
    page.section(row, f"What the residual, a sliver of the trusts, hangs on; by trust on {SCENARIOS}", _WIDE)
    page.heads(
        row + 1,
        0,
        ("all trusts, input lower / higher", "lower", "as valued", "higher", "change, lower", "change, higher"),
    )
    first = row + 2
    names = swings_of(book)
    for k, name in enumerate(names):
        _swing_row(page, first + k, name)
    last = first + len(names) - 1
    if has_scenarios(book):
        last = max(last, _weighted(page, row + 1))
    else:
        page.note(row + 2, _BESIDE, "No weighted scenarios are given.")
    return last


def _swing_row(page: Page, row: int, name: str) -> None:
    """One input: in the sums a trust without it stands as valued."""
    page.text(row, 0, name)
    page.formula(row, 2, f"={'+'.join(side_value(place, 'residual') for place in page.book.trusts)}", _K)
    for column, which in ((4, "down"), (5, "up")):
        page.formula(row, column, f"=SUMIFS(swing_{which},swing_shock,{at(row, 0)})", _K)
    for column, change in ((1, 4), (3, 5)):
        page.formula(row, column, f"={at(row, 2)}+{at(row, change)}", _K)


def _weighted(page: Page, row: int) -> int:
    """The residual on the single path and weighted, by trust; gives the last row."""
    places = page.book.trusts
    page.heads(row, _BESIDE, ("residual", "single path", "weighted", "weighted less single"))
    page.text(row, _BESIDE, "residual", HEAD.but(indent=1))
    first = row + 1
    for k, place in enumerate(places):
        r = first + k
        page.text(r, _BESIDE, place.name, TEXT.but(indent=1))
        for j, which in ((1, "single"), (2, "value")):
            page.formula(r, _BESIDE + j, f"={weighted_residual(place, which)}", _K.but(role="link"))
        page.formula(r, _BESIDE + 3, f"={at(r, _BESIDE + 2)}-{at(r, _BESIDE + 1)}", _K)
    last = first + len(places)
    page.text(last, _BESIDE, "All trusts", BOLD.but(top=True, indent=1))
    for j in (1, 2, 3):
        column = _BESIDE + j
        page.formula(last, column, f"=SUM({span(first, column, last - 1, column)})", _K.but(bold=True, top=True))
    return last


def _debt(page: Page, row: int) -> int:
    """The company's long-term debt in one line; gives the last row."""
    names = debt_line(page.book)
    page.section(row, "Long-term debt of the company (its own credit is a factor of this debt alone)", _WIDE)
    page.heads(row + 1, 0, ("", "unpaid balance", "fair value", "without own credit", "own credit effect"))
    page.text(row + 2, 0, "Long-term debt")
    for k, name in enumerate(names):
        page.formula(row + 2, 1 + k, f"={name}", _K.but(role="link"))
    return row + 2


def _exceptions(page: Page, row: int) -> int:
    """What needs a signature; gives the last row."""
    book = page.book
    page.section(row, "Exceptions that need a signature", _WIDE)
    page.formula(
        row + 1, 0, '="Yields outside their range: "&SUM(yields_outside)&"     Checks that fail: "&all_checks', BOLD
    )
    r = row + 2
    # Room for yields that an edit brings out of their range: how many there are stands above.
    now = sum(one.outside for place in book.trusts for one in place.valued.yields.values())
    count = min(now + _ROOM, _MOST_EXCEPTIONS)
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
