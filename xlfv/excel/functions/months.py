"""The book of months in cells: a month's trust and tables, tie-outs, histories, and how far a month is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from xlfv.excel import handles
from xlfv.excel.arguments import Arg
from xlfv.excel.kept_book import ask
from xlfv.excel.reading import Texts
from xlfv.excel.registry import Example, function
from xlfv.excel.words import did_you_mean
from xlfv.months.walk import COMPANY, INDICES
from xlfv.tables import Fault, Refused, Table, plain
from xlfv.trust.trust import Trust

if TYPE_CHECKING:
    from xlfv.months.book.pieces import Version
    from xlfv.months.book.read import Reader

CONTENTS = "contents"
_TRUST = Arg("trust", "text", "the trust's name as the book has it")
_AS_OF = Arg("as_of", "date", "the month's end, or any day of it")
_BOOK = Arg(
    "book",
    "book",
    "the book's file; blank: XLFV_BOOK, months.duckdb beside the workbook, or the one noted with xlfv book",
    default=None,
)
_NONE = "#N/A: there is no such book, or it has no such trust or month"
_DECEMBER = "DATE(2009,12,31)"


def _held(book: Reader, trust: str, month: str) -> dict[str, Version]:
    """The latest versions of a trust's tables, with the shared indices where it has none of its own.

    Raises:
        Refused: the book has nothing of it; ``code`` is ``#N/A``.
    """
    from xlfv.months.book.months import nothing_there

    held = book.versions(month)
    own = {one.table: one for one in held if one.trust.lower() == trust.strip().lower()}
    if not own:
        raise nothing_there(book, trust, month)
    shared = (
        {} if next(iter(own.values())).trust == COMPANY else {one.table: one for one in held if one.trust == INDICES}
    )
    return {**shared, **own}


def _version(book: Reader, trust: str, month: str, table: str, number: int | None) -> Table:
    """A version of a table.

    Raises:
        Refused: there is none; ``code`` is ``#N/A``.
    """
    held = _held(book, trust, month)
    one = held.get(plain(table))
    if one is None:
        todo = did_you_mean(table, list(held)) or f"its tables: {', '.join(held)}"
        raise Refused(Fault(f"{trust} {month} has no table '{table}'", todo=todo), code="#N/A")
    if number is None or number == one.number:
        return book.table(one)
    every = {each.number: each for each in book.every_version(one.trust, month, one.table)}
    if number not in every:
        todo = f"versions there: 1 to {one.number}"
        raise Refused(Fault(f"{one.table} of {trust} {month} has no version {number}", todo=todo), code="#N/A")
    return book.table(every[number])


def _contents(book: Reader, trust: str, month: str) -> list[list[object]]:
    loads = {one.id: one for one in book.loads(month)}
    rows: list[list[object]] = [["table", "version", "rows", "load", "at", "by", "why", "source"]]
    for table, one in sorted(_held(book, trust, month).items()):
        load = loads[one.load]
        rows.append(
            [table, one.number, one.rows, load.id, f"{load.at:%Y-%m-%d %H:%M}", load.user, load.why, one.source]
        )
    return rows


def _built(book: Reader, trust: str, month: str) -> Trust:
    from xlfv.months.book.months import trust_of

    return trust_of(book, month, trust).trust


@function(
    "XLFV_MONTH",
    family="months",
    args=[
        _TRUST,
        _AS_OF,
        Arg("table", "text", "one of its tables, spilled, like bonds or indices; contents: what the book has of it and since when;"
            " blank: a handle to the whole trust", default=""),
        _BOOK,
    ],
    result="grid",
    makes="trust",
    unit="a trust handle, or the table's own",
    source="xlfv",
    errors=[_NONE, "#N/A: the trust has no such table in that month"],
    example=Example(f"=XLFV_MONTH(\"SAMPLE-1\", {_DECEMBER}, \"bonds\", book)", [
        ["tranche", "balance", "original_balance", "kind", "coupon_type"],
        ["A", 945000.0, 2100000.0, "senior", "floating"],
    ]),
)  # fmt: skip
def month(trust: str, as_of: dt.date, table: str, book: Path) -> object:
    """A trust as the book of months has it: a handle to the whole, to project and value it, or one of its tables spilled.

    The handle is that of XLFV_TRUST over the same tables. As trust, `company` gives a table that the company keeps beside its
    trusts. Where a table is taken, a path into the book will do too and spills nothing:
    `months.duckdb!SAMPLE-1/2009-12/loans`.

    A cell is not calculated again by itself when somebody loads a month or a correction: press Ctrl+Alt+F9 (Load month and
    Refresh valuation do it for the workbook). Several may read a book at once, and nothing here writes to it.
    """
    when = f"{as_of:%Y-%m}"
    if not table and plain(trust) in (COMPANY, INDICES):
        todo = f"name one of its tables; {CONTENTS}: what there is"
        raise Refused(Fault(f"{trust} is no trust", todo=todo))
    if not table:
        return handles.keep(ask(book, _built, trust, when))
    if plain(table) == CONTENTS:
        return ask(book, _contents, trust, when)
    return ask(book, _version, trust, when, table, None)


@function(
    "XLFV_CURVES",
    family="months",
    args=[
        _TRUST,
        _AS_OF,
        Arg("version", "integer", "which version of that month's curves; blank: the latest", default=None, low=1),
        _BOOK,
    ],
    result="grid",
    unit="decimals a year and months, as the columns say",
    source="xlfv",
    errors=[_NONE, "#N/A: the month's curves have no such version"],
    example=Example(f"=XLFV_CURVES(\"SAMPLE-1\", {_DECEMBER}, , book)", [
        ["month", "cpr", "cdr", "severity", "recovery_lag"],
        [1.0, "6 ramp 24 to 12", 0.09, 0.4, 9.0],
    ]),
)  # fmt: skip
def curves(trust: str, as_of: dt.date, version: int | None, book: Path) -> Table:
    """The curves of a trust's month from the book: the latest, or as they stood before they were corrected.

    XLFV_MONTH with the table `contents` says how many versions there are, who loaded the latest, when and why.
    """
    return ask(book, _version, trust, f"{as_of:%Y-%m}", "curves", version)


@function(
    "XLFV_YIELDS",
    family="months",
    args=[_TRUST, _AS_OF, _BOOK],
    result="grid",
    unit="decimals a year",
    source="xlfv",
    errors=[_NONE],
    example=Example(f"=XLFV_YIELDS(\"SAMPLE-1\", {_DECEMBER}, book)", [
        ["item", "yield", "low", "high", "basis"],
        ["A", 0.08, 0.06, 0.1, "monthly"],
    ]),
)  # fmt: skip
def yields(trust: str, as_of: dt.date, book: Path) -> Table:
    """The register of yields of a trust's month from the book: what was chosen for each tranche and the residual, and why."""
    return ask(book, _version, trust, f"{as_of:%Y-%m}", "yields", None)


