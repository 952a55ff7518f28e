"""Disclosure: inputs of every measurement, and the tables of ASC 820 that they give."""

from __future__ import annotations

from xlfv.excel.book.frame import DISCLOSURE, FAIR_VALUE, INPUTS, Book, TrustPlace
from xlfv.excel.book.page import FIRST, Page
from xlfv.excel.book.stacks import Part, write_stack
from xlfv.excel.book.styles import HEAD, RIGHT, TEXT, Style
from xlfv.excel.book.trust import borrowings, held_value, item_value, side_value
from xlfv.reporting import inputs as inputs_
from xlfv.reporting.disclosure import disclosed, hierarchy, read_inputs
from xlfv.tables import from_grid
from xlfv.valuation import fair_value as fv

_LEDGER_PAPER = 3
_K, _RATE, _COUNT = Style("thousands"), Style("rate"), Style("count")
_HEADS = ("Trust", "Class", "Item", "Level", "Fair value ($)", "Technique", "Discount rate", "Prepayment (CPR)", "Default (CDR)",
          "Severity", "Sale discount", "Credit spread", "Index", "Index, low", "Index, high", "Index, average")  # fmt: skip
_BESIDE = TEXT.but(indent=1)
_LOOKS = [TEXT, TEXT, TEXT, _COUNT, Style("dollars"), _BESIDE, *[_RATE] * 6, _BESIDE, *[_RATE] * 3]
_WIDE = 12


def inputs_rows(place: TrustPlace) -> list[list[object]]:
    """A trust's rows as XLFV_INPUTS gives them, with their header."""
    return inputs_.grid(inputs_.inputs_of(place.valued.projection, place.valued.yields))


def write_inputs(book: Book) -> None:
    """Write the sheet: what every measurement rests on."""
    page = book.pages[INPUTS]
    page.section(FIRST, "Inputs of every measurement at fair value", len(_HEADS))
    page.heads(FIRST + 1, 0, _HEADS, numbers_from=5)
    for c in (3, 4):
        page.text(FIRST + 1, c, _HEADS[c], RIGHT)
    for c in (5, 12):
        page.text(FIRST + 1, c, _HEADS[c], HEAD.but(indent=1))
    parts = [Part(f"=XLFV_INPUTS({place.projection},yields)", len(inputs_rows(place))) for place in book.trusts]
    stack = write_stack(page, FIRST + 2, 0, parts, _LOOKS)
    page.name_range("inputs", stack.top, 0, stack.bottom, len(_HEADS) - 1)
    for c, name in ((0, "trust"), (1, "class"), (4, "value")):
        page.name_range(f"inputs_{name}", stack.top, c, stack.bottom, c)
    page.layout([15, 30, 12, 7, 15, 46, *[11] * 6, 12, *[11] * 3], (FIRST + 2, 3), (FIRST + 1, FIRST + 1))
    page.sheet.set_paper(_LEDGER_PAPER)
    page.heading("What every fair value rests on: technique and inputs, item by item; constant rates that give the same dollars.",
                 "all trusts", "dollars, rates a year")  # fmt: skip


def write_disclosure(book: Book) -> None:
    """Write the sheet: levels, and significant inputs by class."""
    page = book.pages[DISCLOSURE]
    rows = [row for place in book.trusts for row in inputs_rows(place)]
    read = read_inputs(from_grid("inputs", rows))
    levels, found = hierarchy(read), disclosed(read)
    page.section(FIRST, "Fair value hierarchy, $ thousands", _WIDE)
    looks = [TEXT, TEXT, TEXT, *[_K] * 4]
    _spill(page, FIRST + 1, "=XLFV_HIERARCHY(inputs)", len(levels) + 1, looks)
    last = FIRST + 1 + len(levels)
    row = _checks(page, last + 2) + 2
    page.section(row, "Significant unobservable inputs by class, averages weighted by fair value", _WIDE)
    looks = [TEXT, TEXT, _K, _BESIDE, TEXT, *[_RATE] * 4, _K, _COUNT, _BESIDE]
    _spill(page, row + 1, "=XLFV_DISCLOSURE(inputs)", len(found) + 1, looks)
    page.layout([29, 36, 14, 50, 48, 11, 11, 17, 11, 14, 8, 44], (FIRST, 2), None)
    page.sheet.set_paper(_LEDGER_PAPER)
    page.heading(f"The tables of ASC 820, made of the sheet {INPUTS}: levels, and the inputs that are significant and not observed.",
                 "all trusts", "$ thousands, rates a year")  # fmt: skip


def _spill(page: Page, row: int, formula: str, height: int, looks: list[Style]) -> None:
    """A table with headers over numbers to the right."""
    page.spill(row, 0, formula, height, len(looks), looks, HEAD)
    if page.book.answered:
        for c, look in enumerate(looks[1:], 1):
            page.value(
                row,
                c,
                page.book.answer(page.name, row, c),
                HEAD.but(indent=look.indent) if look.number == "text" else RIGHT,
            )


def _checks(page: Page, row: int) -> int:
    """Fair values of classes agree with the balances; gives the last row."""
    ours = [place for place in page.book.trusts if place.valued.consolidated]
    others = [place for place in page.book.trusts if not place.valued.consolidated]
    asked = (
        (inputs_.COLLATERAL, [item_value(place, fv.COLLATERAL) for place in ours]),
        (inputs_.BORROWINGS, [f"{borrowings(place)}{held_value(place, '-')}" for place in ours]),
        (inputs_.RESIDUAL_INTERESTS, [side_value(place, "residual") for place in ours]),
        (inputs_.SECURITIES, [f"{side_value(place, 'residual')}{held_value(place)}" for place in others]),
    )
    for klass, values in asked:
        # The first column holds the formula: where that is an error, so is the sum.
        mine = f'SUMPRODUCT((inputs_trust<>"")*(inputs_class="{klass}"),inputs_value)'
        page.check(
            row,
            0,
            f"{inputs_.TITLES[klass]}: inputs agree with {FAIR_VALUE}",
            f"ABS({mine}-({'+'.join(values) or '0'}))<1",
        )
        row += 1
    return row - 1
