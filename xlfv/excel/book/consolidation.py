"""Consolidation: which trust is consolidated and why, balance sheet lines before and after eliminations, long-term debt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from xlfv.excel.book.frame import CONSOLIDATION, TRUST_VALUES, Book, TrustPlace, kept_words
from xlfv.excel.book.page import FIRST, Page, at, quote_text, span
from xlfv.excel.book.stacks import Part, Stack, write_stack
from xlfv.excel.book.styles import HEAD, OWN, RIGHT, TEXT, Style
from xlfv.excel.book.tables import Columns, in_cells, last_columns, write_table
from xlfv.excel.book.trust import item_value, side_value
from xlfv.months.book.address import parse_address
from xlfv.months.found import shared_indices
from xlfv.reporting.balance_sheet import ASSET_LINES, COLUMNS, COMPANY, LIABILITY_LINES, LONG_TERM_DEBT, trust_values
from xlfv.reporting.consolidation import changes_grid
from xlfv.tables.files import split_path
from xlfv.valuation.fair_value import RESIDUAL_INTEREST

_WIDE = 11
_THOUSANDS = Style("thousands")
_TOTALS = ("Total assets", "Total liabilities", "Net assets")
_HEIGHT = 1 + len(ASSET_LINES) + 1 + len(LIABILITY_LINES) + 3
_DEBT = ("unpaid balance", "fair value", "accrued interest", "price", "base yield", "own credit spread", "discount yield",
         "value without own credit", "own credit effect", "fair value less unpaid")  # fmt: skip
_DOLLARS, _RATE = Style("dollars"), Style("rate")
_DEBT_LOOKS = (TEXT, _DOLLARS, _DOLLARS, _DOLLARS, Style("price"), _RATE, _RATE, _RATE, _DOLLARS, _DOLLARS, _DOLLARS)
_VALUES = ("trust", "side", "item", "balance ($)", "fair value ($)", "held by", "consolidated")
_VALUE_LOOKS = (TEXT, TEXT, TEXT, _DOLLARS, _DOLLARS, Style("text", indent=1), TEXT)
_INDENT = Style("text", indent=1)


def write_consolidation(book: Book) -> None:
    """Write the sheet."""
    page = book.pages[CONSOLIDATION]
    month = book.valued.month.month
    row = FIRST
    if has_facts(book):
        row = _status(page, row) + 2
        row = _balance(page, row) + 2
    else:
        words = f"No facts of consolidation are given (company/{month}/facts.csv): each trust's own term consolidated is followed."
        page.note(row, 0, words)
        row += 2
    if has_debt(book):
        row = _debt(page, row) + 2
    else:
        page.note(row, 0, f"No long-term debt is given (company/{month}/debt.csv).")
        row += 2
    if has_facts(book):
        row = _changes(page, row) + 2
    _inputs(page, row)
    page.layout([44, *[16.0] * (_WIDE - 1)], (FIRST, 1), None)
    page.heading(
        "Which trusts stand on the balance sheet and why, its lines before and after eliminations, and the company's own debt.",
        "the company and all trusts",
        "$ thousands where it says so, else dollars",
    )  # fmt: skip


def has_facts(book: Book) -> bool:
    """Facts of consolidation are given."""
    return book.company("facts") is not None


def has_debt(book: Book) -> bool:
    """Long-term debt is given."""
    return book.company("debt") is not None


def debt_rolls(book: Book) -> bool:
    """Long-term debt has a rollforward in the book."""
    return book.rolled is not None and book.rolled.debt is not None and has_debt(book)


def debt_before(book: Book) -> tuple[str, str]:
    """The month before's table of debt and the indices that it floats on, as formulas of their files; blank without indices."""
    assert book.rolled is not None
    assert book.rolled.before is not None
    month = book.rolled.before.month
    kept, rates = (parse_address(month.company.sources.get(table, "")) for table in ("debt", "indices"))
    if kept is not None:
        return kept_words(kept, "month_before"), kept_words(rates, "month_before") if rates else ""
    own, indices = month.company.sources["debt"], shared_indices(month.data, month.month, [])
    file, sheet = split_path(own)
    where = Path(file).resolve()
    words = f'"{own}"'
    if where.parent.name == month.month and where.parent.parent.parent == Path(month.data).resolve():
        mark = f"!{sheet}" if sheet else ""
        words = f'data_folder&"/{where.parent.parent.name}/"&month_before&"/{where.name}{mark}"'
    tail = Path(indices).name.removeprefix(month.month) if indices else ""
    return words, f'data_folder&"/indices/"&month_before&"{tail}"' if indices else ""


def _consolidate(show: str) -> str:
    return f'XLFV_CONSOLIDATE(facts,trust_values,as_of,"{show}")'


