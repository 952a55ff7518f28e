"""Blended yield: the collateral's yield taken apart, trust by trust, and the named checks that watch over it."""

from __future__ import annotations

from xlfv.excel.book.frame import BLENDED, Book, TrustPlace
from xlfv.excel.book.page import FIRST, Page, at, span
from xlfv.excel.book.styles import HEAD, NOTE, RIGHT, TEXT, Style
from xlfv.excel.book.trust import item_value
from xlfv.excel.functions.blended import blended_grid
from xlfv.tables import Refused
from xlfv.trust.measurement import BLENDED as IMPOSED
from xlfv.trust.measurement import INDEPENDENT
from xlfv.valuation import fair_value as fv
from xlfv.valuation.blended import blended
from xlfv.valuation.measurement import SAID, measurement_of
from xlfv.valuation.value_checks import value_checks

_WIDE = 6
_COLUMNS = 5
_ROOM = 4
_PARTS = (TEXT, TEXT, Style("dollars"), Style("rate3"), TEXT.but(wrap=True, indent=1))
_CHECKS = (TEXT, Style("cents"), Style("cents"), Style("cents"), Style("text", indent=1))


def write_blended_yield(book: Book) -> None:
    """Write the sheet."""
    page = book.pages[BLENDED]
    row = FIRST
    for place in book.trusts:
        row = _trust(page, place, row) + 2
    page.layout([18, 60, 17, 17, 62, 10], (FIRST, 2), None)
    page.heading(
        "C: what bonds, residual and the rest leave the loans to be worth; the yield that makes their cash worth it; yields beside it.",
        "all trusts",
        "dollars, percent a year",
    )  # fmt: skip


def room_below(rows: list[list[object]]) -> int:
    """Rows left free for notices that an edit may bring: a result that meets a filled cell shows nothing."""
    told = sum(line[0] == "notice" for line in rows)
    return max(_ROOM - told, 2)


def said_of_identity(measurement: str) -> str:
    """What a page says of how the collateral is measured, and of what assets = liabilities + residual is worth then."""
    words = f"Measured {SAID[measurement]}"
    if measurement == INDEPENDENT:
        return f"{words}."
    return f"{words}: holding proves nothing by itself; the checks by name do."


def _trust(page: Page, place: TrustPlace, row: int) -> int:
    """A trust's parts and checks; gives the last row."""
    projection, yields = place.valued.projection, place.valued.yields
    said = measurement_of(projection)
    page.section(row, f"{place.name}: what the blended yield is made of", _WIDE)
    page.note(row + 1, 0, said_of_identity(said))
    head = row + 2
    try:
        rows = blended_grid(blended(projection, yields), SAID[said])
    except Refused:
        rows = []
    if not rows:
        page.formula(
            head, 0, f'=IFERROR(INDEX(XLFV_BLENDED_YIELD({place.projection},yields),1,1),"there is no blended yield")'
        )
        return _checks(page, place, head + 2)
    page.spill(head, 0, f"=XLFV_BLENDED_YIELD({place.projection},yields)", len(rows), _COLUMNS, _PARTS)
    _dress(page, head, rows)
    at_row = {str(line[0]): head + k for k, line in enumerate(rows)}
    last = head + len(rows) - 1 + room_below(rows)
    total, found = at(at_row["C"], 2), at_row["collateral"]
    parts = span(head + 1, 2, at_row["C"] - 1, 2)
    page.check(last + 1, 0, f"{place.name}: the parts add up to C", f"ABS(SUM({parts})-{total})+N({at(head, 0)})<0.01")
    page.check(
        last + 2,
        0,
        f"{place.name}: loans' cash at the blended yield is worth C",
        f"ABS({at(found, 2)}-{total})+N({at(head, 0)})<0.01",
    )
    if said == IMPOSED:
        mine = f"{at(found, 2)}-{item_value(place, fv.COLLATERAL)}"
        page.check(last + 3, 0, f"{place.name}: the collateral on Fair value is worth C", f"ABS({mine})<0.01")
    return _checks(page, place, last + 5)


def _dress(page: Page, head: int, rows: list[list[object]]) -> None:
    """Headers over numbers to the right; C and the blended yield stand out, notes are quiet."""
    if not page.book.answered:
        return
    for column in range(_COLUMNS, _WIDE):
        page.blank(head, column, HEAD)
    for column in range(1, _COLUMNS):
        style = RIGHT if column in (2, 3) else HEAD.but(indent=int(column == 4))
        page.value(head, column, page.book.answer(page.name, head, column), style)
    for k, line in enumerate(rows[1:], 1):
        if line[0] in ("C", "collateral"):
            for column, number in enumerate(("text", "text", "dollars", "rate")):
                value = page.book.answer(page.name, head + k, column)
                page.value(head + k, column, value, Style(number, bold=True, top=True))


def _checks(page: Page, place: TrustPlace, row: int) -> int:
    """The named checks of a balance; gives the last row."""
    page.section(row, f"{place.name}: checks by name, each number once more by another way", _WIDE)
    head = row + 1
    count = len(value_checks(place.valued.projection, place.valued.yields))
    page.blank(head, 0, HEAD)
    page.spill(head, 1, f"=XLFV_VALUE_CHECKS({place.projection},yields)", count + 1, _COLUMNS, _CHECKS)
    if page.book.answered:
        for column in range(2, 2 + _COLUMNS - 1):
            style = RIGHT if column < 5 else HEAD.but(indent=1)
            page.value(head, column, page.book.answer(page.name, head, column), style)
    last = head + count
    states, names = span(head + 1, 5, last, 5), span(head + 1, 1, last, 1)
    page.check(last + 1, 0, f"{place.name}: all {count} checks by name hold", f'COUNTIF({states},"holds")={count}')
    first = f'INDEX({names},MATCH("fails",{states},0))'
    page.formula(last + 1, 2, f'=IFERROR("the first that fails: "&{first},"")', NOTE)
    return last + 1
