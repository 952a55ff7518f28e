"""Attribution: the change in fair value of all trusts by factor, and a waterfall of the item that is chosen."""

from __future__ import annotations

from typing import Any

from xlfv.excel.book.attributions import FACTOR_ROWS
from xlfv.excel.book.frame import ATTRIBUTION, ATTRIBUTION_BY_TRUST, FAIR_VALUE, Book
from xlfv.excel.book.monthbefore import NOTHING, before_of
from xlfv.excel.book.page import FIRST, Page, at, span
from xlfv.excel.book.styles import BOLD, FONT, NAVY, RIGHT, STEEL, TAN, TEXT, Style
from xlfv.excel.book.trust import side_value
from xlfv.reporting.attribution import HEAD as ITEMS
from xlfv.reporting.attribution import TOTAL_ASSETS, TOTAL_LIABILITIES, WHAT
from xlfv.valuation import fair_value as fv

HEAD_ROW = FIRST + 1
CHOICE = HEAD_ROW + len(FACTOR_ROWS) + 6
_FIRST = 2  # column of the first item
_K = Style("thousands")
_WIDE = _FIRST + len(ITEMS)
_DRAWN = (("value", NAVY), ("increase", STEEL), ("decrease", TAN))
_STEPS = FACTOR_ROWS[:-1]  # all but the check
_CHART_ROWS = 21
_DATA = CHOICE + _CHART_ROWS + 3
_HEADS = (
    "change",
    "from",
    "to",
    "base above 0",
    "base below 0",
    *(f"{kind} {side} 0" for kind, _ in _DRAWN for side in ("above", "below")),
)


def write_attribution(book: Book) -> None:
    """Write the sheet."""
    page = book.pages[ATTRIBUTION]
    if before_of(book) is None:
        page.note(FIRST, 0, NOTHING)
    else:
        _table(page)
        _checks(page)
        _choice(page)
        _data(page)
    if (
        before_of(book) is not None or book.buttons is not None
    ):  # a book that goes on to the next month has its chart already
        page.allow(CHOICE, 1, {"validate": "list", "source": "=" + span(HEAD_ROW, _FIRST, HEAD_ROW, _WIDE - 2)})
        chart = _chart(page)
        page.draw(chart, CHOICE + 1, 0, {"x_offset": 4, "y_offset": 4, "object_position": 3}, "waterfall", _DATA)
    page.layout([13, 72, *[13.5] * len(ITEMS)], (FIRST, 2), None)
    page.heading(f"Why fair values changed since the month before, all trusts together; trust by trust on {ATTRIBUTION_BY_TRUST}.",
                 "all trusts, those not on the balance sheet too", "$ thousands; liabilities positive")  # fmt: skip


def _table(page: Page) -> None:
    page.section(FIRST, "Change in fair value by factor, all trusts, $ thousands", _WIDE)
    page.heads(HEAD_ROW, 0, ("Factor", "What changes", *ITEMS), numbers_from=_FIRST)
    for k, factor in enumerate(FACTOR_ROWS):
        row = HEAD_ROW + 1 + k
        look = _look(factor)
        page.text(row, 0, factor, look.but(number="text"))
        page.text(row, 1, WHAT[factor], look.but(number="text"))
        for c in range(len(ITEMS)):
            # Where a trust's table is an error its first cell, in the column of trusts, says so, and so does the sum.
            ours = f'(attribution_trust<>"")*(attribution_factor={span(row, 0)})'
            page.formula(row, _FIRST + c, f"=SUMPRODUCT({ours},attribution_item_{c})", look)


def _look(factor: str) -> Style:
    if factor == "check":
        return _K.but(role="note")
    return _K.but(bold=factor in ("opening", "closing"), top=factor == "closing")


def _item(row: int, item: str) -> str:
    """The cell of an item in a row of the table."""
    return at(HEAD_ROW + 1 + FACTOR_ROWS.index(FACTOR_ROWS[row]), _FIRST + ITEMS.index(item))


def _checks(page: Page) -> None:
    row = HEAD_ROW + len(FACTOR_ROWS) + 2
    check = HEAD_ROW + len(FACTOR_ROWS)
    page.check(
        row, 0, "opening and the factors sum to the closing", f"SUMSQ({span(check, _FIRST, check, _WIDE - 1)})<1"
    )
    closing, opening = FACTOR_ROWS.index("closing"), 0
    sides = (("asset", TOTAL_ASSETS), ("liability", TOTAL_LIABILITIES), ("residual", fv.RESIDUAL_INTEREST))
    now = [
        f"ABS({_item(closing, item)}-({'+'.join(side_value(p, side) for p in page.book.trusts)}))"
        for side, item in sides
    ]
    page.check(row + 1, 0, f"closing agrees with {FAIR_VALUE}", f"{'+'.join(now)}<1")
    was = [f'ABS({_item(opening, item)}-SUMIFS(before_value,before_side,"{side}"))' for side, item in sides]
    page.check(row + 2, 0, f"opening agrees with the month before, input on {FAIR_VALUE}", f"{'+'.join(was)}<1")