def _status(page: Page, row: int) -> int:
    """A line a trust: consolidated or not, since when, by which rule, why; gives the last row."""
    book = page.book
    page.section(row, "Status of each trust, by the facts recorded and the rule in force", _WIDE)
    page.heads(row + 1, 0, ("trust", "consolidated", "since", "why"), numbers_from=9)
    for column in range(4, _WIDE):
        page.blank(row + 1, column, HEAD)
    grid = _consolidate("trusts")
    first = row + 2
    places = [
        place for name in book.valued.month.company.facts for place in book.trusts if place.name.lower() == name.lower()
    ]
    for k, place in enumerate(places):
        r = first + k
        looks = (TEXT, Style("text"), Style("date", align="left"))
        for column, look in enumerate(looks):
            page.formula(r, column, f"=INDEX({grid},{k + 2},{column + 1})", look)
        page.formula(r, 3, _why(grid, k + 2))
        same = f"{at(r, 1)}=INDEX(consolidated,MATCH({at(r, 0)},trusts,0))"
        page.check(first + len(places) + k, 0, f"{place.name}: its facts say the same as its term consolidated", same)
    return first + 2 * len(places) - 1


def _why(grid: str, row: int) -> str:
    """The formula of a status's reason and rule."""
    return f'=INDEX({grid},{row},5)&" ("&INDEX({grid},{row},4)&")"'


def _balance(page: Page, row: int) -> int:
    """Balance sheet lines; gives the last row."""
    page.section(row, "Balance sheet lines, before and after eliminations, $ thousands", _WIDE)
    head = row + 1
    looks = (TEXT, *[_THOUSANDS] * len(COLUMNS))
    page.heads(
        head,
        0,
        (
            "line",
            "trusts consolidated",
            "the company's own",
            "before eliminations",
            "eliminations",
            "after eliminations",
        ),
    )
    grid = head + 1
    page.spill(grid, 0, f"={_consolidate('balance')}", _HEIGHT, len(looks), looks, OWN)
    lines = [*ASSET_LINES, "Total assets", *LIABILITY_LINES, "Total liabilities", "", "Net assets"]
    for k, line in enumerate(lines, 1):
        if line in _TOTALS and page.book.answered:
            for column, look in enumerate(looks):
                page.value(
                    grid + k, column, page.book.answer(page.name, grid + k, column), look.but(bold=True, top=True)
                )
    last = grid + _HEIGHT - 1
    page.name_range("balance_sheet", grid, 0, last, len(COLUMNS))
    assets, debts = grid + len(ASSET_LINES) + 1, grid + len(ASSET_LINES) + len(LIABILITY_LINES) + 2
    sums = [
        f"ABS(SUM({span(first, c, total - 1, c)})-{at(total, c)})"
        for first, total in ((grid + 1, assets), (assets + 1, debts)) for c in range(1, len(COLUMNS) + 1)
    ]  # fmt: skip
    page.check(last + 1, 0, "every column adds up", f"({'+'.join(sums)})+N({at(grid, 0)})<1")
    parts = "+".join(
        f'({side_value(place, "asset")}-{side_value(place, "liability")})*(INDEX(consolidated,MATCH({quote_text(place.name)},trusts,0))="yes")'
        for place in page.book.trusts
    )
    net = f"{at(assets, 1)}-{at(debts, 1)}"
    page.check(
        last + 2, 0, "trusts consolidated: assets less liabilities are those of Fair value", f"ABS({net}-({parts}))<1"
    )
    page.check(last + 3, 0, "after = before + eliminations, line by line", _across(grid, last))
    return last + 3


def _across(grid: int, last: int) -> str:
    columns = [span(grid + 1, c, last, c) for c in range(1, 6)]
    gaps = (f"({columns[0]}+{columns[1]}-{columns[2]})", f"({columns[2]}+{columns[3]}-{columns[4]})")
    return f"{'+'.join(f'SUMPRODUCT({gap}*{gap})' for gap in gaps)}+N({at(grid, 0)})<1"


def _debt(page: Page, row: int) -> int:
    """The company's long-term debt with its own credit apart; gives the last row."""
    book = page.book
    page.section(row, "Long-term debt of the company: its own credit is a factor here, and of no trust's borrowings, which are non-recourse",
                 _WIDE)  # fmt: skip
    page.heads(row + 1, 0, ("instrument", *_DEBT))
    head = row + 2
    height = len(book.valued.month.company.debts) + 2
    indices = debt_indices(book)
    page.spill(
        head, 0, f"=XLFV_DEBT_VALUE(debt,as_of{',' if indices else ''}{indices})", height, _WIDE, _DEBT_LOOKS, OWN
    )
    last = head + height - 1
    if book.answered:
        for column, look in enumerate(_DEBT_LOOKS):
            page.value(last, column, book.answer(page.name, last, column), look.but(bold=True, top=True, indent=0))
    for name, column in (("unpaid", 1), ("value", 2), ("without", 8), ("own_credit", 9)):
        page.name_range(f"debt_{name}", last, column)
    ties = [f"ABS(SUM({span(head + 1, c, last - 1, c)})-{at(last, c)})" for c in (1, 2, 8, 9)]
    page.check(last + 1, 0, "the instruments add up", f"({'+'.join(ties)})+N({at(head, 0)})<0.05")
    page.check(last + 2, 0, "fair value = value without own credit + own credit effect",
               f"ABS({at(last, 2)}-{at(last, 8)}-{at(last, 9)})+N({at(head, 0)})<0.01")  # fmt: skip
    return last + 2


