"""Curves and indices: what the projections assume, as the providers gave it."""

from __future__ import annotations

from typing import Any

from xlfv.excel.book.charts import dress
from xlfv.excel.book.frame import CURVES, INDICES, Book, TrustPlace
from xlfv.excel.book.page import FIRST, Page
from xlfv.excel.book.styles import COLOURS, FONT, NAVY
from xlfv.excel.book.tables import Columns, in_cells, write_table

HEAD_ROW = FIRST + 1
_NOT_DRAWN = ("month", "discount", "volatility", "date")
_BAND = 3  # trusts side by side
_TOLD = ("provider", "curve_date", "version", "severity_basis")


def write_curves(book: Book) -> None:
    """Write every trust's curves, three side by side, the next three beneath."""
    page = book.pages[CURVES]
    tables = [(place, *shown_curves(in_cells(place.valued.source.tables["curves"]))) for place in book.trusts]
    stride = max(len(columns.headers) for _, columns, _ in tables) + 1
    row = FIRST
    for start in range(0, len(tables), _BAND):
        band = tables[start : start + _BAND]
        for k, (place, columns, told) in enumerate(band):
            page.section(row, place.name, len(columns.headers), k * stride)
            page.note(row + 1, k * stride, told)
            last = write_table(page, row + 2, k * stride, columns)
            page.name_range(place.named("curves"), row + 2, k * stride, *last)
        row += max(len(columns.rows) for _, columns, _ in band) + 5
    page.layout([8.3] * (stride * min(_BAND, len(tables)) - 1), (FIRST + 3, 0), (FIRST, FIRST + 2))
    page.heading("Expected prepayment, default and severity of every trust; month 1 is the next, the last row holds on.", "all trusts",
                 "decimals; recovery lag in months")  # fmt: skip


def shown_curves(columns: Columns) -> tuple[Columns, str]:
    """The columns without those that only tell who made the curve and say the same in every row; and what these say."""
    told, kept = [], []
    for k, header in enumerate(columns.headers):
        values = {str(row[k]) for row in columns.rows}
        same = header in _TOLD and len(values) == 1 and (header != "severity_basis" or values == {"all_in"})
        if same:
            told.append(next(iter(values)))
        else:
            kept.append(k)
    rows = [[row[k] for k in kept] for row in columns.rows]
    numbers = [columns.numbers[k] for k in kept]
    return Columns(tuple(columns.headers[k] for k in kept), rows, tuple(numbers)), ", ".join(told)


def write_indices(book: Book) -> None:
    """Write the forward indices: one table where the trusts share it."""
    page = book.pages[INDICES]
    column = 0
    widths: list[float] = []
    for number, (places, columns) in enumerate(index_tables(book)):
        name = "indices" if number == 0 else f"indices_{number + 1}"
        page.section(FIRST, ", ".join(place.name for place in places), len(columns.headers), column)
        last = write_table(page, HEAD_ROW, column, columns)
        page.name_range(name, HEAD_ROW, column, *last)
        if number == 0:
            _chart(page, columns)
        widths += [*[11.5] * len(columns.headers), 2]
        column += len(columns.headers) + 1
    if not column:
        page.note(FIRST, 0, "No indices were given.")
    page.layout(widths or [12], (HEAD_ROW + 1, 1), (HEAD_ROW, HEAD_ROW))
    page.heading("Forward rates that loans, bonds and derivatives read; month 0 is today, the last row holds on.", "all trusts",
                 "decimals a year")  # fmt: skip


def index_tables(book: Book) -> list[tuple[list[TrustPlace], Columns]]:
    """The different tables of indices, each with the trusts that read it."""
    found: dict[str, list[TrustPlace]] = {}
    for place in book.trusts:
        if "indices" in place.valued.source.tables:
            found.setdefault(place.valued.source.sources["indices"], []).append(place)
    return [(places, in_cells(places[0].valued.source.tables["indices"])) for places in found.values()]


def indices_names(book: Book) -> dict[str, str]:
    """The name of each trust's range of indices."""
    return {
        place.name: "indices" if k == 0 else f"indices_{k + 1}"
        for k, (places, _) in enumerate(index_tables(book))
        for place in places
    }


def _chart(page: Page, columns: Columns) -> None:
    """The first indices over the months ahead, in whole five years: a table that loses a row keeps its chart."""
    months = max(-(-(len(columns.rows) - 1) // 60) * 60, 60)
    last = HEAD_ROW + 1 + months
    chart: Any = page.book.workbook.add_chart({"type": "scatter", "subtype": "straight"})
    drawn = [k for k, header in enumerate(columns.headers) if header not in _NOT_DRAWN][: len(COLOURS)]
    dashes = ("solid", "dash", "solid", "round_dot", "solid")
    for k, column in enumerate(drawn):
        chart.add_series({
            "name": [page.name, HEAD_ROW, column], "categories": [page.name, HEAD_ROW + 1, 0, last, 0],
            "values": [page.name, HEAD_ROW + 1, column, last, column],
            "line": {"color": COLOURS[k], "width": 2, "dash_type": dashes[k]}, "marker": {"type": "none"},
        })  # fmt: skip
    font = {"name": FONT, "size": 9, "color": "#404040"}
    dress(chart, "Forward rates by month from today, % a year", "0%", 12, legend=True)
    axis = {"min": 0, "max": months, "major_unit": 60, "num_font": font, "name": "months"}
    chart.set_x_axis({**axis, "name_font": {**font, "color": NAVY}, "major_gridlines": {"visible": False}})
    chart.set_size({"width": 620, "height": 340})
    page.draw(chart, HEAD_ROW + 1, len(columns.headers) + 1, {}, drawn, months)
