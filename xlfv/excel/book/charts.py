"""Charts of the chosen trust: balance by class, where its cash comes from, what the residual gets; and what they draw."""

from __future__ import annotations

from typing import Any

import numpy as np

from xlfv.excel.book.frame import CHARTS, Book
from xlfv.excel.book.page import FIRST, Page, at, span
from xlfv.excel.book.styles import COLOURS, FONT, NAVY, OWN, RIGHT, Style
from xlfv.excel.cash_columns import TRANCHE_USUAL

HEAD_ROW = FIRST + 40
SOURCES = {
    "interest_funds": "interest, net",
    "scheduled_principal": "scheduled principal",
    "prepaid_principal": "prepayments",
    "liquidation_proceeds": "liquidations",
    "reo_proceeds": "REO sold",
}
_ALONE = {"residual_cash": "residual", "all_losses": "losses"}  # drawn in charts of their own
_CLASSES = 2 + len(SOURCES) + len(_ALONE)  # column of the first class
_DRAWN = len(COLOURS)
_MOST_CLASSES = 12
_END = 3 + TRANCHE_USUAL.index("end_balance")  # its column in XLFV_TRANCHE_CASHFLOW, from 1


def write_charts(book: Book) -> None:
    """Write the sheet."""
    page = book.pages[CHARTS]
    _sources(page)
    count = min(max(len(place.valued.source.trust.tranches) for place in book.trusts), _MOST_CLASSES)
    rest = _classes(page, count)
    months = book.drawn = _months_drawn(book)
    widths = [7.0, 11.0, *[12.5] * (rest - 1)]
    _draw(page, months, count, rest, sum(int(7 * width + 5) for width in widths))
    page.layout(widths, (FIRST, 0), (HEAD_ROW - 1, HEAD_ROW))
    page.heading("The chosen trust in pictures; the numbers drawn stand beneath. The trust is chosen on Cash flows.", "=chosen_trust",
                 "dollars a month")  # fmt: skip


def _sources(page: Page) -> None:
    """Cash of the collateral by source, and what is drawn beside it."""
    place = page.book.trusts[0]
    page.section(HEAD_ROW - 2, "What the charts draw", 10)
    columns = {**SOURCES, **_ALONE}
    page.heads(HEAD_ROW - 1, 0, ("month", "date", *columns.values()), numbers_from=0)
    looks = [Style("count"), Style("date", align="right"), *[Style("flow")] * len(columns)]
    formula = f'=XLFV_TRUST_CASHFLOW(chosen_projection,"{",".join(columns)}")'
    page.spill(HEAD_ROW, 0, formula, place.valued.projection.months + 1, len(looks), looks, OWN)


def _classes(page: Page, count: int) -> int:
    """A column of balances for each class but notional ones; gives the column of those not drawn one by one."""
    book = page.book
    place = book.trusts[0]
    months = place.valued.projection.months
    names = place.valued.source.trust.tranches
    for k in range(count):
        column = _CLASSES + k
        page.formula(HEAD_ROW - 1, column, f"={_nth(book, 'item', k)}", RIGHT)
        kind, name = _nth(book, "kind", k), at(HEAD_ROW - 1, column)
        balances = f"INDEX(XLFV_TRANCHE_CASHFLOW(chosen_projection,{name}),0,{_END})"
        formula = f'=IF(OR({name}="",{kind}="io"),"",{balances})'
        drawn = k < len(names) and str(place.valued.source.trust["bonds"]["kind"][k]) != "io"
        page.column_spill(HEAD_ROW, column, formula, months + 1 if drawn else 1, Style("flow"), OWN)
    rest = _CLASSES + count
    page.text(HEAD_ROW - 1, rest, "other classes", RIGHT)
    page.text(HEAD_ROW, rest, "end_balance", OWN)
    if count >= _DRAWN:
        for row in range(HEAD_ROW + 1, HEAD_ROW + 1 + months):
            page.formula(row, rest, f"=SUM({span(row, _CLASSES + _DRAWN - 1, row, rest - 1)})", Style("flow"))
    return rest


