"""Cash and REO: the ledger's cash beside what the states imply, and real estate owned: what was measured, and what moved."""

from __future__ import annotations

from xlfv.excel.book.frame import CASH_AND_REO, TRUST_ROLLFORWARDS, Book, TrustPlace, source_words
from xlfv.excel.book.monthbefore import NOTHING, before_of, ends, since
from xlfv.excel.book.page import FIRST, Page, at, quote_text
from xlfv.excel.book.stacks import Part, Stack, write_stack
from xlfv.excel.book.styles import Style
from xlfv.months.valued import ValuedMonth
from xlfv.valuation.reo import reo_movement

WIDE = 15
RECONCILED_TRUST, RECONCILED_COLUMN, RECONCILED_DUE = "reconciled_trust", "reconciled_column", "reconciled_due"
"""Names of what the states make due, for formulas of other sheets."""

_DOLLARS = Style("dollars")
_TEXT = Style("text")
_CASH_HEADS = ("effective interest", "contractual, posted", "accretion", "principal", "cash posted", "cash that states imply",
               "unexplained", "contractual due", "notices")  # fmt: skip
_MOVES = ("opening", "foreclosed in", "sold", "gain on sale", "written down", "written up", "not explained", "closing", "loan balance",
          "initial basis", "write-up not taken", "note")  # fmt: skip


def write_cash_and_reo(book: Book) -> None:
    """Write the sheet."""
    page = book.pages[CASH_AND_REO]
    before = before_of(book)
    if before is None:
        page.note(FIRST, 0, NOTHING)
    else:
        row = _cash(page) + 2
        row = _measured(page, before, row) + 2
        _moved(page, before, row)
    page.layout([16, 42, *[12.5] * (WIDE - 2)], (FIRST, 2), None)
    page.heading("The month's cash as posted and as the two states imply it; real estate owned at net realizable value.",
                 "trust by trust", "dollars")  # fmt: skip


def _label(page: Page, stack: Stack, parts: list[Part]) -> None:
    """The trust's name left of each row of a stack."""
    for place, start, part in zip(page.book.trusts, stack.starts, parts, strict=True):
        for r in range(start + 1, start + part.height):
            page.text(r, 0, place.name)


def _cash(page: Page) -> int:
    """Interest and cash by column; gives the last row."""
    assert page.book.rolled is not None
    page.section(FIRST, "Interest and cash of the month (of liabilities: paid)", WIDE)
    page.heads(FIRST + 1, 0, ("Trust", "Column of the rollforward", *_CASH_HEADS), numbers_from=2)
    parts = []
    facts = since(page.book, "opening")
    for place in page.book.trusts:
        found = page.book.rolled.details[place.name]
        formula = f"=XLFV_CASH_RECONCILIATION({ends(page.book, place)},ledger{facts})"
        parts.append(Part(formula, 1 + len(found.reconciled)))
    stack = write_stack(page, FIRST + 2, 1, parts, [_TEXT, *[_DOLLARS] * (len(_CASH_HEADS) - 1), _TEXT])
    _label(page, stack, parts)
    for name, column in (
        (RECONCILED_TRUST, 0),
        (RECONCILED_COLUMN, 1),
        (RECONCILED_DUE, 2 + _CASH_HEADS.index("contractual due")),
    ):
        page.name_range(name, stack.top, column, stack.bottom, column)
    left = stack.span(1 + _CASH_HEADS.index("unexplained"))
    page.check(stack.bottom + 1, 0, "the ledger has the cash that the states imply",
               f'AND(SUMSQ({left})<1,SUMPRODUCT(--({stack.span(0)}="column"))={len(parts)})')  # fmt: skip
    return stack.bottom + 1


def _measured(page: Page, before: ValuedMonth, row: int) -> int:
    """Non-recurring measurements; gives the last row."""
    page.section(row, "Real estate owned measured at net realizable value in the month (non-recurring)", WIDE)
    titles = ("Trust", "What", "properties", "level 1", "level 2", "level 3", "losses of the month")
    page.heads(row + 1, 0, titles, numbers_from=2)
    parts, strange = [], []
    for place in page.book.trusts:
        sold = f'SUMIFS(ledger_amount,ledger_trust,{quote_text(place.name)},ledger_item,"reo_sales_proceeds")'
        if not _sold(place, before):
            strange.append((place.name, sold))
            sold = ""
        parts.append(Part(f"=XLFV_REO_TABLE({place.named('trust_before')},{place.trust},{sold})", 6))
    looks = [_TEXT, Style("count"), *[_DOLLARS] * 4]
    stack = write_stack(page, row + 2, 1, parts, looks)
    _label(page, stack, parts)
    mine = f'SUMPRODUCT(--({stack.span(0)}="Losses from REO"),{stack.span(5)})'
    apart = [place for place in page.book.trusts if not place.valued.consolidated]
    others = "".join(f"-{at(stack.starts[page.book.trusts.index(place)] + 5, 6)}" for place in apart)
    theirs = "INDEX(rollforward_month,7,5)"
    page.check(stack.bottom + 1, 0, f"losses from REO of trusts on the balance sheet are those of {TRUST_ROLLFORWARDS}",
               f"ABS({mine}{others}-{theirs})<1")  # fmt: skip
    for k, (name, sold) in enumerate(strange, 2):
        page.check(
            stack.bottom + k,
            0,
            f"{name}: no property is gone, so the ledger has no proceeds of REO",
            f"ABS({sold})<0.01",
        )
    return stack.bottom + 1 + len(strange)


def _sold(place: TrustPlace, before: ValuedMonth) -> bool:
    """A property of the month before is gone: only then are there proceeds that the table can hold."""
    now = set(map(str, place.valued.source.trust["reo"]["loan_id"]))
    return not set(map(str, before.trusts[place.name].source.trust["reo"]["loan_id"])) <= now


def _moved(page: Page, before: ValuedMonth, row: int) -> None:
    """Real estate owned, property by property."""
    book = page.book
    page.section(row, "Movement of real estate owned, property by property", WIDE)
    r = row + 1
    for place in book.trusts:
        if "sales" in place.valued.source.tables:
            page.text(r, 0, place.name)
            page.text(r, 1, "file of the month's sales")
            month = book.valued.month
            page.formula(r, 2, f"={source_words(place, 'sales', month.data, month.month, r)}")
            page.name_range(place.named("sales"), r, 2)
            r += 1
    page.heads(r, 0, ("Trust", "Property", *_MOVES), numbers_from=2)
    parts = [_movement(place, before) for place in book.trusts]
    looks = [_TEXT, _TEXT, *[_DOLLARS] * (len(_MOVES) - 1), _TEXT]
    stack = write_stack(page, r + 1, 0, parts, looks)
    for place, part, start in zip(book.trusts, parts, stack.starts, strict=True):
        last = start + part.height - 1
        if book.answered:
            for c in range(2, 2 + len(_MOVES) - 1):
                page.value(last, c, book.answer(page.name, last, c), _DOLLARS.but(bold=True, top=True))
        page.check(stack.bottom + 2 + book.trusts.index(place), 0, f"{place.name}: every property is explained",
                   f"ABS({at(last, 8)})+N({at(start, 0)})<0.5")  # fmt: skip


def _movement(place: TrustPlace, before: ValuedMonth) -> Part:
    sales = place.valued.source.tables.get("sales")
    moves = reo_movement(before.trusts[place.name].source.trust, place.valued.source.trust, sales).moves
    named = f",{place.named('sales')}" if sales is not None else ""
    return Part(f"=XLFV_REO_MOVEMENT({place.named('trust_before')},{place.trust}{named})", len(moves) + 2)
