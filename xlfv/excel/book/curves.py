"""Curves and indices: what the projections assume, as the providers gave it."""

from __future__ import annotations

from typing import Any

from xlfv.excel.book.charts import dress
from xlfv.excel.book.frame import CURVES, INDICES, Book, TrustPlace
from xlfv.excel.book.page import FIRST, Page
from xlfv.excel.book.styles import COLOURS, FONT, NAVY
from xlfv.excel.book.tables import Columns, in_cells, write_table

HEAD_ROW = FIRST + 1
_TOLD = ("provider", "curve_date", "version", "severity_basis")


def write_curves(book: Book) -> None:
    """Write every trust's curves, side by side."""
    page = book.pages[CURVES]
    column = 0
    widths: list[float] = []
    for place in book.trusts:
        columns = in_cells(place.valued.source.tables["curves"])
        wide = max(len(columns.headers), 1)
        page.section(FIRST, place.name, wide, column)
        last = write_table(page, HEAD_ROW, column, columns)
        page.name_range(place.named("curves"), HEAD_ROW, column, *last)
        widths += [*[_width(header) for header in columns.headers], 2]
        column += wide + 1
    page.layout(widths, (HEAD_ROW + 1, 0), (FIRST, HEAD_ROW))
    page.heading("Expected prepayment, default and severity of every trust; month 1 is the next, the last row holds on.", "all trusts",
                 "decimals; recovery lag in months")  # fmt: skip


def _width(header: str) -> float:
    return {"provider": 21.0, "version": 13.0, "curve_date": 11.0, "severity_basis": 12.0, "curve": 9.0}.get(
        header, 9.0
    )


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
            _chart(page, columns, last)
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


def _chart(page: Page, columns: Columns, last: tuple[int, int]) -> None:
    """The first indices over the months ahead."""
    chart: Any = page.book.workbook.add_chart({"type": "line"})
    drawn = [
        k for k, header in enumerate(columns.headers) if header not in ("month", "discount", "volatility", "date")
    ][: len(COLOURS)]
    dashes = ("solid", "dash", "solid", "round_dot", "solid")
    for k, column in enumerate(drawn):
        chart.add_series({
            "name": [page.name, HEAD_ROW, column], "categories": [page.name, HEAD_ROW + 1, 0, last[0], 0],
            "values": [page.name, HEAD_ROW + 1, column, last[0], column],
            "line": {"color": COLOURS[k], "width": 2, "dash_type": dashes[k]},
        })  # fmt: skip
    font = {"name": FONT, "size": 9, "color": "#404040"}
    dress(chart, "Forward rates by month from today", "0%", 12, legend=True)
    chart.set_x_axis(
        {
            "num_font": font,
            "interval_unit": 60,
            "interval_tick": 60,
            "name": "months",
            "name_font": {**font, "color": NAVY},
        }
    )
    chart.set_size({"width": 620, "height": 340})
    page.sheet.insert_chart(HEAD_ROW, len(columns.headers) + 1, chart)
