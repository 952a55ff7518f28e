"""Scenarios: what the residual hangs on, trust by trust, and every balance under weighted scenarios beside the single path."""

from __future__ import annotations

from dataclasses import replace

from xlfv.excel.book.frame import SCENARIOS, Book, TrustPlace
from xlfv.excel.book.page import FIRST, Page, at, span
from xlfv.excel.book.stacks import Part, write_stack
from xlfv.excel.book.styles import HEAD, OWN, RIGHT, TEXT, Style
from xlfv.excel.book.tables import in_cells, write_table
from xlfv.excel.book.trust import item_value
from xlfv.reporting.sensitivity import swing_names
from xlfv.valuation.fair_value import RESIDUAL_INTEREST

_DOLLARS, _RATE = Style("dollars"), Style("rate")
_SWING = (("input, lower / higher", TEXT), ("as valued ($)", _DOLLARS), ("lower ($)", _DOLLARS), ("higher ($)", _DOLLARS),
          ("change, lower ($)", _DOLLARS), ("change, higher ($)", _DOLLARS), ("change, lower", _RATE),
          ("change, higher", _RATE))  # fmt: skip
_WIDE = 1 + len(_SWING)


def write_scenarios(book: Book) -> None:
    """Write the sheet."""
    page = book.pages[SCENARIOS]
    row = _swings(page, FIRST) + 2
    if has_scenarios(book):
        row = _given(page, row) + 2
        for place in book.trusts:
            row = _weighted(page, place, row) + 2
    else:
        month = book.valued.month.month
        page.note(
            row,
            0,
            f"No weighted scenarios are given (company/{month}/scenarios.csv): the curves as given are the single path.",
        )
    page.layout([14, 44, *[16.0] * 7], (FIRST, 2), None)
    page.heading(
        "What the residual, a sliver of each trust, hangs on; and what everything is worth under weighted scenarios.",
        "all trusts",
        "dollars",
    )


def has_scenarios(book: Book) -> bool:
    """Weighted scenarios are given."""
    return book.company("scenarios") is not None


def swings_of(book: Book) -> list[str]:
    """Every input that any trust's residual is shown with lower and higher, in order."""
    return list(dict.fromkeys(name for place in book.trusts for name in swing_names(place.valued.projection)))


def _swings(page: Page, row: int) -> int:
    """The residual's value with each input lower and higher; gives the last row."""
    book = page.book
    page.section(row, "The residual with each input lower and higher, all else as valued", _WIDE)
    page.text(row + 1, 0, "trust", HEAD)
    for column, (title, _) in enumerate(_SWING):
        page.text(row + 1, 1 + column, title, RIGHT if column else HEAD)
    parts = [
        Part(f"=XLFV_RESIDUAL_SENSITIVITY({place.projection},yields)", 1 + len(swing_names(place.valued.projection)))
        for place in book.trusts
    ]
    stack = write_stack(page, row + 2, 1, parts, [look for _, look in _SWING])
    for place, start, part in zip(book.trusts, stack.starts, parts, strict=True):
        page.blank(start, 0, OWN)
        for r in range(start + 1, start + part.height):
            page.text(r, 0, place.name)
    for name, column in (("shock", 0), ("base", 1), ("down", 4), ("up", 5)):
        page.name_range(f"swing_{name}", stack.top, 1 + column, stack.bottom, 1 + column)
    for k, (place, start) in enumerate(zip(book.trusts, stack.starts, strict=True)):
        ties = f"ABS({at(start + 1, 2)}-{item_value(place, RESIDUAL_INTEREST)})<0.01"
        page.check(stack.bottom + 1 + k, 0, f"{place.name}: the residual as valued here is that of Fair value", ties)
    return stack.bottom + len(book.trusts)


def _given(page: Page, row: int) -> int:
    """The scenarios and their weights, as inputs; gives the last row."""
    table = page.book.company("scenarios")
    assert table is not None
    page.section(
        row, "Scenarios and their weights (input): multiples of the curves, or what is added in basis points", _WIDE
    )
    columns = in_cells(table)
    headers = list(columns.headers)
    numbers = tuple(
        "rate" if h == "weight" else "plain" if n != "text" else n
        for h, n in zip(headers, columns.numbers, strict=True)
    )
    first, last = row + 1, write_table(page, row + 1, 1, replace(columns, numbers=numbers))
    page.name_range("scenarios", first, 1, *last)
    at_weight = 1 + headers.index("weight")
    weights = span(first + 1, at_weight, last[0], at_weight)
    page.check(last[0] + 1, 0, "the weights add up to 1", f"ABS(SUM({weights})-1)<0.000001")
    return last[0] + 1


def _weighted(page: Page, place: TrustPlace, row: int) -> int:
    """A trust's balance under every scenario, and weighted; gives the last row."""
    book = page.book
    table = book.company("scenarios")
    assert table is not None
    page.section(row, f"{place.name}: the balance on the single path, under each scenario, and weighted ($)", _WIDE)
    indices = book.indices_names.get(place.name, "")
    arguments = ",".join((place.trust, place.named("curves"), "yields", "scenarios", indices)).rstrip(",")
    wide, height = 3 + len(table) + 2, len(place.valued.value.lines) + 1
    looks = [TEXT, TEXT, *[_DOLLARS] * (wide - 2)]
    page.spill(row + 1, 0, f"=XLFV_WEIGHTED_VALUE({arguments})", height, wide, looks)
    if book.answered:
        for column in range(1, wide):
            page.value(row + 1, column, book.answer(page.name, row + 1, column), RIGHT if column > 1 else HEAD)
    last = row + height
    for name, column in (("side", 0), ("single", 2), ("value", wide - 2)):
        page.name_range(place.named(f"weighted_{name}"), row + 2, column, last, column)
    single = weighted_residual(place, "single")
    page.check(last + 1, 0, f"{place.name}: the residual on the single path is that of Fair value",
               f"ABS({single}-{item_value(place, RESIDUAL_INTEREST)})<0.01")  # fmt: skip
    return last + 1


def weighted_residual(place: TrustPlace, which: str) -> str:
    """The formula of a trust's residual on the single path (``single``) or weighted (``value``)."""
    side, values = (place.named(f"weighted_{name}") for name in ("side", which))
    return f'INDEX({values},MATCH("residual",{side},0))'
