"""Sensitivity: what the trusts' values would be under other curves, indices and yields; and the residual under two at once."""

from __future__ import annotations

from typing import Any

from xlfv.excel.book.frame import SENSITIVITY, SENSITIVITY_BY_TRUST, Book, TrustPlace
from xlfv.excel.book.page import FIRST, Page, at, quote_text, span
from xlfv.excel.book.stacks import Part, write_stack
from xlfv.excel.book.styles import BOLD, FONT, HEAD, NAVY, OWN, RIGHT, STEEL, TAN, TEXT, Style
from xlfv.excel.book.trust import side_value
from xlfv.market.curve_changes import Changeable
from xlfv.months.valued import ValuedMonth
from xlfv.reporting.sensitivity import ITEMS, Sensitivity, amounts_of, run_shocks
from xlfv.reporting.shocks import standard_names, standard_shocks
from xlfv.tables import ErrorCell, Refused

SHOCKS = standard_names()
HEAD_ROW = FIRST + 2
_DOWN = (("residual yield -500 bp", -500), ("as given", None), ("residual yield +500 bp", 500))
_ACROSS = (
    ("default -25%", 0.75),
    ("default -10%", 0.9),
    ("as given", None),
    ("default +10%", 1.1),
    ("default +25%", 1.25),
)
_K = Style("thousands")
_INPUT = Style("text", role="input")
_WIDE = 15
_GROUPS = (("Trusts on the balance sheet", 1, 6), ("Others", 7, 7), ("All residual interests", 8, 10), ("Borrowings", 11, 11),
           ("Collateral", 12, 12), ("Drawn", 13, 14))  # fmt: skip
"""Titles over columns."""
_CHART = HEAD_ROW + len(SHOCKS) + 5
_CHART_ROWS = 22
_GRIDS = _CHART + _CHART_ROWS + 2
_STACK = FIRST + 2
_LEDGER_PAPER = 3  # 11 by 17 inches
_ONE_PAGE = 4  # trusts
_SHOWN = ("collateral", "REO", "derivatives", "other", "borrowings", "residual", "collateral yield")


def shocks_of(place: TrustPlace) -> list[str]:
    """The shocks of the standard grid that a trust has inputs for."""
    source = place.valued.source
    return [shock.name for shock in standard_shocks(Changeable(source.tables["curves"]), source.indices)]


_KEPT: list[tuple[ValuedMonth, dict[str, Sensitivity]]] = []


def _run(valued: ValuedMonth) -> dict[str, Sensitivity]:
    """The standard grid of every trust; kept for the month that was asked for last, as a book is drafted twice."""
    if not _KEPT or _KEPT[0][0] is not valued:
        found = {}
        for name, one in valued.trusts.items():
            source = one.source
            found[name] = run_shocks(source.trust, source.tables["curves"], one.yields, None, source.indices)
        _KEPT[:] = [(valued, found)]
    return _KEPT[0][1]


def shocked_rows(book: Book) -> list[list[object]]:
    """Scenarios and values of the trusts on the balance sheet together, as the sheet has them."""
    rows: list[list[object]] = [["scenario", *ITEMS]]
    runs = [_run(book.valued)[place.name] for place in book.trusts if place.valued.consolidated]
    for shock in SHOCKS:
        sums: list[float] = [0.0] * len(ITEMS)
        lost = False
        for run in runs:
            names = [each.name for each in run.shocks]
            value = run.values[names.index(shock) if shock in names else 0]
            lost = lost or isinstance(value, Refused)
            if not isinstance(value, Refused):
                sums = [a + b for a, b in zip(sums, amounts_of(value).values(), strict=True)]
        rows.append([shock, *([ErrorCell("#NUM!")] * len(ITEMS) if lost else sums)])
    return rows


def _arguments(book: Book, place: TrustPlace, *middle: str) -> str:
    """Trust, curves, yields, what is asked, and indices where it has them."""
    parts = [place.trust, place.named("curves"), "yields", *middle, book.indices_names.get(place.name, "")]
    while parts[-1] == "":
        parts.pop()
    return ",".join(parts)