def _tie(book: Reader, trust: str, month: str) -> list[list[object]]:
    from xlfv.months.status import tie_grid

    return tie_grid(book, month, trust)


@function(
    "XLFV_TIEOUT",
    family="months",
    args=[_TRUST, _AS_OF, _BOOK],
    result="grid",
    unit="dollars, shares and loans, as each item says",
    source="xlfv; the items are those of the deal's statements to certificateholders",
    errors=[_NONE, "#N/A: the month has no trustee's report (table remittance)"],
    example=Example(f"=XLFV_TIEOUT(\"SAMPLE-1\", {_DECEMBER}, book)", [
        ["item", "tranche", "ours", "theirs", "difference", "tolerance", "status"],
        ["pool_balance", "", 1255000.0, 1255000.0, 0.0, 0.005, "tied"],
    ]),
)  # fmt: skip
def tieout(trust: str, as_of: dt.date, book: Path) -> list[list[object]]:
    """A month held against the trustee's report: ours, theirs, difference, tolerance; those that differ first.

    Flows of the month are worked out again from the month before, where the book has it. Rows `month 0` are what the projection
    of the last valuation starts from. Who signed for a difference (`xlfv sign`) stands in the last columns, with the reason.
    """
    return ask(book, _tie, trust, f"{as_of:%Y-%m}")


def _history(book: Reader, trust: str, *wanted: str) -> list[list[object]]:
    from xlfv.months.history import history

    return history(book, trust, wanted)


@function(
    "XLFV_HISTORY",
    family="months",
    args=[
        _TRUST,
        Arg("measure", "texts", "what to show, a row each, like 'cpr, cdr, severity, sixty_plus, oc' or 'value A'; all: everything"),
        _BOOK,
    ],
    result="grid",
    unit="as each measure says; rates are decimals a year",
    source="xlfv; speeds as in XLFV_ACTUALS",
    errors=["#N/A: there is no such book, it has no such trust, or no month has such a measure"],
    example=Example("=XLFV_HISTORY(\"SAMPLE-1\", \"pool_balance, oc\", book)", [
        ["measure", dt.date(2009, 12, 31), dt.date(2010, 1, 31)],
        ["pool_balance", 1255000.0, 1151094.75],
        ["oc", 40000.0, 34790.4],
    ]),
)  # fmt: skip
def history(trust: str, measure: Texts, book: Path) -> list[list[object]]:
    """A trust's months in the book side by side, a column a month: speeds, severity, delinquency, OC, balances, fair values.

    Measures: pool_balance, factor, loan_count, net_wac, cpr, total_cpr, cdr, liquidation_cdr, severity, d30, d60, d90,
    bankruptcy, foreclosure, reo, sixty_plus (shares of the pool), cumulative_loss, oc, oc_share, `balance A` of each class, and,
    of the last run of each month, `value A` and `yield A` of each line of its fair value.

    A cell is blank where a month has no such number: speeds where the month before is not in the book, values where it was not
    valued.
    """
    return ask(book, _history, trust, *measure)


def _standing(book: Reader, month: str) -> list[list[object]]:
    from xlfv.months.status import HEADS, standing_of

    rows: list[list[object]] = [list(one.row()) for one in standing_of(book, month)]
    return [[head.lower() for head in HEADS], *rows]


def _months(book: Reader) -> list[list[object]]:
    from xlfv.months.history import months_seen

    return months_seen(book)


@function(
    "XLFV_STATUS",
    family="months",
    args=[
        Arg("as_of", "date", "the month's end, or any day of it; blank: a row a month of the book", default=None),
        _BOOK,
    ],
    result="grid",
    unit="words",
    source="xlfv",
    errors=["#N/A: there is no such book, or it has no trust of that month"],
    example=Example(f"=XLFV_STATUS({_DECEMBER}, book)", [
        ["trust", "loaded", "by", "tied", "valued", "rolled", "locked"],
        ["SAMPLE-1", "load 3, ...", "desk", "tied", "run 1, desk", "", ""],
    ]),
)  # fmt: skip
def status(as_of: dt.date | None, book: Path) -> list[list[object]]:
    """How far a month is, a row a trust: loaded and by whom, tied to the trustee's report, valued, rolled forward, locked.

    A valuation is `stale` where its inputs were corrected since. Without a date: a row a month, so that a list of months to
    choose from can stand on it.
    """
    return ask(book, _months) if as_of is None else ask(book, _standing, f"{as_of:%Y-%m}")
