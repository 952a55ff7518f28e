"""Long-term debt of the company (trust preferred): the table, and its terms on a date.

Payment dates are counted back from maturity in whole months, on maturity's day of the month (the last of shorter months);
business days are not looked for. What falls on the as-of date or before it is settled.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np

from xlfv.market.calendar import add_months, is_month_end
from xlfv.market.names import INDICES, is_index
from xlfv.tables import Fault, Refused, Table, refuse_if
from xlfv.tables.cells import as_number
from xlfv.tables.schema import Column, Records, Schema
from xlfv.tables.words import near_word
from xlfv.valuation.debt_coupon import FLOATING, Piece, Span, read_pieces, spans_of
from xlfv.valuation.discounting import FREQUENCY

FREQUENCIES = (1, 2, 4, 12)
PAYMENT = "payment"
LONGEST = 100  # years
_YIELD = {"low": -0.5, "high": 3.0}


def _words(debt: Records, table: Table) -> list[Fault]:
    """Cells of one row that contradict each other."""
    tests = (
        ("frequency", ~np.isin(debt["frequency"], FREQUENCIES), "is not 1, 2, 4 or 12", "give the payments a year"),
        ("floor", debt["floor"] > debt["cap"], "is above the cap", "the floor is the lower of the two"),
    )
    faults = [
        Fault(f"{column} of {debt['instrument'][row]} {what}", table.where(row, column), todo)
        for column, wrong, what, todo in tests
        for row in np.flatnonzero(wrong)
        if debt.sound(row, column, "cap")
    ]
    for row, name in enumerate(debt["index"]):
        if name and debt.sound(row, "index") and not is_index(str(name).upper()):
            near = near_word(str(name).upper(), INDICES, 0.5)
            hint = f"did you mean {near}?" if near else "name the index, like LIBOR_3M"
            faults.append(Fault(f"the index '{name}' is not known", table.where(row, "index"), hint))
    return faults


DEBT = Schema(
    "debt",
    (
        Column("instrument", "text", "the debt's name", required=True, unique=True),
        Column("balance", "number", "unpaid principal, deferred interest not in it", "$", required=True, low=0.0),
        Column("coupon", "cell", "a rate a year (0.0801), or steps in words: '2% through 2013 then +1% a year through 2017 then"
               " LIBOR_3M + 3.75%'; blank: it floats on the index"),
        Column("index", "text", "index of a floating coupon, where the words name none; after the last end in words it holds"),
        Column("margin", "number", "added to the index", "rate", default=0.0),
        Column("cap", "number", "highest floating coupon; blank: none", "rate", low=0.0),
        Column("floor", "number", "lowest floating coupon", "rate", default=0.0),
        Column("lookback", "integer", "months before a period begins whose index row is read", "months", default=0, low=0,
               high=12),
        Column("current_coupon", "number", "coupon of the period that runs, where it floats and is set already; blank: from"
               " the index", "rate", low=0.0),
        Column("frequency", "integer", "payments a year: 1, 2, 4 or 12", default=4),
        Column("day_count", "text", "how interest counts days", default="30/360", allowed=("30/360", "act/360", "act/act")),
        Column("maturity", "date", "when the principal is due", required=True),
        Column("end_of_month", "flag", "payments fall on the last day of the month where maturity does", default=False),
        Column("last_payment", "date", "day to which interest is paid; blank: the payment date on or before as_of"),
        Column("first_payment", "date", "next payment, where it is not the next regular date: dates before it pay nothing"),
        Column("deferral", "date", "payments of interest before this date are put off to the first on or after it"),
        Column("deferral_compounding", "flag", "deferred interest bears interest at the coupon", default=True),
        Column("deferred_interest", "number", "deferred already, up to last_payment", "$", default=0.0, low=0.0),
        Column("yield", "number", "base yield: what the market asks for such debt without the company's own credit spread; a"
               " decimal", required=True, **_YIELD),  # type: ignore[arg-type]
        Column("own_credit_spread", "number", "the company's own credit, added to the yield", "rate", default=0.0, low=0.0),
        Column("basis", "text", "how the yield compounds: as often as it pays (payment), 12 times, twice or once a year",
               default=PAYMENT, allowed=(PAYMENT, *FREQUENCY)),
        Column("holder", "text", "who holds it (told only)"),
    ),
    key="instrument",
    may_be_empty=False,
    checks=(_words,),
)  # fmt: skip


@dataclass(frozen=True)
class Debt:
    """One instrument on a date.

    Attributes:
        name: as the table spells it.
        balance: unpaid principal (dollars).
        spans: its coupon, to maturity.
        cap, floor: of a floating coupon; decimals.
        lookback: months before a period begins whose index row is read.
        current_coupon: of the running period; not a number where it is read from the index.
        day_count: of interest.
        start: first day of the running period.
        dates: payments after the as-of date, maturity last.
        deferral: interest of earlier dates is put off to this one; None: it is paid.
        compounding: deferred interest bears interest.
        deferred: what is deferred already (dollars).
        base_yield: a decimal, without the spread.
        own_credit_spread: a decimal.
        compounds: times a year that the yield compounds.
    """

    name: str
    balance: float
    spans: tuple[Span, ...]
    cap: float
    floor: float
    lookback: int
    current_coupon: float
    day_count: str
    start: dt.date
    dates: tuple[dt.date, ...]
    deferral: dt.date | None
    compounding: bool
    deferred: float
    base_yield: float
    own_credit_spread: float
    compounds: float

    @property
    def discount_yield(self) -> float:
        """The yield at which it is valued: base yield and own credit spread added."""
        return self.base_yield + self.own_credit_spread

    @property
    def maturity(self) -> dt.date:
        """When the principal is due."""
        return self.dates[-1]


def read_debt(table: Table, as_of: dt.date) -> tuple[Debt, ...]:
    """The instruments of a table on a date.

    Raises:
        Refused: with every fault of every row: a coupon that cannot be read or that ends too soon, a debt that has matured,
            payments between last_payment and as_of, a deferral that is over.
    """
    faults: list[Fault] = []
    debt = DEBT.read(table, faults)
    read = [_instrument(debt, row, as_of, table, faults) for row in range(debt.count)]
    refuse_if(faults)
    return tuple(one for one in read if one is not None)


def _instrument(debt: Records, row: int, as_of: dt.date, table: Table, faults: list[Fault]) -> Debt | None:
    """One row; None where it has a fault, which is added."""

    def wrong(what: str, column: str, todo: str) -> None:
        faults.append(Fault(what, table.where(row, column) + f", instrument {debt['instrument'][row]}", todo))

    before = len(faults)
    maturity = _date(debt, row, "maturity")
    if maturity is None or not debt.sound(row, "frequency") or int(debt["frequency"][row]) not in FREQUENCIES:
        return None
    if maturity <= as_of:
        wrong(f"it matured on {maturity}, and as_of is {as_of}", "maturity", "take it out, or mend the date")
        return None
    if maturity.year > as_of.year + LONGEST:
        wrong(f"it matures on {maturity}, more than {LONGEST} years after as_of", "maturity", "mend the date")
        return None
    spans = _coupon(debt, row, maturity, table, wrong)
    start, dates = _dates(debt, row, as_of, maturity, wrong)
    deferral = _date(debt, row, "deferral")
    if deferral is not None and deferral <= as_of:
        wrong(f"deferral ends on {deferral}, not after as_of {as_of}", "deferral", "leave it blank once it is over")
    current = float(debt["current_coupon"][row])
    if spans and not np.isnan(current) and not _floats(spans, start, dates[0]):
        todo = "leave it blank: the coupon of this period is fixed"
        wrong("current_coupon counts only where the coupon floats today", "current_coupon", todo)
    if len(faults) > before or not spans:
        return None
    frequency, basis, cap = float(debt["frequency"][row]), str(debt["basis"][row]), float(debt["cap"][row])
    return Debt(
        name=str(debt["instrument"][row]),
        balance=float(debt["balance"][row]),
        spans=spans,
        cap=np.inf if np.isnan(cap) else cap,
        floor=float(debt["floor"][row]),
        lookback=int(debt["lookback"][row]),
        current_coupon=current,
        day_count=str(debt["day_count"][row]),
        start=start,
        dates=dates,
        deferral=deferral,
        compounding=bool(debt["deferral_compounding"][row]),
        deferred=float(debt["deferred_interest"][row]),
        base_yield=float(debt["yield"][row]),
        own_credit_spread=float(debt["own_credit_spread"][row]),
        compounds=frequency if basis == PAYMENT else FREQUENCY[basis],
    )


def _date(debt: Records, row: int, column: str) -> dt.date | None:
    value = debt[column][row]
    return None if np.isnat(value) else dt.date.fromisoformat(str(value.astype("datetime64[D]")))


def _floats(spans: tuple[Span, ...], start: dt.date, end: dt.date) -> bool:
    """Some of the period floats."""
    return any(span.index and span.start < end and span.end > start for span in spans)


def _coupon(debt: Records, row: int, maturity: dt.date, table: Table, wrong: Any) -> tuple[Span, ...]:
    """The coupon's stretches; none where it has a fault."""
    if not debt.sound(row, "coupon", "index", "margin"):
        return ()
    cell = table.columns["coupon"][row] if "coupon" in table.columns else None  # as it came: a number is no text
    index = str(debt["index"][row]).upper()
    blank = cell is None or not str(cell).strip()
    if index and not is_index(index):
        return ()
    if blank and not index:
        wrong("it has neither coupon nor index", "coupon", "give one of them")
        return ()
    if index == "" and float(debt["margin"][row]) != 0.0:
        wrong("margin counts only with the column index", "margin", "write a margin in words beside its index")
    try:
        pieces = [Piece(FLOATING, 0.0, "", None, FLOATING)] if blank else _pieces(cell, table.text)
        last = pieces[-1]
        never = bool(index) and last.end is None and all(p.kind != FLOATING or p.index for p in pieces)
        if never:
            wrong(f"the index {index} is given, and the coupon never floats on it", "index",
                  "say until when the coupon holds, or leave the index blank")  # fmt: skip
            return ()
        return spans_of(pieces, index, float(debt["margin"][row]), maturity)
    except Refused as refusal:
        fault = refusal.faults[0]
        wrong(f"{fault.what} {fault.where}".strip(), "coupon", fault.todo)
        return ()