def write_sensitivity_by_trust(book: Book) -> None:
    """Write the sheet: each trust's standard grid."""
    page = book.pages[SENSITIVITY_BY_TRUST]
    looks = [TEXT, *[Style("dollars")] * len(ITEMS), Style("rate"), *[Style("dollars"), Style("rate")] * len(ITEMS)]
    wide = 2 + len(looks)
    page.section(FIRST, "Values under changed inputs; changes against the first row of each trust", wide)
    moved = [word for item in _SHOWN[:-1] for word in (f"{item}, change", "in %")]
    page.heads(FIRST + 1, 0, ("Trust", "Consolidated", "Scenario", *_SHOWN, *moved), numbers_from=3)
    parts = [
        Part(f"=XLFV_SENSITIVITY({_arguments(book, place, '')})", 1 + len(shocks_of(place))) for place in book.trusts
    ]
    stack = write_stack(page, _STACK, 2, parts, looks)
    for place, start, part in zip(book.trusts, stack.starts, parts, strict=True):
        page.text(start, 0, "trust", OWN)
        page.text(start, 1, "consolidated", OWN)
        for r in range(start + 1, start + part.height):
            page.text(r, 0, place.name)
            page.formula(r, 1, f"=INDEX(consolidated,MATCH({at(r, 0)},trusts,0))")
    for c, name in ((-2, "trust"), (-1, "consolidated"), (0, "scenario"), *enumerate(ITEMS, 1)):
        page.name_range(f"shocked_{name}", stack.top, 2 + c, stack.bottom, 2 + c)
    for k, (place, start) in enumerate(zip(book.trusts, stack.starts, strict=True)):
        base = at(start + 1, 2 + len(ITEMS))
        page.check(stack.bottom + 2 + k, 0, f"{place.name}: the residual as given agrees with its fair value",
                   f"ABS({base}-{side_value(place, 'residual')})+0*ROWS({at(start, 2)})<0.5")  # fmt: skip
    page.layout([15, 12, 31, *[13] * len(_SHOWN), *[12, 8] * len(ITEMS)], (_STACK, 3), (FIRST + 1, FIRST + 1))
    page.sheet.set_paper(_LEDGER_PAPER)
    page.heading(
        "Each trust's fair values when curves, indices or yields are other than chosen.", "trust by trust", "dollars"
    )


def write_sensitivity(book: Book) -> None:
    """Write the sheet."""
    page = book.pages[SENSITIVITY]
    known = {place.name: shocks_of(place) for place in book.trusts}
    page.section(FIRST, "All trusts under changed inputs, $ thousands", _WIDE)
    page.text(FIRST + 1, 0, "", HEAD)
    for title, first, last in _GROUPS:
        for c in range(first, last + 1):
            page.text(FIRST + 1, c, title if c == first else "", Style(role="group"))
    page.heads(
        HEAD_ROW,
        0,
        ("scenario", *ITEMS, "residual", "value", "change", "change in %", "change", "change", "up", "down"),
    )
    for k, shock in enumerate(SHOCKS):
        _row(page, HEAD_ROW + 1 + k, shock, [name for name, shocks in known.items() if shock not in shocks])
    last = HEAD_ROW + len(SHOCKS)
    page.name_range("sensitivity_all", HEAD_ROW, 0, last, len(ITEMS))
    residual = "+".join(side_value(place, "residual") for place in book.trusts)
    page.check(last + 1, 0, "residuals as given agree with Fair value", f"ABS({at(HEAD_ROW + 1, 8)}-({residual}))<1")
    sides = f"{at(HEAD_ROW + 1, 1)}+{at(HEAD_ROW + 1, 2)}+{at(HEAD_ROW + 1, 3)}+{at(HEAD_ROW + 1, 4)}"
    if not any(place.valued.value.total("difference") for place in book.trusts):
        page.check(last + 2, 0, "assets less liabilities are the residual",
                   f"ABS({sides}-{at(HEAD_ROW + 1, 5)}-{at(HEAD_ROW + 1, 6)})<1")  # fmt: skip
    chart = _chart(page)
    page.draw(chart, _CHART, 0, {"x_offset": 4, "y_offset": 4, "object_position": 3}, "tornado", HEAD_ROW, len(SHOCKS))
    _grids(page, known)
    page.layout([35, *[13.5] * (_WIDE - 1)], (HEAD_ROW + 1, 1), None, tall=1 if len(book.trusts) <= _ONE_PAGE else 0)
    page.heading(f"What the values hang on: curves, indices and yields lower and higher; trust by trust on {SENSITIVITY_BY_TRUST}.",
                 "all trusts", "$ thousands")  # fmt: skip


def _row(page: Page, row: int, shock: str, without: list[str]) -> None:
    """A shock: a trust without such an input stands as given."""
    base = row == HEAD_ROW + 1
    text, look = (BOLD, _K.but(bold=True)) if base else (TEXT, _K)
    page.text(row, 0, shock, text)
    for c, item in enumerate(ITEMS):
        page.formula(row, 1 + c, f"={_sum(row, item, without, on_balance=True)}", look)
    page.formula(row, 7, f"={_sum(row, 'residual', without, on_balance=False)}", look)
    page.formula(row, 8, f"={at(row, 6)}+{at(row, 7)}", _K.but(bold=True))
    for column, source in ((9, 8), (11, 5), (12, 1)):
        was = span(HEAD_ROW + 1, source)
        page.formula(row, column, f"={at(row, source)}-{was}", _K)
        if column == 9:
            page.formula(row, 13, f"=MAX(0,{at(row, 9)})", _K)
            page.formula(row, 14, f"=MIN(0,{at(row, 9)})", _K)
            page.formula(row, 10, f'=IF({was}=0,"",{at(row, 9)}/ABS({was}))', Style("change"))