def _nth(book: Book, what: str, k: int) -> str:
    """The chosen trust's k-th class in the register of yields; blank past its last."""
    first = f"MATCH(chosen_trust,yields_trust,0)+{k}"
    classes = 'COUNTIFS(yields_trust,chosen_trust,yields_kind,"<>residual",yields_kind,"<>collateral")'
    return f'IF({k}<{classes},INDEX(yields_{what},{first}),"")'


def _months_drawn(book: Book) -> int:
    """As many as the book drew before; else those until 98% of the slowest trust's pool is gone, in whole five years."""
    if book.buttons is not None and book.buttons.drawn is not None:
        return book.buttons.drawn
    longest = 0
    for place in book.trusts:
        pool = place.valued.projection.collateral.end_balance.sum(axis=0)
        longest = max(longest, int(np.argmax(pool <= 0.02 * max(float(pool[0]), 1.0))))
    return max(-(-longest // 60) * 60, 60)


def _draw(page: Page, months: int, count: int, rest: int, wide: int) -> None:
    """Four charts, two by two, over the width of the table (pixels)."""
    drawn = list(range(_CLASSES, _CLASSES + min(count, _DRAWN)))
    if count > _DRAWN:
        drawn = [*drawn[:-1], rest]
    sources = list(range(2, 2 + len(SOURCES)))
    residual, losses = sources[-1] + 1, sources[-1] + 2
    charts = (
        ("area", drawn, "Balance by class, $ millions", "#,##0,,"),
        ("area", sources, "Cash of the collateral by source, $ millions a month", "#,##0.0,,"),
        ("column", [residual], "Cash to the residual, $ thousands a month", "#,##0,"),
        ("column", [losses], "Losses of the collateral, $ thousands a month", "#,##0,"),
    )
    half = wide // 2
    for k, (kind, columns, title, number) in enumerate(charts):
        chart = _chart(page, kind, columns, months, title, number)
        chart.set_size({"width": half - 10, "height": 350})
        place = {"x_offset": half * (k % 2), "object_position": 3}
        page.draw(chart, FIRST + 18 * (k // 2), 0, place, half, kind, columns, months)


def _chart(page: Page, kind: str, columns: list[int], months: int, title: str, number: str) -> Any:
    chart = page.book.workbook.add_chart({"type": kind, "subtype": "stacked"})
    first, last = HEAD_ROW + 1, HEAD_ROW + months
    for k, column in enumerate(columns):
        series: dict[str, Any] = {
            "name": [page.name, HEAD_ROW - 1, column],
            "categories": [page.name, first, 1, last, 1],
            "values": [page.name, first, column, last, column],
            "fill": {"color": COLOURS[k]},
            "border": {"none": True},
        }
        if kind == "column":
            series["gap"] = 0
        chart.add_series(series)
    dress(chart, title, number, months, legend=len(columns) > 1)
    return chart


def dress(chart: Any, title: str, number: str, months: int, *, legend: bool) -> None:
    """Title, axes from zero, years along the bottom, quiet lines."""
    font = {"name": FONT, "size": 9, "color": "#404040"}
    chart.set_title(
        {"name": title, "name_font": {"name": FONT, "size": 11, "bold": True, "color": NAVY}, "overlay": False}
    )
    years = max(1, round(months / 12 / 8))
    chart.set_x_axis({
        "date_axis": True, "num_format": "yyyy", "major_unit": years, "major_unit_type": "years", "num_font": font,
        "line": {"color": "#808080"}, "major_tick_mark": "outside",
    })  # fmt: skip
    chart.set_y_axis({
        "min": 0, "num_format": number, "num_font": font, "line": {"none": True},
        "major_gridlines": {"visible": True, "line": {"color": "#E2E2E2", "width": 0.5}},
    })  # fmt: skip
    chart.set_legend({"position": "bottom", "font": font} if legend else {"none": True})
    chart.set_chartarea({"border": {"color": "#D0D0D0"}})
