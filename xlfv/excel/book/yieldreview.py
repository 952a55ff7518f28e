"""Yield review: every chosen yield against its acceptable range, last month, the quotes and its peers."""

from __future__ import annotations

from xlfv.excel.book.frame import REVIEW, Book, TrustPlace
from xlfv.excel.book.page import FIRST, Page
from xlfv.excel.book.quotes import quoted, quotes_name
from xlfv.excel.book.stacks import Part, Stack, write_stack
from xlfv.excel.book.styles import HEAD, RIGHT, TEXT, Style
from xlfv.excel.book.yields import register_cell, yields_before
from xlfv.trust.trust import Trust
from xlfv.valuation.yield_ranges import rating_of
from xlfv.valuation.yields import COLLATERAL, RESIDUAL, position_of

HEAD_ROW = FIRST + 1
_WRAPPED, _RATE, _GAP, _COUNT = TEXT.but(wrap=True, indent=1), Style("rate"), Style("points"), Style("count")
_INDENT = Style("text", indent=1)
_SMALL = Style(role="small", wrap=True)
_REVIEW = (
    ("trust", TEXT, 14), ("item", TEXT, 9), ("kind", TEXT, 11), ("rating", TEXT, 9), ("basis", TEXT, 11), ("chosen yield", _RATE, 8.5),
    ("range, low", _RATE, 8.5), ("range, high", _RATE, 13), ("in range", _INDENT, 9), ("accept- able, low", _RATE, 8.5),
    ("accept- able, high", _RATE, 8.5), ("base rate", _RATE, 8), ("risk premium", _RATE, 9), ("last month", _RATE, 8.5),
    ("change (bp)", _GAP, 8), ("quotes used", _COUNT, 7), ("quotes say", _RATE, 8.5), ("against quotes (bp)", _GAP, 8.5),
    ("peers", _COUNT, 6.5), ("peers are", Style("text", wrap=True), 13), ("their median", _RATE, 8.5),
    ("against peers (bp)", _GAP, 8.5), ("a reason is needed, as", _WRAPPED, 25), ("reason", _WRAPPED, 33), ("chosen by", _WRAPPED, 12),
    ("on", Style("date", align="right"), 11), ("approved by", _WRAPPED, 12), ("flags", _WRAPPED, 30),
)  # fmt: skip
_RANGE = (
    ("trust", TEXT), ("item", TEXT), ("basis", TEXT), ("low", _RATE), ("high", _RATE), ("middle", _RATE), ("quotes", _COUNT),
    ("used", _COUNT), ("quotes, low", _RATE), ("quotes, high", _RATE), ("base rate", _RATE), ("its index", _INDENT),
    ("premium, low", _RATE), ("premium, high", _RATE), ("premium", _RATE), ("source", _SMALL), ("notes", _SMALL),
)  # fmt: skip
_PEERS = ("trust", "item", "yield", "basis", "kind", "rating")
_IN_RANGE, _NEEDS, _FLAGS = 8, 22, 27
_BESIDE = 7  # column of the acceptable ranges, right of the peers


def write_yield_review(book: Book) -> None:
    """Write the sheet."""
    page = book.pages[REVIEW]
    count = sum(_items(place) for place in book.trusts)
    tables = count + len(book.trusts)
    ranges_row = HEAD_ROW + 1 + tables + 4
    ranged = [place for place in book.trusts if _ranged(book, place)]
    reviewed = _review(page, ranges_row)
    _checks(page, reviewed, count)
    if ranged:
        _ranges(page, ranges_row, ranged)
    if len(book.trusts) > 1:
        _peers(page, ranges_row)
    page.layout([width for _, _, width in _REVIEW], (HEAD_ROW + 1, 2), None, ledger=True)
    page.heading(
        "Every chosen yield held against its range, last month, the quotes and its peers; what needs a reason, and whether it has one.",
        "all trusts",
        "percent a year, differences in basis points",
    )  # fmt: skip


def _items(place: TrustPlace) -> int:
    """Rows of a trust's review."""
    return _own(place) + (COLLATERAL in place.valued.yields)


def _own(place: TrustPlace) -> int:
    """Its classes and the residual."""
    return len(place.valued.source.trust.tranches) + 1


