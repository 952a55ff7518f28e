"""What a table looks like by itself: swapped columns, enormous balances, ids that a sheet has mangled, dates that cannot be."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import numpy as np

from xlfv.months.intake.finding import ERROR, WARNING, Finding
from xlfv.months.intake.tables import COLUMNS, key_of
from xlfv.months.intake.values import Floats, dates, median, numbers, place, texts, words_in
from xlfv.review.roll_findings import Level
from xlfv.tables import Fault, Table

MOST = 10  # rows of one kind that are told singly
ENORMOUS, OF_POOL = 100.0, 0.5
FEWEST = 5  # rows from which a median says anything
_EXPONENT = re.compile(r"\d(\.\d+)?[eE]\+?\d{1,2}")
_MOJIBAKE = re.compile("\ufffd|[\u00c2\u00c3][\u0080-\u00bf]|\u00e2\u20ac|\u00ef\u00bb\u00bf")
_CUT = (65_535, 65_536, 1_048_575)  # rows of a sheet, without its header
_STATES = frozenset(
    re.findall(
        "..",
        "ALAKAZARCACOCTDEDCFLGAHIIDILINIAKSKYLAMEMDMAMIMNMSMOMTNENVNHNJNMNYNCNDOHOKORPARISCSDTNTXUTVTVAWAWVWIWYPRVIGUASMP",
    )
)


def look(table: Table, trust: str, as_of: dt.date) -> list[Finding]:
    """What looks wrong in a table by itself."""
    own = _Look(table, trust, as_of)
    own.everywhere()
    if table.name == "loans":
        own.loans()
    elif table.name == "bonds":
        own.bonds()
    return own.found


class _Look:
    """One look at one table."""

    def __init__(self, table: Table, trust: str, as_of: dt.date) -> None:
        self.table, self.trust, self.as_of = table, trust, as_of
        self.key = key_of(table.name)
        self.found: list[Finding] = []

    def add(self, level: Level, what: str, where: str, todo: str) -> None:
        """Add a finding."""
        lead = f"{self.trust}/{self.as_of:%Y-%m}: "
        self.found.append(Finding(level, Fault(what, lead + where, todo), self.trust, self.table.name))

    def rows(self, level: Level, wrong: np.ndarray, column: str, words: Callable[[int], str], todo: str) -> None:
        """Add a finding for each of the first rows that are wrong, and one for the rest."""
        at = np.flatnonzero(wrong)
        for row in at[:MOST]:
            self.add(level, words(int(row)), place(self.table, int(row), column, self.key), todo)
        if at.size > MOST:
            self.add(
                level, f"and {at.size - MOST} more rows of which {column} looks wrong", self.table.place.start, todo
            )

    def number(self, column: str) -> Floats:
        """A column's numbers, one a row, nan where the table has none."""
        found = numbers(self.table, column)
        return found if found.size == len(self.table) else np.full(len(self.table), np.nan)

    def everywhere(self) -> None:
        """What is wrong in any table."""
        table = self.table
        if len(table) in _CUT:
            what = f"the table has {len(table):,} rows, as many as a sheet holds"
            self.add(WARNING, what, table.place.start, "it was perhaps cut off: ask for the whole")
        for column, cells in table.columns.items():
            odd = {cell for cell in words_in(cells) if not cell.isascii() and _MOJIBAKE.search(cell)}
            if odd:
                wrong = np.array([cell in odd for cell in cells])
                self.rows(WARNING, wrong, column, lambda row, c=cells: f"'{str(c[row])[:40]}' was read in a wrong encoding",  # type: ignore[misc]
                          "say the encoding in the mapping, as cp1252, or export it again as UTF-8")  # fmt: skip
        schema = COLUMNS.get(table.name)
        for each in schema.columns if schema else ():
            if each.kind == "date" and each.name in table.columns:
                self.impossible(each.name)

    def impossible(self, column: str) -> None:
        """Dates that stand for nothing, or lie far off; and those of what has happened that lie ahead."""
        days = dates(self.table, column)
        past = column in ("last_paid_date", "foreclosure_date", "value_date", "curve_date", "quote_date")
        latest = self.as_of + dt.timedelta(days=62) if past else dt.date(2100, 12, 31)
        wrong = np.array([day is not None and not dt.date(1950, 1, 1) <= day <= latest for day in days], dtype=bool)
        self.rows(WARNING, wrong, column, lambda row: f"{column} is {days[row]}", "mend the date, or leave it blank")

    def loans(self) -> None:
        """What a servicing tape gets wrong."""
        balance, original, limit = self.number("balance"), self.number("original_balance"), self.number("negam_limit")
        self.above(balance, original * np.fmax(1.0, np.where(np.isnan(limit), 1.0, limit)))
        self.enormous(balance)
        ids = texts(self.table, "loan_id")
        mangled = np.array([_EXPONENT.fullmatch(name) is not None for name in ids], dtype=bool)
        self.rows(ERROR, mangled, "loan_id", lambda row: f"loan_id '{ids[row]}' is a number that a sheet has rounded",
                  "export it again with loan_id as text")  # fmt: skip
        rate, ltv, fico, payment = (self.number(name) for name in ("rate", "ltv", "fico", "payment"))
        where = self.table.where
        if median(rate) > 0.25 and median(ltv) < 0.25:
            what = f"the median of rate is {median(rate):g} and of ltv {median(ltv):g}: they look swapped"
            self.add(ERROR, what, where(-1, "rate"), "give each under its own header, or mend the mapping")
        elif median(ltv) < 0.05 or median(ltv) > 2.0:
            self.add(WARNING, f"the median of ltv is {median(ltv):g}", where(-1, "ltv"), "write 0.80 for 80%")
        self.swapped_payment(payment, balance)
        with np.errstate(invalid="ignore"):
            wrong = (fico != 0.0) & ((fico < 300.0) | (fico > 850.0))
            self.rows(WARNING, wrong, "fico", lambda row: f"fico is {fico[row]:g}, no score from 300 to 850",
                      "mend it, or leave it blank where none is known")  # fmt: skip
        states = texts(self.table, "state")
        strange = np.array([bool(state) and state.upper() not in _STATES for state in states], dtype=bool)
        self.rows(
            WARNING, strange, "state", lambda row: f"state '{states[row]}' is no state", "write two letters, as CA"
        )
        given = balance[np.isfinite(balance)]
        if given.size >= 2 * FEWEST and given.min() == given.max():
            self.add(WARNING, f"every loan has the balance {given[0]:g}", where(-1, "balance"), "check the column")

    def bonds(self) -> None:
        """Classes above their balance at issue; those that accrete may be."""
        balance, original = self.number("balance"), self.number("original_balance")
        accretes = np.array([bool(word) for word in texts(self.table, "accretes_while")] or [False] * len(self.table))
        self.above(balance, np.where(accretes, np.nan, original), fewest=2)

    def above(self, balance: Floats, most: Floats, fewest: int = FEWEST) -> None:
        """Balances above what they began with: of most rows, the two columns are swapped."""
        with np.errstate(invalid="ignore"):
            wrong = balance > most * 1.0005 + 1.0
            other = int((np.abs(balance - most) > 1.0).sum())  # a class not paid down yet is at its original balance
        if other >= fewest and wrong.sum() > other / 2:
            what = f"balance is above original_balance in {int(wrong.sum())} of {other} rows where they differ: the columns look swapped"
            first = int(np.flatnonzero(wrong)[0])
            self.add(
                ERROR,
                what,
                place(self.table, first, "balance", self.key),
                "give each under its own header, and dollars for cents",
            )
            return
        self.rows(WARNING, wrong, "balance", lambda row: f"balance {balance[row]:,.2f} is above what it began with, {most[row]:,.2f}",
                  "mend one of them, or give negam_limit")  # fmt: skip

    def enormous(self, balance: Floats) -> None:
        """A loan that is a hundred times the others and most of the pool."""
        middle, whole = median(balance), float(np.nansum(np.abs(balance)))
        if np.isfinite(balance).sum() < FEWEST or not middle > 0.0:
            return
        with np.errstate(invalid="ignore"):
            wrong = (balance > ENORMOUS * middle) & (balance > OF_POOL * whole)
        self.rows(WARNING, wrong, "balance", lambda row: f"balance is {balance[row]:,.2f}, {balance[row] / middle:,.0f} times the median",
                  "check it: a total, or cents for dollars")  # fmt: skip

    def swapped_payment(self, payment: Floats, balance: Floats) -> None:
        """Payments a month above the balance, of most loans."""
        with np.errstate(invalid="ignore"):
            wrong = (payment > balance) & (balance > 0.0)
        both = int((np.isfinite(payment) & np.isfinite(balance)).sum())
        if both >= FEWEST and wrong.sum() > both / 2:
            first = int(np.flatnonzero(wrong)[0])
            what = f"payment is above balance in {int(wrong.sum())} of {both} rows: the columns look swapped"
            self.add(ERROR, what, place(self.table, first, "payment", self.key), "give each under its own header")