def _pieces(cell: Any, text: bool) -> list[Piece]:
    """A number is a rate in decimals; a text is in words, unless the whole table came as text."""
    if isinstance(cell, str):
        try:
            number = float(cell) if text else None
        except ValueError:
            number = None
        if number is None:
            return read_pieces(cell)
        cell = number
    rate = as_number(cell)
    if not 0.0 <= rate < 1.0:
        raise Refused(Fault(f"coupon is {rate:g}", todo=f"write it as a decimal: {rate / 100:g}"))
    return [Piece("fixed", rate, "", None, f"{rate:g}")]


def regular_dates(maturity: dt.date, frequency: int, after: dt.date, *, end_of_month: bool = False) -> list[dt.date]:
    """Payment dates counted back from maturity: those after a date, and before them the last one on or before it."""
    day = 31 if end_of_month and is_month_end(maturity) else maturity.day
    dates = [maturity]
    while dates[0] > after:
        dates.insert(0, add_months(maturity, -len(dates) * 12 // frequency, day))
    return dates


def _dates(
    debt: Records, row: int, as_of: dt.date, maturity: dt.date, wrong: Any
) -> tuple[dt.date, tuple[dt.date, ...]]:
    """The running period's first day, and the payments after the as-of date."""
    frequency = int(debt["frequency"][row])
    start, *dates = regular_dates(maturity, frequency, as_of, end_of_month=bool(debt["end_of_month"][row]))
    first, last = _date(debt, row, "first_payment"), _date(debt, row, "last_payment")
    if first is not None:
        if not as_of < first <= maturity:
            todo = f"it lies after as_of {as_of} and not after maturity {maturity}"
            wrong(f"first_payment is {first}", "first_payment", todo)
        else:
            dates = [first, *(date for date in dates if date > first)]
    if last is not None:
        if last > as_of:
            wrong(f"last_payment {last} lies after as_of {as_of}", "last_payment", "give the last one made")
        elif last < start and first is None:
            todo = f"put what was not paid into deferred_interest and write {start}, or give first_payment"
            wrong(f"the payment of {start} lies after last_payment {last}", "last_payment", todo)
        else:
            start = last
    return start, tuple(dates)