def _ranged(book: Book, place: TrustPlace) -> bool:
    """There is something to make acceptable ranges of."""
    return bool(quoted(place)) or book.company("ranges") is not None


def _review(page: Page, row: int) -> Stack:
    book = page.book
    page.section(FIRST, "Review", len(_REVIEW))
    for column, (title, look, _) in enumerate(_REVIEW):
        page.text(HEAD_ROW, column, title, HEAD if look.number == "text" or look.wrap else RIGHT)
    peers = "peers" if len(book.trusts) > 1 else ""
    ranges = "ranges" if book.company("ranges") is not None else ""
    if peers:
        rows = sum(_items(place) for place in book.trusts)
        page.name_range("peers", row + 1, 0, row + 1 + rows, len(_PEERS) - 1)
    parts = []
    for place in book.trusts:
        before = "yields_before" if place.name in yields_before(book) else ""
        given = ",".join(("", quotes_name(book, place), before, peers, ranges)).rstrip(",")
        parts.append(Part(f"=XLFV_YIELD_REVIEW({place.projection},yields{given})", _items(place) + 1))
    stack = write_stack(page, HEAD_ROW + 1, 0, parts, [look for _, look, _ in _REVIEW])
    for place, start, part in zip(book.trusts, stack.starts, parts, strict=True):
        page.name_range(place.named("review"), start, 0, start + part.height - 1, len(_REVIEW) - 1)
    return stack


def _checks(page: Page, stack: Stack, count: int) -> None:
    row = stack.bottom + 1
    said = stack.span(_IN_RANGE)
    known = "+".join(f'COUNTIF({said},"{word}")' for word in ("yes", "no", "no range"))
    # That a yield has no range is told; it is no fault of a book whose month gives no ranges at all.
    missing = f'COUNTIFS({stack.span(_FLAGS)},"reason missing*",{stack.span(_NEEDS)},"<>no range*")'
    page.check(row, 0, "every yield that needs a reason has one", f"({known}={count})*({missing}=0)=1")
    page.check(row + 1, 0, "the yields outside their range are those of the register",
               f'COUNTIF({said},"no")>=SUM(yields_outside)')  # fmt: skip


def _ranges(page: Page, row: int, places: list[TrustPlace]) -> None:
    """The acceptable ranges and what makes them."""
    book = page.book
    words = "Acceptable ranges: base rate and risk premium of the policy, and what the quotes say"
    page.section(row, words, len(_RANGE), _BESIDE)
    for column, (title, look) in enumerate(_RANGE):
        page.text(row + 1, _BESIDE + column, title, HEAD if look.number == "text" or look.wrap else RIGHT)
    ranges = "ranges" if book.company("ranges") is not None else ""
    parts = [
        Part(f"=XLFV_YIELD_RANGE({quotes_name(book, place)},{place.projection},{ranges})".replace(",)", ")"), _own(place) + 1)
        for place in places
    ]  # fmt: skip
    write_stack(page, row + 2, _BESIDE, parts, [look for _, look in _RANGE])


def _peers(page: Page, row: int) -> None:
    """The register with each item's kind and rating: what the yields of other trusts are told by."""
    book = page.book
    page.section(row, "Peers: every trust's yields with kind and rating", len(_PEERS))
    page.heads(row + 1, 0, _PEERS, numbers_from=len(_PEERS))
    page.text(row + 1, 2, _PEERS[2], RIGHT)
    r = row + 1
    for place in book.trusts:
        trust = place.valued.source.trust
        for item in _order(trust, place):
            r += 1
            line = book.yields.rows[place.name, item.lower()]
            for column, header in enumerate(_PEERS[:4]):
                cell = register_cell(book, line, header)
                style = Style("rate" if header == "yield" else "text", role="link")
                if cell:
                    page.formula(r, column, f'=IF({cell}="","",{cell})', style)
            page.text(r, 4, position_of(trust, item))
            rating = "" if item == COLLATERAL else rating_of(trust, item, place.valued.yields[item])
            page.text(r, 5, rating)


def _order(trust: Trust, place: TrustPlace) -> list[str]:
    more = [COLLATERAL] if COLLATERAL in place.valued.yields else []
    return [*trust.tranches, RESIDUAL, *more]
