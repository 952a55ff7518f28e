"""Thirteen months of each trust to As of: a few numbers, and the pictures over them."""

from __future__ import annotations

from typing import Any

from xlfv.excel.book.page import at
from xlfv.excel.book.styles import COLOURS, FONT, NAVY
from xlfv.excel.monthly.plan import DRAWN, HISTORY, LAST, NUMBERS, Plan, area
from xlfv.excel.monthly.trusts import title
from xlfv.excel.pen import RIGHT, TEXT, Pen, Style

_SHOWN = (
    ("pool_balance", "Pool, $", "dollars"), ("oc", "Overcollateralization, $", "dollars"),
    ("value Securitized mortgage collateral", "Collateral at fair value, $", "dollars"),
    ("value Residual interest", "Residual at fair value, $", "dollars"),
    ("total_cpr", "CPR, liquidations included", "rate"), ("cdr", "CDR", "rate"), ("severity", "Severity", "rate"),
    ("sixty_plus", "60+ days late, foreclosure, REO", "rate"), ("d30", "30 to 59 days late", "rate"),
    ("yield Securitized mortgage collateral", "Yield of the collateral", "rate"),
)  # fmt: skip
_PICTURES = (
    ("Pool and collateral at fair value, $ millions", "#,##0,,", (0, 2)),
    ("Residual at fair value and OC, $ millions", "0.0,,", (3, 1)),
    ("Prepayments and defaults, a year", "0%", (4, 5)),
    ("Delinquency, share of the pool; severity", "0%", (7, 8, 6)),
)
_TABLE = 35  # rows of pictures above the numbers


def write_history(pen: Pen, plan: Plan) -> None:
    """A slot a trust: pictures, and the numbers that they draw."""
    pen.top(
        "History",
        "The thirteen months to As of, from the book: what the loans did, and what the month's last run made of it.",
    )
    for k in range(len(plan.trusts)):
        row = plan.slot(HISTORY, k)
        title(pen, row, plan.trust(k), DRAWN + 1)
        head = row + _TABLE
        _numbers(pen, plan, k, head)
        for place, (words, number, lines) in enumerate(_PICTURES):
            chart = _chart(pen, head, words, number, lines)
            pen.sheet.insert_chart(
                row + 1,
                0,
                chart,
                {
                    "x_offset": 4 + 725 * (place % 2),
                    "y_offset": 4 + 340 * (place // 2),
                    "object_position": 3,
                },
            )
    pen.layout([34, *[13] * DRAWN], (2, 1))
    pen.sheet.set_h_pagebreaks([plan.slot(HISTORY, k) for k in range(1, len(plan.trusts))])


def _numbers(pen: Pen, plan: Plan, k: int, head: int) -> None:
    pen.put(head, 0, "month", RIGHT.but(align="left"))
    measures, months = plan.below(NUMBERS, k, "A"), area(NUMBERS, f"A:{LAST}", plan.slot(NUMBERS, k) + 1, 1)
    whole = plan.below(NUMBERS, k, f"A:{LAST}")
    for column in range(1, DRAWN + 1):
        pen.formula(head, column, f"=EOMONTH(as_of,{column - DRAWN})", RIGHT.but(number="date"))
    for r, (measure, words, look) in enumerate(_SHOWN, head + 1):
        pen.put(r, 0, words, TEXT)
        for column in range(1, DRAWN + 1):
            found = f'INDEX({whole},MATCH("{measure}",{measures},0),MATCH({at(head, column)},{months},0))'
            pen.formula(r, column, f'=IFERROR(IF({found}="",NA(),{found}),NA())', Style(look))

    last = head + len(_SHOWN)
    gap = pen.pens.workbook.add_format(
        {"font_color": "#FFFFFF"}
    )  # what a month does not have is drawn as a gap, and reads as blank
    rule = {"type": "formula", "criteria": f"=ISERROR({at(head + 1, 1)})", "format": gap}
    pen.sheet.conditional_format(head + 1, 1, last, DRAWN, rule)


def _chart(pen: Pen, head: int, words: str, number: str, lines: tuple[int, ...]) -> Any:
    chart = pen.pens.workbook.add_chart({"type": "line"})
    for line, colour in zip(lines, COLOURS, strict=False):
        row = head + 1 + line
        chart.add_series({
            "name": [pen.title, row, 0], "categories": [pen.title, head, 1, head, DRAWN],
            "values": [pen.title, row, 1, row, DRAWN], "line": {"color": colour, "width": 2.25},
            "marker": {"type": "circle", "size": 4, "fill": {"color": colour}, "border": {"color": colour}},
        })  # fmt: skip
    font = {"name": FONT, "size": 8, "color": "#404040"}
    chart.set_title(
        {"name": words, "name_font": {"name": FONT, "size": 10, "bold": True, "color": NAVY}, "overlay": False}
    )
    chart.set_x_axis({"date_axis": True, "num_format": "mmm yy", "num_font": font, "major_unit": 3, "major_unit_type": "months",
                      "line": {"color": "#808080"}})  # fmt: skip
    chart.set_y_axis({"min": 0, "num_format": number, "num_font": font, "line": {"none": True},
                      "major_gridlines": {"visible": True, "line": {"color": "#E3E6EA", "width": 0.75}}})  # fmt: skip
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_chartarea({"border": {"none": True}})
    chart.show_na_as_empty_cell()
    chart.set_size({"width": 715, "height": 330})
    return chart