def _sum(row: int, item: str, without: list[str], *, on_balance: bool) -> str:
    """An item over the trusts on the balance sheet, or over the others; an error where a trust's table is one."""
    ours = f'(shocked_consolidated="{"yes" if on_balance else "no"}")'
    shock, base = span(row, 0), quote_text(SHOCKS[0])
    found = f"SUMPRODUCT({ours}*(shocked_scenario={shock}),shocked_{item})"
    names = "+".join(f"(shocked_trust={quote_text(name)})" for name in without)
    return found + (f"+SUMPRODUCT({ours}*({names})*(shocked_scenario={base}),shocked_{item})" if without else "")


def _chart(page: Page) -> Any:
    """The change of all residuals by shock, as bars."""
    chart = page.book.workbook.add_chart({"type": "bar"})
    first, last = HEAD_ROW + 2, HEAD_ROW + len(SHOCKS)
    for column, colour in ((13, STEEL), (14, TAN)):
        chart.add_series({
            "name": [page.name, HEAD_ROW, column], "categories": [page.name, first, 0, last, 0],
            "values": [page.name, first, column, last, column], "fill": {"color": colour},
            "border": {"color": "#404040", "width": 0.5}, "gap": 30, "overlap": 100,
            "data_labels": {"value": True, "num_format": '#,##0,;(#,##0,);""', "font": {"name": FONT, "size": 8}},
        })  # fmt: skip
    font = {"name": FONT, "size": 8, "color": "#404040"}
    title_font = {"name": FONT, "size": 11, "bold": True, "color": NAVY}
    chart.set_title(
        {"name": "Change of all residual interests by scenario, $ thousands", "name_font": title_font, "overlay": False}
    )
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    chart.set_y_axis({"reverse": True, "num_font": font, "label_position": "low", "line": {"color": "#808080"},
                      "major_gridlines": {"visible": False}})  # fmt: skip
    chart.set_legend({"none": True})
    chart.set_chartarea({"border": {"color": "#D0D0D0"}})
    chart.set_size({"width": 1400, "height": 20 * _CHART_ROWS - 12})
    return chart


def _grids(page: Page, known: dict[str, list[str]]) -> None:
    """The residual under two shocks at once, trust by trust."""
    page.section(_GRIDS, "Residual interest when its yield and the defaults change together, $ thousands", _WIDE)
    page.heads(_GRIDS + 1, 0, ("scenario", "residual_yield_shift", "", "scenario", "", "default"), numbers_from=1)
    for c in (3, 4):
        page.text(_GRIDS + 1, c, "scenario" if c == 4 else "", HEAD)
    for k, (name, points) in enumerate(_DOWN):
        page.text(_GRIDS + 2 + k, 0, name, _INPUT)
        page.value(_GRIDS + 2 + k, 1, points, Style("plain", role="input"))
    for k, (name, factor) in enumerate(_ACROSS):
        page.text(_GRIDS + 2 + k, 4, name, _INPUT)
        page.value(_GRIDS + 2 + k, 5, factor, Style("plain", role="input"))
    page.note(_GRIDS + 2 + len(_DOWN), 0, "basis points on the residual's yield;")
    page.note(_GRIDS + 3 + len(_DOWN), 0, "default curves times the factor")
    page.name_range("shocks_down", _GRIDS + 1, 0, _GRIDS + 1 + len(_DOWN), 1)
    page.name_range("shocks_across", _GRIDS + 1, 4, _GRIDS + 1 + len(_ACROSS), 5)
    row = _GRIDS + 3 + len(_ACROSS)
    looks = [TEXT, *[_K] * len(_ACROSS)]
    for place in page.book.trusts:
        page.text(row, 0, place.name, BOLD)
        if "default +25%" not in known[place.name]:
            page.note(row + 1, 0, "its curves hold no defaults to change")
            row += 3
            continue
        formula = f"=XLFV_SENSITIVITY_GRID({_arguments(page.book, place, 'shocks_down', 'shocks_across', chr(34) + 'residual' + chr(34))})"
        page.spill(row + 1, 0, formula, 1 + len(_DOWN), len(looks), looks, RIGHT)
        middle = at(
            row + 2 + [points for _, points in _DOWN].index(None), 1 + [factor for _, factor in _ACROSS].index(None)
        )
        page.check(row + 1, len(looks) + 1, f"{place.name}: unchanged it is its fair value",
                   f"ABS({middle}-{side_value(place, 'residual')})+0*ROWS({at(row + 1, 0)})<0.5")  # fmt: skip
        row += len(_DOWN) + 3
