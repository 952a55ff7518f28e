"""Attribution by trust and the change explained: two stacks that the page Attribution adds up."""

from __future__ import annotations

from xlfv.excel.book.frame import ATTRIBUTION_BY_TRUST, EXPLAINED, Book, TrustPlace
from xlfv.excel.book.monthbefore import NOTHING, before_of, ends
from xlfv.excel.book.page import FIRST, Page, at, span
from xlfv.excel.book.stacks import Part, write_stack
from xlfv.excel.book.styles import BOLD, HEAD, TEXT, Style
from xlfv.reporting.attribution import HEAD as ITEMS
from xlfv.reporting.attribution import LINES
from xlfv.reporting.reprojection import FACTORS

FACTOR_ROWS = ("opening", "cash", *FACTORS, "closing", "check")
EXPLAINED_ROWS = (*LINES, "all changes", "time", "cash", "change in value")
SIDES = ("trust assets", "borrowings", "other liabilities", "net")
_HEAD_ROW = FIRST + 1
_DOLLARS, _K = Style("dollars"), Style("thousands")
_LEDGER_PAPER = 3  # 11 by 17 inches


def write_attribution_by_trust(book: Book) -> None:
    """Write the sheet: each trust's table, classes last."""
    page = book.pages[ATTRIBUTION_BY_TRUST]
    most = max(len(place.valued.source.trust.tranches) for place in book.trusts)
    wide = 3 + len(ITEMS) + most
    if before_of(book) is None:
        page.note(FIRST, 0, NOTHING)
    else:
        page.section(
            FIRST,
            "Change in fair value by factor; classes, in the columns on the right, as each trust's own header names them",
            wide,
        )
        page.heads(_HEAD_ROW, 0, ("Trust", "Factor", "What changes", *ITEMS, *["class"] * most), numbers_from=3)
        row, starts = _HEAD_ROW + 1, []
        for place in book.trusts:
            width = 3 + len(ITEMS) + len(place.valued.source.trust.tranches)
            looks = [TEXT, TEXT, TEXT, *[_DOLLARS] * (width - 3)]
            formula = f"=XLFV_ATTRIBUTION({ends(book, place)})"
            write_stack(page, row, 0, [Part(formula, 1 + len(FACTOR_ROWS))], looks)
            _dress(page, row, looks)
            starts.append(row)
            row += 1 + len(FACTOR_ROWS)
        for k, name in enumerate(("trust", "factor", "", *(f"item_{k}" for k in range(len(ITEMS))))):
            if name:
                page.name_range(f"attribution_{name}", _HEAD_ROW + 1, k, row - 1, k)
        for place, start in zip(book.trusts, starts, strict=True):
            width = len(ITEMS) + len(place.valued.source.trust.tranches)
            check = start + len(FACTOR_ROWS)
            left, gaps = span(check, 3, check, 2 + width), span(start + 1, 2 + len(ITEMS), check, 2 + len(ITEMS))
            row += 1
            what = f"{place.name}: the factors sum to the change of every item, assets = liabilities + residual in each"
            page.check(row, 0, what, f"SUMSQ({left})+SUMSQ({gaps})+N({at(start, 0)})<0.01")
    page.layout([15, 12, 70, *[13] * (wide - 3)], (_HEAD_ROW + 1, 3), (_HEAD_ROW, _HEAD_ROW))
    page.sheet.set_paper(_LEDGER_PAPER)
    page.heading("Why each trust's fair values changed since the month before, factor by factor, item by item.",
                 "trust by trust", "dollars; liabilities positive")  # fmt: skip


def _dress(page: Page, start: int, looks: list[Style]) -> None:
    if not page.book.answered:
        return
    for row in (1, len(FACTOR_ROWS) - 1, len(FACTOR_ROWS)):
        last = row == len(FACTOR_ROWS)
        for c, look in enumerate(looks):
            style = look.but(role="note") if last else look.but(bold=True, top=row > 1)
            page.value(start + row, c, page.book.answer(page.name, start + row, c), style)