def _choice(page: Page) -> None:
    """The item that is drawn."""
    page.text(CHOICE, 0, "Drawn below:", BOLD)
    page.value(CHOICE, 1, fv.RESIDUAL_INTEREST, Style("text", role="input"))
    page.name_range("attribution_drawn", CHOICE, 1)
    page.note(CHOICE, 2, "choose any column of the table above")


def _data(page: Page) -> None:
    """What the waterfall draws: a row a step; what lies on either side of 0 apart, as columns are stacked from 0."""
    page.section(_DATA - 2, "What the waterfall draws, $ thousands", _WIDE)
    page.formula(
        _DATA - 1,
        1,
        '=attribution_drawn&", all trusts, $ thousands: from the month before to "&TEXT(as_of,"yyyy-mm-dd")',
    )
    page.heads(_DATA, 0, ("step", "label", *_HEADS))
    page.text(_DATA, 1, "label", RIGHT)
    for k, factor in enumerate(_STEPS):
        row = _DATA + 1 + k
        amounts = f"{span(HEAD_ROW + 1 + k, _FIRST)}:{span(HEAD_ROW + 1 + k, _WIDE - 1)}"
        heads = span(HEAD_ROW, _FIRST, HEAD_ROW, _WIDE - 1)
        change, begin, end = at(row, 2), at(row, 3), at(row, 4)
        low, high = f"MIN({begin},{end})", f"MAX({begin},{end})"
        page.text(row, 0, factor)
        page.formula(row, 1, f'={at(row, 0)}&": "&TEXT({change}/1000,"#,##0;(#,##0);0")', TEXT)
        page.formula(row, 2, f"=INDEX({amounts},MATCH(attribution_drawn,{heads},0))", _K)
        page.formula(row, 3, "=0" if factor in ("opening", "closing") else f"={at(row - 1, 4)}", _K)
        page.formula(row, 4, f"={change}" if factor in ("opening", "closing") else f"={begin}+{change}", _K)
        page.formula(row, 5, f"=MAX(0,{low})", _K)
        page.formula(row, 6, f"=MIN(0,{high})", _K)
        for j, (kind, _) in enumerate(_DRAWN):
            drawn = _drawn(kind, factor, change)
            page.formula(row, 7 + 2 * j, f"=IF({drawn},MAX(0,{high})-{at(row, 5)},0)", _K)
            page.formula(row, 8 + 2 * j, f"=IF({drawn},MIN(0,{low})-{at(row, 6)},0)", _K)
    last = _DATA + len(_STEPS)
    page.check(last + 2, 0, "the waterfall ends at the closing", f"ABS({at(last - 1, 4)}-{at(last, 4)})<1")


def _drawn(kind: str, factor: str, change: str) -> str:
    """The condition under which a step is drawn in a kind's colour."""
    if factor in ("opening", "closing"):
        return "TRUE" if kind == "value" else "FALSE"
    return {"value": "FALSE", "increase": f"{change}>=0", "decrease": f"{change}<0"}[kind]


def _chart(page: Page) -> Any:
    """Stacked columns: two without colour carry what floats, and each colour has a part above 0 and one below."""
    chart = page.book.workbook.add_chart({"type": "column", "subtype": "stacked"})
    first, last = _DATA + 1, _DATA + len(_STEPS)
    plain: dict[str, Any] = {"fill": {"none": True}, "border": {"none": True}}
    looks = [plain, plain]
    for _, colour in _DRAWN:
        looks += [{"fill": {"color": colour}, "border": {"color": "#404040", "width": 0.5}}] * 2
    names = ["", "", *(name for kind, _ in _DRAWN for name in (kind, ""))]
    for k, look in enumerate(looks):
        chart.add_series({
            "name": names[k] or "base", "categories": [page.name, first, 1, last, 1],
            "values": [page.name, first, 5 + k, last, 5 + k], "gap": 35, **look,
        })  # fmt: skip
    font = {"name": FONT, "size": 9, "color": "#404040"}
    title_font = {"name": FONT, "size": 11, "bold": True, "color": NAVY}
    chart.set_title({"name": [page.name, _DATA - 1, 1], "name_font": title_font, "overlay": False})
    chart.set_x_axis({"num_font": font, "label_position": "low", "line": {"color": "#808080"}})
    chart.set_y_axis({
        "num_format": "#,##0,;(#,##0,);0", "num_font": font, "line": {"none": True},
        "major_gridlines": {"visible": True, "line": {"color": "#E2E2E2", "width": 0.5}},
    })  # fmt: skip
    chart.set_legend(
        {"position": "bottom", "font": font, "delete_series": [k for k, name in enumerate(names) if not name]}
    )
    chart.set_chartarea({"border": {"color": "#D0D0D0"}})
    chart.set_size({"width": 1560, "height": 20 * _CHART_ROWS - 12})
    return chart