def debt_indices(book: Book) -> str:
    """The argument indices of long-term debt: the range of the table that all trusts share, else its file; blank without one."""
    month = book.valued.month
    kept = parse_address(month.company.sources.get("indices", ""))
    shared = str(kept) if kept is not None else shared_indices(month.data, month.month, [])
    for place in book.trusts:
        if shared and place.valued.source.sources.get("indices") == shared:
            return book.indices_names[place.name]
    if kept is not None:
        return kept_words(kept, "month")
    return f'data_folder&"/indices/"&month&"{Path(shared).name.removeprefix(month.month)}"' if shared else ""


def _changes(page: Page, row: int) -> int:
    """The days on which a status began; gives the last row."""
    book = page.book
    page.section(row, "Since when: every day on which a status began", _WIDE)
    page.heads(row + 1, 0, ("trust", "date", "consolidated", "why, and by which rule"), numbers_from=9)
    for column in range(4, _WIDE):
        page.blank(row + 1, column, HEAD)
    names = {place.name.lower() for place in book.trusts}
    facts = {name: own for name, own in book.valued.month.company.facts.items() if name.lower() in names}
    grid, count = _consolidate("changes"), len(changes_grid(facts, book.as_of)) - 1
    first = row + 2
    for k in range(count):
        for column, look in enumerate((TEXT, Style("date", align="left"), TEXT)):
            page.formula(first + k, column, f"=INDEX({grid},{k + 2},{column + 1})", look)
        page.formula(first + k, 3, _why(grid, k + 2))
    page.check(first + count, 0, "every change of status is listed", f"ROWS({grid})-1={count}")
    return first + count


def _inputs(page: Page, row: int) -> None:
    """Facts and terms of debt as they came in."""
    titles = {"facts": "Facts of consolidation (input): each holds from its date until the next of its kind",
              "debt": "Long-term debt: its terms, base yield and own credit spread (input)"}  # fmt: skip
    if debt_rolls(page.book):
        titles["debt_activity"] = "Long-term debt: what the books paid on it and received in the month (input)"
    for name, title in titles.items():
        table = page.book.company(name)
        if table is not None:
            page.section(row, title, _WIDE)
            columns = last_columns(in_cells(table), "coupon", "source")
            if name == "facts":
                columns = _of_the_month(page.book, columns)
            last = write_table(page, row + 1, 0, columns)
            page.name_range(name, row + 1, 0, *last)
            row = last[0] + 3


def _of_the_month(book: Book, facts: Columns) -> Columns:
    """The facts of trusts of this month: of others there are no values."""
    names = {place.name.lower() for place in book.trusts}
    at_trust = facts.headers.index("trust")
    return replace(facts, rows=[row for row in facts.rows if str(row[at_trust]).strip().lower() in names])


def write_trust_values(book: Book) -> None:
    """Write the sheet that XLFV_CONSOLIDATE reads: every trust's values one below the other, and the company's debt."""
    page = book.pages[TRUST_VALUES]
    for column, title in enumerate(_VALUES):
        page.text(FIRST, column, title, RIGHT if column in (3, 4) else HEAD.but(indent=int(column == 5)))
    parts = [Part(f"=XLFV_TRUST_VALUES({place.projection},yields)", _height(place)) for place in book.trusts]
    stack = write_stack(page, FIRST + 1, 0, parts, _VALUE_LOOKS)
    last = _own_debt(page, stack)
    page.name_range("trust_values", stack.top, 0, last, len(_VALUES) - 1)
    for k, place in enumerate(book.trusts):
        mine = f'SUMIFS({stack.span(4)},{stack.span(0)},{quote_text(place.name)},{stack.span(1)},"residual")'
        ties = f"ABS({mine}-{item_value(place, RESIDUAL_INTEREST)})<0.01"
        page.check(last + 1 + k, 0, f"{place.name}: its residual is that of Fair value", ties)
    page.layout([20, 12, 46, 17, 17, 14, 14], (FIRST + 1, 1), (FIRST, FIRST))
    page.heading("Every trust's values by line, who holds each class, fees due to the company: what is consolidated.",
                 "the company and all trusts", "dollars")  # fmt: skip


def _height(place: TrustPlace) -> int:
    return len(trust_values(place.valued.projection, place.valued.value))


def _own_debt(page: Page, stack: Stack) -> int:
    """The row of the company's long-term debt below the trusts; gives the last row."""
    if not has_debt(page.book):
        return stack.bottom
    row = stack.bottom + 1
    for column, words in enumerate((COMPANY, "liability", LONG_TERM_DEBT)):
        page.text(row, column, words)
    page.formula(row, 3, "=debt_unpaid", _DOLLARS)
    page.formula(row, 4, "=debt_value", _DOLLARS)
    return row


def debt_line(book: Book) -> tuple[str, ...]:
    """Names of the totals of long-term debt: unpaid, fair value, without own credit, own credit effect; empty without debt."""
    return ("debt_unpaid", "debt_value", "debt_without", "debt_own_credit") if has_debt(book) else ()
