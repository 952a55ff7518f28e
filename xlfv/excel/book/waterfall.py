"""Waterfall: every step of one month: what it saw, what was due, paid and short."""

from __future__ import annotations

from xlfv.excel.book.cashflows import choose
from xlfv.excel.book.frame import WATERFALL, Book
from xlfv.excel.book.page import FIRST, Page, span
from xlfv.excel.book.styles import HEAD, RIGHT, TEXT, Style
from xlfv.trust.waterfall import SOURCES

HEAD_ROW = FIRST + 4
_WIDTHS = (12, 13, 24, 46, 17, 17, 17, 17)
_MOST_STEPS = 120
_TO_BONDS = ("interest", "interest_shortfall", "principal", "oc", "basis_risk", "unpaid_loss")


def write_waterfall(book: Book) -> None:
    """Write the sheet."""
    page = book.pages[WATERFALL]
    place = book.trusts[0]
    choose(page, FIRST, 0, "Trust", "waterfall_trust", place.name, "=trusts")
    choose(page, FIRST + 1, 0, "Month", "waterfall_month", 1, "")
    projection = "INDEX(projections,MATCH(waterfall_trust,trusts,0))"
    page.text(FIRST + 2, 0, "Paid on")
    page.formula(
        FIRST + 2, 2, f"=INDEX(XLFV_RESIDUAL_CASHFLOW({projection}),waterfall_month+1,2)", Style("date", align="left")
    )
    page.note(FIRST + 1, 4, "choose a trust and a month in the blue cells; month 1 is the next")
    steps = len(place.valued.source.trust.steps)
    looks = [TEXT, TEXT, TEXT, Style("text", role="shrink"), *[Style("dollars")] * 4]
    page.spill(HEAD_ROW, 0, f"=XLFV_WATERFALL({projection},waterfall_month)", steps + 2, 8, looks)
    for column in range(4, 8):
        page.value(HEAD_ROW, column, book.answer(page.name, HEAD_ROW, column), RIGHT if book.answered else HEAD)
    _checks(page, projection)
    page.layout(_WIDTHS, (HEAD_ROW + 1, 1), (HEAD_ROW, HEAD_ROW))
    page.heading("One month of the waterfall, step by step. A write-down moves no cash.", '=waterfall_trust&", month "&waterfall_month',
                 "dollars")  # fmt: skip


def _checks(page: Page, projection: str) -> None:
    """Two records of the same cash agree; the checks stand above, as the table below may grow."""
    source, pay, paid = (span(HEAD_ROW + 1, column, HEAD_ROW + _MOST_STEPS, column) for column in (1, 2, 6))

    def taken(kinds: tuple[str, ...]) -> str:
        return "+".join(f'SUMIF({pay},"{kind}",{paid})' for kind in kinds)

    def recorded(column: str) -> str:
        return f'INDEX(XLFV_TRUST_CASHFLOW({projection},"{column}"),waterfall_month+1,3)'

    # What an insurer pays for a write-down is principal; interest that joins the balance of a z class is no cash.
    collected = ",".join(f'{source},"<>{word}"' for word in SOURCES)
    insured = f'SUMIFS({paid},{pay},"writedown",{collected})'
    page.check(
        FIRST,
        4,
        "chosen month: steps to bonds agree with the bonds' cash",
        f"ABS({taken(_TO_BONDS)}+{insured}-{recorded('accreted')}-{recorded('bond_cash')})<0.01",
    )
    page.check(
        FIRST + 2,
        4,
        "chosen month: steps to the residual agree with its cash",
        f"ABS({taken(('residual',))}-{recorded('residual_cash')})<0.01",
    )