def write_change_explained(book: Book) -> None:
    """Write the sheet: the total on top, each trust with its sentences beneath."""
    page = book.pages[EXPLAINED]
    if before_of(book) is None:
        page.note(FIRST, 0, NOTHING)
    else:
        first = _HEAD_ROW + len(EXPLAINED_ROWS) + 4
        parts = [
            Part(f"=XLFV_EXPLAIN_CHANGE({_against(book, place)})", 1 + len(EXPLAINED_ROWS)) for place in book.trusts
        ]
        page.section(first - 2, "Trust by trust, dollars; what is not on the balance sheet too", 7)
        page.heads(first - 1, 0, ("Trust", "Why", *SIDES), numbers_from=2)
        page.text(first - 1, 6, "In words", HEAD.but(indent=1))
        looks = [TEXT, TEXT, *[_DOLLARS] * len(SIDES), TEXT.but(wrap=True, indent=1)]
        stack = write_stack(page, first, 0, parts, looks)
        for k, name in enumerate(("trust", "line", *(side.replace(" ", "_") for side in SIDES))):
            page.name_range(f"explained_{name}", stack.top, k, stack.bottom, k)
        _bold(page, stack.starts, looks)
        _together(page, stack.bottom)
    page.layout([16, 24, 15, 15, 15, 15, 96], (_HEAD_ROW, 2), None)
    page.heading("Why assets and borrowings gained or lost since the month before; a borrowing worth more is a loss.", "all trusts",
                 "$ thousands in total, dollars by trust")  # fmt: skip


def _against(book: Book, place: TrustPlace) -> str:
    """The two month-ends, and the ledger whose cash is held against them where the trust has postings."""
    return ends(book, place) + (",,,,,ledger" if place.valued.source.ledger.postings else "")


def _bold(page: Page, starts: tuple[int, ...], looks: list[Style]) -> None:
    """All changes, and the change in value, stand out."""
    if not page.book.answered:
        return
    for start in starts:
        for row in (EXPLAINED_ROWS.index("all changes") + 1, len(EXPLAINED_ROWS)):
            for c, look in enumerate(looks[:-1]):
                page.value(start + row, c, page.book.answer(page.name, start + row, c), look.but(bold=True, top=True))


def _together(page: Page, last: int) -> None:
    """All trusts that stand on the balance sheet; of each side one formula."""
    page.section(FIRST, "All trusts on the balance sheet, $ thousands: gains positive, losses negative", 7)
    page.heads(_HEAD_ROW, 0, ("", "Why", *SIDES), numbers_from=2)
    page.text(_HEAD_ROW, 6, "", HEAD)
    names = [f'(explained_trust="{place.name}")' for place in page.book.trusts if place.valued.consolidated]
    # The first column holds the formula: where that is an error, so is the sum, which would else pass it over.
    ours = f"({'+'.join(names)})" if names else "(0*(explained_trust=0))"
    for k, line in enumerate(EXPLAINED_ROWS):
        row = _HEAD_ROW + 1 + k
        strong = line in ("all changes", "change in value")
        page.text(row, 1, line, BOLD.but(top=True) if strong else TEXT)
        for c, side in enumerate(SIDES):
            named = f"explained_{side.replace(' ', '_')}"
            formula = f"=SUMPRODUCT({ours}*(explained_line={at(row, 1)}),{named})"
            page.formula(row, 2 + c, formula, _K.but(bold=strong, top=strong))
    top = _HEAD_ROW + 1
    causes, every = span(top, 5, top + len(LINES) - 1, 5), at(top + EXPLAINED_ROWS.index("all changes"), 5)
    rest = [at(top + EXPLAINED_ROWS.index(line), 5) for line in ("all changes", "time", "cash")]
    whole = at(top + EXPLAINED_ROWS.index("change in value"), 5)
    page.check(last + 2, 0, "causes sum to all changes; these, time and cash to the change in value",
               f"ABS(SUM({causes})-{every})+ABS({'+'.join(rest)}-{whole})<1")  # fmt: skip
