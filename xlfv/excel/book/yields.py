"""Yields: the register of every chosen yield, its range, who chose it, when and why, and the register of the month before."""

from __future__ import annotations

from xlfv.excel.book.frame import YIELDS, Book
from xlfv.excel.book.page import FIRST, Page, at, span
from xlfv.excel.book.styles import NOTE, RIGHT, Style
from xlfv.excel.book.tables import write_table
from xlfv.valuation.yields import COLLATERAL, RESIDUAL, Chosen

HEAD_ROW = FIRST + 1
_ADDED = ("kind", "balance", "outside", "exception", "month before", "change")
_NAMED = ("trust", "item", "yield", "low", "high", "basis", "reason")
_WIDTHS = {
    "trust": 14,
    "item": 9,
    "source": 17,
    "reason": 40,
    "quote_assumptions": 24,
    "approved_by": 20,
    "chosen_by": 12,
}


def write_yields(book: Book) -> None:
    """Write the register, and beside it what is calculated from it."""
    page = book.pages[YIELDS]
    plan = book.yields
    spot = plan.spot
    page.section(FIRST, "Register of yields (input); beside it what is calculated", spot.last_column + 2 + len(_ADDED))
    write_table(page, spot.row, 0, spot.columns)
    page.name_range("yields", spot.row, 0, spot.last_row, spot.last_column)
    for header in _NAMED:
        place = spot.span(header)
        if place is not None:
            page.name_range(f"yields_{header}", *place)
    first = spot.last_column + 2
    for k, title in enumerate(_ADDED):
        page.text(spot.row, first + k, title, RIGHT)
    for (trust, item), row in plan.rows.items():
        _calculated(page, trust, item, row, first)
    for k, name in ((0, "kind"), (2, "outside"), (3, "exception")):
        page.name_range(f"yields_{name}", spot.row + 1, first + k, spot.last_row, first + k)
    row = spot.last_row + 2
    page.note(
        row,
        0,
        "Outside: the yield lies outside low to high. Exception: its number on the Summary. Month before: on Quotes. Against quotes and peers: see Yield review.",
    )
    outside = span(spot.row + 1, first + 2, spot.last_row, first + 2)
    reason = spot.span("reason")
    given = f'COUNTIFS({outside},1,{span(*reason)},"?*")' if reason else "0"
    page.check(row + 1, 0, "every yield outside its range has a reason", f"SUM({outside})={given}")
    page.check(row + 2, 0, "every class and residual has one yield", _one_each(book))
    widths = [_WIDTHS.get(header, 11.0) for header in spot.columns.headers]
    page.layout([*widths, 2, 11, 14, 8, 10, 9, 9], (HEAD_ROW + 1, 2), (HEAD_ROW, HEAD_ROW), ledger=True)
    page.heading("Every yield that values a class or a residual, with the range it must lie in and the reason for it.", "all trusts",
                 "percent a year, on the basis named")  # fmt: skip


def _one_each(book: Book) -> str:
    count = sum(len(place.valued.yields) for place in book.trusts)
    return f"COUNT(yields_yield)={count}"


def _calculated(page: Page, trust: str, item: str, row: int, first: int) -> None:
    """What stands right of one row of the register."""
    book = page.book
    spot = book.yields.spot
    _of_bonds(page, trust, item, row, first)
    cells = {
        name: at(row, spot.columns.headers.index(name))
        for name in ("yield", "low", "high")
        if name in spot.columns.headers
    }
    tests = [
        f'AND({cells[s]}<>"",{cells["yield"]}{sign}{cells[s]})'
        for s, sign in (("low", "<"), ("high", ">"))
        if s in cells
    ]
    page.formula(row, first + 2, f"=IF(OR({','.join(tests)}),1,0)" if tests else "=0", Style("check"))
    above = span(spot.row + 1, first + 2, row, first + 2)
    page.formula(row, first + 3, f"=IF({at(row, first + 2)}=1,SUM({above}),0)", Style("points"))
    if _known_before(book, trust, item):
        mine = ",".join(f"yields_before_{name},{at(row, k)}" for k, name in enumerate(("trust", "item")))
        page.formula(row, first + 4, f"=SUMIFS(yields_before_yield,{mine})", Style("rate"))
        page.formula(row, first + 5, f"={cells['yield']}-{at(row, first + 4)}", Style("change"))


def _known_before(book: Book, trust: str, item: str) -> bool:
    """The item had a yield the month before."""
    return item in {name.lower() for name in yields_before(book).get(trust, {})}


def yields_before(book: Book) -> dict[str, dict[str, Chosen]]:
    """The yields of the month before, by trust and item; of trusts that were there."""
    before = book.rolled.before if book.rolled is not None else None
    return {name: one.yields for name, one in before.trusts.items()} if before is not None else {}


def _of_bonds(page: Page, trust: str, item: str, row: int, first: int) -> None:
    place = next(each for each in page.book.trusts if each.name == trust)
    spot = page.book.plans[trust].tables.get("bonds")
    names = [str(name).lower() for name in place.valued.source.trust["bonds"]["tranche"]]
    if spot is None or item == RESIDUAL or item not in names:
        page.text(row, first, item if item in (RESIDUAL, COLLATERAL) else "", NOTE)
        return
    sheet = page.book.pages[place.sheet]
    for k, (header, style) in enumerate((("kind", Style(role="link")), ("balance", Style("dollars", role="link")))):
        cell = spot.at(names.index(item), header)
        if cell is not None:
            page.formula(row, first + k, f"={sheet.ref(*cell)}", style)


def register_cell(book: Book, row: int, header: str) -> str:
    """The cell of a row of the register under a header, with its sheet; blank where there is no such column."""
    headers = book.yields.spot.columns.headers
    return book.pages[YIELDS].ref(row, headers.index(header)) if header in headers else ""
